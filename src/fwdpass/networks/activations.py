"""What a layer may do to its sums: a row of one table for each activation, with its spelling in each library.

To add one, add a row to ``_ROWS``: its function for the arrays of any library, and how each library writes it. Readers
and writers of formats, the exact forward pass, help and errors look it up here.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

import numpy as np

from fwdpass.errors import NetworkError
from fwdpass.networks import formulas
from fwdpass.networks.formulas import Array

Function = Callable[[Any, Any, float], Any]
Steep = float | Callable[[Array, float], Any]


@dataclass(frozen=True)
class Spelling:
    """How a library writes an activation: a name, and the options that make it this one."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)
    """What the options have to be; one that a file leaves out is the library's default, given by the reader."""
    number: str = ""
    """The option that has the activation's number."""


@dataclass(frozen=True)
class Activation:
    """An activation function, by its name; ``str`` gives it back as :class:`~fwdpass.Layer` takes it.

    >>> from fwdpass.networks.activations import activation
    >>> print(activation("tanh"))
    tanh
    """

    name: str
    meaning: str = field(compare=False)
    """What it does to a sum, in a few words."""
    source: str = field(compare=False)
    """Where it, or the form in which it is computed, comes from."""
    function: Function = field(compare=False, repr=False)
    """It, for the arrays of any namespace: a new array of ``(xp, z, number)``."""
    spelt: Mapping[str, Spelling] = field(compare=False, repr=False)
    """How each library writes it, by the library's name."""
    in_place: Callable[[Array], Any] = field(compare=False, repr=False)
    """Overwrite an array of NumPy's, and give it."""
    slope: Fraction | None = None
    """By what a negative sum is multiplied, where that is all that it does: the exact forward pass is then fast."""
    exact: Callable[[Array], Array] | None = field(default=None, compare=False, repr=False)
    """It, for an array of exact rationals; None where its values are not rational, or where ``slope`` says it."""
    steep: Steep = field(default=1.0, compare=False, repr=False)
    """Its largest slope, by which an error in a sum can grow; a function of the sums where it has no largest."""
    rowwise: bool = field(default=False, compare=False)
    """Whether an entry depends on its whole row."""
    number: float = field(default=0.0, compare=False)
    """Its number, where it has one: a slope, an alpha."""
    row: str = field(default="", compare=False)
    """Its name in the table, without a number."""

    def __str__(self) -> str:
        return self.name

    @property
    def rational(self) -> bool:
        """Whether a rational number stays one."""
        return self.slope is not None or self.exact is not None

    def elsewhere(self, xp: Any, z: Any) -> Any:
        """Give the activations of sums that are an array of another library, with that library's own function.

        Its gradient at zero is then the library's, too: a formula with an absolute value in it would have another.
        """
        home = _HOMES.get(xp.__name__.partition(".")[0], "")
        own = self.spelt.get(home)
        if own is None:
            return self.function(xp, z, self.number)
        number = {own.number: self.number} if own.number else {}
        return getattr(importlib.import_module(home), own.name)(z, **own.options, **number)

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return activation, (self.name,)


_HOMES = {"torch": "torch.nn.functional", "jax": "jax.nn"}
"""Where a library keeps its own activation functions."""


@dataclass(frozen=True)
class _Row:
    """A row of the table. ``number`` is the one that an activation has where nothing is said, or None for none."""

    name: str
    meaning: str
    source: str
    function: Function
    spelt: Mapping[str, Spelling] = field(default_factory=dict)
    in_place: Callable[[Array], Any] | None = None
    """A faster form for NumPy, where there is one."""
    slope: Fraction | None = None
    exact: Callable[[Array], Array] | None = None
    steep: Steep = 1.0
    rowwise: bool = False
    number: str | None = None
    also: tuple[str, ...] = ()
    """Other names that people give it."""

    def made(self, written: str = "") -> Activation:
        """Make the activation, with a number as it was written."""
        if self.number is None:
            number, name = 0.0, self.name
        else:
            exact = _decimal(written or self.number, self.name)
            number, name = float(exact), f"{self.name}({Decimal(written or self.number)})"
        in_place = self.in_place or _in_place(self.function, number)
        slope, steep = self.slope, self.steep
        if self.name == "leaky relu":  # the one whose number is its slope
            slope = Fraction(exact)
            in_place, steep = _tilted(slope), max(1.0, abs(number))
        elif self.name == "elu":
            steep = max(1.0, abs(number))
        return Activation(
            name, self.meaning, self.source, self.function, self.spelt, in_place,
            slope, self.exact, steep, self.rowwise, number, self.name,
        )  # fmt: skip


def _decimal(written: str, name: str) -> Fraction:
    try:
        return Fraction(Decimal(written))
    except (InvalidOperation, ValueError, OverflowError):
        what = "a leaky ReLU's slope" if name == "leaky relu" else f"the number of {name}"
        raise NetworkError(f"{what} is a finite number, and {written!r} is none") from None


def _in_place(function: Function, number: float) -> Callable[[Array], Any]:
    def in_place(z: Array) -> Array:
        z[...] = function(np, z, number)
        return z

    return in_place


def _tilted(slope: Fraction) -> Callable[[Array], Any]:
    tilt = float(slope)

    def in_place(z: Array) -> Array:
        by: Any = slope if z.dtype.kind == "O" else z.dtype.type(tilt)
        tilted: Array = np.multiply(z, by, out=z, where=z <= 0)
        return tilted

    return in_place


def _in(names: str, number: str = "", **options: Mapping[str, Any]) -> dict[str, Spelling]:
    """Spell an activation: ``"library: Name, library: name"``, the option of its number, and options by library."""
    spelt = {}
    for pair in names.split(", "):
        library, name = pair.split(": ")
        home = {"F": "torch.nn.functional", "jax": "jax.nn"}.get(library, library)
        option, _, other = name.partition("=")  # Name=option, where the library calls the number something else
        spelt[home] = Spelling(option, options.get(library, {}), other or number)
    return spelt


_HARD = "Courbariaux, Bengio & David, BinaryConnect, NeurIPS 2015"
_ROWS = (
    _Row("identity", "passes every sum on", "", lambda _, z, __: z,
         _in("sklearn: identity, keras: linear"), lambda z: z, slope=Fraction(1), also=("linear", "none")),
    _Row("relu", "keeps what is positive, clamps the rest to zero",
         "Nair & Hinton, Rectified linear units improve restricted Boltzmann machines, ICML 2010",
         lambda xp, z, _: formulas.above_zero(xp, z) if xp.__name__ == "torch" else xp.maximum(z, xp.zeros_like(z)),
         _in("torch: ReLU, F: relu, jax: relu, keras: relu, onnx: Relu, sklearn: relu"),
         formulas.relu_in_place, slope=Fraction(0)),
    _Row("leaky relu", "keeps what is positive; of the rest, a part",
         "Maas, Hannun & Ng, Rectifier nonlinearities improve neural network acoustic models, ICML 2013",
         formulas.leaky_relu,
         _in("torch: LeakyReLU, F: leaky_relu, jax: leaky_relu, keras: leaky_relu, onnx: LeakyRelu=alpha",
             "negative_slope"), number="0.01"),
    _Row("sigmoid", "squeezes every sum between zero and one",
         "the two forms by the sign of z: Blanchard, Higham & Higham, Accurately computing the log-sum-exp and "
         "softmax functions, IMA J. Numer. Anal. 41, 2021",
         formulas.sigmoid,
         _in("torch: Sigmoid, F: sigmoid, jax: sigmoid, keras: sigmoid, onnx: Sigmoid, sklearn: logistic"),
         formulas.sigmoid_in_place, steep=0.25, also=("logistic",)),
    _Row("tanh", "squeezes every sum between minus one and one",
         "LeCun, Bottou, Orr & Müller, Efficient BackProp, 1998", lambda xp, z, _: xp.tanh(z),
         _in("torch: Tanh, keras: tanh, onnx: Tanh, sklearn: tanh"), formulas.tanh_in_place),
    _Row("softmax", "makes shares of a row, which add up to one",
         "shifted by the largest: Blanchard, Higham & Higham, Accurately computing the log-sum-exp and softmax "
         "functions, IMA J. Numer. Anal. 41, 2021",
         formulas.softmax, _in("torch: Softmax, keras: softmax, onnx: Softmax, sklearn: softmax",
                               torch={"dim": -1}, onnx={"axis": -1}),
         formulas.softmax_in_place, rowwise=True),
    _Row("log softmax", "gives the logarithms of a row's shares",
         "shifted by the largest: Blanchard, Higham & Higham, Accurately computing the log-sum-exp and softmax "
         "functions, IMA J. Numer. Anal. 41, 2021",
         formulas.log_softmax, _in("torch: LogSoftmax, keras: log_softmax, onnx: LogSoftmax",
                                   torch={"dim": -1}, onnx={"axis": -1}),
         steep=2.0, rowwise=True),
    _Row("gelu", "weighs every sum by the normal distribution",
         "Hendrycks & Gimpel, Gaussian error linear units, arXiv:1606.08415", formulas.gelu,
         _in("torch: GELU, F: gelu, jax: gelu, keras: gelu, onnx: Gelu", torch={"approximate": "none"},
             jax={"approximate": False}, onnx={"approximate": "none"}, keras={"approximate": False}), steep=1.13),
    _Row("gelu tanh", "GELU by its formula with tanh",
         "Hendrycks & Gimpel, Gaussian error linear units, arXiv:1606.08415, section 2", formulas.gelu_tanh,
         _in("torch: GELU, onnx: Gelu, keras: gelu", torch={"approximate": "tanh"}, onnx={"approximate": "tanh"},
             keras={"approximate": True}), formulas.gelu_tanh_in_place, steep=1.13),
    _Row("elu", "keeps what is positive, bends the rest towards minus its number",
         "Clevert, Unterthiner & Hochreiter, Fast and accurate deep network learning by exponential linear units, "
         "ICLR 2016",
         formulas.elu, _in("torch: ELU, F: elu, jax: elu, keras: elu, onnx: Elu", "alpha"), number="1.0"),
    _Row("celu", "an ELU whose slope at zero is one, whatever its number",
         "Barron, Continuously differentiable exponential linear units, arXiv:1704.07483", formulas.celu,
         _in("torch: CELU, F: celu, jax: celu, keras: celu, onnx: Celu", "alpha"), number="1.0"),
    _Row("selu", "an ELU, scaled so that mean 0 and variance 1 stay",
         "Klambauer et al., Self-normalizing neural networks, NeurIPS 2017", formulas.selu,
         _in("torch: SELU, F: selu, jax: selu, keras: selu, onnx: Selu"), steep=1.76),
    _Row("silu", "weighs every sum by its sigmoid",
         "Elfwing, Uchibe & Doya, Sigmoid-weighted linear units, Neural Networks 107, 2018", formulas.silu,
         _in("torch: SiLU, F: silu, jax: silu, keras: silu, onnx: Swish", onnx={"alpha": 1.0}),
         steep=1.1, also=("swish",)),
    _Row("softplus", "a smooth ReLU: the logarithm of 1 + exp(z)",
         "Dugas et al., Incorporating second-order functional knowledge, NeurIPS 2000", formulas.softplus,
         _in("torch: Softplus, keras: softplus, onnx: Softplus", torch={"beta": 1.0})),
    _Row("log sigmoid", "gives the logarithm of the sigmoid",
         "by a softplus: Mächler, Accurately computing log(1 - exp(-|a|)), 2012", formulas.log_sigmoid,
         _in("torch: LogSigmoid, F: logsigmoid, jax: log_sigmoid, keras: log_sigmoid")),
    _Row("mish", "weighs every sum by the tanh of its softplus", "Misra, Mish, BMVC 2020", formulas.mish,
         _in("torch: Mish, F: mish, keras: mish, onnx: Mish"), steep=1.09),
    _Row("softsign", "divides every sum by one more than its size",
         "Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks, AISTATS 2010",
         formulas.softsign, _in("torch: Softsign, F: softsign, jax: soft_sign, keras: softsign, onnx: Softsign"),
         exact=lambda z: formulas.softsign(np, z)),
    _Row("exponential", "takes the exponential of every sum",
         "the inverse of the canonical link of counts: McCullagh & Nelder, Generalized linear models, 1989",
         lambda xp, z, _: xp.exp(z),
         _in("keras: exponential, onnx: Exp"), steep=lambda z, _: np.exp(z)),
    _Row("relu6", "keeps every sum between 0 and 6",
         "Krizhevsky, Convolutional deep belief networks on CIFAR-10, 2010", formulas.clipped(0, 6),
         _in("torch: ReLU6, F: relu6, jax: relu6, keras: relu6"), exact=lambda z: formulas.clipped(0, 6)(np, z)),
    _Row("hard tanh", "keeps every sum between minus one and one", _HARD, formulas.clipped(-1, 1),
         _in("torch: Hardtanh, F: hardtanh, jax: hard_tanh, keras: hard_tanh", torch={"min_val": -1.0, "max_val": 1.0}),
         exact=lambda z: formulas.clipped(-1, 1)(np, z)),
    _Row("hard sigmoid", "a sigmoid of three straight lines", _HARD, formulas.hard_sigmoid,
         _in("torch: Hardsigmoid, F: hardsigmoid, jax: hard_sigmoid, keras: hard_sigmoid, onnx: HardSigmoid",
             onnx={"alpha": 1 / 6, "beta": 0.5}),
         steep=1 / 6, exact=lambda z: formulas.hard_sigmoid(np, z)),
    _Row("hard silu", "weighs every sum by its hard sigmoid",
         "Howard et al., Searching for MobileNetV3, ICCV 2019", formulas.hard_silu,
         _in("torch: Hardswish, F: hardswish, jax: hard_silu, keras: hard_silu, onnx: HardSwish"),
         steep=1.5, exact=lambda z: formulas.hard_silu(np, z), also=("hardswish",)),
    _Row("standardize", "shifts and scales the row to mean 0 and variance 1",
         "Ba, Kiros & Hinton, Layer normalization, arXiv:1607.06450", formulas.standardize,
         number="1e-05", rowwise=True,
         steep=lambda z, epsilon: 2 / np.sqrt(z.var(axis=-1, keepdims=True) + epsilon)),
)  # fmt: skip


def activation(given: str | Activation) -> Activation:
    """Find an activation by its name, in any library's spelling.

    >>> [str(activation(name)) for name in ("ReLU", "leaky_relu", "LeakyReLU(0.2)", "linear", "gelu_tanh")]
    ['relu', 'leaky relu(0.01)', 'leaky relu(0.2)', 'identity', 'gelu tanh']
    """
    if isinstance(given, Activation):
        return given
    if isinstance(given, str):
        named = re.fullmatch(r"([a-z0-9]+)(?:\((.+)\))?", re.sub(r"[\s_-]", "", given.lower().replace("e-", "e~")))
        row = _NAMES.get(named[1]) if named else None
        if named and row is not None and (row.number is not None or not named[2]):
            return row.made((named[2] or "").replace("~", "-"))
    raise NetworkError(
        f"there is no activation {given!r}: there are {', '.join(ACTIVATIONS)} and leaky relu, "
        "or leaky relu(0.2) with its slope"
    )


def leaky_relu(slope: Any) -> Activation:
    """Keep what is positive, and multiply the rest by a slope, the decimal that was written.

    Parameters
    ----------
    slope : number
        What is negative is multiplied by it. A float is the decimal that it prints as.

    Returns
    -------
    Activation
        An activation of that slope.

    Examples
    --------
    >>> print(leaky_relu(0.2))
    leaky relu(0.2)
    """
    return _NAMES["leakyrelu"].made(str(slope))


_NAMES = {name.replace(" ", ""): row for row in _ROWS for name in (row.name, *row.also)}
ACTIVATIONS = {row.name: row.made() for row in _ROWS if row.number is None}
"""Those that need no number, by name."""


# As the libraries write them --------------------------------------------------------------------------


def read(library: str, name: str, options: Mapping[str, Any]) -> Activation | None:
    """Find what a library calls by this name, with these options; None for what is not in the table.

    >>> print(read("onnx", "LeakyRelu", {"alpha": 0.2}), read("onnx", "Conv", {}))
    leaky relu(0.2) None
    """
    for row in _ROWS:
        spelt = row.spelt.get(library)
        if (
            spelt is not None
            and spelt.name == name
            and all(_is(options.get(k, v), v) for k, v in spelt.options.items())
        ):
            number = options.get(spelt.number) if spelt.number else None
            return row.made("" if number is None else str(number))
    return None


def _is(given: Any, wanted: Any) -> bool:
    """Say whether an option is what it has to be; ONNX has texts as bytes, and numbers as float32."""
    given = given.decode() if isinstance(given, bytes) else given
    if isinstance(wanted, float):
        return isinstance(given, int | float) and np.float32(given) == np.float32(wanted)
    return bool(given == wanted)


def written(library: str, act: Activation) -> tuple[str, dict[str, Any]] | None:
    """Give the name and the options by which a library has an activation; None where it has none.

    >>> written("torch", leaky_relu(0.2)), written("sklearn", activation("gelu"))
    (('LeakyReLU', {'negative_slope': 0.2}), None)
    """
    spelt = act.spelt.get(library)
    if spelt is None:
        return None
    return spelt.name, {**spelt.options, **({spelt.number: act.number} if spelt.number else {})}


def known(library: str) -> list[str]:
    """List what a library's activations are called that are in the table, each once."""
    return list(dict.fromkeys(row.spelt[library].name for row in _ROWS if library in row.spelt))

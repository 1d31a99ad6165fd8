"""Layers, one after another: made once, checked, and run on one row, a batch, or more rows than memory holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, NamedTuple, overload

import numpy as np

from fwdpass.errors import FwdpassError, NetworkError, misfit
from fwdpass.networks import elsewhere, rational, run
from fwdpass.networks.formulas import BLOCK, Array
from fwdpass.networks.layer import Layer, check, title
from fwdpass.networks.progress import Progress

_ndarray = np.ndarray


class Step(NamedTuple):
    """What a layer was worth: its sums, and what its activation made of them."""

    name: str
    """The layer's name."""
    z: Array
    """The sums, before the activation: shape (n_out,), or (n, n_out) for a batch."""
    h: Array
    """What is passed on, after it: the same shape."""


@dataclass(frozen=True, repr=False)
class Network:
    """A network of any layers: each a :class:`~fwdpass.Layer`, or what makes one: ``(W, b, activation)``.

    Immutable: its arrays are copies that cannot be written to. Raises ShapeError where a layer does not fit on the
    one before it, and says which.

    >>> import fwdpass as fp
    >>> from fwdpass.lesson import W1, W2, b1, b2, x
    >>> net = fp.Network((W1, b1, "relu"), (W2, b2))
    >>> net
    Network 4 → 3 → 4: 31 parameters
      layer 1  (4, 3)  (3,)  relu
      layer 2  (3, 4)  (4,)  identity
    >>> fp.matrix(net.forward(x), "y_hat")
      ŷ0     ŷ1     ŷ2     ŷ3
    0.10  -0.10  -0.05  -0.25
    """

    layers: tuple[Layer, ...]

    def __init__(self, *layers: Layer | Iterable[Any]) -> None:
        made = _layers(layers)
        check_fit([layer.W.shape for layer in made], [layer.name for layer in made])
        object.__setattr__(self, "layers", made)
        object.__setattr__(self, "_plan", run.Prepared.of(made))

    def __repr__(self) -> str:
        rows = [
            (f"layer {i}", layer.name, str(layer.W.shape), str(layer.b.shape), str(layer.activation))
            for i, layer in enumerate(self.layers, 1)
        ]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = (
            "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True) if width).rstrip()
            for row in rows
        )
        return "\n".join([f"Network {' → '.join(map(str, self.sizes))}: {self.parameters} parameters", *lines])

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    def __getitem__(self, index: int) -> Layer:
        return self.layers[index]

    def __reduce__(self) -> tuple[Any, tuple[Layer, ...]]:
        return Network, self.layers

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many inputs there are, and how many neurons each layer has.

        >>> Network(([[1.0], [2.0]], [0.0])).sizes
        (2, 1)
        """
        return (self.layers[0].W.shape[0], *(layer.W.shape[1] for layer in self.layers))

    @property
    def parameters(self) -> int:
        """How many numbers the network has been given; a layer that is used again counts once."""
        return sum({id(layer): layer.parameters for layer in self.layers}.values())

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of all its numbers: a float, or object for exact rationals."""
        return self.layers[0].W.dtype

    @property
    def rational(self) -> bool:
        """Whether exact rationals stay exact rationals in every layer."""
        return all(layer.activation.rational for layer in self.layers)

    def title(self, index: int) -> str:
        """Name a layer for a person: by its number, and its name where it has one.

        Parameters
        ----------
        index : int
            The layer's place, from the front.

        Returns
        -------
        str
            Its title.
        """
        return title(index, self.layers[index].name)

    @overload
    def forward(
        self, x: Any, *, steps: Literal[True], exact: bool = ..., out: None = ..., progress: None = ...
    ) -> tuple[Step, ...]: ...

    @overload
    def forward(
        self,
        x: Any,
        *,
        steps: Literal[False] = ...,
        exact: bool = ...,
        out: Array | None = ...,
        progress: Progress | bool | None = ...,
    ) -> Any: ...

    def forward(
        self,
        x: Any,
        *,
        steps: bool = False,
        exact: bool = False,
        out: Array | None = None,
        progress: Progress | bool | None = None,
    ) -> Any:
        """Run the network on one row, or on a batch.

        Arrays of PyTorch, JAX, CuPy or any library with the array API stay arrays of that library, on their device,
        and those of Dask stay lazy. The last bits of a row depend on how many rows are computed together, since
        matrix products are summed in another order; ``exact`` has none that are wrong.

        Parameters
        ----------
        x : Array
            One row (n_in,), or a batch (n, n_in). It is left as it is.
        steps : bool
            Whether a step is given for each layer, instead of the prediction alone.
        exact : bool
            Whether every number is taken as the decimal that was written, and the results are exact rationals.
        out : Array, optional
            An array, or a memory map, that takes the prediction. A batch is read and written a stretch at a time, so
            that neither need fit into memory.
        progress : callable or bool, optional
            Is called with the rows that are done and all that there are. True draws a bar on standard error.

        Returns
        -------
        Array or list of Step
            The prediction, (n_out,) or (n, n_out); or the step of each layer.

        Raises
        ------
        ShapeError
            For a row of another length.
        NetworkError
            Where an activation has no exact value, and one is asked for.

        Examples
        --------
        >>> import fwdpass as fp
        >>> net = fp.Network((fp.lesson.W1, fp.lesson.b1, "relu"), (fp.lesson.W2, fp.lesson.b2))
        >>> [str(z) for z in net.forward(fp.lesson.x, steps=True, exact=True)[0].z]
        ['0', '-1/10', '1/2']
        """
        if type(x) is _ndarray and not (steps or exact or progress) and out is None:
            plan = self._plan  # type: ignore[attr-defined]
            if x.size <= plan.direct and 0 < x.ndim < 3 and x.dtype in plan.dtypes:
                try:
                    for W, b, tiled, activate in plan.layers:
                        x = x.dot(W)
                        if x.size < BLOCK:
                            x += b
                        else:
                            run.add(x, b, tiled)
                        activate(x)
                except (ValueError, TypeError):
                    raise run.refusal(self.layers, x) from None
                return x
        return self._forward(x, steps, exact, out, progress)

    def _forward(self, x: Any, steps: bool, exact: bool, out: Array | None, progress: Progress | bool | None) -> Any:
        if exact:
            _alone(out, progress, "exact")
            done = [Step(layer.name, *pair) for layer, pair in zip(self, rational.steps(self.layers, x), strict=True)]
            return tuple(done) if steps else done[-1].h
        xp = elsewhere.namespace(x)
        if xp is not None:
            _alone(out, progress, f"an array of {xp.__name__}")
            kept = self.__dict__.setdefault("_elsewhere", {})
            pairs = elsewhere.steps(self.layers, xp, x, kept)
            done = [Step(layer.name, *pair) for layer, pair in zip(self, pairs, strict=True)]
            return tuple(done) if steps else done[-1].h
        try:
            if steps:
                _alone(out, progress, "steps")
                pairs = run.steps(self.layers, x)
                return tuple(Step(layer.name, *pair) for layer, pair in zip(self, pairs, strict=True))
            return run.forward(self.layers, self._plan, x, out, progress)  # type: ignore[attr-defined]
        except TypeError:
            raise run.refusal(self.layers, np.asarray(x)) from None

    def collapse(self) -> Network:
        """Fold every stretch of linear layers into one: ``W_eff = W1 @ W2``, ``b_eff = b1 @ W2 + b2``.

        A layer is linear where its activation is the identity; such a layer folds into the next.

        Returns
        -------
        Network
            A network with the same predictions, and no linear layer before another.

        Examples
        --------
        >>> import fwdpass as fp
        >>> Network((fp.lesson.W1, fp.lesson.b1), (fp.lesson.W2, fp.lesson.b2)).collapse()
        Network 4 → 4: 20 parameters
          layer 1  (4, 4)  (4,)  identity
        """
        folded: list[Layer] = []
        for layer in self:
            if folded and folded[-1].activation.name == "identity":
                before = folded.pop()
                name = " + ".join(filter(None, (before.name, layer.name)))
                layer = Layer(before.W @ layer.W, before.b @ layer.W + layer.b, layer.activation, name)  # noqa: PLW2901
            folded.append(layer)
        return Network(*folded)

    def astype(self, dtype: Any) -> Network:
        """Give the same network with numbers of another type; ``object`` makes them exact rationals.

        Parameters
        ----------
        dtype : dtype
            A type of float, or ``object``.

        Returns
        -------
        Network
            The network with its weights and biases in that type.

        Raises
        ------
        NetworkError
            For another type, and for one in which a number would be infinite.

        Examples
        --------
        >>> Network(([[0.1]], [0.2])).astype(object)[0].W[0, 0]
        Fraction(1, 10)
        """
        return Network(*(layer.astype(dtype) for layer in self))


def _layers(given: tuple[Any, ...]) -> tuple[Layer, ...]:
    """Make layers of what was given, all with numbers of one type."""
    if len(given) == 1 and isinstance(given[0], list):
        given = tuple(given[0])
    if not given:
        raise NetworkError("a network needs at least one layer: (W, b, activation)")
    made = [_layer(one, i) for i, one in enumerate(given, 1)]
    dtype = np.result_type(*(layer.W for layer in made))
    return tuple(layer if layer.W.dtype == dtype else layer.astype(dtype) for layer in made)


def _layer(given: Any, number: int) -> Layer:
    if isinstance(given, Layer):
        return given
    try:
        parts = tuple(given)
    except TypeError:
        parts = ()
    if not 1 <= len(parts) <= 4:
        raise NetworkError(f"layer {number} is {type(given).__name__}: a layer is a Layer, or (W, b, activation)")
    try:
        return Layer(*parts)
    except FwdpassError:
        check(title(number - 1, str(parts[3]) if len(parts) == 4 else ""), *parts[:3])  # says which layer it is
        raise


def check_fit(shapes: Sequence[tuple[int, ...]], names: Sequence[str]) -> None:
    """Raise ShapeError where a layer, weights (n_in, n_out), does not fit on the one before it; say which."""
    for i, (before, shape) in enumerate(pairwise(shapes), 1):
        if before[1] != shape[0]:
            said = misfit((before[1],), shape)
            raise type(said)(f"{title(i, names[i])} does not fit on the one before it: {said}")


def _alone(out: Array | None, progress: Progress | bool | None, what: str) -> None:
    if out is not None or progress:
        raise NetworkError(f"out= and progress= are for a batch of NumPy's floats, and do not go with {what}")

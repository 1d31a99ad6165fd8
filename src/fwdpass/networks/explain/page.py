"""The page, from values: complete without scripts, and it asks nobody for anything."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from fractions import Fraction
from importlib.resources import files
from typing import Any

import htpy as h
import numpy as np
from markupsafe import Markup

from fwdpass import figures
from fwdpass.errors import NetworkError
from fwdpass.figures import words
from fwdpass.figures.base import fitting, row
from fwdpass.figures.heat import heat
from fwdpass.figures.matrix import tabled
from fwdpass.figures.shapes import Shapes, shapes
from fwdpass.figures.states import State, States
from fwdpass.networks import Layer, Network, Step, rounding
from fwdpass.networks.explain.tiles import tiles
from fwdpass.networks.formats import Opened
from fwdpass.networks.formats.common import first_line
from fwdpass.networks.views.layered import axes, places, runs_exactly, states, worth
from fwdpass.networks.views.network import network
from fwdpass.networks.views.parameters import parameters
from fwdpass.nn import Array, relu
from fwdpass.numerals.arguments import Numbers, checked
from fwdpass.numerals.writing import text

GENERATOR = "fwdpass explain"
"""What a page says that it was made by."""
SMALL = 12
"""Rows and columns up to which weights are written out."""
LAYERS = 32
"""Layers that have a section of their own."""
LARGEST = 5
"""Outputs that are named with their values, where there are more than a table shows."""
SMALLEST, GREATEST = 1e-3, 1e7
"""Between these, a number is written without an exponent."""
COARSE = 0.01
"""What is apart by more than this share of the largest output does not agree, whatever rounding may do."""
SOURCE = "a running error bound: Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 3.3"


@checked
def explain(net: Network, x: Numbers | None = None, *, title: str = "A network") -> str:
    """Give a page of HTML about a network, and about what each layer makes of an input ``x`` (n_in,).

    Parameters
    ----------
    net : Network
        The network.
    x : Array, optional
        The input that goes through it, (n_in,).
    title : str
        The page's title.

    Returns
    -------
    str
        A page that needs no other file.

    Raises
    ------
    ShapeError
        For an input of another length.

    Examples
    --------
    >>> import fwdpass as fp
    >>> net = fp.Network((fp.lesson.W1, fp.lesson.b1, "relu"), (fp.lesson.W2, fp.lesson.b2))
    >>> explain(net, fp.lesson.x)[:15]
    '<!doctype html>'
    """
    return document(Opened(net, "A network"), None if x is None else np.asarray(x), title=title)


def document(opened: Opened, x: Array | None, *, title: str) -> str:
    """Write the page about what was opened."""
    return f"{_page(opened, x, title)}\n"


def _page(opened: Opened, x: Array | None, title: str) -> h.Element:
    net = opened.network
    steps = None if x is None else _finite(net, x)
    return h.html(lang="en")[
        h.head[
            h.meta(charset="utf-8"),
            h.meta(name="viewport", content="width=device-width, initial-scale=1"),
            h.meta(name="color-scheme", content="light dark"),
            h.meta(name="generator", content=GENERATOR),
            h.title[title],
            h.link(rel="icon", href="data:,"),
            h.style[Markup(style())],  # noqa: S704 - our own files
        ],
        h.body[
            h.main[
                h.h1[title],
                h.p(".lead")[_lead(opened)],
                [h.p(".note")[note] for note in opened.notes],
                h.section(aria_labelledby="picture")[h.h2(id="picture")["The network"], network(net, x).html()],
                h.section(aria_labelledby="layers")[h.h2(id="layers")["Layers"], parameters(net).html()],
                _prediction(opened, x, steps),
                [_layer(net, i, None if steps is None else steps[i]) for i in range(min(len(net), LAYERS))],
                h.p[f"… and {words.count(len(net) - LAYERS, 'more layer')}."] if len(net) > LAYERS else None,
            ],
            h.footer[
                h.p["Made by ", h.code["fwdpass explain"], ". Numbers are rounded for the page, not in the network."]
            ],
        ],
    ]


def _finite(net: Network, x: Array) -> tuple[Step, ...]:
    """Run the network; what is too large for its floats cannot be shown."""
    with np.errstate(all="ignore"):
        steps = worth(net, x)
    for i, step in enumerate(steps):
        # Exact rationals have no largest, and their floats have: the page draws shades of them.
        floats = [np.asarray(_floats(array)) for array in (step.z, step.h)]
        if not all(np.isfinite(array).all() for array in floats):
            kind = net.dtype if net.dtype != object else "float64"
            raise NetworkError(f"{net.title(i)}: this input makes sums that are too large for {kind}")
    return steps


def _floats(array: Array) -> Array:
    """Take numbers as floats; a rational that is too large for one becomes infinite."""
    if array.dtype != object:
        return array
    return np.array([_float(value) for value in array.flat]).reshape(array.shape)


def _float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf")


def style() -> str:
    """Join the style sheets."""
    return figures.sheet() + (files("fwdpass.networks.explain") / "explain.css").read_text("utf-8")


def _lead(opened: Opened) -> str:
    net = opened.network
    what = "Exact rationals" if net.dtype == object else f"Numbers of {net.dtype}"
    return (
        f"{opened.format}: {words.count(net.sizes[0], 'input')}, {words.count(len(net), 'layer')}, "
        f"{words.count(net.sizes[-1], 'output')}, {words.count(net.parameters, 'parameter')}. {what}."
    )


# What an input makes of it --------------------------------------------------------------------------


def _prediction(opened: Opened, x: Array | None, steps: tuple[Step, ...] | None) -> h.Node:
    if x is None or steps is None:
        return None
    said = [*_agreements(opened, x, steps), *_dead(opened.network, steps)]
    y = steps[-1].h
    return h.section(aria_labelledby="prediction")[
        h.h2(id="prediction")["This input"],
        h.h3["x: the input"], _table(x, "x"),
        h.h3["y: the prediction"], _table(y, "y"),
        _largest(y),
        h.ul[(h.li[sentence] for sentence in said)] if said else None,
    ]  # fmt: skip


def _largest(y: Array) -> h.Node:
    """Say which output is the largest; of more than a table shows, the five largest with their values."""
    if len(y) < 2:
        return None
    order = np.argsort(-_floats(y), kind="stable")
    first = ["The largest is ", h.var["y"], h.sub[text(int(order[0]))]]
    if fitting(len(y)) == len(y):
        return h.p[first, "."]
    others = [[", " if i else "", *_named(y, int(k))] for i, k in enumerate(order[1:LARGEST])]
    return h.p[first, " = ", _value(y[order[0]]), "; then come ", others, "."]


def _named(y: Array, k: int) -> list[h.Node]:
    return [h.var["y"], h.sub[text(k)], " = ", _value(y[k])]


def _value(number: Any) -> str:
    """Write a number by itself: with an exponent where it would otherwise look like zero, or fill a line."""
    size = abs(float(number))
    return text(number) if not size or SMALLEST <= size < GREATEST else text(number, ".1e")


def _table(values: Array, axis: str) -> h.Element:
    return tabled(values, axis).boxed(f"the values of {axis}")


def _agreements(opened: Opened, x: Array, steps: tuple[Step, ...]) -> Iterator[str]:
    """Hold the fast prediction against the file's own program, and say how much of it is rounding."""
    net = opened.network if opened.network.dtype != object else opened.network.astype(float)
    row = x.astype(float) if x.dtype == object else x
    fast = net.forward(row)
    if opened.predict is not None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of numbers that are too large, say: the page says it
                theirs = opened.predict(row)
            yield _compared(opened, net, row, fast, theirs)
        except Exception as error:  # noqa: BLE001 - a stranger's model in a library's hands: that is news, not our end
            yield f"{opened.runner} could not run the file's own program: {first_line(error)}."
    if runs_exactly(net):
        apart = max(
            (abs(Fraction(float(one)) - other) for one, other in zip(fast, steps[-1].h, strict=True)), default=0
        )
        off = f"{text(apart, '.1e')} off them at most" if apart else "the same, to the last bit"
        yield (
            "The sums here are those of exact arithmetic, every number taken as the shortest decimal that stands for "
            f"it; worked out of the {net.dtype} numbers, in {np.result_type(net.dtype, row.dtype)}, they are {off}."
        )


def _compared(opened: Opened, net: Network, x: Array, ours: Array, theirs: Array) -> str:
    """Say how far the file's own program is from ours, and how far rounding alone could bring them apart."""
    whom = f"the file's own program, run by {opened.runner}"
    if np.shape(theirs) != ours.shape:
        return f"Differs from {whom}: that gives {words.count(np.size(theirs), 'number')}."
    apart = float(np.max(np.abs(np.asarray(theirs, dtype=np.float64) - ours)))
    if not np.isfinite(apart):
        return f"Differs from {whom}: that gives entries that are no finite numbers."
    if apart == 0:
        return f"The same as {whom}, to the last bit."
    here = str(np.result_type(net.dtype, x.dtype)) if net.dtype != np.float16 else "float16"
    there = opened.arithmetic or str(net.dtype)
    allowed = float(np.max(rounding.bound(net.layers, x, here, there)))
    near = apart <= min(allowed, COARSE * max(1.0, float(np.max(np.abs(ours)))))
    types = here if here == there else f"{here} here and {there} there"
    how = f"{text(apart, '.1e')} apart at most, where rounding in {types} can make {text(allowed, '.1e')}"
    return f"{'Agrees with' if near else 'Differs from'} {whom}: {how} ({SOURCE})."


def _dead(net: Network, steps: tuple[Step, ...]) -> Iterator[str]:
    for i, (layer, step) in enumerate(zip(net, steps, strict=True)):
        if layer.activation.name == "relu":
            found = states(step.z)
            counts = {state: sum(s is state for s in found) for state in State}
            told = [f"{text(n)} {state.value}" for state, n in counts.items() if n]
            yield f"Of {words.count(len(found), 'neuron')} in {net.title(i)}: {', '.join(told)}."


# A layer ---------------------------------------------------------------------------------------------


def _layer(net: Network, i: int, step: Step | None) -> h.Element:
    layer, named = net[i], [places(axis) for axis in axes(net)]
    before, after = named[i], named[i + 1]
    return h.section(aria_labelledby=f"layer-{i + 1}")[
        h.h2(id=f"layer-{i + 1}")[f"L{net.title(i)[1:]}"],
        h.p[
            h.code[f"{_shape(layer.W)} weights, {_biased(layer)}, {layer.activation}"],
            f": {layer.activation.meaning}.",
        ],
        h.h3["Shapes"],
        _steps(net, i).html(),
        h.h3["Weights"],
        _weights(layer.W, before, after),
        [h.h3["What the neurons look at"], looked] if (looked := tiles(layer) if i == 0 else None) else None,
        [h.h3["Bias"], _table(layer.b, after)] if layer.biased else None,
        _values(layer.activation.name, step, after),
    ]


def _weights(W: Array, before: str, after: str) -> h.Element:
    """Write small weights out; show shades of large ones, and scroll the corner alone that is written out below."""
    if max(W.shape) > SMALL:
        figure = heat(W, before, after)
        return h.figure(".fp-heat")[figure.shades(), figure.corner.boxed("the first weights")]
    return tabled(W, before, after).boxed("the weights")


def _steps(net: Network, i: int) -> Shapes:
    """Show what a layer does to shapes; the numbers do not matter, and are nothing."""
    layer, n = net[i], i + 1
    given = "x" if i == 0 else "h" if i == 1 else f"h{i}"
    named: dict[str, Any] = {
        given: np.zeros(len(layer.W)),
        f"W{n}": np.zeros(layer.W.shape),
        f"b{n}": np.zeros(layer.b.shape),
    }
    act = layer.activation.name.partition("(")[0].replace(" ", "_")
    sums = f"{given} @ W{n} + b{n}"
    if act == "identity":
        return shapes(sums, named)
    return shapes(f"{act}({sums})", {**named, act: relu if act == "relu" else layer.activation.in_place})


def _shape(array: Array) -> str:
    return text(array.shape)


def _biased(layer: Layer) -> str:
    return f"{_shape(layer.b)} bias" if layer.biased else "no bias"


def _values(activation: str, step: Step | None, axis: str) -> h.Node:
    if step is None:
        return None
    if activation != "relu":
        same = activation == "identity"
        return [
            h.h3["Sums, passed on as they are" if same else "Sums"], _table(step.z, axis),
            None if same else [h.h3["Passed on"], _table(step.h, axis)],
        ]  # fmt: skip
    shown = fitting(len(step.z))
    return [
        h.h3["Sums, and what is passed on"],
        States(axis, row(step.z[:shown]), row(step.h[:shown]), len(step.z)).html(),
    ]

"""Which hidden neurons are alive, which dead, and which exactly on the boundary."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction

import htpy as h
from htpy import Element
from numpy.typing import ArrayLike

from fwdpass.errors import ShapeError, misfit
from fwdpass.figures import layout, parts, words
from fwdpass.figures.base import Figure, Row, fitting, names, row, settled, summed
from fwdpass.figures.words import cells, ended
from fwdpass.nn import relu
from fwdpass.numerals.arguments import checked
from fwdpass.numerals.writing import Medium

# Data and drawings ----------------------------------------------------------------------------------------------------


class State(Enum):
    """What a neuron's sum means to ReLU."""

    ALIVE = "alive"
    BOUNDARY = "boundary"
    DEAD = "dead"

    @classmethod
    def of(cls, z: Fraction) -> State:
        """Decide by the sign of a settled sum: exactly zero is a case of its own.

        >>> State.of(Fraction(0)), State.of(Fraction(-1, 10))
        (<State.BOUNDARY: 'boundary'>, <State.DEAD: 'dead'>)
        """
        units = z.numerator
        return cls.ALIVE if units > 0 else cls.DEAD if units < 0 else cls.BOUNDARY


GLYPHS = {State.ALIVE: "●", State.BOUNDARY: "◐", State.DEAD: "○"}
MEANINGS = {
    State.ALIVE: "alive: positive, passed on",
    State.BOUNDARY: "boundary: exactly zero",
    State.DEAD: "dead: negative, clamped to zero",
}
NOTHING = "passes nothing on"
"""What is said of a neuron whose value is zero."""


@dataclass(frozen=True, repr=False)
class States(Figure):
    """Each neuron's sum, and what ReLU passes on of it: the first of ``n``."""

    axis: str
    z: Row
    h: Row
    n: int
    every: Row = field(default=(), compare=False)
    """The sums of all ``n`` neurons, where these are more than are shown."""

    @property
    def alive(self) -> tuple[int, ...]:
        """Neurons with a positive sum, passed on."""
        return self._of(State.ALIVE)

    @property
    def boundary(self) -> tuple[int, ...]:
        """Neurons with a sum of exactly zero."""
        return self._of(State.BOUNDARY)

    @property
    def dead(self) -> tuple[int, ...]:
        """Neurons with a negative sum, clamped to zero on this input."""
        return self._of(State.DEAD)

    def _of(self, state: State) -> tuple[int, ...]:
        return tuple(i for i, z in enumerate(self.every or self.z) if State.of(z) is state)

    def plain(self, medium: Medium) -> str:
        """Draw a line for each neuron."""
        z, passed = cells(self.z, medium=medium), cells(self.h, medium=medium)
        lines = [
            [str(name), z[i], GLYPHS[state], MEANINGS[state], passed[i]]
            for i, name in enumerate(names(self.axis, len(z)))
            for state in [State.of(self.z[i])]
        ]
        heads = ["", "sum", "", "state", "passes on"]
        return layout.columns([heads, *ended(lines, self.n, ["…"])], "<><<>")

    def latex(self) -> str:
        """Draw an equation for each neuron."""
        z, passed = cells(self.z, medium="latex"), cells(self.h, medium="latex")
        lines = [
            rf"{layout.indexed(name)} &= \max(0, {z[i]}) = {passed[i]} "
            rf"&&{layout.roman(MEANINGS[State.of(self.z[i])])}"
            for i, name in enumerate(names(self.axis, len(z)))
        ]
        return layout.environment("aligned", ended(lines, self.n, rf"& {layout.VDOTS}"))

    def html(self) -> Element:
        """Draw a table with a row for each neuron."""
        return self.table()

    def table(self, key: int | None = None) -> Element:
        """Draw the table; with a ``key``, which names them as a group, what neurons pass on can be followed."""
        rows = [
            h.tr[
                parts.head(parts.named(name)),
                parts.cell(z, z_text),
                state_cell(State.of(z)),
                parts.cell(passed, passed_text, key is not None),
            ]
            for name, z, z_text, passed, passed_text in zip(
                names(self.axis, len(self.z)), self.z, cells(self.z), self.h, cells(self.h), strict=True
            )
        ]
        rest = h.tr[parts.head("⋮"), h.td(colspan="3")[f"{words.count(self.n, 'neuron')} in all"]]
        return h.table(".fp-states", data_g=key)[
            h.caption(".fp-sr")["What ReLU makes of each neuron's sum"],
            parts.columns("neuron", "sum", "state", "passes on"),
            h.tbody[ended(rows, self.n, rest)],
        ]


def state_cell(state: State) -> Element:
    """Show a state by a glyph and in words."""
    return h.td(class_=f"fp-{state.value}")[
        h.span(".fp-glyph", aria_hidden="true")[GLYPHS[state]], " ", MEANINGS[state]
    ]


# View -----------------------------------------------------------------------------------------------------------------


@checked
def states(x: ArrayLike, W1: ArrayLike, b1: ArrayLike, axis: str = "i") -> States:
    """Decide, in exact arithmetic, what ReLU makes of each neuron's sum.

    Floating point cannot decide this: a sum that vanishes on paper may come out on either side, by the order of its
    terms.

    Parameters
    ----------
    x : array_like
        One input, of shape (n_in,).
    W1 : array_like
        Weights, of shape (n_in, n_hidden).
    b1 : array_like
        Biases, of shape (n_hidden,).
    axis : str
        What the neurons are called.

    Returns
    -------
    States
        A figure; its ``alive``, ``boundary`` and ``dead`` are tuples of indices of neurons, for prose.

    Raises
    ------
    ShapeError
        Where the shapes do not fit, and for a batch of inputs.

    Examples
    --------
    >>> from fwdpass import lesson
    >>> verdict = states(lesson.x, lesson.W1, lesson.b1, "h")
    >>> verdict
         sum     state                            passes on
    h0   0.0  ◐  boundary: exactly zero                 0.0
    h1  -0.1  ○  dead: negative, clamped to zero        0.0
    h2   0.5  ●  alive: positive, passed on             0.5
    >>> verdict.alive, verdict.boundary, verdict.dead
    ((2,), (0,), (1,))
    """
    z, passed = _sums(x, W1, b1)
    shown = fitting(len(z))
    return States(axis, z[:shown], passed[:shown], len(z), z)


def _sums(x: ArrayLike, W1: ArrayLike, b1: ArrayLike) -> tuple[Row, Row]:
    """Give one layer's sums before and after ReLU, exactly, a neuron at a time."""
    inputs, weights, biases = settled(x), settled(W1), settled(b1)
    if inputs.ndim > 1:
        raise ShapeError(
            f"states are decided for one input, a vector, and {inputs.shape} is a batch: pick a row of the batch"
        )
    if inputs.ndim != 1 or weights.ndim != 2 or len(inputs) != len(weights):
        raise misfit(inputs.shape, weights.shape)
    if biases.shape != weights.shape[1:]:
        raise ShapeError(
            f"a layer of weights {weights.shape} needs a bias of shape {weights.shape[1:]}, "
            f"one for each column, and got {biases.shape}"
        )
    z = summed(inputs, weights, biases)
    return row(z), row(relu(z))

"""Which hidden neurons are alive, which dead, and which exactly on the boundary."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fwdpass.errors import ShapeError, misfit
from fwdpass.figures.kinds import Row, State, States
from fwdpass.figures.views.base import View, fitting, row, settled
from fwdpass.nn import Array, neuron, relu


@dataclass(frozen=True, repr=False)
class StatesView(View):
    """The states, and the neurons in each as tuples of indices, for prose."""

    figure: States
    z: Row
    """The sums, exact."""

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
        return tuple(i for i, z in enumerate(self.z) if State.of(z) is state)


def states(x: Array, W1: Array, b1: Array, axis: str = "i") -> StatesView:
    """Decide, in exact arithmetic, what ReLU makes of each neuron's sum.

    ``x`` has shape (n_in,), ``W1`` (n_in, n_hidden), ``b1`` (n_hidden,). Floating point cannot
    decide this: a sum that vanishes on paper may come out on either side, by the order of its terms.

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
    z, h = sums(x, W1, b1)
    shown = fitting(len(z))
    return StatesView(States(axis, z[:shown], h[:shown], len(z)), z)


def sums(x: Array, W1: Array, b1: Array) -> tuple[Row, Row]:
    """One layer's sums before and after ReLU, exact, a neuron at a time."""
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
    z = np.array([neuron(inputs, w, b) for w, b in zip(weights.T, biases, strict=True)])
    return row(z), row(relu(z))

"""What the tests of the views share: the views of the lesson, and the goldens."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import fwdpass as fp
from fwdpass.figures.base import Figure
from fwdpass.numerals import exact
from fwdpass.numerals.writing import text

GOLDEN = Path(__file__).parent.parent / "golden"


def views(arithmetic: exact.Arithmetic = exact.Arithmetic.FLOAT64) -> dict[str, Figure]:
    """Each view of the lesson, from floats or from exact rationals."""
    given = (fp.lesson.x, fp.lesson.W1, fp.lesson.b1, fp.lesson.W2, fp.lesson.b2)
    if arithmetic is exact.Arithmetic.EXACT:
        given = tuple(map(exact.rational, given))
    x, W1, b1, W2, b2 = given
    _, h, y_hat = fp.forward(x, W1, b1, W2, b2)
    b_column = b1.reshape(-1, 1)  # noqa: F841 - a view looks it up
    return {
        "vector": fp.matrix(y_hat, "y"),
        "matrix": fp.matrix(W1, "x", "h"),
        "pixels": fp.pixels(fp.lesson.image),
        "dot": fp.dot(x, W1[:, 0], b1[0]),
        "product": fp.product(x, W1, "x", "h", bias=b1),
        "product-2d": fp.product(W1, W2, "x", "h", "y"),
        "shapes": fp.shapes("fp.relu(x @ W1 + b1) @ W2 + b2"),
        "mismatch": fp.mismatch("W1 @ x"),
        "mismatch-quiet": fp.mismatch("x @ W1 + b_column", "x @ W1 + b1"),
        "flip": fp.flip(fp.lesson.image, W1, b1, W2, b2),
        "states": fp.states(x, W1, b1, "h"),
        "network": fp.network(x, W1, b1, W2, b2),
        "collapsed": fp.collapsed(W1, b1, W2, b2),
        "contributions": fp.contributions(h, W2, "h", "y"),
        "run": fp.run(fp.lesson),
        "layered": fp.network(many(), np.arange(20) % 5),
        "layered-empty": fp.network(many()),
        "gallery": fp.gallery([fp.lesson.image, y_hat.reshape(2, 2)], ["the picture", "the prediction"]),
        "graph": fp.graph(
            "z",
            "h",
            lines={"ReLU": [(-1, 0), (0, 0), (1, 1)]},
            points={f"h{j}": (v, v) for j, v in enumerate(h)},
            rings=["h1"],
        ),
        "heat": fp.heat(W1, "x", "h"),
        "parameters": fp.parameters(many()),
        "table": fp.table(
            "Sums & states",
            ["`neuron`", "sum", "what"],
            [["`h[0]`", text(h[0]), "passes  on\nor nothing, in `h_0`"], ["`h[1]`", "<b>", "_"]],
        ),
    }


def many() -> fp.Network:
    """A network with too many neurons to draw one by one; its numbers have a decimal."""
    sizes, acts = (20, 14, 4, 3), ("relu", "leaky relu(0.2)", "identity")
    layers = [
        fp.Layer((np.arange(n * m).reshape(n, m) * 7 % 19 - 9) / 10, (np.arange(m) % 3 - 1) / 10, act)
        for (n, m), act in zip(pairwise(sizes), acts, strict=True)
    ]
    return fp.Network(*layers)


@pytest.fixture(scope="session")
def lesson_views() -> dict[str, Figure]:
    return views()


@pytest.fixture(scope="session")
def exact_views() -> dict[str, Figure]:
    return views(exact.Arithmetic.EXACT)


@pytest.fixture(params=sorted(views()))
def name(request: pytest.FixtureRequest) -> str:
    """The name of each view in turn."""
    return str(request.param)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    return Golden(regenerate=request.config.getoption("--regenerate"))


class Golden:
    """Files in tests/golden: compared, or with the switch, written."""

    def __init__(self, *, regenerate: bool) -> None:
        self._regenerate = regenerate

    def check(self, file: str, text: str) -> None:
        path = GOLDEN / file
        if self._regenerate:
            path.write_text(text + "\n", encoding="utf-8")
        assert path.exists(), f"{path} is missing: pytest tests/unit --regenerate"
        assert path.read_text(encoding="utf-8") == text + "\n"

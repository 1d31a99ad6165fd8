"""What a reading that rounds otherwise costs, in plain runs of the same code; and of a page.

``nox -s bench -- stable``. In CPU seconds, the least of some runs that take turns. A stable page has such readings in
processes of their own, at the same time. What it takes to start those is a part of what ``levels.py`` measures.
"""

from __future__ import annotations

import ast
import os
import time
from collections.abc import Callable
from functools import partial
from types import CodeType

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # threads that wait for one another take CPU seconds, too

from fwdpass.numerals.nudging import nudging, with_nudges
from fwdpass.page import Cell, Level, SideBySide

RUNS = 5
LEAST = 0.2
"""CPU seconds that are told apart: some clocks go on by a hundredth at a time."""
TARGET = 3.0
"""Plain runs that a reading may cost."""

PROGRAMS = {
    "a loop over floats": """
s = 0.0
for i in range(20000):
    x = i * 0.1
    s = s + x * x - 0.5 * x
""",
    "a chaotic map": """
x, out = 0.3, []
for i in range(20000):
    x = 2.9 * x * (1 - x)
    out.append(x)
""",
    "words": """
counts = {}
for word in ["alpha", "beta", "gamma"] * 3000:
    counts[word.upper()] = counts.get(word.upper(), 0) + len(word)
""",
    "linear algebra": """
import numpy as np
rng = np.random.default_rng(0)
A = rng.normal(size=(200, 200)) + 20 * np.eye(200)
b = rng.normal(size=200)
for _ in range(10):
    y = np.linalg.solve(A, b)
    r = A @ y - b
""",
    "large arrays": """
import numpy as np
x = np.linspace(0, 1, 100000)
for _ in range(20):
    y = np.sin(x) * 2.0 + x ** 2
    z = (y - y.mean()) / y.std()
""",
    "a training": """
import numpy as np
rng = np.random.default_rng(0)
X = rng.normal(size=(150, 4))
t = X @ np.array([1.0, -2.0, 0.5, 3.0])
w = np.zeros(4)
for _ in range(300):
    w = w - 0.01 * (X.T @ (X @ w - t)) / len(t)
""",
    "a network": """
import numpy as np
rng = np.random.default_rng(0)
X = rng.normal(size=(200, 10))
t = np.sin(X[:, :1])
W1, b1, W2 = rng.normal(size=(10, 32)) * 0.1, np.zeros(32), rng.normal(size=(32, 1)) * 0.1
for _ in range(100):
    z = X @ W1 + b1
    h = np.maximum(0, z)
    error = h @ W2 - t
    back = error @ W2.T * (z > 0)
    W1 = W1 - 0.001 * (X.T @ back)
    b1 = b1 - 0.001 * back.sum(axis=0)
    W2 = W2 - 0.001 * (h.T @ error)
""",
    "calls": """
def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)

f = fibonacci(18)
""",
}


def main() -> None:
    """Measure, and say so."""
    for name, source in PROGRAMS.items():
        other = ast.unparse(with_nudges(ast.parse(source)))
        codes = compile(source, "<plain>", "exec"), compile(other, "<nudged>", "exec")
        ratio, _ = side_by_side(partial(run, codes[0]), partial(otherwise, codes[1]))
        print(f"{name}: {ratio:.1f} plain runs (target: {TARGET})")
    cell = PROGRAMS["a training"]
    plain = compile(cell, "<plain>", "exec")
    ratio, seconds = side_by_side(lambda: run(plain), lambda: read(cell))
    print(f"a page, read in floats and fractions: {ratio:.1f} plain runs of its cells, {seconds:.3f} s")


def side_by_side(one: Callable[[], None], other: Callable[[], None]) -> tuple[float, float]:
    """Give how many times as long the second takes, and its seconds."""
    taken: tuple[list[float], list[float]] = ([], [])
    times = [often(work) for work in (one, other)]
    for _ in range(RUNS):
        for work, n, found in zip((one, other), times, taken, strict=True):
            found.append(spent(work, n) / n)
    return min(taken[1]) / min(taken[0]), min(taken[1])


def often(work: Callable[[], None]) -> int:
    """Say how many times something has to be done for a clock to tell how long it takes."""
    n = 1
    while spent(work, n) < LEAST:
        n *= 2
    return n


def spent(work: Callable[[], None], n: int) -> float:
    """Give the CPU seconds that something takes so many times."""
    start = time.process_time()
    for _ in range(n):
        work()
    return time.process_time() - start


def run(code: CodeType) -> None:
    """Run a program."""
    exec(code, {})  # noqa: S102 - one of those above


def otherwise(code: CodeType) -> None:
    """Run a program that rounds otherwise."""
    with nudging(1):
        run(code)


def read(source: str) -> None:
    """Read a page of a single cell as a build does, without the further readings, which other processes take."""
    reading = SideBySide("page", [source], least=Level.EXECUTED, stable=False)
    try:
        reading.cell(Cell(source, 1))
    finally:
        reading.close()


if __name__ == "__main__":
    main()

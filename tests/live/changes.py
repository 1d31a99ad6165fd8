"""What a reader may change, besides the picture: numbers, shapes, lines of the script; each as a lesson to be built."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from fwdpass.page import Lesson
from fwdpass.page.entries import restated, stated, stepped
from tests.lessons.made import Made, every

LINES = (
    ("h = np.maximum(0, z1)", "h = np.maximum(z1, 0 * z1)"),
    ("z1 = x @ W1 + b1", "z1 = b1 + x @ W1"),
    ("mse = np.mean((y_hat - target) ** 2)", "mse = np.mean((target - y_hat) ** 2)"),
    ("y_hat = h @ W2 + b2", "y_hat = b2 + h @ W2"),
)
"""Lines of the script, and what a reader might write in their places."""


CELLS = (
    ("neurons", "fp.dot(x, W1[:, 0], b1[0])", "first = W1[:, 0]\nfp.dot(x, first, b1[0])"),
    ("neurons", "(x * W1[:, 0]).sum() + b1[0]", "total = (x * W1[:, 0]).sum() + b1[0]  # shown no more"),
)
"""Cells of pages, and what a reader might write in their places."""


@dataclass(frozen=True)
class Changed:
    """A change: the state of the page that a reader makes, and the lesson that is built for it.

    Of a cell: the page on which it stands, its code, and that which a reader writes; the book is built with it.
    """

    made: Made
    state: dict[str, Any] = field(default_factory=dict)
    cell: tuple[str, str, str] | None = None

    def docs(self, docs: Path, into: Path) -> Path:
        """Give the folder of the book that is built: of an edited cell, a copy with the cell in its page."""
        if self.cell is None:
            return docs
        page, old, new = self.cell
        copy = into / "edited" / "docs"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(docs, copy, ignore=shutil.ignore_patterns("_build"))
        for beside in docs.resolve().parent.glob("*.md"):  # which pages include
            shutil.copy(beside, copy.parent)
        file = copy / f"{page}.md"
        source = file.read_text("utf-8")
        assert source.count(f"\n{old}\n```") == 1, old
        file.write_text(source.replace(f"\n{old}\n```", f"\n{new}\n```"), "utf-8")
        return copy


def cells(lesson: Lesson, count: int) -> Iterator[Changed]:
    """Edit a cell of a page."""
    for at, cell in enumerate(CELLS[:count]):
        yield Changed(Made(f"cell {at}: {cell[2].splitlines()[0]}", "edge", lesson), {}, cell)


def weights(lesson: Lesson, count: int, seed: int, together: int = 1) -> Iterator[Changed]:
    """Change so many numbers at a time, by chance, but the same each time for a seed, and none of them twice."""
    chance = random.Random(seed + together)  # noqa: S311 - numbers for tests
    entries = [one for one in stated(lesson.source) if one.array != "image"]
    made: set[str] = set()
    while len(made) < count:
        numbers = {}
        for one in chance.sample(entries, together):
            number = one.written
            for _ in range(chance.randrange(1, 9)):
                number = stepped(number, chance.random() < 0.5)
            numbers[one.key] = number if number != one.written else stepped(number, up=True)
        source = restated(lesson.source, numbers)
        name = ", ".join(f"{key}={number}" for key, number in numbers.items())
        if name in made:
            continue
        made.add(name)
        yield Changed(Made(name, "step", replace(lesson, source=source)), {"numbers": numbers})


def shapes(lesson: Lesson, count: int) -> Iterator[Changed]:
    """Give the network other numbers of hidden neurons."""
    made = [
        one
        for one in every(lesson, randoms=0)
        if one.kind == "shape" and one.name.startswith("2×2") and "negative" not in one.name
    ]
    for one in made[:count]:
        yield Changed(one, {"script": one.lesson.source})


def lines(lesson: Lesson, count: int) -> Iterator[Changed]:
    """Write a line of the script in another way."""
    for at, (old, new) in enumerate(LINES[:count]):
        source = lesson.source.replace(old, new)
        assert source != lesson.source, old
        yield Changed(Made(f"line {at}: {new}", "edge", replace(lesson, source=source)), {"script": source})

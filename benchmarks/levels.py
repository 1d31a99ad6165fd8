"""What a page costs at each level of its certificate, in stock MyST-NB pages with the same cells.

``nox -s bench -- levels``, and with ``--check`` exit status 1 where a page that is only executed costs more than a
stock one. The cells are those of ``stable.py``, and of a page that fractions can follow to its end.

A page costs what a book with some copies of it costs more than the same book without: in CPU seconds, those of the
processes that Sphinx waited for included, so that Jupyter's kernel and the further readings of a stable page count.
Those readings run at the same time, so ``s`` says what an author waits for, too. The kinds take turns, and the median
of the rounds counts.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from run import cpu_seconds, steady, table
from stable import PROGRAMS

KINDS = ("stock", "executed", "stable", "exact")
STOCK, EXECUTED, STABLE, EXACT = KINDS
BOUND = 1.0
"""Stock pages that an executed one may cost."""
COPIES = 2
CONF = """
extensions = ["myst_nb"{ours}]
html_theme = "basic"
nb_execution_mode = "inline"
nb_execution_raise_on_error = True
"""
PAGE = """---
file_format: mystnb
kernelspec:
  name: python3
{front}---

# {title}

```{{code-cell}} python3
{cell}```

It comes to {number}.
"""
SHOWN = {
    "a loop over floats": "s:.6g",
    "a chaotic map": "out[5]:.6g",
    "words": 'counts["ALPHA"]',
    "linear algebra": "abs(y).max():.4f",
    "large arrays": "y.mean():.6f",
    "a training": "w[0]:.4f",
    "a network": "W2[0, 0]:.4f",
    "calls": "f",
    "fractions": "z.sum()",
}
"""What the sentence of each page says."""
PAGES = PROGRAMS | {
    "fractions": """
import numpy as np
x = np.array([1, 0, 0.5])
W = np.array([[0.1, -0.2], [0.3, 0.4], [-0.5, 0.6]])
z = x @ W
""",
}
FRACTIONS = ("fractions", "words")
"""Pages that can be exact."""


@dataclass(frozen=True)
class Cost:
    """What a page costs."""

    cpu: float
    waited: float

    def __sub__(self, other: Cost) -> Cost:
        return Cost(self.cpu - other.cpu, self.waited - other.waited)


def write(folder: Path, kind: str, name: str) -> None:
    """Write a book of a kind, with copies of a page, or with none."""
    folder.mkdir(parents=True)
    ours = "" if kind == STOCK else ', "fwdpass.sphinxext"'
    (folder / "conf.py").write_text(CONF.format(ours=ours), "utf-8")
    front = "" if kind == STOCK else f"fwdpass_level: {kind}\n"
    for title in "ABCDEFGH"[: COPIES if name else 0]:
        number = "a number" if kind == STOCK else f"{{n}}`{SHOWN[name]}`"
        page = PAGE.format(front=front, title=f"Page {title}", cell=PAGES[name].lstrip(), number=number)
        (folder / f"page-{title}.md").write_text(page, "utf-8")
    (folder / "index.md").write_text("# A book\n\n```{toctree}\n:glob:\npage-*\n```\n", "utf-8")


def build(folder: Path, kind: str, name: str = "") -> Cost:
    """Build a book from nothing; without a name, one that has no such page."""
    book = folder / f"{kind} {name}"
    if not book.exists():
        write(book, kind, name)
    shutil.rmtree(book / "out", ignore_errors=True)
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", str(book), str(book / "out")]
    start = time.perf_counter()
    cpu = cpu_seconds(command, steady())
    return Cost(cpu, time.perf_counter() - start)


def measure(folder: Path, names: Sequence[str], rounds: int, say: Callable[[str], None]) -> dict[str, dict[str, Cost]]:
    """Give what each page costs at each level that it can have."""
    found: dict[str, dict[str, list[Cost]]] = {name: {} for name in names}
    for turn in range(rounds):
        for kind in KINDS:
            without = build(folder, kind)
            for name in names:
                if kind != EXACT or name in FRACTIONS:
                    cost = build(folder, kind, name) - without
                    found[name].setdefault(kind, []).append(Cost(cost.cpu / COPIES, cost.waited / COPIES))
        say(f"round {turn + 1} of {rounds} is done")
    return {name: {kind: typical(costs) for kind, costs in of.items()} for name, of in found.items()}


def typical(costs: Sequence[Cost]) -> Cost:
    """Give the median of each figure."""
    return Cost(median(one.cpu for one in costs), median(one.waited for one in costs))


def main() -> int:
    """Measure, and say so."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="exit with status 1 where the bound is missed")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="how often each book is built")
    parser.add_argument("--page", choices=PAGES, action="append", help="measure this page alone")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fwdpass-bench-") as folder:
        say = partial(print, file=sys.stderr, flush=True)
        measured = measure(Path(folder), wanted.page or list(PAGES), wanted.rounds, say)
    rows: list[tuple[str, ...]] = [("", "level", "CPU s", "in stock pages", "s", "in stock pages")]
    slower = []
    for name, costs in measured.items():
        for kind, cost in costs.items():
            cpu, waited = cost.cpu / costs[STOCK].cpu, cost.waited / costs[STOCK].waited
            rows.append((name, kind, f"{cost.cpu:.2f}", f"{cpu:.2f}", f"{cost.waited:.2f}", f"{waited:.2f}"))
            if kind == EXECUTED and cpu > BOUND:
                slower.append(name)
    print(table(rows))
    said = f"MISSED by {', '.join(slower)}" if slower else "met"
    print(f"  target: an executed page costs at most {BOUND:.2f} stock ones: {said}")
    return int(wanted.check and bool(slower))


if __name__ == "__main__":
    sys.exit(main())

"""Measure what tracing a script costs, beside the same script run plainly, in the same process.

    python benchmarks/trace.py            measure, and print the figures with their targets
    python benchmarks/trace.py --check    and exit with status 1 where a target is missed
    python benchmarks/trace.py --quick    fewer rounds

A round runs everything once, by turns; a figure is the median over the rounds of the ratio within a round. Every
run is of freshly compiled code, since a script runs once, and CPU time is what is measured. "run" is the run itself,
"added" is all that tracing adds: parsing, instrumenting, compiling, running, and making the trace. Peers (birdseye,
snoop, PySnooper) are measured where they are installed, on the chapter's script and on a short loop: they record every
turn, and a long one would take minutes.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import io
import json
import os
import platform
import sys
import tempfile
import tracemalloc
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from textwrap import indent
from time import process_time
from types import CodeType, ModuleType
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from fwdpass import lesson
from fwdpass.trace.form import dump
from fwdpass.trace.limits import Limits
from fwdpass.trace.panel.view import page
from fwdpass.trace.run import Run, compiled, traced
from fwdpass.trace.scripts import Script

CHAPTER = "the chapter's script"
NET = """
import numpy as np
rng = np.random.default_rng(0)
X = rng.normal(size=(1000, 784))
W1, b1 = rng.normal(size=(784, 256)), rng.normal(size=256)
W2, b2 = rng.normal(size=(256, 10)), rng.normal(size=10)
for turn in range(3):
    z1 = X @ W1 + b1
    h = np.maximum(0, z1)
    y_hat = h @ W2 + b2
"""
HUGE = """
import numpy as np
a = np.ones((3000, 3000))
b = a * 2
c = a + b
total = c.sum()
"""
FUNCTION = "def work():\n{}\nwork()\n"


@dataclass(frozen=True)
class Work:
    """A script to be measured, and the ratio of its traced run to its plain run that is allowed."""

    source: str
    target: float | None


def in_function(body: str) -> str:
    return FUNCTION.format(indent(body, "    "))


def chapter() -> str:
    return Path(lesson.__file__).read_text(encoding="utf-8")


WORKS = {
    CHAPTER: Work(chapter(), 3.0),
    "for, 1e5 turns": Work("total = 0\nfor i in range(100_000):\n    total += i * i\n", 1.2),
    "for, in a function": Work(in_function("total = 0\nfor i in range(100_000):\n    total += i * i"), 1.2),
    "for, over enumerate": Work("total = 0\nfor i, j in enumerate(range(100_000)):\n    total += i * j\n", 1.2),
    "for, 316 in 316": Work(
        in_function("total = 0\nfor i in range(316):\n    for j in range(316):\n        total += i * j"), 1.2
    ),
    "while, 1e5 turns": Work("i = 0\nwhile i < 100_000:\n    i += 1\n", 1.5),
    "while, in a function": Work(in_function("i = 0\nwhile i < 100_000:\n    i += 1"), 1.5),
    "1e5 calls": Work("def f(x):\n    return x * x + 1\nfor i in range(100_000):\n    f(i)\n", 1.5),
    "list comprehension": Work("squares = [i * i for i in range(100_000)]\n", 1.5),
    "dict comprehension": Work("squares = {i: i * i for i in range(100_000)}\n", 1.5),
    "generator expression": Work("total = sum(i * i for i in range(100_000))\n", 1.5),
    "784-256-10, 1000 rows": Work(NET, 1.1),
    "three arrays of 72 MB": Work(HUGE, 1.1),
}
ADDED = 0.005
"""Seconds that tracing the chapter's script may add in all."""
MEMORY = 1_000_000
"""Bytes that tracing three arrays of 72 MB may add."""
JSON = 8_000
"""Bytes that the trace of the chapter's script may have as JSON."""
PROGRAMS = Path(__file__).resolve().parents[1] / "tests" / "repertoire"
"""Programs as they are taught, whose pages are to be small, and soon there."""
PAGES = {"median": 150_000, "largest": 2_000_000, "slowest": 3.0}
"""Bytes of a page, and CPU seconds of tracing a program and making its page."""
SHORT = in_function("total = 0\nfor i in range(1000):\n    total += i * i\nreturn total")


# Measuring ------------------------------------------------------------------------------------------------------------


def timed(run: Callable[[], Any]) -> float:
    """Give the CPU seconds of a call; the collector of garbage, which may come at any time, is away."""
    gc.collect()
    gc.disable()
    try:
        start = process_time()
        run()
        return process_time() - start
    finally:
        gc.enable()


def plainly(source: str) -> float:
    """Run a script without the tracer."""
    code = compile(source, "script.py", "exec")
    with redirect_stdout(io.StringIO()):
        return timed(lambda: execute(code))


def execute(code: CodeType) -> None:
    exec(code, {"__name__": "__main__"})  # noqa: S102 - that is what is measured


def run_only(source: str) -> float:
    """Run an instrumented script."""
    script = Script(source, "script.py")
    run = Run(script, *compiled(script, Limits()), Limits(), None)
    code = run.code()
    with redirect_stdout(run.screen):
        return timed(lambda: execute(code))


def in_all(source: str) -> float:
    """Do everything that a trace needs."""
    return timed(lambda: traced(Script(source, "script.py")))


@dataclass
class Figures:
    """What was measured of a script: each a list with a figure for each round, in seconds."""

    plain: list[float]
    run: list[float]
    all: list[float]

    @property
    def ratio(self) -> float:
        """What the traced run costs, in plain runs."""
        return median(mine / plain for mine, plain in zip(self.run, self.plain, strict=True))

    @property
    def added(self) -> float:
        """What tracing adds in all, in seconds."""
        return median(mine - plain for mine, plain in zip(self.all, self.plain, strict=True))


def measure(rounds: int, say: Callable[[str], None]) -> dict[str, Figures]:
    """Run everything by turns, after a round that warms up."""
    figures = {name: Figures([], [], []) for name in WORKS}
    for turn in range(rounds + 1):
        say(f"round {turn} of {rounds}")
        for name, work in WORKS.items():
            # Who comes first finds other caches, and other memory: so they take turns in that, too.
            ways = [(plainly, figures[name].plain), (run_only, figures[name].run), (in_all, figures[name].all)]
            for way, seconds in ways[turn % 3 :] + ways[: turn % 3]:
                measured = way(work.source)
                if turn:
                    seconds.append(measured)
    return figures


def memory() -> int:
    """Give how many bytes more are in use at most when three arrays of 72 MB are traced."""

    def peak(run: Callable[[], Any]) -> int:
        gc.collect()
        tracemalloc.start()
        run()
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    traced(Script(HUGE, "script.py"))
    return peak(lambda: traced(Script(HUGE, "script.py"))) - peak(lambda: plainly(HUGE))


def pages(say: Callable[[str], None]) -> dict[str, float]:
    """Trace each program, and write its page: give the median size, the largest, and the CPU seconds of the slowest."""
    sizes, seconds = [], []
    for path in sorted(PROGRAMS.glob("*.py")):
        say(f"page: {path.stem}")
        source, made = path.read_text("utf-8"), [""]

        def write(source: str = source, made: list[str] = made) -> None:
            made[0] = page(traced(Script(source, "script.py")))

        seconds.append(timed(write))
        sizes.append(len(made[0].encode()))
    return {"median": median(sizes), "largest": max(sizes), "slowest": max(seconds)}


# Peers ----------------------------------------------------------------------------------------------------------------


def module_of(source: str, folder: Path, name: str) -> ModuleType:
    """Import a function ``work`` from a file: peers read the source of what they trace."""
    path = folder / f"{name}.py"
    path.write_text(source.rpartition("work()\n")[0], encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def birdseye() -> Callable[[Any], Any]:
    from birdseye import BirdsEye  # type: ignore[import-not-found, unused-ignore]

    return BirdsEye("sqlite://")  # type: ignore[no-any-return, unused-ignore]


def snoop() -> Callable[[Any], Any]:
    from snoop import Config  # type: ignore[import-not-found, unused-ignore]

    return Config(out=io.StringIO()).snoop  # type: ignore[no-any-return, unused-ignore]


def pysnooper() -> Callable[[Any], Any]:
    import pysnooper  # type: ignore[import-not-found, unused-ignore]

    return pysnooper.snoop(io.StringIO())  # type: ignore[no-any-return, unused-ignore]


PEERS = {"birdseye": birdseye, "snoop": snoop, "PySnooper": pysnooper}


def peers(rounds: int, say: Callable[[str], None]) -> dict[str, dict[str, float | str]]:
    """Give what each peer's run costs, in plain runs; of one that is not installed or fails, why."""
    found: dict[str, dict[str, float | str]] = {}
    works = {CHAPTER: in_function(chapter().replace("__name__ ==", '"__main__" ==')), "for, 1000 turns": SHORT}
    with tempfile.TemporaryDirectory() as folder:
        for name, peer in PEERS.items():
            found[name] = {}
            for number, (what, source) in enumerate(works.items()):
                say(f"{name}: {what}")
                try:
                    module = module_of(source, Path(folder), f"peer_{name.lower()}_{number}")
                    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
                        traced = peer()(module.work)
                        ratios = [timed(traced) / timed(module.work) for _ in range(rounds)]
                    found[name][what] = median(ratios)
                except Exception as error:  # noqa: BLE001 - a peer may fail in any way; ours is what is measured
                    found[name][what] = f"{type(error).__name__}: {error}"[:60]
    return found


# Telling --------------------------------------------------------------------------------------------------------------


def verdict(*, met: bool) -> str:
    return "met" if met else "MISSED"


@dataclass(frozen=True)
class Result:
    """All figures, and which targets they meet."""

    figures: dict[str, Figures]
    memory: int
    size: int
    pages: dict[str, float]
    peers: dict[str, dict[str, float | str]]

    @property
    def met(self) -> dict[str, bool]:
        """Which targets are met."""
        met = {name: self.figures[name].ratio <= work.target for name, work in WORKS.items() if work.target is not None}
        return met | {
            "added": self.figures[CHAPTER].added <= ADDED,
            "memory": self.memory <= MEMORY,
            "size": self.size <= JSON,
            **{f"pages, {name}": figure <= PAGES[name] for name, figure in self.pages.items()},
        }


def report(result: Result) -> str:
    """What a person reads."""
    met = result.met

    def says(target: str) -> str:
        return verdict(met=met[target])

    lines = [f"{'':24}{'plain':>12}{'run':>9}{'target':>9}{'added':>11}"]
    for name, figures in result.figures.items():
        target = WORKS[name].target
        lines.append(
            f"{name:24}{1000 * median(figures.plain):9.3f} ms{figures.ratio:8.2f}x{target:8.1f}x"
            f"{1000 * figures.added:8.2f} ms   {verdict(met=met[name])}"
        )
    lines += [
        "",
        f"added to {CHAPTER}, ms: {1000 * result.figures[CHAPTER].added:.2f} ({1000 * ADDED:.0f}): {says('added')}",
        f"added to three arrays of 72 MB, MB: {result.memory / 1e6:.3f} ({MEMORY / 1e6:.0f}): {says('memory')}",
        f"{CHAPTER} as JSON, bytes: {result.size} ({JSON}): {says('size')}",
        *(
            f"pages of programs, {name}: {figure:.7g} ({PAGES[name]:.7g}): {says(f'pages, {name}')}"
            for name, figure in result.pages.items()
        ),
        "",
    ]
    for name, ratios in result.peers.items():
        shown = "; ".join(
            f"{what}: {ratio:.0f}x" if isinstance(ratio, float) else f"{what}: {ratio}"
            for what, ratio in ratios.items()
        )
        lines.append(f"{name}: {shown}")
    return "\n".join(lines)


def as_json(result: Result) -> str:
    """What a machine reads."""
    return json.dumps({
        "machine": {"python": platform.python_version(), "machine": f"{platform.system()} {platform.machine()}"},
        "ratios": {name: round(figures.ratio, 4) for name, figures in result.figures.items()},
        "added": {name: round(figures.added, 6) for name, figures in result.figures.items()},
        "memory": result.memory,
        "size": result.size,
        "pages": result.pages,
        "peers": result.peers,
        "met": result.met,
    }, indent=2)  # fmt: skip


def main() -> int:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="seven rounds instead of 25")
    parser.add_argument("--check", action="store_true", help="exit with status 1 where a target is missed")
    parser.add_argument("--json", metavar="FILE", help="write the figures there, too")
    wanted = parser.parse_args()
    rounds = 7 if wanted.quick else 25

    def say(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    figures = measure(rounds, say)
    size = len(dump(traced(Script(chapter(), "forward_pass.py"))).encode())
    result = Result(figures, memory(), size, pages(say), peers(3, say))
    print(report(result))
    if wanted.json:
        Path(wanted.json).write_text(as_json(result) + "\n", encoding="utf-8")
    return int(wanted.check and not all(result.met.values()))


if __name__ == "__main__":
    sys.exit(main())

"""What the forward pass of any network costs, in times of the lines that one would write by hand.

    nox -s bench -- forward                 everything, in some minutes
    nox -s bench -- forward --quick         fewer rounds and rows
    nox -s bench -- forward --check         exit status 1 where a target is missed
    nox -s bench -- forward --json -        the same for machines (- is standard output)

By hand, a network is `h = np.maximum(0, x @ W1 + b1)` for each hidden layer, and `h @ W2 + b2` at the end. Both ways
run by turns, in one process and one thread of the BLAS, and which begins alternates; the ratio is taken within a
round, and the median of the rounds counts. PyTorch and scikit-learn are measured beside them where they are installed.

The peak is what this machine does in a product of two large matrices, measured in the same process.

Rows that do not fit into memory come from a memory map and go to one. By hand, that means all of them at once, as the
lines are written. Memory is what a process has beside mapped files (RssAnon), which the system may drop at any time.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from textwrap import indent
from typing import Any

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before NumPy is imported

import numpy as np  # noqa: E402

import fwdpass as fp  # noqa: E402

NETWORKS = ((4, 3, 4), (64, 32, 10), (784, 256, 10), (784, 1024, 1024, 10))
BATCHES = (1, 10, 100, 1000, 10_000, 100_000)
LARGEST = 2**32
"""Bytes that the arrays of a measurement may take by hand; what needs more is left out."""

SLOW, FEW = 1.0, 3
"""Seconds of a pass from which so many rounds must do."""

RATIO = 1.0
"""Target: what a forward pass may cost, in passes by hand."""
SMALLEST = 1.15
"""The same for one row of the smallest network, where it is microseconds."""
NOISE = 0.02
"""What two runs of the same lines differ by, here: a ratio is missed beyond it."""
PEAK = 0.8
"""Target: the share of the machine's peak at 784-256-10 and a thousand rows."""
MAPPED = 0.8
"""Target: the time from memory map to memory map, in times of that by hand."""
MEBIBYTES = 16
"""Target: memory for it, beyond what the maps have."""
ROWS = 10_000_000

Array = np.ndarray[Any, Any]
Pass = Callable[[Array], Any]


@dataclass
class Measured:
    """A network and a batch: seconds of each way, round by round."""

    sizes: tuple[int, ...]
    batch: int
    rounds: dict[str, list[float]] = field(default_factory=dict)

    def ratio(self, way: str = "forward") -> float:
        """How many passes by hand a pass costs."""
        pairs = zip(self.rounds[way], self.rounds["by hand"], strict=True)
        return median(theirs / hand for theirs, hand in pairs)

    @property
    def allowed(self) -> float:
        """The target."""
        return SMALLEST if (self.sizes, self.batch) == ((4, 3, 4), 1) else RATIO

    @property
    def met(self) -> bool:
        """Whether the target is met, but for noise."""
        return self.ratio() <= self.allowed + NOISE


def network(sizes: Sequence[int]) -> fp.Network:
    """A network with ReLU between its layers."""
    rng = np.random.default_rng(0)
    acts = ["relu"] * (len(sizes) - 2) + ["identity"]
    pairs = zip(sizes[:-1], sizes[1:], acts, strict=True)
    return fp.Network(*((rng.normal(size=(n, m)) / n**0.5, rng.normal(size=m), act) for n, m, act in pairs))


def by_hand(net: fp.Network) -> Pass:
    """The lines of the lesson, as they are written."""
    if len(net) == 2:
        W1, b1, W2, b2 = (a for layer in net for a in (layer.W, layer.b))

        def two(x: Array) -> Array:
            h = np.maximum(0, x @ W1 + b1)
            y_hat: Array = h @ W2 + b2
            return y_hat

        return two
    W1, b1, W2, b2, W3, b3 = (a for layer in net for a in (layer.W, layer.b))

    def three(x: Array) -> Array:
        h1 = np.maximum(0, x @ W1 + b1)
        h2 = np.maximum(0, h1 @ W2 + b2)
        y_hat: Array = h2 @ W3 + b3
        return y_hat

    return three


def ways(net: fp.Network, x: Array) -> dict[str, Callable[[], Any]]:
    """Every way to run the network on a batch, with what it takes made ready."""
    hand = by_hand(net)
    found: dict[str, Callable[[], Any]] = {"by hand": lambda: hand(x), "forward": lambda: net.forward(x)}
    try:
        import torch

        torch.set_num_threads(1)
        model, tensor = fp.formats.to_torch(net), torch.from_numpy(x)

        def run() -> Any:
            with torch.inference_mode():
                return model(tensor)

        found["PyTorch"] = run
    except ImportError:
        pass
    try:
        import sklearn

        # For the whole process: a context that was left by the time of the call would have been for nothing.
        sklearn.set_config(assume_finite=True, skip_parameter_validation=True)
        rows, learner = np.atleast_2d(x), fp.formats.to_sklearn(net)
        found["scikit-learn"] = lambda: learner.predict(rows)
        learner.predict(rows[:1])
    except ImportError:
        pass
    return found


def measure(sizes: tuple[int, ...], batch: int, rounds: int, seconds: float) -> Measured | None:
    """Run all ways by turns."""
    if 8 * batch * (sizes[0] + 3 * max(sizes)) > LARGEST:
        return None
    net = network(sizes)
    x = np.random.default_rng(1).normal(size=(batch, sizes[0]))
    x = x[0] if batch == 1 else x
    runs = ways(net, x)
    assert np.allclose(runs["forward"](), runs["by hand"]())
    once = {way: timed(run, 1) for way, run in runs.items()}
    if max(once.values()) < SLOW:
        once = {way: min(timed(run, 3) for _ in range(3)) for way, run in runs.items()}
    else:
        rounds = min(rounds, FEW)
    repeat = {way: max(1, int(seconds / max(cost, 1e-6))) for way, cost in once.items()}
    measured = Measured(sizes, batch, {way: [] for way in runs})
    gc.disable()
    for turn in range(rounds):
        names = list(runs) if turn % 2 else ["forward", "by hand", *list(runs)[2:]]
        for name in names:
            measured.rounds[name].append(timed(runs[name], repeat[name]))
    gc.enable()
    return measured


def timed(run: Callable[[], Any], repeat: int) -> float:
    """Seconds of this process's CPU for one run."""
    start = time.process_time()
    for _ in range(repeat):
        run()
    return (time.process_time() - start) / repeat


def share_of_peak(rounds: int) -> float:
    """What 784-256-10 and a thousand rows make of the peak: the best of the rounds of both, which go by turns."""
    sizes, rows, n = (784, 256, 10), 1000, 2000
    net, x = network(sizes), np.random.default_rng(1).normal(size=(rows, sizes[0]))
    a, b = np.random.default_rng(0).normal(size=(2, n, n))
    work = 2 * rows * sum(layer.W.size for layer in net)
    top = best = 0.0
    for _ in range(3 * rounds):
        top = max(top, 2 * n**3 / timed(lambda: a @ b, 1))
        best = max(best, work / timed(lambda: net.forward(x), 25))  # about as long
    return best / top


# More rows than memory has room for ----------------------------------------------------------------------------------

CHILD = """
import sys, time
import numpy as np
import fwdpass as fp
from pathlib import Path
from benchmarks_forward import by_hand, network, anonymous

how, source, target, rows = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
net = network((4, 3, 4))
x = np.memmap(source, np.float64, "r", shape=(rows, 4))
out = np.memmap(target, np.float64, "w+", shape=(rows, 4))
hand = by_hand(net)
before, most = anonymous(), [0]

def told(done, total):
    if done % 131072 < 4096:
        most[0] = max(most[0], anonymous())

start = time.process_time()
if how == "forward":
    net.forward(x, out=out)
else:
    out[:] = hand(x)
seconds = time.process_time() - start
if how == "forward":
    net.forward(x, out=out, progress=told)
print(seconds, max(0, most[0] - before))
"""


def anonymous() -> int:
    """Bytes that this process has beside mapped files; Linux alone tells."""
    status = Path("/proc/self/status")
    for line in status.read_text("ascii").splitlines() if status.exists() else []:
        if line.startswith("RssAnon"):
            return int(line.split()[1]) * 1024
    return 0


@dataclass
class Mapped:
    """Rows from a memory map to a memory map: CPU seconds of both ways, and bytes of ours beyond the maps."""

    rows: int
    hand: list[float]
    ours: list[float]
    memory: int

    @property
    def ratio(self) -> float:
        """How many times by hand it takes."""
        return median(ours / hand for ours, hand in zip(self.ours, self.hand, strict=True))


def mapped(rows: int, rounds: int) -> Mapped:
    """Run both ways by turns, each in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="fwdpass-bench-") as folder:
        source, target = Path(folder) / "x", Path(folder) / "y"
        x = np.memmap(source, np.float64, "w+", shape=(rows, 4))
        rng = np.random.default_rng(0)
        for start in range(0, rows, 1_000_000):
            x[start : start + 1_000_000] = rng.normal(size=(min(1_000_000, rows - start), 4))
        x.flush()
        del x
        found: dict[str, list[float]] = {"hand": [], "forward": []}
        memory = 0
        for turn in range(rounds):
            for how in ("hand", "forward") if turn % 2 else ("forward", "hand"):
                said = child(how, source, target, rows)
                found[how].append(said[0])
                memory = max(memory, int(said[1]))
    return Mapped(rows, found["hand"], found["forward"], memory)


def child(how: str, source: Path, target: Path, rows: int) -> list[float]:
    """Run one way in a process of its own; give its seconds, and its bytes."""
    script = CHILD.replace("benchmarks_forward", Path(__file__).stem)
    path = os.pathsep.join([str(Path(__file__).parent), str(Path(fp.__file__).parents[1])])
    done = subprocess.run(
        [sys.executable, "-c", script, how, str(source), str(target), str(rows)],
        env={**os.environ, "PYTHONPATH": path}, capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    return [float(word) for word in done.stdout.split()]


# Telling --------------------------------------------------------------------------------------------------------------


@dataclass
class Result:
    """All that was measured."""

    passes: list[Measured]
    share: float
    mapped: Mapped

    @property
    def met(self) -> dict[str, bool]:
        """Which targets are met."""
        return {
            "ratio": all(measured.met for measured in self.passes),
            "peak": self.share >= PEAK,
            "mapped": self.mapped.ratio <= MAPPED,
            "memory": self.mapped.memory <= MEBIBYTES * 2**20,
        }


def report(result: Result) -> str:
    """What a person reads."""
    others = [way for way in ("PyTorch", "scikit-learn") if any(way in m.rounds for m in result.passes)]
    rows = [("network", "rows", "by hand", "forward", *others, "")]
    for m in result.passes:
        hand = median(m.rounds["by hand"])
        beside = (f"{m.ratio(way):.2f}" if way in m.rounds else "–" for way in others)
        missed = "" if m.met else f"MISSED: at most {m.allowed}"
        rows.append(("-".join(map(str, m.sizes)), str(m.batch), seconds(hand), f"{m.ratio():.2f}", *beside, missed))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("   ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    met = {name: "met" if met else "MISSED" for name, met in result.met.items()}
    maps = result.mapped
    return "\n".join([
        "A forward pass, in passes by hand (medians of the rounds, CPU time, one thread)",
        indent("\n".join(lines), "  "),
        f"  target: at most {RATIO:.2f}, and {SMALLEST} for one row of 4-3-4; noise {NOISE}: {met['ratio']}",
        f"784-256-10 with 1000 rows: {result.share:.0%} of the measured peak",
        f"  target: at least {PEAK:.0%}: {met['peak']}",
        f"{maps.rows} rows from a memory map to a memory map: {median(maps.ours):.2f} s by forward",
        f"  by hand {median(maps.hand):.2f} s: {maps.ratio:.2f}; {maps.memory / 2**20:.1f} MiB beside the maps",
        f"  target: at most {MAPPED}: {met['mapped']}; at most {MEBIBYTES} MiB: {met['memory']}",
    ])  # fmt: skip


def seconds(value: float) -> str:
    """A time that people can read.

    >>> seconds(0.0000021), seconds(0.25)
    ('2.1 µs', '250.0 ms')
    """
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if value >= size:
            return f"{value / size:.1f} {unit}"
    return f"{value * 1e9:.0f} ns"


def as_json(result: Result) -> str:
    """What a machine reads."""
    machine = {"python": platform.python_version(), "numpy": np.__version__, "machine": platform.machine()}
    ratios = {f"{'-'.join(map(str, m.sizes))} x {m.batch}": round(m.ratio(), 4) for m in result.passes}
    return json.dumps({"machine": machine, "ratio": ratios, "met": result.met, "measured": asdict(result)}, indent=2)


def main() -> int:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="three rounds, and a tenth of the rows")
    parser.add_argument("--check", action="store_true", help="exit with status 1 where a target is missed")
    parser.add_argument("--json", metavar="FILE", help="write the figures there, too; - is standard output")
    parser.add_argument("--rounds", type=int, metavar="N", help="how often each way is run")
    wanted = parser.parse_args()
    rounds = wanted.rounds or (3 if wanted.quick else 9)
    if rounds < 1:
        parser.error("rounds are counted from one")
    batches = BATCHES[:-2] if wanted.quick else BATCHES
    passes = []
    for sizes in NETWORKS:
        for batch in batches:
            found = measure(sizes, batch, rounds, 0.02 if wanted.quick else 0.1)
            if found:
                passes.append(found)
                print(f"{'-'.join(map(str, sizes))}, {batch} rows: {found.ratio():.2f}", file=sys.stderr, flush=True)
    result = Result(passes, share_of_peak(rounds), mapped(ROWS // 10 if wanted.quick else ROWS, max(3, rounds // 2)))
    to_stdout = wanted.json == "-"
    print("\n" + report(result), file=sys.stderr if to_stdout else sys.stdout)
    if to_stdout:
        print(as_json(result))
    elif wanted.json:
        Path(wanted.json).write_text(as_json(result) + "\n", encoding="utf-8")
    return int(wanted.check and not all(result.met.values()))


if __name__ == "__main__":
    sys.exit(main())

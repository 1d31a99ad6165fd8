"""What `x @ W1 + b1` is worth on each kernel of OpenBLAS, and without any: the record behind the page "zero".

    python benchmarks/kernels.py           measure, and print the record
    python benchmarks/kernels.py --write   measure, and put it into docs/_data/kernels.json

OpenBLAS chooses a kernel for the processor when it is loaded; the variable OPENBLAS_CORETYPE overrides its choice.
So each kernel is measured in a Python process of its own. A kernel that this processor has no instructions for ends
that process, and is recorded as not run. What needs another processor or library stands in `ELSEWHERE`, as such.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

import numpy as np

from fwdpass import nn
from fwdpass.lesson import W1, W2, b1, b2, target, x
from fwdpass.numerals.exact import rational

RECORD = Path(__file__).resolve().parents[1] / "docs" / "_data" / "kernels.json"
KERNELS = ("Prescott", "Core2", "Nehalem", "Barcelona", "Sandybridge", "Bulldozer", "Haswell", "Zen", "SkylakeX")
ILLEGAL_INSTRUCTION = -4
ELSEWHERE = (
    {"how": "NumPy 2.4.6, `x @ W1 + b1`, SkylakeX kernel", "z1_0": -2.7755575615628914e-17},
    {"how": "PyTorch 2.13, `x @ W1 + b1`, float64", "z1_0": 2.7755575615628914e-17},
    {"how": "PyTorch 2.13, `nn.Linear`, float64", "z1_0": 2.7755575615628914e-17},
    {"how": "PyTorch 2.13, `nn.Linear`, float32", "z1_0": 7.450580596923828e-09},
)
"""Measured on 2026-11-22 on other computers."""
JAVASCRIPT = """
const [x, w, b, loss] = JSON.parse(process.argv[1]);
console.log(x.reduce((sum, value, i) => sum + value * w[i], 0) + b, loss.toFixed(4));
"""


def measured() -> dict[str, Any]:
    """What this process gets, with whichever kernel it has."""
    x32, W32, b32 = (array.astype(np.float32) for array in (x, W1, b1))
    return {
        "row": (x @ W1 + b1).tolist(),
        "batch": (np.vstack([x, x]) @ W1 + b1)[0].tolist(),
        "float32": (x32 @ W32 + b32).tolist(),
        "W_eff": (W1 @ W2).tolist(),
    }


def without_kernel() -> list[dict[str, Any]]:
    """The same sum in ways that never ask OpenBLAS."""
    ways = {
        "`np.einsum('i,ij->j', x, W1) + b1`": np.einsum("i,ij->j", x, W1) + b1,
        "`(x[:, None] * W1).sum(axis=0) + b1`": (x[:, None] * W1).sum(axis=0) + b1,
        "a loop in Python, the bias last": [reduce(add, map(float, x * W1[:, 0]), 0.0) + float(b1[0])],
        "a loop in Python, the bias first": [reduce(add, map(float, x * W1[:, 0]), float(b1[0]))],
        "`x @ W1 + b1`, float16": x.astype(np.float16) @ W1.astype(np.float16) + b1.astype(np.float16),
    }
    return [{"how": how, "z1_0": float(z1[0])} for how, z1 in ways.items()]


def measure(kernel: str) -> dict[str, Any]:
    """Measure a kernel in a process of its own."""
    env = {**os.environ, "OPENBLAS_CORETYPE": kernel, "OPENBLAS_VERBOSE": "2"}
    done = subprocess.run([sys.executable, __file__, "--here"], env=env, capture_output=True, text=True, check=False)
    if done.returncode == ILLEGAL_INSTRUCTION:
        return {"kernel": kernel, "ran": False, "why": "this processor lacks its instructions"}
    done.check_returncode()
    core = re.search(r"^Core: (\w+)", done.stderr, re.MULTILINE)
    if core is None or "not found" in done.stderr:
        return {"kernel": kernel, "ran": False, "why": "this NumPy has no such kernel"}
    return {"kernel": kernel, "core": core[1], "ran": True, **json.loads(done.stdout)}


def javascript() -> Iterable[dict[str, Any]]:
    """The loop in JavaScript, where there is Node.js, and how it rounds the loss."""
    if node := shutil.which("node"):
        exact = nn.forward(*map(rational, (x, W1, b1, W2, b2))).y_hat
        loss = float(nn.mse(exact, rational(target)))
        given = json.dumps([x.tolist(), W1[:, 0].tolist(), float(b1[0]), loss])
        done = subprocess.run([node, "-e", JAVASCRIPT, given], capture_output=True, text=True, check=True)
        version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
        z1_0, rounded = done.stdout.split()
        how = f"a loop in JavaScript, Node.js {version.removeprefix('v')}"
        yield {"how": how, "z1_0": float(z1_0), "toFixed": rounded}


def record() -> dict[str, Any]:
    """Everything, with what it was measured on."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return {
        "how": "benchmarks/kernels.py: each kernel in a Python process of its own, chosen by OPENBLAS_CORETYPE",
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "numpy": np.__version__,
        "blas": f"{blas['name']} {blas['version']}",
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "x": x.tolist(),
        "W1": W1.tolist(),
        "b1": b1.tolist(),
        "W2": W2.tolist(),
        "b2": b2.tolist(),
        "target": target.tolist(),
        "kernels": [measure(kernel) for kernel in KERNELS],
        "without_kernel": without_kernel(),
        "javascript": list(javascript()),
        "elsewhere": list(ELSEWHERE),
    }


def as_text(recorded: dict[str, Any]) -> str:
    """JSON, a line for each entry of a list of measurements."""
    lines = []
    for name, value in recorded.items():
        entries = value if isinstance(value, list) and value and isinstance(value[0], dict) else None
        listed = ",\n    ".join(map(json.dumps, entries)) if entries else ""
        lines.append(f'  "{name}": [\n    {listed}\n  ]' if entries else f'  "{name}": {json.dumps(value)}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="put the record into docs/_data/kernels.json")
    parser.add_argument("--here", action="store_true", help="measure this process only, with the kernel that it has")
    arguments = parser.parse_args()
    if arguments.here:
        print(json.dumps(measured()))
    elif arguments.write:
        RECORD.write_text(as_text(record()), encoding="utf-8")
    else:
        print(as_text(record()), end="")


if __name__ == "__main__":
    main()

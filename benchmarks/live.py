"""Measure what a page that follows its reader costs to send: ``nox -s bench -- live SITE``, of a site that is built.

Its record, the patches of its pictures, and Python for browsers, as servers send them: archives as they are, the rest
compressed. Fails where one is beyond its budget.
"""

from __future__ import annotations

import argparse
import gzip
import sys
from pathlib import Path

RECORD, PATCHES, PYTHON = 6_000, 30_000, 7_300_000
"""Bytes at most of a record, of a page's patches, and of Python; Brotli makes that a megabyte less."""


def sent(path: Path) -> int:
    """Give how many bytes a server sends of a file."""
    content = path.read_bytes()
    return len(content) if path.suffix == ".zip" else len(gzip.compress(content, 9))


def main() -> int:
    """Print a line for each page, and one for Python."""
    parser = argparse.ArgumentParser(prog="python benchmarks/live.py", description=__doc__)
    parser.add_argument("site", type=Path)
    folder = parser.parse_args().site / "_live"
    over = []
    for record in sorted(folder.glob("*.json")):
        sizes = sent(record), sent(record.with_suffix(".js"))
        print(f"{record.stem:<24} record {sizes[0]:>7,}   patches {sizes[1]:>7,}")
        over += [record.stem] * (sizes[0] > RECORD or sizes[1] > PATCHES)
    python = sum(map(sent, (folder / "python").glob("*")))
    print(f"{'Python and NumPy':<24} {python:>14,}" if python else "no Python for browsers in this site")
    over += ["Python"] * (python > PYTHON)
    if over:
        print(f"beyond the budget: {', '.join(over)}", file=sys.stderr)
    return bool(over)


if __name__ == "__main__":
    raise SystemExit(main())

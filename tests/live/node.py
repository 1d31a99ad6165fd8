"""Read pages of a site in Node, by the Python that the site has for browsers."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fwdpass.errors import FwdpassError

SCRIPT = Path(__file__).with_name("reads.mjs")


def read_in_node(
    site: Path, states: Mapping[str, Sequence[Mapping[str, Any]]]
) -> tuple[dict[str, list[dict[str, Any]]], list[str]]:
    """Read pages for states; give page → an answer for each, and the files that Python has imported."""
    program = shutil.which("node")
    if program is None:
        raise FwdpassError("Node is not installed, and runs Python for browsers here")
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "states.json"
        asked.write_text(json.dumps(states), "utf-8")
        got = subprocess.run([program, SCRIPT, site, asked], check=False, capture_output=True, text=True)
    if got.returncode:
        raise FwdpassError(f"Python for browsers failed in Node: {got.stderr[-1000:]}")  # its beginning is its own code
    said = json.loads(got.stdout)
    return said["answers"], said["imported"]

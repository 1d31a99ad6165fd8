"""The process that holds a served book: what it answers, order by order."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="this system does not fork, and the whole book is built at each change"
)

CONF = """\
project = "Held"
extensions = ["myst_nb", "fwdpass.sphinxext"]
html_theme = "basic"
fwdpass_level = "exact"
fwdpass_live = {"module": "held_weights"}
"""
PAGE = """\
---
file_format: mystnb
kernelspec:
  name: python3
---

# Page

```{code-cell} python3
from held_weights import z
```

The sum is {n}`z`.
"""
FILES = {"conf.py": CONF, "held_weights.py": "z = 1\n", "index.md": PAGE}


class Held:
    """A book in a process, which carries out orders."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._number = 0

    def answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        return dict(json.loads(self._process.stdout.readline()))

    def order(self, **order: Any) -> dict[str, Any]:
        """Give an order, and let the process that has carried it out take over; say what is wrong where none has."""
        assert self._process.stdin is not None
        self._number += 1
        for said in ({"number": self._number, **order}, {}):
            self._process.stdin.write(f"{json.dumps(said)}\n")
            self._process.stdin.flush()
        assert "process" in self.answer()
        answer = self.answer()
        return dict(answer.get("done", answer))


@contextmanager
def held(folder: Path) -> Iterator[Held]:
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    command = [sys.executable, "-m", "fwdpass.serve.holder", *map(str, (folder, folder / "html", folder / "trees"))]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        book = Held(process)
        assert book.answer()["built"]
        yield book
        assert process.stdin is not None
        process.stdin.close()  # nobody is left to give orders, which ends it


def test_a_page_that_another_window_opens_stays_ready(tmp_path: Path) -> None:
    """A file may change while a second window opens the page. That change, too, has to come as a patch."""
    with held(tmp_path) as book:
        assert book.order(do="warm", page="index")["ready"]
        for number in (2, 3):
            (tmp_path / "held_weights.py").write_text(f"z = {number}\n", "utf-8")
            assert book.order(do="warm", page="index")["ready"]
            done = book.order(do="patch", pages=["index"])
            assert done["cold"] == []
            assert f">{number}<" in "".join(done["patches"]["index"].values())


def test_a_fault_on_one_page_is_none_of_another(tmp_path: Path) -> None:
    """What was written stays on disk, and is not held against digits of a file that this page is not in."""
    (tmp_path / "second.md").write_text(PAGE.replace("---\n", "---\norphan: true\n", 1), "utf-8")
    with held(tmp_path) as book:
        (tmp_path / "index.md").write_text(PAGE.replace("`z`", "`zz`"), "utf-8")
        book.order(do="finish", pages=[])
        faults = book.order(do="read", pages=["index"])["faults"]
        assert [Path(fault["file"]).name for fault in faults] == ["index.md"], faults

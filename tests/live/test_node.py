"""Python of 32 bits and without an alarm clock, as a browser has it, reads a page as Python does here: in Node."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from zipfile import ZipFile

import pytest

from fwdpass import live
from fwdpass.live.runtime import LIBRARY, NUMPY, PACKAGES, compiled
from fwdpass.page import Cell
from tests.book.conftest import build_book
from tests.browser.test_follow import CONF, LESSON, OTHER, PAGE, reader_of, steps_of, write_beside
from tests.live.command import WANTED
from tests.live.node import read_in_node

RUNTIME = os.environ.get("FWDPASS_RUNTIME", "")
pytestmark = [
    pytest.mark.skipif(not RUNTIME, reason="no Python for browsers here: nox -s live makes one, and runs this"),
    pytest.mark.skipif(not shutil.which("node"), reason="no Node here, which runs Python for browsers"),
]
STATES: list[dict[str, object]] = [
    {"picture": "01"},
    {"picture": "11", "numbers": {"w.0": "0.75"}},
    {"script": LESSON.replace("z = x @ w", "z = w @ x")},
    {"script": "x = "},
    {"script": LESSON + "import signal\nsignal.setitimer\n"},
]


def test_every_kind_of_place_is_what_python_here_makes_of_it(tmp_path: Path) -> None:
    """A trace is among them, which counts turns by the largest length, and each cell has a limit of time."""
    source = tmp_path / "source"
    source.mkdir()
    write_beside(source)
    built = build_book(
        tmp_path, conf=CONF.replace('"array"', f'"runtime": {RUNTIME!r}, "array"'), page=PAGE, other=OTHER
    )
    assert built.status == 0, built.messages
    answers, imported = read_in_node(built.html, {"page": STATES})
    here = reader_of(built.html, "page")
    *same, clock = answers["page"]
    assert same == [here.changed(state) for state in STATES[:-1]]
    assert "has no attribute 'setitimer'" in clock["fault"]  # or this would not be the Python that it is about
    assert any("multiarray" in origin for origin in imported)
    assert not any("numpy/random" in origin for origin in imported)  # a tenth of the start, and no place asks for it
    first = next(at for at, step in enumerate(steps_of(built.html)) if isinstance(step, Cell))
    drawing = {"cells": {str(first): "import numpy as np\nnp.random.rand(2)"}}
    library = f"import {', '.join(WANTED)}\nimport numpy as np\nnp.polynomial.Polynomial([1, 2])"
    states = [drawing, {"cells": {str(first): library}}]
    answers, imported = read_in_node(built.html, {"page": states})
    assert answers["page"] == list(map(here.changed, states))  # from the seed that every page begins with
    assert "Polynomial" in answers["page"][1]["patch"][str(first)]
    assert any("numpy/random" in origin for origin in imported)


WORKER = Path(live.__file__).with_name("worker.mjs")
UNPACKED = """
globalThis.postMessage = () => {};
const [folder, worker] = process.argv.slice(1);
const { UNPACK } = await import(worker);
const { loadPyodide } = await import(`${folder}/pyodide.mjs`);
const { readFileSync } = await import("node:fs");
const python = await loadPyodide({ indexURL: `${folder}/` });
const archive = new Uint8Array(readFileSync(`${folder}/numpy.zip`));
python.globals.set("_archives", [archive, archive, archive]);
python.runPython(UNPACK);
console.log(python.runPython("import json, numpy; json.dumps([numpy.SAID, numpy.__doc__, numpy.__file__])"));
"""


def test_modules_are_compiled_by_the_python_that_imports_them(tmp_path: Path) -> None:
    """That is another one than here, whose bytecode it would refuse."""
    folder = tmp_path / "python"
    shutil.copytree(RUNTIME, folder)
    for name in (NUMPY, PACKAGES):
        with ZipFile(folder / name, "w") as archive:
            archive.comment = name.encode()
            archive.writestr("numpy/__init__.py", "'Numbers.'\nSAID = 'one'\n")
    compiled(folder)
    with ZipFile(folder / LIBRARY) as library:
        assert {name.rpartition(".")[2] for name in library.namelist()} == {"pyc"}
    for name in (NUMPY, PACKAGES):
        with ZipFile(folder / name) as whole:
            assert whole.comment == name.encode()
            assert whole.namelist() == ["files.zip"]
    said = subprocess.run(
        ["node", "--input-type=module", "-e", UNPACKED, folder, WORKER], capture_output=True, check=True, text=True
    )
    assert json.loads(said.stdout) == ["one", "", "/lib/python3.14/site-packages/numpy/__init__.pyc"]

"""Cells as authors of notebooks write them: IPython's syntax and displays, limits of time, files, other kernels."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from fwdpass.audit import load
from fwdpass.testing import Built
from tests.forked import build

pytestmark = pytest.mark.book

CONF = """
extensions = ["myst_nb", "fwdpass.sphinxext"]
myst_enable_extensions = ["dollarmath"]
html_theme = "basic"
html_math_renderer = "mathml"
nb_execution_timeout = 600
"""
HEADER = "---\nfile_format: mystnb\nfwdpass_check: error\nkernelspec:\n  name: python3\n---\n\n# Page\n\n"
JUPYTER = r"""
```{code-cell}
%matplotlib inline
width = 2.5
```

It is {n}`width` wide, exactly.

```{code-cell}
%%capture hidden
print("nobody sees this")
```

```{code-cell}
import asyncio
await asyncio.sleep(0.001)
!echo from a command
```

```{code-cell}
from IPython.display import HTML, Markdown, display
count = 12
display(HTML("<b class='bold'>seven of 7</b>"))
handle = display("waiting", display_id="state")
handle.update("ready")
Markdown(f"There are **{count}** eggs, and $e = {count}$.")
```

```{code-cell}
class Both:
    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": "<i class='both'>3 of 4</i>", "text/plain": "?"}

class Page:
    def _repr_html_(self):
        return "<u class='page'>fine</u>"

display(Both(), Page())
```

```{code-cell}
object()
```

```{code-cell}
:tags: [skip-execution]
undefined_name
```

```{code-cell}
import sys
from myst_nb import glue
glue("eggs", count * 2, display=False)
```

Glued are {glue:text}`eggs` and evaluated {eval}`count`, beside {n}`count`.
"""
DATA = """
```{code-cell}
import csv
import beside
with open("people.csv") as lines:
    total = sum(int(row["people"]) for row in csv.DictReader(lines))
total += beside.seen()
```

```{code-cell}
:load: part.inc
```

Together {n}`total`, and {n}`part`.
"""
POOL = """
```{code-cell}
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from operator import neg
with ProcessPoolExecutor(2, get_context("fork")) as pool:
    out = list(pool.map(neg, [1, 2]))
```

Results: {n}`out`.
"""
STYLED = """
```{code-cell}
import matplotlib
from importlib.util import find_spec
matplotlib.rcParams["lines.linewidth"] = 7.25
matplotlib.rcParams.update({"font.size": 3})
if find_spec("pandas"):
    import pandas
    pandas.set_option("display.precision", 2)
```

Set to {n}`matplotlib.rcParams["lines.linewidth"]`.
"""
UNSTYLED = """
```{code-cell}
:load: part.inc
```

```{code-cell}
import matplotlib
from importlib.util import find_spec
width, size, precision = matplotlib.rcParams["lines.linewidth"], matplotlib.rcParams["font.size"], 6
if find_spec("pandas"):
    import pandas
    precision = pandas.options.display.precision
```

Of part {n}`part`, lines are {n}`width` wide, letters {n}`size` high, and numbers have {n}`precision` places.
"""
"""A page on what libraries keep for a whole process; where pandas is not installed, on less."""
EXECUTED = HEADER.replace("kernelspec", "fwdpass_level: executed | settings of libraries\nkernelspec")


def write(folder: Path, **pages: str) -> None:
    (folder / "conf.py").write_text(CONF, "utf-8")
    for name, text in pages.items():
        (folder / f"{name}.md").write_text(text if text.startswith("---") else HEADER + text, "utf-8")
    entries = "\n".join(pages)
    (folder / "index.md").write_text(f"# I\n\n```{{toctree}}\n{entries}\n```\n", "utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources of a book, whose pages read files."""
    folder = tmp_path_factory.mktemp("cells")
    (folder / "people.csv").write_text("city,people\nOslo,700\nRome,2800\n", "utf-8")
    (folder / "part.inc").write_text("part = 5\n", "utf-8")
    (folder / "beside.py").write_text(
        "times = 0\n\ndef seen():\n    global times\n    times += 1\n    return times\n", "utf-8"
    )
    pool = {"pool": POOL} if hasattr(os, "fork") else {}
    settings = {"plain": EXECUTED + UNSTYLED, "styled": EXECUTED + STYLED, "unstyled": EXECUTED + UNSTYLED}
    write(folder, jupyter=JUPYTER, data=DATA, again=DATA, **pool, **settings)
    return folder


@pytest.fixture(scope="module")
def built(folder: Path) -> Built:
    built = build(folder, folder.with_name("cells-built"))
    assert built.status == 0, built.messages
    return built


def test_cells_run_and_show_as_in_jupyter(built: Built) -> None:
    page = (built.html / "jupyter.html").read_text("utf-8")
    assert "nobody sees this" not in built.said("jupyter.html").partition("Where each number")[2]
    for shown in ("from a command", "<b class='bold'>seven of 7</b>", "<i class='both'>", "<u class='page'>", "at 0x…"):
        assert shown in page, shown
    assert ">'ready'" in page or "ready" in page
    assert "waiting" not in page.partition("handle.update")[2]
    assert "There are 12 eggs" in built.said("jupyter.html")
    assert "Glued are 24 and evaluated 12, beside 12." in built.said("jupyter.html")


def test_what_is_above_a_command_is_exact(built: Built) -> None:
    ledger = load(built.html)["jupyter"].ledger
    assert ledger is not None
    numbers = {entry.source: str(entry.level) for entry in ledger.entries if entry.kind == "number"}
    assert numbers == {"width": "exact", "count": "executed"}
    assert any("runs once" in line for line in built.said("jupyter.html").split(";"))


def test_a_module_beside_two_pages_is_run_for_each(built: Built) -> None:
    # two readings of a page share it; the next page has it afresh
    assert [built.said(f"{name}.html").count("Together 3501, and 5.") for name in ("data", "again")] == [1, 1]


def test_what_a_page_sets_in_libraries_is_gone_on_the_next(built: Built) -> None:
    said = "Of part 5, lines are 1.5 wide, letters 10 high, and numbers have 6 places."
    assert "Set to 7.25." in built.said("styled.html")
    assert [said in built.said(f"{name}.html") for name in ("plain", "unstyled")] == [True, True]


def test_a_forked_child_ends_where_the_cell_is(built: Built) -> None:
    if (built.html / "pool.html").exists():
        assert "Results: [−1, −2]." in built.said("pool.html")
    assert built.messages.strip() == ""


def test_a_page_is_read_again_when_a_file_has_changed_that_it_opened(folder: Path, built: Built) -> None:
    (folder / "people.csv").write_text("city,people\nOslo,701\nRome,2800\n", "utf-8")
    (folder / "part.inc").write_text("part = 6\n", "utf-8")
    again = build(folder, folder.with_name("cells-built"))
    assert again.status == 0, again.messages
    assert "Together 3502, and 6." in again.said("data.html")
    # and without the page beside it, which a warm build does not run, it says what it said before
    said = "Of part 6, lines are 1.5 wide, letters 10 high, and numbers have 6 places."
    assert [said in again.said(f"{name}.html") for name in ("plain", "unstyled")] == [True, True]


def test_what_cannot_be_read_is_refused_with_a_sentence(tmp_path: Path) -> None:
    cell = "```{code-cell}\n%s\n```\n\n{n}`a`\n"
    output = {"output_type": "stream", "name": "stdout", "text": ["0.9999"]}
    stored = {"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": [output], "source": ["print(1/4)"]}
    metadata = {"fwdpass_check": "error", "kernelspec": {"name": "python3", "display_name": "python3"}}
    title = {"cell_type": "markdown", "metadata": {}, "source": ["# Stored"]}
    notebook = {"cells": [title, stored], "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
    (tmp_path / "stored.ipynb").write_text(json.dumps(notebook), "utf-8")
    write(
        tmp_path,
        julia=HEADER.replace("python3", "julia-1.10") + cell % "n = 2^3",
        asks=cell % "input()",
        statistics=HEADER.replace("fwdpass_check: error\n", "").replace("python3", "ir")
        + "Two.\n\n```{code-cell}\nn <- 2^3\n```\n",
        elsewhere=HEADER.replace("fwdpass_check: error\n", "").replace("python3", "python-of-mine") + "Two.\n",
        leaves=cell % "import os\nos._exit(0)",
        late=cell % ":timeout: 1\nwhile True: pass",
        level=HEADER.replace("kernelspec", "fwdpass_level: exact\nkernelspec")
        + cell % "from math import sqrt\na = sqrt(2)",
    )
    index = (tmp_path / "index.md").read_text("utf-8").replace("julia\n", "julia\nstored\n")
    (tmp_path / "index.md").write_text(index, "utf-8")
    built = build(tmp_path, tmp_path.with_name("refused"))
    assert built.status == 1
    said = built.messages
    assert "julia.md:1: WARNING: the kernel of the page is julia-1.10, and fwdpass reads Python" in said
    assert "statistics.md:1: WARNING: the kernel of the page is ir, which is not installed here: its cells are" in said
    assert said.count("statistics.md") == 1
    assert "python-of-mine" not in said, "a page without cells needs no kernel"
    assert "nobody answers a build" in said
    assert "os._exit(0), which would have ended the build" in said
    assert "late.md:12: WARNING: the cell ran for more than 1 second [" in said
    assert "level.md:16: WARNING: a: a step before it left exact arithmetic" in said
    assert "stored" not in said
    assert "Traceback" not in said

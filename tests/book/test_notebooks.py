"""Pages as notebooks: what they say, and that they run."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import numpy as np
import pytest

import fwdpass as fp
from fwdpass.page.notebook import FOLDED, NEEDS
from fwdpass.testing import Built
from tests.book.conftest import HEADER, BuildPages

pytestmark = pytest.mark.book

OFFERED = ["digits", "errata", "matrix-multiplication", "neurons", "production", "zero"]
RUN = """
import sys
import nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(notebook, kernel_name="python3", timeout=120).execute()
nbformat.write(notebook, sys.argv[1])
"""


def notebook(built: Built, page: str) -> dict[str, Any]:
    data = json.loads((built.html / "_downloads" / f"{page}.ipynb").read_text("utf-8"))
    assert isinstance(data, dict)
    return data


def carried(built: Built) -> str:
    """The cell that puts files beside the notebook."""
    return str(next(cell["source"] for cell in notebook(built, "page")["cells"] if "_ = Path(" in cell["source"]))


def words(built: Built, page: str) -> str:
    cells = notebook(built, page)["cells"]
    return "\n\n".join(cell["source"] for cell in cells if cell["cell_type"] == "markdown")


@pytest.mark.parametrize("page", OFFERED)
def test_a_page_offers_a_notebook_that_is_one(book: Built, page: str) -> None:
    assert f'href="_downloads/{page}.ipynb"' in book.pages()[f"{page}.html"]
    nbformat.validate(nbformat.from_dict(notebook(book, page)))


@pytest.mark.parametrize("page", OFFERED)
def test_it_runs_in_jupyter_where_nothing_but_the_package_is(book: Built, page: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy.ipynb"
    copy.write_text(json.dumps(notebook(book, page)), "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(copy)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    shown = [cell for cell in json.loads(copy.read_text("utf-8"))["cells"] if cell.get("outputs")]
    assert len(shown) >= 3


def test_it_has_the_cells_of_the_page_in_their_order(book: Built) -> None:
    for page in OFFERED:
        program, _ = book.readings()[page]
        ran = [step.source for step in program.steps if hasattr(step, "hidden")]
        code = [cell["source"] for cell in notebook(book, page)["cells"] if cell["cell_type"] == "code"]
        assert code[-len(ran) :] == ran
        brings = page in {"digits", "errata", "production", "zero"}
        states = any(source.startswith("import numpy") and "vars(fwdpass.lesson)" in source for source in code)
        assert len(code) - len(ran) == 1 + states + brings
        assert "# %pip install git+https://github.com/fwdpass/fwdpass" in code[0]
        assert states == any(
            "from fwdpass.lesson import" in source or "from fwdpass import lesson" in source for source in ran
        )


def test_whoever_edits_the_numbers_gets_them_in_every_cell(book: Built) -> None:
    code = [cell["source"] for cell in notebook(book, "matrix-multiplication")["cells"] if cell["cell_type"] == "code"]
    edited = [source.replace("[ 0.2, -0.5,  0.1]", "[ 0.7, -0.5,  0.1]") for source in code[:2]]
    assert edited != code[:2]
    script = "\n".join(
        [*edited, "from fwdpass.lesson import W1, x", "import fwdpass as fp", "print(repr(fp.product(x, W1)))"]
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "1 × 0.7" in done.stdout


def test_in_jupyter_a_figure_brings_what_it_answers_with(monkeypatch: pytest.MonkeyPatch) -> None:
    figure = fp.product(np.array([1, 2]), np.array([[3, 4], [5, 6]]))
    plain = figure._repr_html_()
    assert "<script>" not in plain
    monkeypatch.setattr("IPython.get_ipython", lambda: SimpleNamespace(kernel=None))
    shown = figure._repr_html_()
    assert shown.startswith(plain)
    assert "<style>" in shown
    assert "registry.define" in shown
    assert "<script>" not in fp.matrix([1, 2])._repr_html_(), "which does nothing"


def test_it_begins_with_the_title_and_says_what_it_needs_and_folds(book: Built) -> None:
    for page in OFFERED:
        first = notebook(book, page)["cells"][0]
        assert first["cell_type"] == "markdown"
        assert re.fullmatch(rf"# .+\n\n{re.escape(NEEDS)}\n\n{re.escape(FOLDED)}", first["source"])


def test_a_page_without_the_package_needs_none_and_without_hidden_cells_folds_none(build_pages: BuildPages) -> None:
    built = build_pages(
        page=f"---\n{HEADER.split('---')[1]}---\n# Page\n\nWords.\n\n```{{code-cell}} python3\nprint(1)\n```\n"
    )
    assert built.status == 0, built.messages
    assert [cell["source"] for cell in notebook(built, "page")["cells"]] == ["# Page", "Words.", "print(1)"]


def test_it_says_what_the_page_says_with_every_number(book: Built) -> None:
    said = words(book, "neurons")
    _, ledger = book.readings()["neurons"]
    plain = re.sub(r"[\\*`]", "", said)
    numbers = [entry.text for entry in ledger.entries if entry.kind == "number" and "\\" not in entry.text]
    description = re.search(r'<meta content="([^"]*)" name="description"', book.pages()["neurons.html"])
    assert description is not None
    assert len(numbers) > 50
    assert [number for number in numbers if number not in plain and number not in description[1]] == []
    assert "# Neuron by neuron" in said
    assert re.findall(r"\{n\}`|\\n\{|:::|\{ref\}|\{numref\}", said) == []
    assert "](https://fwdpass.github.io/fwdpass/" in said


PAGE = (
    HEADER
    + """
Some *words*, **more**, `code`, ``a ` b``, $x^2$, a [link](https://example.org) and {n}`W1.size` entries_of \\*it\\*.

1. first
2. second

   - inner $y$

term
: meaning

| a | b |
|---|---|
| {n}`b1[0]` | `c \\| d` |

> quoted

:::{note}
Noted.
:::

$$ a &= \\n{b1[0]} \\\\ b &= c $$

```{code-cell} python3
:tags: [remove-input]
hidden_too = W1.size
```

```{code-cell} python3
hidden_too + 1
```

```python
not_run()
```
"""
)


def test_every_kind_of_text_becomes_markdown(build_pages: BuildPages) -> None:
    built = build_pages(page=PAGE, conf="fwdpass_audit = False\n")
    assert built.status == 0, built.messages
    said = words(built, "page")
    for expected in (
        "# Page\n",
        "Some *words*, **more**, `code`, `` a ` b ``, $x^2$, a [link](https://example.org) and 12 entries\\_of",
        " \\*it\\*.",
        "1. first\n2. second\n\n   - inner $y$",
        "**term**\n\nmeaning",
        "| a | b |\n| --- | --- |\n| 0.1 | `c \\| d` |",
        "> quoted",
        "> Noted.",
        "$$\n\\begin{aligned}\na &= 0.1 \\\\ b &= c\n\\end{aligned}",
        "```python\nnot_run()\n```",
    ):
        assert expected in said, (expected, said)
    code = [cell["source"] for cell in notebook(built, "page")["cells"] if cell["cell_type"] == "code"]
    assert code[-2:] == ["hidden_too = W1.size", "hidden_too + 1"]


def test_a_book_can_do_without_notebooks(build_pages: BuildPages) -> None:
    page = "```{code-cell} python3\n1 + 1\n```\n"
    offering = build_pages(page=page)
    assert (offering.html / "_downloads" / "page.ipynb").exists()
    without = build_pages(page=page, conf="fwdpass_notebooks = False\n")
    assert without.status == 0, without.messages
    assert not (without.html / "_downloads" / "page.ipynb").exists()


def test_a_page_that_needs_a_file_is_offered_only_with_the_file(build_pages: BuildPages, tmp_path: Path) -> None:
    (tmp_path / "source" / "data").mkdir(parents=True)
    (tmp_path / "source" / "data" / "it.txt").write_text("0.5 'quoted' \\n", "utf-8")
    cell = "```{code-cell} python3\nfrom pathlib import Path\nPath('data/it.txt').read_text()\n```\n"
    conf = "fwdpass_audit = False\n"
    without = build_pages(page=cell, conf=conf)
    assert without.status == 0, without.messages
    assert not (without.html / "_downloads" / "page.ipynb").exists()
    having = build_pages(page=cell + "\n{download}`The file <data/it.txt>`\n", conf=conf)
    assert having.status == 0, having.messages
    first = carried(having)
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    subprocess.run([sys.executable, "-c", first], cwd=folder, check=True)
    assert (folder / "data" / "it.txt").read_text("utf-8") == "0.5 'quoted' \\n"
    again = build_pages(page=cell, conf=conf)
    assert again.status == 0, again.messages
    assert not (again.html / "_downloads" / "page.ipynb").exists()


def test_modules_beside_a_page_go_with_its_notebook(build_pages: BuildPages, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "outer.py").write_text("from pathlib import Path\nimport inner\nvalue = inner.value\n", "utf-8")
    (source / "inner.py").write_text("value = 'within'\n", "utf-8")
    (source / "other.py").write_text("raise RuntimeError\n", "utf-8")
    (source / "it.npy").write_bytes(b"\x93NUMPY\xff")
    cell = "```{code-cell} python3\nimport outer\nouter.value\n```\n\n{download}`The file <it.npy>`\n"
    built = build_pages(page=cell)
    assert built.status == 0, built.messages
    first = carried(built)
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    subprocess.run([sys.executable, "-c", first], cwd=folder, check=True)
    assert sorted(path.name for path in folder.iterdir()) == ["inner.py", "it.npy", "outer.py"]
    assert all((folder / path.name).read_bytes() == path.read_bytes() for path in folder.iterdir())


def test_a_page_without_cells_has_no_notebook(build_pages: BuildPages) -> None:
    built = build_pages(page="---\nmyst: {}\n---\n# Page\n\nWords.\n")
    assert built.status == 0, built.messages
    assert list(built.html.rglob("*.ipynb")) == []

"""Repairs to the theme."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from fwdpass.sphinxext.theme import remove_unreachable_files, repair_body

NOBODY: Any = None


def test_a_folded_cell_is_called_what_it_says() -> None:
    context = {"body": '<details><summary aria-label="Toggle hidden content">\nShow the code</summary></details>'}
    repair_body(NOBODY, "page", "page.html", context, None)
    assert context["body"] == "<details><summary>\nShow the code</summary></details>"


def test_a_page_without_text_is_left_alone() -> None:
    context: dict[str, Any] = {}
    repair_body(NOBODY, "search", "search.html", context, None)
    assert context == {"body": ""}


def test_what_no_page_loads_is_not_published(tmp_path: Path) -> None:
    kept, gone = ["_static/book.css", "index.html"], ["_static/styles/book.css.map", "_static/scripts/fontawesome.js"]
    for name in [*kept, *gone]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    app: Any = SimpleNamespace(outdir=tmp_path, builder=SimpleNamespace(format="html"))
    remove_unreachable_files(app, RuntimeError("the build failed"))
    assert (tmp_path / gone[0]).exists()
    remove_unreachable_files(app, None)
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*")) == sorted(kept)

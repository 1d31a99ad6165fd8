"""Small books of a few pages, built for one test."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from fwdpass.testing import Built
from tests.forked import build

CONF = """
extensions = ["myst_nb", "sphinx_design", "fwdpass.sphinxext"]
myst_enable_extensions = ["amsmath", "attrs_inline", "colon_fence", "deflist", "dollarmath"]
html_math_renderer = "mathml"
html_theme = "basic"
nb_execution_timeout = 600
fwdpass_check = "error"
fwdpass_level = "exact"
"""
HEADER = """\
---
file_format: mystnb
kernelspec:
  name: python3
---

# Page

```{code-cell} python3
import warnings, sys
from fwdpass.lesson import *
```

"""
FIRST = HEADER.count("\n") + 1
"""The line on which the text of a small page starts."""

PANEL = re.compile('<fp-trace>|<div class="fp-trace-element"')
"""A panel, in HTML and in an EPUB."""

DOCS = Path(__file__).parents[2] / "docs"


def only(*pages: str) -> tuple[str, ...]:
    """Give the options by which a build of the book has these pages alone, the first as its root.

    What they say of other pages leads nowhere, and no picture of the lesson has patches: for tests that change a file
    and want to see what a build makes of it.
    """
    others = sorted(path.name for path in DOCS.glob("*.md") if path.stem not in pages)
    settings = {
        "exclude_patterns": ",".join(["_build", "jupyter_execute", "upstream", *others]),
        "root_doc": pages[0],
        "suppress_warnings": "ref,myst.xref_missing,toc",
        "fwdpass_live.array": "",
    }
    return tuple(option for name, value in settings.items() for option in ("-D", f"{name}={value}"))


BuildPages = Callable[..., Built]


def build_book(folder: Path, *options: str, conf: str = "", **pages: str) -> Built:
    """Build pages given as ``name="text"`` in a folder; each is put below HEADER unless it starts with ---."""
    source = folder / "source"
    source.mkdir(parents=True, exist_ok=True)
    _write(source / "conf.py", CONF + conf)
    for name, text in pages.items():
        body = textwrap.dedent(text).lstrip("\n")
        whole = body if body.startswith("---") else HEADER + body
        _write(source / f"{name}.md", whole)
    if "index" not in pages:
        entries = "\n".join(pages)
        _write(source / "index.md", f"# Index\n\n```{{toctree}}\n{entries}\n```\n")
    return build(source, folder / "built", *options)


@pytest.fixture
def build_pages(tmp_path: Path) -> BuildPages:
    """Build pages in a folder of this test's own; a second build there is a warm one."""
    return partial(build_book, tmp_path)


def _write(path: Path, text: str) -> None:
    """Write a file, unless it says so already: an untouched file is not read again."""
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")

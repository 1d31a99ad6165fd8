"""What a page may not bring with it, by its notebook: another language, stored outputs, cells that are not executed.

It reads the notebook before anything runs. What it finds, the page's client reports.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from nbformat import NotebookNode

_PYTHON = re.compile(r"python|conda|^py|ipykernel|pyodide", re.IGNORECASE)
_LANGUAGES = (
    "julia",
    "ir",
    "r",
    "octave",
    "matlab",
    "bash",
    "xcpp",
    "xeus-cling",
    "javascript",
    "sagemath",
    "scala",
    "ruby",
)
"""How the names of kernels start that are for another language."""


def other_language(notebook: NotebookNode) -> str:
    """Give the name of a page's kernel, if it is for another language than Python."""
    kernel = notebook.metadata.get("kernelspec", {})
    name = str(kernel.get("name", "python3"))
    language = str(kernel.get("language", "") or notebook.metadata.get("language_info", {}).get("name", "")).lower()
    if language == "python" or (not language and _PYTHON.search(name)):
        return ""
    known = language or any(name.lower().startswith(one) for one in _LANGUAGES)
    return name if known else ""


def drop_stored(notebook: NotebookNode) -> Iterator[int]:
    """Drop the outputs that came with cells; give the lines of these."""
    lines: Sequence[int] = notebook.metadata.get("source_map", [])
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and cell.get("outputs"):
            cell.outputs = []
            yield lines[index] + 1 if index < len(lines) else 1


def refusals(notebook: NotebookNode, exact: bool) -> Iterator[tuple[int | None, str]]:
    """Give what a page may not ask for: anything that would publish what was not executed here."""
    lines: Sequence[int] = notebook.metadata.get("source_map", [])
    if overrides := notebook.metadata.get("mystnb", {}):
        asked = ", ".join(sorted(overrides))
        if any(name.startswith("execution") and name != "execution_timeout" for name in overrides):
            yield 1, f"the front matter sets {asked}: every page is executed, in one way"
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        line = lines[index] + 1 if index < len(lines) else None
        if exact and "skip-execution" in cell.metadata.get("tags", ()):
            yield (
                line,
                "the cell is tagged skip-execution: every cell of a page is executed, unless fwdpass_level is less",
            )

"""A page as a notebook: its words with their numbers in place, and its cells, which run wherever the package is.

A build writes it of a finished page; of a page that its reader has changed, it is made again, from templates of the
words (:class:`Words`).
"""

from __future__ import annotations

import ast
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fwdpass.numerals.catalog import _, noted
from fwdpass.page.lesson import Lesson
from fwdpass.page.program import Cell, Choice, Program, Question
from fwdpass.page.record import BODY, SERIAL, VERDICT, WORD, Record, Seen, verdict

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
NEEDS = noted("*The code of this page needs the package `fwdpass`: the first cell says how to install it.*")
INSTALL = noted("""\
# If the package is not installed, delete the # before one of these lines: from the index, or from the repository.
# %pip install fwdpass
# %pip install git+{source}""")
EDITABLE = noted("*The lesson’s numbers: change them, run all cells, and everything below follows.*")
STATED = ("image", "x", "W1", "b1", "W2", "b2", "target")
"""The names of the lesson that a reader may state anew."""
FOLDED = noted("*What the page computes and does not show is in folded cells.*")
HIDDEN = {"jupyter": {"source_hidden": True}, "tags": ["remove-cell"]}
_SPECIAL = re.compile(r"([\\`*_$<\[\]])")
# Characters of a private use, which stand in words for what a reading gives.
NUMBER, FORMULA, PLACE, CODE = (f"\ue003{kind}{{}}\ue004" for kind in "nfpc")
_HOLE = re.compile("\ue003([nfpc])([\\w.]+)\ue004")
_CELLS = re.compile("(?:^|\n\n)\ue003c([0-9]+)\ue004(?:\n\n|\\Z)")
_NOTHING = "\ue005"


class Code(str):
    """A cell of code, among the pieces of Markdown."""

    __slots__ = ()


def escaped(text: str) -> str:
    """Write a text as Markdown that shows it."""
    return _SPECIAL.sub(r"\\\1", str(text)).replace("\n", " ")


def aligned(tex: str) -> str:
    r"""Write lines of a formula as Jupyter's MathJax wants them.

    >>> aligned(r"a &= b \\ c &= d")
    '\\begin{aligned}\na &= b \\\\ c &= d\n\\end{aligned}'
    """
    tex = tex.strip()
    if r"\\" in tex and r"\begin" not in tex:
        return f"\\begin{{aligned}}\n{tex}\n\\end{{aligned}}"
    return tex


def listed(source: str, language: str) -> str:
    """Write a listing."""
    return f"```{language}\n{source.rstrip()}\n```"


def notebook(
    pieces: Sequence[str], program: Program, files: Mapping[str, bytes], url: str, lesson: Lesson, note: str = ""
) -> str:
    """Write the notebook of a page.

    Parameters
    ----------
    pieces : sequence of str
        Its words, as Markdown, and its cells.
    program : Program
        Of the page, without what it does not tell.
    files : mapping
        The files that go with it, by their names from its folder.
    url : str
        Where the package's repository is.
    lesson : Lesson
        Whose numbers its first cells state.
    note : str, optional
        A paragraph about it, below its title.
    """
    rest = list(pieces)
    first = _titled(rest, program)
    said = _words([f"*{escaped(note)}*"]) if note else []
    return _dumped([*first, *said, *_needed(program, url, lesson), *_carried(files), *_cells_of(program, rest)])


def told(program: Program, seen: Any) -> Program:
    """Leave out of a program what a reading of it does not tell: its cells, numbers and claims stay, in order."""
    taken = program.taken(seen.told)
    return Program(program.page, tuple(step for step in taken if not isinstance(step, Choice | Question)))


def _titled(pieces: list[str], program: Program) -> list[dict[str, Any]]:
    """Take the title out of the words of a page, for a first cell, which says what the others are and need."""
    if not pieces or isinstance(pieces[0], Code) or not pieces[0].startswith("# "):
        return []
    code = [step for step in program.steps if isinstance(step, Cell)]
    needs = [_(NEEDS)] * any("fwdpass" in cell.source for cell in code)
    folded = [_(FOLDED)] * any(cell.hidden for cell in code)
    return _words([pieces.pop(0), *needs, *folded])


def _needed(program: Program, url: str, lesson: Lesson) -> list[dict[str, Any]]:
    """Give the cells that say what to install, and that state the lesson's numbers where the page's cells take them."""
    sources = [step.source for step in program.steps if isinstance(step, Cell)]
    if not any("fwdpass" in source for source in sources):
        return []
    cells = [_code(Cell(_(INSTALL).format(source=url), line=0))]
    if any(
        re.search(r"^from fwdpass(?:\.lesson import| import .*\blesson\b)", source, re.MULTILINE) for source in sources
    ):
        cells += [*_words([_(EDITABLE)]), _code(Cell(_stated(lesson), line=0))]
    return cells


def _assigned(source: str) -> list[tuple[str, ast.Assign]]:
    return [
        (name.id, node)
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and isinstance(name := node.targets[0], ast.Name)
    ]


def _stated(lesson: Lesson) -> str:
    """Write the lesson's numbers as its script does, and give them to the module that the cells below import.

    Of a script that computes otherwise than the one that is installed, write all that it computes.
    """
    source, lines = lesson.source, lesson.source.splitlines()
    names = [name for name, _ in _assigned(source)]
    beyond = [
        {name: ast.unparse(node) for name, node in _assigned(one) if name not in STATED}
        for one in (source, Lesson.of().source if lesson.module == Lesson.of().module else source)
    ]
    stated = STATED if beyond[0] == beyond[1] and {*STATED} <= {*names} else tuple(dict.fromkeys(names))
    statements = [
        "\n".join(lines[node.lineno - 1 : node.end_lineno]) for name, node in _assigned(source) if name in stated
    ]
    kept = ", ".join(f"{name}={name}" for name in stated)
    return "\n".join(
        ["import numpy as np", "", *statements, "", "import fwdpass.lesson", "", f"vars(fwdpass.lesson).update({kept})"]
    )


def _carried(files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Give the cell that puts files beside the notebook: texts as texts, and others as base64."""
    if not files:
        return []
    lines = ["from base64 import b64decode", "from pathlib import Path", ""]
    for name, content in files.items():
        if "/" in name:
            lines.append(f"Path({name!r}).parent.mkdir(parents=True, exist_ok=True)")
        try:
            lines.append(f"_ = Path({name!r}).write_text({content.decode('utf-8')!r}, 'utf-8')")
        except UnicodeDecodeError:
            lines.append(f"_ = Path({name!r}).write_bytes(b64decode({b64encode(content).decode('ascii')!r}))")
    if not any("b64decode(" in line for line in lines):
        del lines[0]
    return [_code(Cell("\n".join(lines), line=0, tags=frozenset({"remove-cell"})))]


def _cells_of(program: Program, pieces: Sequence[str]) -> list[dict[str, Any]]:
    """Put words and code in the order of the page; code that the page does not show stands where it runs, folded."""
    steps = [step for step in program.steps if isinstance(step, Cell)]
    cells: list[dict[str, Any]] = []
    words: list[str] = []
    while steps and steps[0].hidden:
        cells.append(_code(steps.pop(0)))
    for piece in pieces:
        if not isinstance(piece, Code):
            words.append(piece)
            continue
        cells += _words(words)
        words = []
        while steps:
            step = steps.pop(0)
            cells.append(_code(step))
            if step.source.strip() == piece.strip():
                break
    return [*cells, *_words(words), *map(_code, steps)]


def _dumped(cells: list[dict[str, Any]]) -> str:
    """Write a notebook, the same in every build."""
    named = [cell | {"id": f"cell-{place}"} for place, cell in enumerate(cells)]
    whole = {"cells": named, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _words(pieces: list[str]) -> list[dict[str, Any]]:
    source = "\n\n".join(pieces)
    return [{"cell_type": "markdown", "metadata": {}, "source": source}] if source else []


def _code(cell: Cell) -> dict[str, Any]:
    tags = {"tags": sorted(cell.tags)} if cell.tags else {}
    metadata = HIDDEN if cell.hidden else tags
    return {"cell_type": "code", "execution_count": None, "metadata": metadata, "outputs": [], "source": cell.source}


@dataclass(frozen=True)
class Words:
    """The words of a page as Markdown, with holes for what a reading gives, and the files that go with it.

    ``parts`` has the page itself (:data:`~fwdpass.page.record.BODY`), and each of its cases and of the parts of its
    questions, by the same names as :class:`~fwdpass.page.record.Record`. A hole is a :data:`NUMBER`, a :data:`FORMULA`
    by its first number, the :data:`CODE` of a cell, or a :data:`PLACE`.
    """

    parts: Mapping[str, str]
    files: Mapping[str, bytes]
    url: str

    def as_json(self) -> str:
        """Write it beside the page."""
        files = {name: b64encode(content).decode("ascii") for name, content in self.files.items()}
        return json.dumps([dict(self.parts), files, self.url], ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, data: str) -> Words:
        """Take what :meth:`as_json` gave."""
        parts, files, url = json.loads(data)
        return cls(parts, {name: b64decode(content) for name, content in files.items()}, url)

    def notebook(self, record: Record, program: Program, seen: Seen, lesson: Lesson, note: str = "") -> str:
        """Write the notebook of the page as a reading has it; ``program`` is what was read."""
        text = self._filled(record, seen, BODY)
        pieces: list[str] = []
        at = 0
        while found := _CELLS.search(text, at):
            pieces += [*_split(text[at : found.start()]), Code(seen.sources[f"i{found[1]}"])]
            at = found.end() - 2 if text[found.end() - 2 : found.end()] == "\n\n" else found.end()
        pieces += _split(text[at:])
        module = f"{lesson.module}.py"
        files = {name: lesson.source.encode() if name == module else own for name, own in self.files.items()}
        return notebook(pieces, told(program, seen.ledger), files, self.url, lesson, note)

    def _filled(self, record: Record, seen: Seen, part: str) -> str:
        """Put into a part what a reading gives."""
        text = self.parts[part]

        def put(found: re.Match[str]) -> str:
            said = self._content(record, seen, found[1], found[2])
            before = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
            return said.replace("\n", f"\n{before}") if not before.strip("> ") else said  # lines of a quotation

        filled = _HOLE.sub(put, text)
        return _without_nothing(filled)

    def _content(self, record: Record, seen: Seen, kind: str, which: str) -> str:
        match kind:
            case "n":
                return escaped(seen.texts[int(which)])
            case "f":
                formula = record.formulas[int(which)]
                tex = formula.filled(seen.texts)
                return aligned(tex) if formula.display else tex.strip()
            case "c":
                return CODE.format(which)
        if which in record.scripts:
            return listed(seen.sources[record.scripts[which]], "python")
        if "." in which:
            return self._filled(record, seen, which)
        step, one = record.program.steps[int(which)], seen.told.get(int(which))
        if one is None:
            return _NOTHING
        if isinstance(step, Question):
            return self._question(record, seen, which, step, one)
        return (self._filled(record, seen, f"{which}.{one.case}") if one.case is not None else "") or _NOTHING

    def _question(self, record: Record, seen: Seen, which: str, question: Question, one: Any) -> str:
        """Put a question as the page does; see :class:`~fwdpass.page.record.Placing`."""
        if one.right is None:
            return self._filled(record, seen, f"{which}.{len(question.options) + 1}") or _NOTHING
        made = {}
        for serial, part in enumerate(one.parts, -1):
            marked, word = verdict(part == one.right)
            text = self._filled(record, seen, name := f"{which}.{part}")
            made[name] = text.replace(SERIAL, str(serial)).replace(VERDICT, marked).replace(WORD, word)
        order = [f"{which}.{part}" for part in one.parts]
        whole = self.parts[f"{which}.whole"]

        def put(found: re.Match[str]) -> str:
            if found[2] not in order:
                return _NOTHING
            before = whole[whole.rfind("\n", 0, found.start()) + 1 : found.start()]
            return made[found[2]].replace("\n", f"\n{before}")

        filled = _HOLE.sub(put, whole)
        return _without_nothing(filled)


def _without_nothing(text: str) -> str:
    """Leave out the paragraphs in which nothing stands: in whose place a reading says nothing."""
    text = re.sub(rf"(?m)^[> ]*{_NOTHING}\n[> ]*\n", "", text)
    text = re.sub(rf"(?:\n[> ]*)+{_NOTHING}\Z", "", text)
    return re.sub(rf"(?m)^{_NOTHING} +| +{_NOTHING}$|{_NOTHING}", "", text)  # a paragraph begins and ends with words


def _split(text: str) -> Iterator[str]:
    """Give the title of a page, and its other words."""
    text = text.strip("\n")
    if text.startswith("# "):
        title, _, text = text.partition("\n\n")
        yield title
    if text:
        yield text

r"""The record of a page: its program, and for each place on it how its HTML is made of a reading.

A *place* is what a reading may change. In HTML it is an element that a step of the program marks, a number or a formula
(``fp-n12``), or a picture whose alternative text has numbers (``fp-a12``); or it is what stands between a pair of
comments, ``<!--fp:12-->`` and ``<!--/fp:12-->``: what a cell shows, the case that is told, a question, a trace, a
script, the foot. Within a place there may be others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from fwdpass.errors import FwdpassError, PageError
from fwdpass.numerals.catalog import _
from fwdpass.page.ledger import Ledger, Told
from fwdpass.page.lesson import Lesson
from fwdpass.page.level import Level
from fwdpass.page.outputs import Output, Printed, Raised, Shown
from fwdpass.page.program import Cell, Choice, Program, Question, Step
from fwdpass.page.sidebyside import SideBySide
from fwdpass.trace.panel.html import NOTE

_T = TypeVar("_T")
BODY, FOOT, DESCRIPTION = "", "foot", "description"
"""The part that is the page itself; the places of its foot, and of its description, which stands in its head."""
_ASIDE = "aside"
SERIAL, VERDICT, WORD = "\ue000", "\ue001", "\ue002"
"""Stand in an option of a question for which option it is on the page, and for what its feedback says of it first."""
HOLE = re.compile("\ue003([0-9]+)\ue004")
"""Stands in a formula or a passage for the number that a step is worth."""
_FRAME = "<!--fwdpass:page-->", "<!--/fwdpass:page-->"
_PLACE = re.compile(
    r"""
    <!--fp:(?P<edge>[\w.]+)-->(?P<within>.*?)<!--/fp:(?P=edge)-->
    | (?P<open><span\ class="fp-n\ fp-n(?P<number>[0-9]+)[^>]*>)[^<]*</span>
    | <span\ class="(?P<classes>math\ [^"]*?\bfp-n(?P<inline>[0-9]+)\b[^"]*)"[^>]*><math.*?</math></span>
    | (?P<picture><img\ alt=")[^"]*(?P<rest>"\ class="[^"]*\bfp-a(?P<alt>[0-9]+)\b[^>]*>)
    | (?P<head><div\ class="math\ [^"]*?\bfp-n(?P<displayed>[0-9]+)\b[^"]*"[^>]*>\s*(?:<span\ class="eqno">.*?</span>)?)
      <div\ class="fp-formula"[^>]*><math.*?</math></div>(?=</div>)
    """,
    re.VERBOSE | re.DOTALL,
)
_RAISED = re.compile(r"the cell raised (\w+): (.*)", re.DOTALL)
"""Says of a cell that it failed, and by which error."""
_BREAK = re.compile(r"[\n\r\t\v\f]")
_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", '"': "&quot;", ">": "&gt;", "@": "&#64;"})
"""What Docutils writes for characters that HTML, or a reader of addresses, would take for something else."""


def verdict(right: bool) -> tuple[str, str]:
    """Give how the feedback of an option is marked, and how it begins."""
    return ("fp-right", _("Right.")) if right else ("fp-wrong", _("No."))


def hole(step: int) -> str:
    """Give what stands in a template for the number that a step is worth."""
    return f"\ue003{step}\ue004"


def code_of(step: int) -> str:
    """Name the place of a cell's code."""
    return f"i{step}"


def alt_of(step: int) -> str:
    """Name the place of an alternative text, by the first of the steps whose numbers it has."""
    return f"a{step}"


def edges(place: int | str) -> tuple[str, str]:
    """Give the comments between which a place stands."""
    return f"<!--fp:{place}-->", f"<!--/fp:{place}-->"


def framed(body: str) -> str:
    """Put the HTML of a page between comments, by which it is found in the file."""
    return body.join(_FRAME)


def within_frame(file: str) -> str:
    """Take the HTML of a page out of its file; raises FwdpassError where the comments around it are missing."""
    before, after = _FRAME
    if before not in file or after not in file:
        raise FwdpassError("the page is not as its build has written it: the comments that stand around it are missing")
    return file.partition(before)[2].rpartition(after)[0]


@dataclass(frozen=True)
class Template:
    """A formula or a passage, with a :func:`hole` for each of its numbers; a formula is displayed, or in a line."""

    text: str
    display: bool = False

    def filled(self, texts: Mapping[int, str]) -> str:
        """Put the texts of a reading into the holes."""
        return HOLE.sub(lambda found: texts[int(found[1])], self.text)


@dataclass
class Seen:
    """What a reading of a page gives, by the steps of its program."""

    ledger: Ledger
    texts: dict[int, str]
    outputs: dict[int, tuple[Output, ...]]
    told: dict[int, Told]
    why: tuple[tuple[int, str], ...] = ()
    """What kept the page from being exact: lines, and sentences."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """The sources of the scripts that the page shows, by their modules, and of its cells, by their places."""

    def beyond(self, other: Seen) -> Seen:
        """Take what this reading has not come to, since a step of the page has failed, from another one."""
        texts, outputs, told = (
            Known(self.texts, other.texts, "\N{EM DASH}"),
            Known(self.outputs, other.outputs),
            Known(self.told, other.told),
        )
        return replace(self, texts=texts, outputs=outputs, told=told)

    @property
    def old(self) -> frozenset[int]:
        """The steps for which another reading was asked, so far."""
        return frozenset().union(*(one.old for one in (self.texts, self.outputs, self.told) if isinstance(one, Known)))


class Known(dict[int, _T]):
    """What a reading knows by its steps, and what another one knows of those that it has not come to."""

    def __init__(self, own: Mapping[int, _T], other: Mapping[int, _T], default: _T | None = None) -> None:
        super().__init__(own)
        self._other, self._default = other, default
        self.old: set[int] = set()

    def __missing__(self, step: int) -> _T:
        self.old.add(step)
        found = self._other.get(step, self._default)
        if found is None:
            raise KeyError(step)
        return found

    def get(self, step: int, default: Any = None) -> Any:
        """Give what is known, by whomever."""
        return self[step] if step in self or step in self._other else default


@dataclass
class Record:
    """A page's program, and how the HTML of its places is made."""

    program: Program
    formulas: dict[int, Template] = field(default_factory=dict)
    """By the first of the steps whose numbers a formula has."""
    alts: dict[int, Template] = field(default_factory=dict)
    """By the first of the steps whose numbers an alternative text has."""
    description: Template | None = None
    scripts: dict[str, str] = field(default_factory=dict)
    """Place → the module whose source stands there."""
    html: dict[str, str] = field(default_factory=dict)
    """Part → its HTML, places included: :data:`BODY`, and ``12.3`` for the part 3 of the step 12."""
    built: dict[str, str] = field(default_factory=dict)
    """Place → its HTML, as the build has drawn it: of cells, and of scripts."""
    untold: set[str] = field(default_factory=set)
    """The parts that do not stand on the page."""

    def keep(self, html: str, told: Mapping[int, Told], part: str = BODY) -> None:
        """Take a part's HTML apart: what stands in its places is made anew by each reading, but for words and notes.

        ``told`` are the cases that are told in it.
        """

        def kept(found: re.Match[str]) -> str:
            place = found["edge"]
            if place is None:
                return _bare(found)
            if "." in place:
                self.keep(found["within"], told, place)
            elif place in self.scripts:
                self.built[place] = found["within"]
            elif place.isdigit():
                step = self.program.steps[int(place)]
                one = told.get(int(place))
                if isinstance(step, Choice) and one is not None and one.case is not None:
                    self.keep(found["within"], told, f"{place}.{one.case}")
                elif isinstance(step, Cell) and step.script:
                    self.keep(found["within"], told, f"{place}.now")  # for the author's notes in it
                elif isinstance(step, Cell):
                    self.built[place] = found["within"]
            return "".join(edges(place))

        self.html[part] = _PLACE.sub(kept, html)

    def keep_aside(self, html: str) -> None:
        """Take the words that do not stand on the page, each between the comments of its part."""
        known = set(self.html)
        self.keep(html, {}, _ASIDE)
        del self.html[_ASIDE]
        self.untold = set(self.html) - known


def _bare(found: re.Match[str]) -> str:
    """Give a place without what stands in it, which is made anew by each reading."""
    if place := found["edge"]:
        return "".join(edges(place))
    if found["number"]:
        return f"{found['open']}</span>"
    if found["inline"]:
        return f'<span class="{found["classes"]}"><math></math></span>'
    if found["alt"]:
        return f"{found['picture']}{found['rest']}"
    return f'{found["head"]}<div class="fp-formula"><math></math></div>'


def standing(html: str) -> dict[str, str]:
    """Give what stands in each place of some HTML, and in :data:`BODY`, without what stands in the places within."""
    found = {}

    def take(place: str, within: str) -> None:
        def bare(one: re.Match[str]) -> str:
            if one["edge"]:
                take(one["edge"], one["within"])
            return _bare(one)

        found[place] = _PLACE.sub(bare, within)

    take(BODY, html)
    return found


def places_of(html: str) -> str:
    """Give some HTML as its places alone: enough to say what changes in it, and not to make it."""
    return "".join(f"{_bare(one)}{'</div>' if one['displayed'] else ''}" for one in _PLACE.finditer(html))


def as_part(html: str, question: str) -> str:
    """Give an option of a question as its part has it, which does not say where it stands, nor what is said of it."""
    html = re.sub(rf'(="fp-quiz-{question}-)[0-9]+"', rf'\1{SERIAL}"', html)
    for marked, word in map(verdict, (True, False)):
        if f"fp-feedback {marked} " in html:
            html = html.replace(f"fp-feedback {marked} ", f"fp-feedback {VERDICT} ", 1)
            return html.replace(f"<strong>{word}</strong>", f"<strong>{WORD}</strong>", 1)
    return html


@dataclass(frozen=True)
class Drawing:
    """Whoever draws what is no text.

    ``formula`` takes LaTeX, whether it is displayed, and classes; ``code`` a text and its language; ``script`` the
    source of a script, and ``listing`` that of a cell; ``foot`` what the page says.
    """

    formula: Callable[[str, bool, str], str]
    code: Callable[[str, str], str]
    script: Callable[[str], str]
    listing: Callable[[str], str]
    foot: Callable[[Ledger, tuple[tuple[int, str], ...]], str]


class _Seeing(SideBySide):
    """A reading that keeps what its cells show."""

    def __init__(
        self, program: Program, folder: Path | None, lesson: Lesson, least: Level, alive: Callable[[], None]
    ) -> None:
        super().__init__(program.page, program.cells, folder=folder, lesson=lesson, least=least)
        self.shown: dict[int, tuple[Output, ...]] = {}
        self._alive = alive

    def cell(self, cell: Cell) -> tuple[Output, ...]:
        self._alive()
        try:
            outputs = super().cell(cell)
        except PageError as error:
            self.shown[self.step] = (_failure(error),)
            raise
        self.shown[self.step] = outputs
        return outputs


def _failure(error: PageError) -> Output:
    """Show in the place of a cell's outputs why there are none."""
    if found := _RAISED.fullmatch(str(error)):
        return Raised(found[1], found[2])
    said = str(error)
    return Printed(f"{said[:1].upper()}{said[1:]}.\n")


def see(
    program: Program,
    lesson: Lesson,
    folder: Path | None = None,
    least: Level = Level.EXACT,
    alive: Callable[[], None] = lambda: None,
) -> tuple[Seen, list[PageError]]:
    """Read a page for a lesson as a build does, and keep all that it shows; give the faults that a build would have.

    ``alive`` is called before each cell.
    """
    reading = _Seeing(program, folder, lesson, least, alive)
    faults: list[PageError] = []
    try:
        with reading.entered():
            ledger = reading.run(program, faults.append)
    finally:
        reading.close()
    texts = {entry.step: entry.text for entry in ledger.entries if entry.kind == "number"}
    told = {one.step: one for one in ledger.told}
    why = tuple(dict.fromkeys(reading.why))
    cells = {code_of(at): step.source for at, step in enumerate(program.steps) if isinstance(step, Cell)}
    return Seen(ledger, texts, reading.shown, told, why, {**cells, lesson.module: lesson.source}), faults


class Placing:
    """Makes the HTML of a page's places of what a reading has seen, and says in which of them two readings differ."""

    def __init__(self, record: Record, drawing: Drawing) -> None:
        self._record = record
        self._drawing = drawing
        self._steps = record.program.steps

    def whole(self, seen: Seen, part: str = BODY) -> str:
        """Make the HTML of a part, every place in it as the reading has it."""
        return _PLACE.sub(lambda found: self._made(found, seen), self._record.html[part])

    def description(self, seen: Seen) -> str:
        """Make the page's description, which stands in its head."""
        template = self._record.description
        return template.filled(seen.texts) if template is not None else ""

    def patch(self, before: Seen, after: Seen) -> dict[str, str]:
        """Give each place in which two readings differ what stands there after the second.

        Of places within one another, the outermost. Applied to a page as the first reading has it, this gives the page
        as the second has it.
        """
        patch = dict(self._changes(BODY, before, after))
        if (said := self.description(after)) != self.description(before):
            patch[DESCRIPTION] = said
        return patch

    def _changes(self, part: str, before: Seen, after: Seen) -> Iterator[tuple[str, str]]:
        for found in _PLACE.finditer(self._record.html[part]):
            if step := found["alt"]:
                if (said := self._alt(step, after)) != self._alt(step, before):
                    yield alt_of(int(step)), said
                continue
            if found["edge"] is None:
                if (made := self._made(found, after)) != self._made(found, before):
                    yield f"n{found['number'] or found['inline'] or found['displayed']}", made
                continue
            place = found["edge"]
            within = self._within(place, before, after)
            if within is None:
                yield place, self._content(place, after)
            else:
                for inner in within:
                    yield from self._changes(inner, before, after)

    def _within(self, place: str, before: Seen, after: Seen) -> list[str] | None:
        """Give the parts that stand in a place in both readings, or nothing if there are other ones, or none are known.

        Of a place that says the same in both readings, that is all that is in it.
        """
        if not place.isdigit():
            if "." in place:
                return [place]
            if place in after.sources:
                return [] if before.sources[place] == after.sources[place] else None
            return [] if self._content(place, before) == self._content(place, after) else None
        at = int(place)
        match self._steps[at]:
            case Choice() | Question():
                mine, theirs = before.told.get(at), after.told.get(at)
                if mine is None or theirs is None or (mine.parts, mine.right) != (theirs.parts, theirs.right):
                    return None
                return [f"{place}.{number}" for number in mine.parts if f"{place}.{number}" in self._record.html]
            case Cell(script=script):
                if before.outputs.get(at, ()) != after.outputs.get(at, ()):
                    return None
                return [f"{place}.now"] if script else []
        return None

    def _made(self, found: re.Match[str], seen: Seen) -> str:
        """Make the HTML of a place."""
        if place := found["edge"]:
            before, after = edges(place)
            return before + self._content(place, seen) + after
        if number := found["number"]:
            return f"{found['open']}{seen.texts[int(number)].translate(_ESCAPED)}</span>"
        if step := found["inline"]:
            tex = self._record.formulas[int(step)].filled(seen.texts)
            return self._drawing.formula(tex, False, found["classes"].removesuffix(" fp-formula"))
        if step := found["alt"]:
            return f"{found['picture']}{self._alt(step, seen).translate(_ESCAPED)}{found['rest']}"
        tex = self._record.formulas[int(found["displayed"])].filled(seen.texts)
        return found["head"] + self._drawing.formula(tex, True, "")

    def _alt(self, step: str, seen: Seen) -> str:
        """Make an alternative text, in which Docutils writes a blank for whatever begins a line."""
        return _BREAK.sub(" ", self._record.alts[int(step)].filled(seen.texts))

    def _content(self, place: str, seen: Seen) -> str:
        """Make what stands between the comments of a place."""
        if place == FOOT:
            return self._drawing.foot(seen.ledger, seen.why)
        if module := self._record.scripts.get(place):
            source = seen.sources.get(module)
            return self._drawing.script(source) if source is not None else self._record.built.get(place, "")
        if place in seen.sources:
            return self._drawing.listing(seen.sources[place])
        if not place.isdigit():
            return self.whole(seen, place)
        at = int(place)
        match self._steps[at]:
            case Choice():
                told = seen.told.get(at)
                return self.whole(seen, f"{place}.{told.case}") if told is not None and told.case is not None else ""
            case Question() as question:
                return self._question(place, question, seen)
            case Cell(script=script):
                outputs = seen.outputs.get(at, ())
                return self._trace(place, outputs, seen) if script else self._shown(self._steps[at], outputs)
        raise LookupError(place)

    def _question(self, place: str, question: Question, seen: Seen) -> str:
        """Put a question: what is asked, and its options one after the other, as many as are put."""
        told = seen.told[int(place)]
        if told.right is None:
            return self.whole(seen, f"{place}.{len(question.options) + 1}")
        made = {f"{place}.{part}": self.whole(seen, f"{place}.{part}") for part in told.parts}
        for serial, part in enumerate(told.parts[1:]):
            marked, word = verdict(part == told.right)
            option = made[f"{place}.{part}"].replace(SERIAL, str(serial))
            made[f"{place}.{part}"] = option.replace(VERDICT, marked).replace(WORD, word)
        return _PLACE.sub(lambda found: made.get(found["edge"], ""), self._record.html[f"{place}.whole"])

    def _shown(self, cell: Step, outputs: tuple[Output, ...]) -> str:
        """Draw what a cell shows, and the box around it, where that goes with it."""
        drawn = "".join(map(self._output, outputs))
        folded = isinstance(cell, Cell) and "hide-output" in cell.tags
        return f'<div class="cell_output docutils container">\n{drawn}</div>\n' if outputs and not folded else drawn

    def _output(self, output: Output) -> str:
        match output:
            case Shown(data) if drawn := data.get("text/html"):
                return f'<div class="output text_html">{drawn}</div>'
            case Shown(data):
                return self._block("text_plain", "myst-ansi", data["text/plain"])
            case Printed(said):
                return self._block("stream", "myst-ansi", said)
            case Raised(name, message):
                return self._block("traceback", "ipythontb", f"{name}: {message}")

    def _block(self, kind: str, language: str, said: str) -> str:
        drawn = self._drawing.code(said, language)
        return f'<div class="output {kind} highlight-{language} notranslate">{drawn}</div>\n'

    def _trace(self, place: str, outputs: tuple[Output, ...], seen: Seen) -> str:
        """Put the author's notes into a panel."""
        drawn = next((output.data["text/html"] for output in outputs if isinstance(output, Shown)), "")
        first, *pieces = drawn.split(NOTE)
        opening, closing = NOTE[: -len("</div>")], "</div>"
        said = [first]
        for number, piece in enumerate(pieces):
            before, after = edges(note := f"{place}.{number}")
            said += (opening, before, self.whole(seen, note), after, closing, piece)
        return "".join(said)

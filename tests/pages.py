"""A trace's page, read as its reader does, and held against what really happened.

Of the trace nothing is known here. A line of the page has moments; the label of a moment says which call of which
function it is, and which turn of which loops; the script says which function and loops these are. There is one step of
the true run of which that is so, and what the moment says of names and of output is compared with that.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import takewhile
from typing import Any

import numpy as np

from tests.judge import Call, PathOf, Step, Truth

_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_NUMBER = r"-?\d[\d\u2009]*(?:\.\d+)?"
_VOID = frozenset(("br", "col", "hr", "img", "input", "link", "meta", "wbr"))


# Reading --------------------------------------------------------------------------------------------------------------


@dataclass
class Element:
    """An element of a page."""

    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    def has(self, name: str) -> bool:
        return name in self.attributes.get("class", "").split()

    def every(self, name: str) -> Iterator[Element]:
        """Give the elements of a class in it."""
        for child in self.elements:
            if child.has(name):
                yield child
            yield from child.every(name)

    @property
    def elements(self) -> list[Element]:
        return [child for child in self.children if isinstance(child, Element)]

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)


class Reader(HTMLParser):
    """Makes elements out of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.root = Element("", {})
        self._open = [self.root]
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


@dataclass
class Moment:
    """What a page says of one run of a line: names before and after, as they are shown, and what was printed."""

    line: int
    last: int
    label: str
    before: list[tuple[str, Element]]
    after: list[tuple[str, str]]
    printed: str | None
    cut: bool
    """Whether more was printed than is shown."""
    failed: bool


def moments(page: str) -> tuple[list[Moment], list[tuple[int, int]]]:
    """Give the moments of a page, and the order in which they ran: the line of each, and its rank there."""
    root = Reader(page).root
    found = []
    for block in root.every("fp-stmt"):
        numbers = [int(line.attributes["id"][1:]) for line in block.every("fp-line")]
        found += [_moment(numbers[0], numbers[-1], each) for each in block.every("fp-moment")]
    (data,) = [each for each in root.elements[0].elements if each.tag == "script"]
    order = [stop.split(".") for stop in json.loads(data.text)["order"].split()]
    return found, [(int(line), int(rank)) for line, rank in order]


def _moment(line: int, last: int, element: Element) -> Moment:
    (label,) = [each.text for each in element.elements if each.tag == "summary" or each.has("fp-which")] or [""]
    said = [each.text.partition(" = ") for each in element.every("fp-now")]
    before = []
    for part in _all(element):
        for heading, value in zip(part.elements, part.elements[1:], strict=False):
            if heading.has("fp-label") and heading.text.endswith(" before"):
                before.append((heading.text.removesuffix(" before"), value))
    runs = [each.text for each in element.every("fp-run")]
    cut = any(re.fullmatch(r"… and [\d\u2009]+ more characters?", each.text) for each in element.elements)
    return Moment(line, last, label, before, [(name, value) for name, _, value in said], "".join(runs) or None, cut,
                  any(element.every("fp-failure")))  # fmt: skip


def _all(element: Element) -> Iterator[Element]:
    yield element
    for child in element.elements:
        yield from _all(child)


# Which step it is -----------------------------------------------------------------------------------------------------


@dataclass
class Place:
    """What a moment may be: some steps of a frame, from the first to the last."""

    call: Call
    steps: list[Step]
    names: dict[str, Any]
    """What names are worth afterwards."""

    @property
    def until(self) -> float:
        """When the next step of the frame begins."""
        at = self.call.steps.index(self.steps[-1]) + 1
        return self.call.steps[at].index if at < len(self.call.steps) else float("inf")


class PageJudge:
    """Holds a page against what really happened; ``faults`` are its claims that are false."""

    def __init__(self, page: str, source: str, truth: Truth) -> None:
        self.truth = truth
        self.faults: list[str] = []
        self.checked = {"label": 0, "before": 0, "after": 0, "printed": 0, "order": 0}
        self._scopes = _Scopes(ast.parse(source))
        self._found: dict[tuple[int, int], list[Place]] = {}
        said, order = moments(page)
        ranks: dict[int, int] = {}
        for moment in said:
            rank = ranks[moment.line] = ranks.get(moment.line, -1) + 1
            self._judge(moment, (moment.line, rank))
        self._order(order)

    def _judge(self, moment: Moment, at: tuple[int, int]) -> None:
        places = list(self._places(moment))
        self.checked["label"] += 1
        if not places:
            self.faults.append(f"line {moment.line}: nothing that ran is {moment.label!r}")
            return
        wrong = [list(self._wrong(moment, place)) for place in places]
        best = min(wrong, key=len)
        self._found[at] = [place for place, found in zip(places, wrong, strict=True) if not found]
        self.faults += [f"line {moment.line} ({moment.label}): {each}" for each in best]

    def _places(self, moment: Moment) -> Iterator[Place]:
        """Find out what a moment's label can mean on its line."""
        for line in range(moment.line, moment.last + 1):
            for call, rest in self._calls(line, moment.label, failed=moment.failed):
                yield from self._in(call, line, rest)

    def _calls(self, line: int, label: str, *, failed: bool) -> Iterator[tuple[Call, str]]:
        """Give the frames that a label can mean on a line, each with the rest of the label."""
        said = re.match(r"call (\d+) of (at least )?(\d+)(?:, )?", label)
        rest = label[said.end() :] if said else label
        for definition in self._scopes.of(line):
            calls = [call for call in self.truth.calls if _is_of(call, definition)]
            often = len(calls)
            if said and definition is not None:
                true = int(said[3]) <= often if said[2] else int(said[3]) == often
                yield from ((call, rest) for call in calls if call.number == int(said[1]) and true)
            elif not said and (often == 1 or isinstance(definition, ast.ClassDef)):
                yield from ((call, rest) for call in calls)
            elif not label and failed:  # which call it was that has failed, unrecorded, is not said
                yield from ((call, rest) for call in calls if call.steps[-1].line == line)

    def _in(self, call: Call, line: int, label: str) -> Iterator[Place]:
        """Give what the rest of a label can mean in a frame."""
        entered = call.code.co_firstlineno in self._scopes.entered(line) and call.code.co_name != "<module>"
        if entered or label == "the call":
            if entered and label in ("", "the call"):
                yield Place(call, call.steps[:1], call.steps[0].before)  # its arguments
            return
        if call.code.co_name == "<lambda>":
            yield Place(call, call.steps, call.steps[0].before)
            return
        loops = self._scopes.loops(line)
        head = self.truth.loops.get(line)
        if "after the loop" in label:
            whole = [step for step in call.steps if line <= step.line <= ((head and head.end_lineno) or line)]
            starts = [i for i, step in enumerate(whole) if step.line == line and step.path[-1:] == ((line, 1),)]
            starts = starts or [0][: len(whole)]  # no test is made in a loop without end
            for start, end in zip(starts, [*starts[1:], len(whole)], strict=True):
                yield Place(call, whole[start:end], whole[end - 1].after)
            return
        turns, gap, ends = _turns(label)
        for path in self._paths(call, line, head, loops, turns, ends=ends):
            if gap and head is not None:
                after = isinstance(head, ast.While) and path[-1][1] + gap > self.turns(call, path)
                steps = [step for step in call.steps if _within(step.path, path, gap + after)]
                yield from [Place(call, steps, steps[-1].after)] if steps else []
                continue
            fits = [i for i, step in enumerate(call.steps) if i and step.line == line and step.path == path]
            if fits and (first := self.truth.heads.get(line)) is not None:
                # What decorates a definition is called after it.
                steps = list(takewhile(lambda step: first <= step.line <= line, call.steps[fits[0] :]))
                yield Place(call, steps, steps[-1].after)
            elif fits and line in self._scopes.contexts:  # its end is a step of its own
                yield Place(call, [call.steps[i] for i in fits], call.steps[fits[0]].after)
            else:
                yield from (Place(call, [call.steps[i]], call.steps[i].after) for i in fits)

    def _paths(self, call: Call, line: int, head: Any, loops: list[int], turns: list[tuple[int, int]], *,
               ends: bool) -> Iterator[PathOf]:  # fmt: skip
        """Give the turns of its loops that a line is in, if the label says so many, and their numbers are true."""
        own = [*loops, line] if head is not None else loops
        if len(turns) == len(own):
            path = tuple(zip(own, (turn for turn, _ in turns), strict=True))
        elif isinstance(head, ast.For) and len(turns) == len(loops):  # it begins
            path = (*zip(loops, (turn for turn, _ in turns), strict=True), (line, 1))
        elif isinstance(head, ast.While) and isinstance(head.test, ast.Constant) and len(turns) == len(loops):
            path = (*zip(loops, (turn for turn, _ in turns), strict=True), (line, 0))
        else:
            return
        for depth, (turn, often) in enumerate(turns):
            true = self.turns(call, path[: depth + 1])
            if often != true or (turn > true and not (ends and depth == len(turns) - 1)):
                return
        yield path

    def turns(self, call: Call, path: PathOf) -> int:
        """Count the turns of the loop that a path ends in: those whose body began."""
        depth, line = len(path) - 1, path[-1][0]
        return max(
            (step.path[depth][1] for step in call.steps
             if step.path[:depth] == path[:-1] and len(step.path) > depth and step.path[depth][0] == line
             and step.line != line),
            default=0,
        )  # fmt: skip

    # What is said of it -----------------------------------------------------------------------------------------------

    def _wrong(self, moment: Moment, place: Place) -> Iterator[str]:
        before: dict[str, list[Element]] = {}
        for name, shown in moment.before:
            before.setdefault(name, []).append(shown)
        for name, values in before.items():
            # A name that gets several values in a line has that before one of them.
            wrong = [list(self._compare("before", name, shown, place.steps[0].before)) for shown in values]
            yield from min(wrong, key=len)
        names = [name for name, _ in moment.after]
        for at, (name, said) in enumerate(moment.after):
            if name not in names[at + 1 :] and not self._goes_on(moment, place):
                yield from self._compare("after", name, Element("p", {}, [said]), place.names)
        yield from self._printed(moment, place)

    def _goes_on(self, moment: Moment, place: Place) -> bool:
        """Whether a moment is the beginning of a loop, after which its first value is taken in the same step."""
        loop = self.truth.loops.get(moment.line)
        return isinstance(loop, ast.For) and len(place.steps) == 1 and not re.search("turn|loop", moment.label)

    def _compare(self, when: str, name: str, shown: Element, names: dict[str, Any]) -> Iterator[str]:
        known, true = _looked_up(name, names)
        if not known:
            return
        if true is _ABSENT:
            self.checked[when] += 1
            yield f"{name} has no value {when} it, and {shown.text!r} is shown"
            return
        agrees = _agrees(shown, true)
        self.checked[when] += agrees is not None
        if agrees is False:
            yield f"{when} it, {name} is {true!r}, and {shown.text!r} is shown"

    def _printed(self, moment: Moment, place: Place) -> Iterator[str]:
        """Compare what was printed, also by what was called."""
        own = {step.index for step in place.steps}
        if isinstance(self.truth.loops.get(moment.line), ast.For):
            # Its values are taken turn by turn, and what that prints may be shown at its beginning.
            path = place.steps[0].path[:-1]
            own |= {step.index for step in place.call.steps if step.line == moment.line and step.path[:-1] == path}
        true = "".join(
            text for text, stack in self.truth.printed
            if any(call is place.call and call.steps[at].index in own for call, at in stack)
        )  # fmt: skip
        said = moment.printed
        if said is None:
            return
        self.checked["printed"] += 1
        if said.rstrip("\n") not in true if len(own) > len(place.steps) or moment.cut else said != true.rstrip("\n"):
            yield f"it printed {true!r}, and {said!r} is shown"

    def _order(self, order: list[tuple[int, int]]) -> None:
        """Hold the order in which the page steps through its moments against the run's."""
        last = 0
        for at in order:
            places = self._found.get(at)
            if not places:
                continue
            self.checked["order"] += 1
            # The turn of a loop begins when its value has been taken, and others may have run for that.
            begun = [max(last, place.steps[0].index) for place in places if place.until > last]
            if not begun:
                self.faults.append(f"line {at[0]}, moment {at[1]} ran before the one that the page puts before it")
                return
            last = min(begun)


def _is_of(call: Call, definition: ast.AST | None) -> bool:
    """Whether a frame is one of a definition's."""
    if definition is None:
        return call.code.co_name == "<module>"
    if isinstance(definition, ast.Lambda):
        return call.code.co_name == "<lambda>" and call.code.co_firstlineno == definition.lineno
    assert isinstance(definition, (ast.FunctionDef, ast.ClassDef))
    first = min([definition.lineno, *(each.lineno for each in definition.decorator_list)])
    return call.code.co_firstlineno == first and call.code.co_name == definition.name


def _turns(label: str) -> tuple[list[tuple[int, int]], int, bool]:
    """Give the turns that a label speaks of, from the outermost on, each with how many there are; and the gap's length.

    The end of a loop is the turn after its last; the third value says that it is meant.
    """
    found: list[tuple[int, int]] = []
    gap, ends = 0, False
    for part in label.replace(", not recorded", "; not recorded").split(", in "):
        if said := re.match(r"turns? (\d+)(?: to (\d+))? of (\d+)(; not recorded)?", part):
            found.append((int(said[1]), int(said[3])))
            if said[4]:
                gap = int(said[2] or said[1]) - int(said[1]) + 1
        elif said := re.match(r"the end, after (\d+) turns?", part):
            found.append((int(said[1]) + 1, int(said[1])))
            ends = True
    return found[::-1], gap, ends


def _within(path: PathOf, first: PathOf, turns: int) -> bool:
    depth, (line, turn) = len(first) - 1, first[-1]
    return (
        path[:depth] == first[:-1] and len(path) > depth and path[depth][0] == line
        and turn <= path[depth][1] < turn + turns
    )  # fmt: skip


class _Scopes:
    """Knows the functions and loops that lines of a script are in."""

    def __init__(self, tree: ast.Module) -> None:
        every = list(ast.walk(tree))
        self._definitions = [each for each in every if isinstance(each, (ast.FunctionDef, ast.ClassDef))]
        self._lambdas = [each for each in every if isinstance(each, ast.Lambda)]
        self._loops = [each for each in every if isinstance(each, (ast.For, ast.While))]
        self.contexts = {each.lineno for each in every if isinstance(each, ast.With)}

    def of(self, line: int) -> list[Any]:
        """Give what a line may run in: the definition around it, the one that it begins, and lambdas; None: module."""
        around = [each for each in self._definitions if each.body[0].lineno <= line <= (each.end_lineno or 0)]
        inner = max(around, key=lambda each: each.lineno, default=None)
        heads = [each for each in self._definitions if each.lineno <= line < each.body[0].lineno]
        return [inner, *heads, *(each for each in self._lambdas if each.lineno <= line <= (each.end_lineno or 0))]

    def entered(self, line: int) -> set[int]:
        """Give the first lines of the functions whose head has a line."""
        heads = [each for each in self._definitions if isinstance(each, ast.FunctionDef)
                 and each.lineno <= line < each.body[0].lineno]  # fmt: skip
        return {min([each.lineno, *(part.lineno for part in each.decorator_list)]) for each in heads}

    def loops(self, line: int) -> list[int]:
        """Give the loops around a line in its scope, from the outermost on."""
        inner = self.of(line)[0]
        start = 0 if inner is None else inner.lineno
        return sorted(
            loop.lineno for loop in self._loops
            if loop.lineno > start and loop.body[0].lineno <= line <= (loop.body[-1].end_lineno or 0)
        )  # fmt: skip


# Values ---------------------------------------------------------------------------------------------------------------

_ABSENT: Any = object()


def _looked_up(name: str, names: dict[str, Any]) -> tuple[bool, Any]:
    """Give what a name, a field or an item was; the first says whether that is known."""
    try:
        return True, _evaluated(ast.parse(name, mode="eval").body, names)
    except (KeyError, IndexError, SyntaxError, LookupError):
        return False, None


def _evaluated(tree: ast.expr, names: dict[str, Any]) -> Any:
    match tree:
        case ast.Name(id=name):
            return names.get(name, _ABSENT)
        case ast.Attribute(value=value, attr=name):
            match _evaluated(value, names):
                case (kind, str(), dict() as fields) if kind is object:
                    return fields[name]
        case ast.Subscript(value=value, slice=ast.Constant(value=key)):
            match _evaluated(value, names):
                case (kind, int(), list() as pairs) if kind is dict:
                    return {k: v for k, v in pairs if not isinstance(k, tuple)}[key]
    raise LookupError(ast.unparse(tree))


def _agrees(shown: Element, true: Any) -> bool | None:
    """Whether what is shown is a value, as far as it is shown; None where it is shown in other words."""
    tables = [each for each in _all(shown) if each.tag == "table"]
    if tables:
        return _table_agrees(tables[0], true)
    text = _plain(shown.text)
    if said := re.fullmatch(r"an array of shape (\(.*?\))(?:, as on line .*)?", text):
        return isinstance(true, np.ndarray) and ast.literal_eval(said[1]) == true.shape
    if isinstance(true, np.ndarray) and (said := re.fullmatch(rf"\[({_NUMBER}(?:, {_NUMBER})*)\]", text)):
        true = true.tolist()
        return _same(ast.literal_eval(text), true)
    try:
        value = ast.literal_eval(re.sub(r" × 10(-?\d+)", r"e\1", text))
    except (SyntaxError, ValueError, MemoryError):
        return None
    return _same(value, true)


def _table_agrees(table: Element, true: Any) -> bool | None:
    rows = [[_plain(cell.text) for cell in row.elements if cell.tag == "td" and cell.has("fp-v")]
            for row in _all(table) if row.tag == "tr"]  # fmt: skip
    rows = [row for row in rows if row]
    if not isinstance(true, np.ndarray) or true.ndim > 2:
        return False if isinstance(true, (int, float, str)) else None
    expected = true.reshape(-1, true.shape[-1])
    return len(rows) <= len(expected) and all(
        len(row) <= len(numbers) and all(_is_number(text, number) for text, number in zip(row, numbers, strict=False))
        for row, numbers in zip(rows, expected.tolist(), strict=False)
    )


def _plain(text: str) -> str:
    return text.strip().replace("−", "-").replace("\N{THIN SPACE}", "").translate(_SUPERSCRIPT)


def _is_number(text: str, true: Any) -> bool:
    try:
        return _near(float(re.sub(r" × 10(-?\d+)", r"e\1", text)), true)
    except ValueError:
        return text == str(true)


def _near(said: complex, true: complex) -> bool:
    return said == true or abs(said - true) <= 1e-4 + 1e-3 * abs(true) or (said != said and true != true)  # noqa: PLR0124


def _same(said: Any, true: Any) -> bool:
    """Whether a literal says what a copied value is."""
    if isinstance(true, np.generic):
        true = true.item()
    match said, true:
        case ((bool() | None | str() | bytes()), _):
            return type(said) is type(true) and said == true
        case ((int() | float() | complex()), (int() | float() | complex())):
            return not isinstance(true, bool) and _near(said, true)
        case dict(), (kind, int(length), list(pairs)) if kind is dict:
            return len(said) == length and all(
                any(_same(k, a) and _same(v, b) for a, b in pairs) for k, v in said.items()
            )
        case list(), list():
            return len(said) == len(true) and all(map(_same, said, true))
        case ((list() | tuple() | set()), (type() as kind, int(length), *inside)):
            if kind is not type(said) or len(said) != length:
                return False
            if kind is set:
                return all(any(_same(each, other) for other in inside[0]) for each in said)
            return not inside or all(map(_same, said, inside[0]))
    return False


def judged_page(page: str, source: str, truth: Truth) -> PageJudge:
    """Hold a page's panel against the true run of its script."""
    return PageJudge(page.partition("<h1>")[2].partition("</h1>")[2].partition("</main>")[0], source, truth)

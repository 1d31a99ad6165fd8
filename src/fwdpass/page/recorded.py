"""A page's record as plain data: what the build writes beside a page, for whoever reads the page again without it.

What the HTML of the page says is left out, and taken from there: the words that stand on it, the code of its cells, and
the expressions of its numbers, which its foot lists.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from itertools import accumulate
from typing import Any

from fwdpass.errors import ExpressionError
from fwdpass.page.expression import parse_expression
from fwdpass.page.program import Case, Cell, Choice, Claim, Expression, Option, Program, Question, Step
from fwdpass.page.record import BODY, FOOT, Record, Template, as_part, edges, places_of, standing

_LETTERS: dict[type[Step], str] = {Cell: "c", Expression: "e", Claim: "t", Choice: "o", Question: "q"}
"""A letter for each kind of step."""
_ON_PAGE = 0
"""Stands for a source that is taken from the page."""
_ROW = re.compile(r'<tr id="fp-number-([0-9]+)">.*?<td><code>(.*?)</code></td>')
_CODE = re.compile(r"i([0-9]+)")
_OPTION = '<div aria-live="polite" class="fp-option">'
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&#34;": '"', "&#39;": "'", "&#64;": "@", "&amp;": "&"}
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class _Page:
    """What the HTML of a page says of its record: what stands in its places, and its steps as they were written."""

    standing: Mapping[str, str]
    written: Mapping[int, str]

    @classmethod
    def of(cls, html: str) -> _Page:
        """Take the HTML apart."""
        found = standing(html)
        rows = {int(step): _plain(code) for step, code in _ROW.findall(found.get(FOOT, ""))}
        listed = {
            int(code[1]): _plain(_TAG.sub("", listing)).strip("\n")
            for place, listing in found.items()
            if (code := _CODE.fullmatch(place))
        }
        return cls(found, rows | listed)

    def parts(self, program: Program, told: Mapping[str, Sequence[int]]) -> dict[str, str]:
        """Give the parts that stand on the page; ``told`` says which case of a choice does, or which options."""
        parts = {BODY: places_of(self.standing[BODY])}
        for place, html in self.standing.items():
            step = program.steps[int(place)] if place.isdigit() else None
            match step:
                case Choice() if place in told:
                    parts[f"{place}.{told[place][0]}"] = html
                case Question(options=options) if place in told:
                    before, pieces, after = _pieces(html, place)
                    every = (f"{place}.{number}" for number in range(len(options) + 1))
                    parts[f"{place}.whole"] = "".join([before, *("".join(edges(part)) for part in every), after])
                    parts |= {f"{place}.{number}": one for number, one in zip([0, *told[place]], pieces, strict=True)}
                case Cell(script=script) if script:
                    parts[f"{place}.now"] = places_of(html)
            if "." in place:
                parts[place] = html
        return parts

    def told(self, record: Record) -> dict[str, list[int]]:
        """Find which cases of choices stand on the page, and which options of questions, of those that a record has."""
        told = {}
        for place, html in self.standing.items():
            step = record.program.steps[int(place)] if place.isdigit() else None
            match step:
                case Choice(cases=cases):
                    found = [case for case in range(len(cases)) if record.html.get(f"{place}.{case}") == html]
                case Question(options=options):
                    known = {record.html.get(f"{place}.{number + 1}"): number + 1 for number in range(len(options))}
                    _, pieces, _ = _pieces(html, place)
                    found = [known[one] for one in pieces[1:]] if known.keys() >= {*pieces[1:]} else []
                case _:
                    found = []
            if found:
                told[place] = found
        return told


def _pieces(html: str, question: str) -> tuple[str, list[str], str]:
    """Cut a question into what is asked, and its options, as their parts have them; and what stands around all that."""
    before, legend, rest = html.partition("<legend>")
    within, end, after = f"{legend}{rest}".rpartition("</fieldset>")
    asked, *options = within.split(_OPTION)
    return before, [asked, *(as_part(f"{_OPTION}{option}", question) for option in options)], f"{end}{after}"


def as_json(record: Record, page: str) -> dict[str, Any]:
    """Give a record as plain data: enough to say what another reading changes, and not to make the page.

    Parameters
    ----------
    record : Record
        Of a page.
    page : str
        The HTML of the page, from which the rest is taken again.

    Returns
    -------
    dict
        Texts, numbers, lists and mappings of these, for JSON.
    """
    there, steps = _Page.of(page), record.program.steps
    parts = {
        part: places_of(html) if part == BODY or part.endswith(".now") else html for part, html in record.html.items()
    }
    told = there.told(record)
    known = there.parts(record.program, told)
    lines = [step.line for step in steps]
    return {
        "page": record.program.page,
        "kinds": "".join(_LETTERS[type(step)] for step in steps),
        "lines": [line - before for before, line in zip([0, *lines], lines, strict=False)],
        "sources": [
            _ON_PAGE if there.written.get(at) == _written(step) else _written(step) for at, step in enumerate(steps)
        ],
        "steps": {str(at): rest for at, step in enumerate(steps) if (rest := _rest(step, steps[at + 1 :]))},
        "formulas": {str(step): [one.text, one.display] for step, one in record.formulas.items()},
        "alts": {str(step): one.text for step, one in record.alts.items()},
        "description": record.description.text if record.description is not None else "",
        "scripts": dict(record.scripts),
        "told": told,
        "html": {part: html for part, html in parts.items() if known.get(part) != html},
    }


def from_json(data: Mapping[str, Any], page: str) -> Record:
    """Take what :func:`as_json` gave.

    Parameters
    ----------
    data : mapping
        Plain data.
    page : str
        The HTML of the page, as the build has written it.

    Returns
    -------
    Record
        From which :class:`~fwdpass.page.record.Placing` makes patches.
    """
    there = _Page.of(page)
    written = [there.written[at] if one == _ON_PAGE else one for at, one in enumerate(data["sources"])]
    steps = tuple(
        _step(kind, written[at:], line, data["steps"].get(str(at), {}))
        for at, (kind, line) in enumerate(zip(data["kinds"], accumulate(data["lines"]), strict=True))
    )
    program = Program(data["page"], steps)
    return Record(
        program,
        {int(step): Template(*one) for step, one in data["formulas"].items()},
        {int(step): Template(one) for step, one in data["alts"].items()},
        Template(data["description"]) if data["description"] else None,
        dict(data["scripts"]),
        there.parts(program, data["told"]) | data["html"],
    )


def _plain(html: str) -> str:
    """Give the text of some HTML without tags: whoever writes pages writes no other entities in code."""
    for entity, character in _ENTITIES.items():
        html = html.replace(entity, character)
    return html


def _written(step: Step) -> str:
    """Give what a step computes, as an author writes it."""
    match step:
        case Expression():
            return step.written
        case Question():
            return step.answer
        case Choice():
            return ""
    return step.source


def _parted(written: str) -> dict[str, Any]:
    """Part an expression from its format."""
    try:
        one = parse_expression(written, 0) if ":" in written else Expression(written, 0)
    except ExpressionError:
        one = Expression(written, 0)
    return {"source": one.source, "spec": one.spec}


def _rest(step: Step, after: Sequence[Step]) -> dict[str, Any]:
    """Give what a step has besides its kind, its line and what it computes: no defaults, and no sentences.

    ``after`` are the steps below it. Lines are counted from its own.
    """
    rest = {
        field.name: getattr(step, field.name)
        for field in fields(step)
        if field.default is not MISSING and getattr(step, field.name) != field.default
    }
    rest.pop("said", None)
    match step:
        case Cell(tags=tags) if tags:
            rest["tags"] = sorted(tags)
        case Expression() if _parted(step.written) != (own := {"source": step.source, "spec": step.spec}):
            rest |= own
        case Expression():
            rest.pop("spec", None)
        case Choice():
            rest["cases"] = [[case.source, case.line - step.line, case.steps] for case in step.cases]
        case Question():
            rest["options"] = []
            below = step.asked
            for option in step.options:
                one = option.expression
                first = _written(after[below]) if option.steps else None
                below += option.steps
                source = _ON_PAGE if first == one.written else one.written
                rest["options"].append([source, one.line - step.line, one.medium, option.right, option.steps])
    return rest


def _step(kind: str, written: Sequence[str], line: int, rest: Mapping[str, Any]) -> Step:
    """Make a step; ``written`` begins with what it computes, and goes on with what the steps below it do."""
    said = written[0]
    match kind:
        case "c":
            return Cell(said, line, **{**rest, "tags": frozenset(rest.get("tags", ()))})
        case "e":
            return Expression(**{**_parted(said), "line": line, **rest})
        case "o":
            cases = tuple(Case(source, line + below, steps=steps) for source, below, steps in rest["cases"])
            return Choice(**{**rest, "cases": cases, "line": line})
        case "q":
            options, at = [], 1 + rest.get("asked", 0)
            for source, below, medium, right, steps in rest["options"]:
                one = _parted(written[at] if source == _ON_PAGE else source)
                options.append(Option(Expression(**one, line=line + below, medium=medium), right, steps))
                at += steps
            return Question(**{**rest, "answer": said, "line": line, "options": tuple(options)})
    return Claim(said, line)

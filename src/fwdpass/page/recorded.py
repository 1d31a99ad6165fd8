"""A page's record as plain data: what the build writes beside a page, for whoever reads the page again without it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from fwdpass.page.program import Case, Cell, Choice, Claim, Expression, Option, Program, Question, Step
from fwdpass.page.record import BODY, Record, Template

_KINDS: dict[str, type[Step]] = {kind.__name__.lower(): kind for kind in (Cell, Expression, Claim, Choice, Question)}


def as_json(record: Record) -> dict[str, Any]:
    """Give a record as plain data: enough to say what another reading changes, and not to make the page.

    Parameters
    ----------
    record : Record
        Of a page.

    Returns
    -------
    dict
        Texts, numbers, lists and mappings of these, for JSON.
    """
    return {
        "page": record.program.page,
        "steps": [_step(step) for step in record.program.steps],
        "formulas": {str(step): [one.text, one.display] for step, one in record.formulas.items()},
        "description": record.description.text if record.description is not None else "",
        "scripts": dict(record.scripts),
        "html": {
            part: record.places(part) if part == BODY or part.endswith(".now") else html
            for part, html in record.html.items()
        },
    }


def from_json(data: Mapping[str, Any]) -> Record:
    """Take what :func:`as_json` gave.

    Parameters
    ----------
    data : mapping
        Plain data.

    Returns
    -------
    Record
        From which :class:`~fwdpass.page.record.Placing` makes patches.
    """
    return Record(
        Program(data["page"], tuple(_from_step(*step) for step in data["steps"])),
        {int(step): Template(*one) for step, one in data["formulas"].items()},
        Template(data["description"]) if data["description"] else None,
        dict(data["scripts"]),
        dict(data["html"]),
    )


def _step(step: Step) -> list[Any]:
    """Write a step: its kind, and its fields, but those that are empty, and the sentences, which the page has."""
    data = _fields(asdict(step))
    if "tags" in data:
        data["tags"] = sorted(data["tags"])
    return [type(step).__name__.lower(), data]


def _fields(data: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is empty or a sentence, within cases and options, too; a source is always there."""
    empty: tuple[Any, ...] = ("", False, (), frozenset())
    kept: dict[str, Any] = {}
    for name, value in data.items():
        if name == "said" or (value in empty and name != "source"):
            continue
        if isinstance(value, tuple) and isinstance(value[0], Mapping):
            kept[name] = [_fields(one) for one in value]
        else:
            kept[name] = _fields(value) if isinstance(value, Mapping) else value
    return kept


def _from_step(kind: str, data: Mapping[str, Any]) -> Step:
    fields = dict(data)
    if kind == "cell":
        fields["tags"] = frozenset(fields.get("tags", ()))
    elif kind == "choice":
        fields["cases"] = tuple(Case(**case) for case in fields["cases"])
    elif kind == "question":
        fields["options"] = tuple(
            Option(Expression(**option["expression"]), option.get("right", False), option.get("steps", 0))
            for option in fields["options"]
        )
    return _KINDS[kind](**fields)

"""A panel as HTML: the script, and under each line that ran what happened there; complete without any script."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby

import htpy as h
from markupsafe import Markup

from fwdpass import numerals
from fwdpass.trace.panel import sentences, tables
from fwdpass.trace.panel.code import highlighted
from fwdpass.trace.panel.facts import Block, Evaluation, InWords, Moment, Numbers, Panel, Ref, Shift

NOTE = '<div class="fp-note"></div>'
"""Where the author's note of a line goes: one for each noted block, in the order of the script."""


def draw(panel: Panel) -> h.Element:
    """Build the element."""
    code = iter(highlighted([line for block in panel.blocks for line in block.lines]))
    below = (
        (".fp-more", sentences.more_lines(panel)),
        (".fp-more", sentences.left_out(panel)),
        (".fp-ended", panel.ended),
        (".fp-unexplained", sentences.unexplained(panel)),
    )
    return h.fp_trace[
        h.div(".fp-bar") if any(map(_opens, panel.blocks)) else None,
        h.div(".fp-code", role="group", aria_label=f"{panel.script}, line by line")[
            [_block(panel, block, [next(code) for _ in block.lines]) for block in panel.blocks]
        ],
        (h.p(name)[said] for name, said in below if said),
        h.script(type="application/json")[Markup(_data(panel))],  # noqa: S704 - numbers and names of lines
    ]


# Data for the script --------------------------------------------------------------------------------------------------


def _data(panel: Panel) -> str:
    """Write down the order of the run, and which numbers were made from which; no value."""
    stops = [f"{panel.blocks[block].first}.{moment}" for block, moment in panel.order]
    return json.dumps({"order": " ".join(stops), "from": dict(_relations(panel))}, separators=(",", ":"))


def _relations(panel: Panel) -> Iterator[tuple[str, int | list[str]]]:
    """Give for each group of numbers the one that it copies, or for each of its numbers those it was made from."""
    for key, group in groupby(panel.sources, key=lambda pair: pair[0][0]):
        pairs = list(group)
        copied = {refs[0][0] for _, refs in pairs if len(refs) == 1}
        if len(copied) == 1 and all(len(refs) == 1 and refs[0][1] == at for (_, at), refs in pairs):
            yield str(key), copied.pop()
            continue
        made: list[str] = [""] * (max(at for (_, at), _ in pairs) + 1)
        for (_, at), refs in pairs:
            made[at] = " ".join(_runs(refs))
        yield str(key), made


def _runs(refs: Sequence[Ref]) -> Iterator[str]:
    """Write numbers by their group and place; of rows and columns, the first, the last and the step.

    >>> list(_runs([(1, 4), (2, 0), (2, 3), (2, 6)]))
    ['1.4', '2.0-6/3']
    """
    at = 0
    while at < len(refs):
        key, first = refs[at]
        end = at + 1
        step = refs[end][1] - first if end < len(refs) and refs[end][0] == key else 0
        while step > 0 and end < len(refs) and refs[end] == (key, first + step * (end - at)):
            end += 1
        if end - at < 3:
            yield f"{key}.{first}"
            at += 1
        else:
            yield f"{key}.{first}-{refs[end - 1][1]}/{step}"
            at = end


# Lines ----------------------------------------------------------------------------------------------------------------


def _block(panel: Panel, block: Block, code: Sequence[h.Node]) -> h.Node:
    lines = [
        h.span(".fp-line", id=f"{panel.anchor}{block.first + i}")[
            h.span(".fp-no")[numerals.text(block.first + i)], h.code[line, "\n"]
        ]
        for i, line in enumerate(code)
    ]
    if not _opens(block):
        return h.div(".fp-silent")[lines]
    return h.details(".fp-stmt", open="" if block.opened else None)[
        h.summary[lines],
        h.div(".fp-state")[h.div(".fp-note") if block.noted else None, _moments(block, panel.anchor)],
    ]


def _opens(block: Block) -> bool:
    return bool(block.moments) or block.noted


def _moments(block: Block, anchor: str) -> h.Node:
    if len(block.moments) == 1 and not block.rest:
        which = sentences.which(block.moments[0])
        return h.div(".fp-moment")[h.p(".fp-which")[which] if which else None, _moment(block.moments[0], anchor)]
    runs = [
        [
            h.p(".fp-more")[moment.gap] if moment.gap else None,
            h.details(".fp-moment", open=None if i else "")[h.summary[moment.label], _moment(moment, anchor)],
        ]
        for i, moment in enumerate(block.moments)
    ]
    return [runs, (h.p(".fp-more")[said] for said in block.rest)]


def _moment(moment: Moment, anchor: str) -> h.Node:
    into: dict[int, Shift] = {}
    for shift in moment.shifts:
        # Of a name that gets the same value twice, the first time knows what it was before the line.
        if isinstance(shift.after, Numbers) and not (
            shift.after.key in into and into[shift.after.key].name == shift.name
        ):
            into[shift.after.key] = shift
    shown = {each.worth.key for each in moment.evaluations if isinstance(each.worth, Numbers)}
    alone = [shift for shift in moment.shifts if not (isinstance(shift.after, Numbers) and shift.after.key in shown)]
    return [
        [_now(shift, whole=shift in alone) for shift in moment.shifts if shift.after],
        h.ol(".fp-steps")[[_evaluation(each, into, anchor) for each in moment.evaluations]]
        if moment.evaluations
        else None,
        (h.p(".fp-more")[said] for said in moment.skipped),
        h.p(".fp-more")["… and more expressions"] if moment.cut else None,
        [_shift(shift, anchor) for shift in alone],
        _printed(moment),
        h.p(".fp-failure")[moment.failure] if moment.failure else None,
    ]


def _printed(moment: Moment) -> h.Node:
    if not moment.printed:
        return None
    more = sentences.more_printed(moment)
    return [h.p(".fp-label")["printed"], h.pre(".fp-run")[moment.printed.rstrip("\n")], h.p[more] if more else None]


def _evaluation(evaluation: Evaluation, into: dict[int, Shift], anchor: str) -> h.Element:
    """Show an expression, under those that it was made from; ``into`` has the names that got its value, by its key."""
    shift = into.get(evaluation.worth.key) if isinstance(evaluation.worth, Numbers) else None
    function, does = evaluation.about
    return h.li[
        h.ol[[_evaluation(part, {}, anchor) for part in evaluation.parts]] if evaluation.parts else None,
        h.p(".fp-step")[
            h.code[evaluation.code],
            [" is now ", h.code[shift.name]] if shift else None,
            [" ", h.span(".fp-shape")[evaluation.shapes]] if evaluation.shapes else None,
        ],
        h.p(".fp-about")[h.code[function], " ", does] if does else None,
        _before(shift, anchor) if shift and shift.before else None,
        tables.made(evaluation.worth, evaluation.how, anchor),
    ]


# Names ----------------------------------------------------------------------------------------------------------------


def _now(shift: Shift, *, whole: bool) -> h.Element:
    """Say what a name stands for now; a number that is shown nowhere else can be chosen here."""
    is_number = whole and _is_said(shift) and isinstance(shift.after, Numbers)
    said = tables.single(shift.after) if is_number and isinstance(shift.after, Numbers) else tables.short(shift.after)
    return h.p(".fp-now")[h.code[shift.name], " = ", said]


def _is_said(shift: Shift) -> bool:
    """Whether the line that says what a name is now says all: words or a number, and nothing before it."""
    return shift.before is None and (
        isinstance(shift.after, InWords) or (isinstance(shift.after, Numbers) and not shift.after.shape)
    )


def _shift(shift: Shift, anchor: str) -> h.Node:
    """Show a name's value before and after."""
    if shift.after is None:
        return h.p(".fp-shift")[h.code[shift.name], " is deleted"]
    if _is_said(shift):
        return None
    return h.div(".fp-shift")[
        _before(shift, anchor) if shift.before else None,
        h.p(".fp-label")[h.code[shift.name], " after" if shift.before else ""],
        tables.made(shift.after, shift.how, anchor),
    ]


def _before(shift: Shift, anchor: str) -> h.Node:
    return [h.p(".fp-label")[h.code[shift.name], " before"], tables.value(shift.before, anchor)]

"""A panel as HTML: the script, and under each line that ran what happened there; complete without any script."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from typing import assert_never

import htpy as h
from markupsafe import Markup

from fwdpass import numerals
from fwdpass.figures import parts, words
from fwdpass.figures.base import names
from fwdpass.figures.dot import Dot, written
from fwdpass.figures.product import Product
from fwdpass.figures.states import NOTHING, State, States, state_cell
from fwdpass.figures.words import ended
from fwdpass.trace.panel.code import highlighted
from fwdpass.trace.panel.kinds import (
    Average,
    Block,
    Entry,
    Entrywise,
    Moment,
    Numbers,
    Panel,
    Ref,
    Shift,
    Step,
    Words,
    Worth,
)

WIDE = 20
"""Ems of its small print that a panel has room for on a phone; what may be wider scrolls."""
FACTORS = 6.5
"""Ems that the factors beside a matrix take."""
NOTE = '<div class="fp-note"></div>'
"""Where the author's note of a line goes: one for each noted block, in the order of the script."""


def draw(panel: Panel) -> h.Element:
    """Build the element."""
    code = iter(highlighted([line for block in panel.blocks for line in block.lines]))
    return h.fp_trace[
        h.div(".fp-bar") if any(map(_opens, panel.blocks)) else None,
        h.div(".fp-code", role="group", aria_label=f"{panel.script}, line by line")[
            [_block(panel, block, [next(code) for _ in block.lines]) for block in panel.blocks]
        ],
        h.p(".fp-more")[f"… and {words.count(panel.left_out, 'more line')}"] if panel.left_out else None,
        h.p(".fp-ended")[panel.ended] if panel.ended else None,
        _unexplained(panel) if panel.notes else None,
        h.script(type="application/json")[Markup(_data(panel))],  # noqa: S704 - numbers and names of lines
    ]


def _unexplained(panel: Panel) -> h.Element:
    n = panel.unexplained
    said = f"{words.count(n, 'line')} without explanation" if n else "every line that ran is explained"
    return h.p(".fp-unexplained")[said[0].upper() + said[1:]]


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
            made[at] = " ".join(map(_written, refs))
        yield str(key), made


def _written(ref: Ref) -> str:
    return f"{ref[0]}.{ref[1]}"


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
        h.div(".fp-state")[h.div(".fp-note") if block.noted else None, _moments(block)],
    ]


def _opens(block: Block) -> bool:
    return bool(block.moments) or block.noted


def _moments(block: Block) -> h.Node:
    if len(block.moments) == 1 and not block.more:
        return h.div(".fp-moment")[_moment(block.moments[0])]
    runs = [
        h.details(".fp-moment", open=None if i else "")[h.summary[moment.label], _moment(moment)]
        for i, moment in enumerate(block.moments)
    ]
    return [runs, h.p(".fp-more")["…"] if block.more else None]


def _moment(moment: Moment) -> h.Node:
    into = {shift.after.key: shift for shift in moment.shifts if isinstance(shift.after, Numbers)}
    shown = {step.worth.key for step in moment.steps if isinstance(step.worth, Numbers)}
    alone = [shift for shift in moment.shifts if not (isinstance(shift.after, Numbers) and shift.after.key in shown)]
    return [
        [_now(shift, whole=shift in alone) for shift in moment.shifts if shift.after],
        h.ol(".fp-steps")[[_step(step, into) for step in moment.steps]] if moment.steps else None,
        h.p(".fp-more")["… and more expressions"] if moment.cut else None,
        [_shift(shift) for shift in alone],
        _printed(moment),
        h.p(".fp-failure")[moment.failure] if moment.failure else None,
    ]


def _printed(moment: Moment) -> h.Node:
    if not moment.printed:
        return None
    more = f"… and {words.count(moment.unseen, 'more character')}" if moment.unseen else ""
    return [h.p(".fp-label")["printed"], h.pre(".fp-run")[moment.printed.rstrip("\n")], h.p[more] if more else None]


def _now(shift: Shift, *, whole: bool) -> h.Element:
    """Say what a name stands for now; a number that is shown nowhere else can be chosen here."""
    number = shift.after if whole and _is_said(shift) and isinstance(shift.after, Numbers) else None
    said = _entry_of(number, 0, _texts(number)[0][0]) if number else _short(shift.after)
    return h.p(".fp-now")[h.code[shift.name], " = ", said]


def _is_said(shift: Shift) -> bool:
    """Whether the line that says what a name is now says all: words or a number, and nothing before it."""
    return shift.before is None and (
        isinstance(shift.after, Words) or (shift.after is not None and not shift.after.shape)
    )


def _shift(shift: Shift) -> h.Node:
    """Show a name's value before and after."""
    if shift.after is None:
        return h.p(".fp-shift")[h.code[shift.name], " is deleted"]
    if _is_said(shift):
        return None
    return h.div(".fp-shift")[
        [h.p(".fp-label")[h.code[shift.name], " before"], _worth(shift.before)] if shift.before else None,
        h.p(".fp-label")[h.code[shift.name], " after" if shift.before else ""],
        _worth(shift.after),
    ]


def _short(worth: Worth | None) -> h.Node:
    """Say a value in a line."""
    if not isinstance(worth, Numbers):
        return worth.said if worth else "?"
    if len(worth.shape) > 1 or not worth.rows or len(worth.rows[0]) != (worth.shape or (1,))[0]:
        return f"an array of shape {numerals.text(worth.shape)}"
    texts = _texts(worth)[0]
    return f"[{', '.join(texts)}]" if worth.shape else texts[0]


# Expressions ----------------------------------------------------------------------------------------------------------


def _step(step: Step, into: dict[int, Shift]) -> h.Element:
    shift = into.get(step.worth.key) if isinstance(step.worth, Numbers) else None
    function, does = step.about
    return h.li[
        h.ol[[_step(part, {}) for part in step.parts]] if step.parts else None,
        h.p(".fp-step")[
            h.code[step.code],
            [" is now ", h.code[shift.name]] if shift else None,
            [" ", h.span(".fp-shape")[step.shapes]] if step.shapes else None,
        ],
        h.p(".fp-about")[h.code[function], " ", does] if does else None,
        [h.p(".fp-label")[h.code[shift.name], " before"], _worth(shift.before)] if shift and shift.before else None,
        _made(step),
    ]


def _made(step: Step) -> h.Node:
    """Show a value, and how it came about, if that is known."""
    if not isinstance(step.worth, Numbers):
        return _worth(step.worth)
    match step.how:
        case None:
            return _numbers(step.worth)
        case Product() if len(step.worth.shape) == 1:
            return _sums(step.how, step.worth)
        case Product():
            return [_numbers(step.worth), h.details(".fp-sums")[h.summary["every entry worked out"], _sums(step.how)]]
        case Dot():
            worked = written((step.how,), "text")[0]
            return h.p(".fp-dot")[worked.nodes(), " = ", _entry_of(step.worth, 0, worked.value)]
        case States():
            return _states(step.how, step.worth)
        case Entrywise():
            return _numbers(step.worth, _entrywise(step.how))
        case Average():
            texts = numerals.cells(step.how.entries)
            total = parts.joined([_factor(v, t) for v, t in zip(step.how.entries, texts, strict=True)], " + ")
            n = numerals.text(len(texts))
            return h.p(".fp-dot")["(", total, f") ÷ {n} = ", _entry_of(step.worth, 0, _texts(step.worth)[0][0])]
    assert_never(step.how)


def _factor(value: Fraction, text: str) -> h.Node:
    return parts.number(value, numerals.signed(text))


def _sums(how: Product, worth: Numbers | None = None) -> h.Element:
    rows = [
        h.tr[
            parts.head(parts.joined([parts.named(n) for n in names], ", ")),
            h.td(".fp-terms")[worked.nodes()],
            _td(worked.dot.value, worked.value, choosable=worth is not None),
        ]
        for names, worked in zip(how.names, written(how.dots, "text"), strict=True)
    ]
    more = how.n - len(rows)
    return h.table(".fp-product", data_g=worth.key if worth else None)[
        parts.columns("entry", "dot product", "value"),
        h.tbody[rows],
        h.tfoot[h.tr[h.td(colspan="3")[f"… and {words.count(more, 'more dot product')}"]]] if more else None,
    ]


def _states(how: States, worth: Numbers) -> h.Element:
    zs, passed = numerals.cells(how.z), numerals.cells(how.h)
    rows = [
        h.tr[
            parts.head(parts.named(name)),
            h.td(class_=parts.sign(how.z[i]))[zs[i]],
            state_cell(State.of(how.z[i])),
            _td(how.h[i], passed[i]),
        ]
        for i, name in enumerate(names(how.axis, len(how.z)))
    ]
    rest = h.tr[parts.head("⋮"), h.td(colspan="3")[f"{words.count(how.n, 'neuron')} in all"]]
    return h.table(".fp-states", data_g=worth.key)[
        parts.columns("neuron", "sum", "state", "passes on"),
        h.tbody[ended(rows, how.n, rest)],
    ]


def _entrywise(how: Entrywise) -> list[h.Node]:
    """Say above each entry what it was made from."""
    left, right = numerals.cells(how.left), numerals.cells(how.right)
    if how.sign == "**":
        return [[numerals.signed(a), h.sup[b], " ="] for a, b in zip(left, right, strict=True)]
    return [f"{a} {how.sign} {numerals.signed(b)} =" for a, b in zip(left, right, strict=True)]


# Values ---------------------------------------------------------------------------------------------------------------


def _worth(worth: Worth | None) -> h.Node:
    match worth:
        case Numbers():
            return _numbers(worth)
        case Words(said):
            return h.p(".fp-value")[h.code[said]]
        case None:
            return None


def _numbers(worth: Numbers, how: Sequence[h.Node] = ()) -> h.Node:
    if not worth.rows or not worth.rows[0]:
        return h.p(".fp-value")[f"an array of shape {numerals.text(worth.shape)}"]
    if not worth.shape:
        before = [how[0], " "] if how else None
        return h.p(".fp-value")[before, _entry_of(worth, 0, _texts(worth)[0][0])]
    return _matrix(worth, how)


def _matrix(worth: Numbers, how: Sequence[h.Node]) -> h.Element:
    """Show a vector or a matrix, and beside its rows what they are multiplied by."""
    *_, columns = worth.shape
    axes = worth.axes or tuple("ijk"[: len(worth.shape)])
    texts = _texts(worth)
    vector = len(worth.shape) == 1
    factors = numerals.cells(worth.factors) if worth.factors else []
    rows = [
        h.tr(class_="fp-nothing" if worth.factors and not worth.factors[i] else None)[
            None if vector else parts.head(parts.named(names(axes[0], i + 1)[i])),
            ended([_td(v, t) for v, t in zip(row, texts[i], strict=True)], columns, h.td["…"]),
            h.th(".fp-factor")[_factored(worth.factors[i], factors[i])] if worth.factors else None,
        ]
        for i, row in enumerate(worth.rows)
    ]
    dots = h.tr[parts.head("⋮"), ended([h.td["⋮"]] * len(worth.rows[0]), columns, h.td["⋱"])]
    heads = parts.heads(axes[-1], len(worth.rows[0]), columns)
    table = h.table(class_=["fp-matrix", {"fp-vector": vector}], data_g=worth.key)[
        h.thead[
            h.tr[None if vector else h.td, heads, h.td if worth.factors else None],
            h.tr[(h.td(".fp-how")[made] for made in how)] if how else None,
        ],
        h.tbody[rows if vector else ended(rows, worth.shape[0], dots)],
    ]
    across = parts.ems([["=" * (2 * len(t) + 4) for t in row] for row in texts] if how else texts)
    across += (0 if vector else parts.HEADS) + (FACTORS if worth.factors else 0)
    return parts.scroll("Numbers", table) if across > WIDE else table


def _factored(factor: Fraction, text: str) -> h.Node:
    return [f"× {numerals.signed(text)}", None if factor else [" ", h.small(".fp-aside")[NOTHING]]]


def _texts(worth: Numbers) -> list[list[str]]:
    """Write the entries with one number of places; where some are no numbers, each by itself."""
    if all(isinstance(entry, Fraction) for row in worth.rows for entry in row):
        texts: list[list[str]] = numerals.cells(worth.rows)
        return texts
    return [[numerals.text(e) if isinstance(e, Fraction) else e for e in row] for row in worth.rows]


def _td(value: Entry, text: str, *, choosable: bool = True) -> h.Element:
    sign = parts.sign(value) if isinstance(value, Fraction) else None
    return h.td(class_=[{"fp-v": choosable}, sign])[text]


def _entry_of(worth: Numbers, at: int, text: str) -> h.Element:
    entry = worth.rows[0][at]
    sign = parts.sign(entry) if isinstance(entry, Fraction) else None
    return h.span(data_g=worth.key)[h.span(class_=["fp-v", sign])[text]]

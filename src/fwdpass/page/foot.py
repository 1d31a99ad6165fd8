"""The foot of a page: what reading it again has proved, and where each of its numbers comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

import htpy as h
from markupsafe import Markup

from fwdpass.figures.written import once, written
from fwdpass.numerals.catalog import _, ngettext, noted
from fwdpass.numerals.letters import in_words
from fwdpass.numerals.nudged import READINGS
from fwdpass.numerals.writing import text
from fwdpass.page.certificate import Certificate
from fwdpass.page.digits import CONFIDENCE
from fwdpass.page.formula import CLASSES
from fwdpass.page.ledger import Entry, Ledger
from fwdpass.page.level import Level
from fwdpass.page.lines import told

LONGEST = 120
"""Characters of an exact value that the foot shows, at most."""
_LEVELS = {Level.EXACT: noted("exact"), Level.STABLE: noted("stable"), Level.EXECUTED: noted("executed")}


@lru_cache(maxsize=4)  # a patch compares the feet of the same two readings, and puts one of them
def foot(ledger: Ledger | None, why: tuple[tuple[int, str], ...], formula: Callable[[str], str]) -> str:
    """Draw the foot; a page without numbers has none.

    ``formula`` gives the MathML of a formula in a line, or nothing where it cannot be read.
    """
    proved = Certificate.of(ledger) if ledger is not None else None
    if ledger is None or proved is None or not proved.numbers:
        return ""
    numbered = [entry for entry in ledger.entries if entry.kind == "number"]
    claimed = [entry for entry in ledger.entries if entry.kind in ("claim", "case")]
    drawn = h.div(".fp-certificate")[
        h.p[_said_of(ledger, proved)],
        h.details[
            h.summary[_("Where each number comes from")],
            _numbers(numbered, formula),
            _claims(claimed) if claimed else None,
            _reasons(why) if why else None,
        ],
    ]
    return written(drawn)


def _said_of(ledger: Ledger, proved: Certificate) -> str:
    """Say what is certain of the page as a whole, and of how much of it more is."""
    if ledger.level is Level.EXACT:
        return _(
            "This page was computed in floating point and in exact fractions, and says what the fractions say: {}."
        ).format(_listed(_found(proved)))
    counted = [(level, [entry for entry in ledger.entries if entry.level is level]) for level in sorted(Level)[::-1]]
    found = []
    for level, of in counted:
        parts = _found(Certificate.of(Ledger("", tuple(of))), level is Level.EXACT)
        found += [f"{_listed(parts)}: {_level(level)}"] if parts else []
    said = _("The level of this page is {level}. {found}.").format(level=_level(ledger.level), found="; ".join(found))
    return f"{said} " + _(
        "What is exact says what exact fractions say. What is stable says what further readings say, too, which "
        "rounded otherwise; its digits are counted with a probability and a confidence of {confidence}, for "
        "{readings} readings. What is executed says what came of it on the computer that built this page."
    ).format(confidence=text(CONFIDENCE, "%"), readings=in_words(READINGS))


def _level(level: Level) -> str:
    return _(_LEVELS[level])


def _found(proved: Certificate, exact: bool = True) -> list[str]:
    """Say what was proved, and nothing of what the page has none of."""
    numbers = _counted("{} number", "{} numbers", proved.numbers)
    placed = _("{numbers} in its text and formulas").format(numbers=numbers)
    if proved.digits:
        digits = _counted("{} digit", "{} digits", proved.digits)
        placed = _("{numbers} in its text and formulas, {digits} of them certified").format(
            numbers=numbers, digits=digits
        )
    results = _counted("the results of {} cell", "the results of {} cells", proved.cells)
    decided = _counted("{} claim decided", "{} claims decided", proved.claims)
    if exact:
        decided = _counted("{} claim decided exactly", "{} claims decided exactly", proved.claims)
    return [placed] * bool(proved.numbers) + [results] * bool(proved.cells) + [decided] * bool(proved.claims)


def _listed(parts: list[str]) -> str:
    """Join phrases, some of which have commas of their own."""
    if len(parts) < 2:
        return "".join(parts)
    return _("{parts}, and {last}").format(parts=", ".join(parts[:-1]), last=parts[-1])


def _counted(one: str, several: str, n: int) -> str:
    """Count in digits, which are easier to compare than words."""
    return ngettext(one, several, n).format(text(n))


def _numbers(entries: list[Entry], formula: Callable[[str], str]) -> h.Element:
    levels = {entry.level for entry in entries} != {Level.EXACT}
    rows = [_row(entry, formula, _level_of(entry) if levels else "", _exactly(entry)) for entry in entries]
    level = [_("level")] if levels else []
    heads = (_("number"), _("expression"), *level, _("exact value"), _("line of the source"))
    return _table(_("The numbers of this page"), heads, rows)


@lru_cache(maxsize=512)  # most numbers of a page are as they were when one of them has changed
def _row(entry: Entry, formula: Callable[[str], str], level: str, exact: str) -> Markup:
    """Draw the row of a number."""
    return once(
        h.tr(id=f"fp-number-{entry.step}")[
            _said(entry, formula),
            h.td[h.code[entry.source]],
            h.td[level] if level else None,
            h.td[exact or "\N{EM DASH}"],
            h.td[told(entry.line)],
        ]
    )


def _exactly(entry: Entry) -> str:
    """Write the exact value; of one that nobody reads to its end, the beginning, and where the rest is."""
    said = entry.exact.replace("-", "\N{MINUS SIGN}")
    return said if len(said) <= LONGEST else _("{}… (whole in ledger.json)").format(said[: LONGEST // 2])


def _level_of(entry: Entry) -> str:
    """Say at which level a number is, and why, or how many of its digits are significant, where that is known."""
    if entry.reason:
        return f"{_level(entry.level)}: {entry.reason}"
    if entry.digits is None:
        return _level(entry.level)
    return f"{_level(entry.level)}, {_counted('{} digit', '{} digits', entry.digits)}"


def _said(entry: Entry, formula: Callable[[str], str]) -> h.Element:
    """Show what stands on the page: of a formula, the formula; a part that is none by itself stays code.

    A formula heads no row, since checkers do not see a text in it.
    """
    if entry.medium != "latex":
        return h.th(scope="row")[entry.text]
    lines = rf"\begin{{aligned}}{entry.text}\end{{aligned}}"
    mathml = formula(entry.text) or formula(lines)
    if not mathml:
        return h.th(scope="row")[h.code[entry.text]]
    return h.td[h.span(class_=CLASSES)[Markup(mathml)]]  # noqa: S704 - written by us


def _claims(entries: list[Entry]) -> h.Element:
    levels = {entry.level for entry in entries} != {Level.EXACT}
    rows = [
        h.tr[
            h.th(scope="row")[h.code[entry.source]],
            h.td[_level_of(entry)] if levels else None,
            h.td[told(entry.line)],
        ]
        for entry in entries
    ]
    heads = (_("predicate"), *([_("level")] if levels else []), _("line of the source"))
    return _table(_("The claims of this page: each of these is true"), heads, rows)


def _reasons(why: Iterable[tuple[int, str]]) -> h.Element:
    rows = [h.tr[h.th(scope="row")[said], h.td[told(line)]] for line, said in why]
    return _table(_("What is not exact, and why"), (_("reason"), _("line of the source")), rows)


def _table(about: str, heads: tuple[str, ...], rows: Sequence[h.Node]) -> h.Element:
    return h.div(".fp-scroll", tabindex="0", role="group", aria_label=about)[
        h.table(".fp-texts")[
            h.caption[about],
            h.thead[h.tr[(h.th(scope="col")[head] for head in heads)]],
            h.tbody[rows],
        ]
    ]

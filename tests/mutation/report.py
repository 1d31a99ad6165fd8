"""Draw a survey as a page that people can read: what moves what, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path

import htpy as h
from markupsafe import Markup

from fwdpass.commands import write_whole
from tests.mutation.inert import Place
from tests.mutation.mutant import KINDS
from tests.mutation.survey import Survey

MOVED, FAILED, BEYOND, UNREAD = "●", "✕", "○", "·"
_MEANING = {
    "parameter": "A weight or a bias of the lesson, moved.",
    "pixel": "A pixel of the picture, flipped.",
    "shape": "Another hidden width, or another picture.",
    "operation": "An operation, changed in all its homes: the script, the package, and what the pages spell out.",
    "one home": "An operation, changed in one of its homes alone: what says that two ways agree has to notice.",
    "cell literal": "A number in the code that readers of a page see, with one or a little more.",
    "cell operator": "A plus or a minus in that code, exchanged.",
    "quick check": "A wrong option of a quick check, marked as the right one.",
    "data": "A number in a file that a page reads: under each key all of a few, or the first and the last.",
}


def write(survey: Survey, path: Path) -> None:
    """Write the report, and make the folders for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, f"{page(survey)}\n")


def page(survey: Survey) -> h.Element:
    """Build the whole page."""
    style = (files("tests.mutation") / "report.css").read_text("utf-8")
    return h.html(lang="en")[
        h.head[
            h.meta(charset="utf-8"),
            h.meta(name="viewport", content="width=device-width, initial-scale=1"),
            h.title["What moves what: the mutation of the book"],
            h.style[Markup(style)],  # noqa: S704 - our own file
        ],
        h.body[
            h.main[
                h.h1["What moves what"],
                h.p[
                    "One thing of the book is changed at a time, and every page is read again. Each number that depends"
                    " on the change must have its right new value, and no other may move; where that cannot be, the"
                    " build must fail. What never moves may as well have been typed."
                ],
                _figures(survey),
                _faults(survey),
                _contents(survey),
                (_matrix(survey, name) for name in survey.book.programs),
                _claims(survey),
                _mutants(survey),
                _refused(survey),
                _reasons(survey),
                _sample(survey),
            ]
        ],
    ]


def _figures(survey: Survey) -> h.Element:
    n, cost = len(survey.mutants), survey.cost
    rows = [
        (n, "mutants"),
        (len(survey.places), f"places on {len(survey.book.programs)} pages that show or claim something"),
        (survey.numbers, "numbers held against exact arithmetic, over all mutants"),
        (f"{survey.recomputed / max(1, survey.numbers):.0%}", "of these recomputed in lists and fractions, too"),
        (len(survey.faults), "faults"),
        (f"{cost.reading:.3f} s", "of CPU to read the whole book for a mutant"),
        (f"{cost.certifying:.3f} s", "of CPU to read it exactly, to recompute it, and to compare"),
        (f"{cost.wall:.3f} s", f"by the clock for all of that, with {cost.jobs} processes"),
    ]
    if survey.sample:
        cpu = sum(cpu for _, cpu, _ in survey.sample) / len(survey.sample)
        rows += [
            (len(survey.sample), "mutants built by Sphinx, too, and held against their readings"),
            (f"{cpu:.2f} s", "of CPU to build one"),
            (f"{survey.sample_wall / len(survey.sample):.2f} s", f"by the clock, in {cost.jobs} processes"),
        ]
    return h.dl[((h.dt[str(figure)], h.dd[what]) for figure, what in rows)]


def _faults(survey: Survey) -> Iterable[h.Node]:
    yield h.h2(id="faults")["Faults"]
    if survey.faults:
        yield h.ul[(h.li(".bad")[fault] for fault in survey.faults)]
    else:
        yield h.p["None: every mutant is accounted for."]


def _contents(survey: Survey) -> h.Element:
    sections = [(f"page-{name}", f"What moves what: {name}") for name in survey.book.programs]
    sections += [("claims", "Claims, and what makes them false"), ("mutants", "Every mutant")]
    sections += [("stops", "Where builds fail"), ("reasons", "Reasons"), ("builds", "Real builds")]
    return h.nav(aria_label="Contents")[h.ul[(h.li[h.a(href=f"#{place}")[name]] for place, name in sections)]]


def _matrix(survey: Survey, name: str) -> Iterable[h.Node]:
    """One page's matrix: a row a place, a column a mutant that the page can know of."""
    columns = [i for i, mutant in enumerate(survey.mutants) if mutant.page in ("", name)]
    verdicts = {i: next(v for v in survey.accounts[i].verdicts if v.page == name) for i in columns}
    rows = [place for place in survey.places if place.page == name and place.kind != "claim"]
    yield h.h2(id=f"page-{name}")[f"What moves what: {name}"]
    yield h.p(".note")[
        f"{MOVED} the text moved, and is right. {FAILED} the build fails there. {UNREAD} the build had failed above;"
        f" {BEYOND} else it would have moved. Nothing: it does not depend on the change, and did not move."
    ]

    def cell(place: Place, i: int) -> h.Element:
        verdict = verdicts[i]
        if place.step in verdict.refused:
            return h.td(".bad")[FAILED]
        if place.step in verdict.unread:
            return h.td[BEYOND if place.step in verdict.beyond else UNREAD]
        return h.td[MOVED if place.step in verdict.moved else ""]

    yield _box(f"What moves what on the page {name}")[
        h.table(".matrix")[
            h.caption[f"{len(rows)} places, {len(columns)} mutants"],
            h.thead[h.tr[h.th(scope="col")["place"], (_column(survey.mutants[i].name) for i in columns)]],
            h.tbody[
                (
                    h.tr[
                        h.th(scope="row")[h.code[f"{place.line} {place.source}"], f" {_short(place.text)}"],
                        (cell(place, i) for i in columns),
                    ]
                    for place in rows
                )
            ],
        ]
    ]


def _column(name: str) -> h.Element:
    return h.th(scope="col", title=name)[h.span[_short(name)]]


def _claims(survey: Survey) -> Iterable[h.Node]:
    yield h.h2(id="claims")["Claims, and what makes them false"]
    claims = [place for place in survey.places if place.kind == "claim"]
    if not claims:
        yield h.p["No page claims anything."]
        return
    rows = (
        (place.page, str(place.line), h.code[place.source], str(len(place.refusers)), _examples(survey, place))
        for place in claims
    )
    yield _table("Claims", ("page", "line", "predicate", "killed by", "for example"), rows)


def _examples(survey: Survey, place: Place) -> str:
    names = [survey.mutants[i].name for i in sorted(place.refusers)]
    return "; ".join(names[:2]) + ("; …" if len(names) > 2 else "")


def _mutants(survey: Survey) -> Iterable[h.Node]:
    yield h.h2(id="mutants")["Every mutant"]
    for kind in KINDS:
        of_kind = [i for i, mutant in enumerate(survey.mutants) if mutant.kind == kind]
        if of_kind:
            yield h.h3[kind.capitalize()]
            yield h.p(".note")[_MEANING[kind]]
            yield _table(
                f"Mutants: {kind}", ("change", "moves", "below the digits", "ends the build"), _rows(survey, of_kind)
            )


def _rows(survey: Survey, of_kind: Sequence[int]) -> Iterator[tuple[h.Node, ...]]:
    for i in of_kind:
        account = survey.accounts[i]
        deeper = sum(len(verdict.deeper) for verdict in account.verdicts)
        yield survey.mutants[i].name, str(account.moved), str(deeper), str(len(account.stops))


def _refused(survey: Survey) -> Iterable[h.Node]:
    yield h.h2(id="stops")["Where builds fail"]
    yield h.p[
        "A page that is written for these shapes ends the build where they are not there: at an index out of range, at"
        " a word for a number that is none, at an error that no longer comes. A claim ends it where it is false, and"
        " the certificate where a text is not the exact one. The places above a failing cell are held to be right,"
        " those below it are not published."
    ]
    rows = (
        (mutant.name, str(stop.by), f"{stop.page}.md:{stop.line}", _short(stop.message, 160))
        for mutant, account in zip(survey.mutants, survey.accounts, strict=True)
        for stop in account.stops
    )
    yield _table("Where builds fail", ("change", "ended by", "place", "what it says"), rows)


def _reasons(survey: Survey) -> Iterable[h.Node]:
    yield h.h2(id="reasons")["Reasons"]
    known = [*survey.reasons.inert.items(), *survey.reasons.idle.items()]
    if not known:
        yield h.p["There is none: everything moves."]
        return
    yield h.p["These places never move, or these literals move nothing, and are meant not to."]
    yield _table("Reasons", ("page", "what", "why"), ((page, h.code[what], reason) for (page, what), reason in known))


def _sample(survey: Survey) -> Iterable[h.Node]:
    yield h.h2(id="builds")["Real builds"]
    if not survey.sample:
        yield h.p["None was asked for."]
        return
    yield h.p[
        "These mutants were built by Sphinx, too. A build has to say what the reading says, and to fail where it fails."
    ]
    rows = ((mutant.name, f"{cpu:.2f} s", f"{wall:.2f} s") for mutant, cpu, wall in survey.sample)
    yield _table("Real builds", ("change", "CPU", "by the clock"), rows)


def _table(name: str, heads: Sequence[str], rows: Iterable[tuple[h.Node, ...]]) -> h.Element:
    return _box(name)[
        h.table(".list")[
            h.thead[h.tr[(h.th(scope="col")[head] for head in heads)]],
            h.tbody[(h.tr[h.th(scope="row")[row[0]], (h.td[cell] for cell in row[1:])] for row in rows)],
        ]
    ]


def _box(name: str) -> h.Element:
    """A box that scrolls by itself, and by keyboard."""
    return h.div(".box", tabindex="0", role="group", aria_label=name)


def _short(text: str, length: int = 48) -> str:
    folded = " ".join(text.split())
    return folded if len(folded) <= length else f"{folded[: length - 1]}…"

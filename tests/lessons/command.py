"""The command: read a book for many lessons, and say what stops it, the most frequent first."""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from fwdpass.commands import count, ended, path, say
from fwdpass.errors import FwdpassError
from fwdpass.networks.formats.common import library
from fwdpass.page import Lesson, Program, Question
from tests.lessons.build import build
from tests.lessons.excused import excuse, stale
from tests.lessons.law import Outcome, read_all
from tests.lessons.made import KINDS, RANDOM, SEED, Made, every
from tests.lessons.meanings import choices, unexplained
from tests.lessons.negated import uncaught
from tests.lessons.pages import programs

EVERY = 200
"""Readings between two lines about the progress."""
EXAMPLES = 3
"""Lessons that are named behind a line that stopped some."""
LONGEST = 160
"""Letters of a message."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; give its exit status: 0, or 1 where a page stopped."""
    return ended(lambda: _run(_parser().parse_args(argv)))


def _run(asked: argparse.Namespace) -> int:
    library("sphinx", "book")
    lessons = _chosen(every(Lesson.of(), asked.seed, asked.randoms), asked.only, asked.name)
    if asked.build is not None:
        for made in lessons:
            say(f"{made.name}: {build(asked.docs, made, asked.build) / 'index.html'}\n")
        return 0
    book = programs(asked.docs, asked.page)
    say(f"{len(lessons)} lessons, {len(book.programs)} pages; random networks of seed {asked.seed}\n", to_stderr=True)
    outcomes = []
    for outcome in read_all(book, lessons, asked.jobs):
        outcomes.append(outcome)
        if len(outcomes) % EVERY == 0:
            say(f"{len(outcomes)} readings\n", to_stderr=True)
    for page in book.programs:
        for line in told([outcome for outcome in outcomes if outcome.page == page], asked.all):
            say(f"{line}\n")
    for line in summed(outcomes):
        say(f"{line}\n")
    faults = list(unexplained(book.programs))
    if not asked.only and not asked.name:  # what no lesson does, only all of them can show
        faults += [*untold(book.programs, outcomes), *stale(outcomes), *uncaught(book, lessons[0])]
    for fault in faults:
        say(f"{fault}\n")
    return 1 if faults or any(outcome.stops and not excuse(outcome) for outcome in outcomes) else 0


def told(outcomes: Sequence[Outcome], everything: bool = False) -> list[str]:
    """Say of one page how many lessons it was read for, and which lines stopped the others, the most frequent first."""
    page = outcomes[0].page
    read = sum(not outcome.stops for outcome in outcomes)
    lines = [f"{page}: read to its end for {read} of {len(outcomes)}"]
    for reason in dict.fromkeys(filter(None, map(excuse, (outcome for outcome in outcomes if outcome.stops)))):
        excused = [outcome.lesson for outcome in outcomes if outcome.stops and excuse(outcome) == reason]
        lines.append(f"  excused: {'; '.join(excused)}: {reason}")
    places = Counter(place for outcome in outcomes for place in {(stop.line, stop.by) for stop in outcome.stops})
    for (line, by), n in places.most_common():
        stopped = {
            outcome.lesson: stop.message
            for outcome in outcomes
            for stop in outcome.stops
            if (stop.line, stop.by) == (line, by)
        }
        message = " ".join(next(iter(stopped.values())).split())
        lines.append(f"  {page}.md:{line}: {n} by {by}: {message if everything else _short(message)}")
        names = list(stopped) if everything else list(stopped)[:EXAMPLES]
        more = f", and {len(stopped) - len(names)} more" if len(stopped) > len(names) else ""
        lines.append(f"      {'; '.join(names)}{more}")
    return lines


def summed(outcomes: Sequence[Outcome]) -> list[str]:
    """Say for each kind of lesson for how many of them every page was read to its end."""
    stopped = {outcome.lesson for outcome in outcomes if outcome.stops}
    kinds = {outcome.lesson: outcome.kind for outcome in outcomes}
    lines = []
    for kind in KINDS:
        of_kind = [name for name, own in kinds.items() if own == kind]
        if of_kind:
            whole = sum(name not in stopped for name in of_kind)
            lines.append(f"{kind}: all pages read for {whole} of {len(of_kind)} ({whole / len(of_kind):.0%})")
    return lines


def untold(programs: Mapping[str, Program], outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Name the cases that no lesson told, the otherwise and the silence of an optional phrase among them."""
    for page, program in programs.items():
        known = [one for outcome in outcomes if outcome.page == page for one in outcome.told]
        told = {(one.step, one.case) for one in known}
        put = {(one.step, part) for one in known for part in one.parts}
        for index, step in enumerate(program.steps):
            for part, option in enumerate(step.options if isinstance(step, Question) else (), 1):
                if (index, part) not in put:
                    yield f"{page}.md:{option.expression.line}: no lesson puts the option {option.expression.written!r}"
        for index, choice in choices(program):
            places: list[int | None] = [*range(len(choice.cases)), *([None] if choice.optional else [])]
            for place in places:
                if (index, place) not in told:
                    words = "nothing" if place is None else repr(" ".join(choice.cases[place].said.split()))
                    line = choice.line if place is None else choice.cases[place].line
                    yield f"{page}.md:{line}: no lesson tells {words}"


def _short(message: str) -> str:
    return message if len(message) <= LONGEST else f"{message[:LONGEST]}…"


def _chosen(lessons: Sequence[Made], only: Sequence[str], names: Sequence[str]) -> list[Made]:
    """Take the lessons of these kinds, and of these those whose names have a text in them."""
    kinds = {word.removesuffix("s") for word in only}
    if strange := kinds - set(KINDS):
        raise FwdpassError(f"there are no lessons of the kind {min(strange)!r}; the kinds are {', '.join(KINDS)}")
    kept = [made for made in lessons if not kinds or made.kind in kinds]
    kept = [made for made in kept if not names or any(name in made.name for name in names)]
    if not kept:
        raise FwdpassError(f"no lesson has {' or '.join(map(repr, names))} in its name; without --name, all are read")
    return kept


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.lessons",
        description="Read every page of a book for many lessons, as a build does, in floating point and exactly, and "
        "say which lines stopped it.",
    )
    parser.add_argument("docs", type=path, nargs="?", default=Path("docs"), help="the book's folder (docs)")
    parser.add_argument("--page", "-p", action="append", default=[], metavar="NAME", help="a page (all of them)")
    parser.add_argument(
        "--only", "-o", action="append", default=[], metavar="KIND", help=f"lessons of a kind: {', '.join(KINDS)}"
    )
    parser.add_argument("--name", "-n", action="append", default=[], help="lessons whose name has this in it")
    parser.add_argument("--seed", type=int, default=SEED, help=f"of the random networks ({SEED})")
    parser.add_argument(
        "--randoms", type=partial(count, least=0), default=RANDOM, metavar="N", help=f"how many there are ({RANDOM})"
    )
    parser.add_argument("--all", action="store_true", help="name every lesson that a line stopped, not a few")
    parser.add_argument(
        "--build", type=path, metavar="FOLDER", help="build the book for each of these lessons, and read nothing"
    )
    parser.add_argument("--jobs", "-j", type=count, default=os.cpu_count() or 1, help="processes (one a processor)")
    return parser

"""The command: mutate a book, write the report, and say what is wrong."""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from multiprocessing import get_all_start_methods
from pathlib import Path

from fwdpass.commands import check_output, count, ended, path, say
from fwdpass.errors import FwdpassError
from fwdpass.networks.formats.common import library
from tests.mutation.inert import Reasons
from tests.mutation.report import write
from tests.mutation.survey import Say, Survey, exact_reading, mutants_of, sample_of, survey


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; give its exit status: 0, or 1 where something is wrong."""
    return ended(lambda: _run(_parser().parse_args(argv)))


def _run(asked: argparse.Namespace) -> int:
    report = asked.report or asked.docs / "_build" / "mutation" / "index.html"
    if asked.report is not None:
        _check_report(report)
    if asked.reasons is not None and not asked.reasons.is_file():
        raise FwdpassError(f"there is no file {asked.reasons}: without --reasons, DOCS/mutation.toml is read, if any")
    done = run(asked.docs, asked.reasons, asked.sample, asked.jobs, _tell)
    for fault in done.faults:
        say(f"{fault}\n")
    write(done, report)
    say(f"{summary(done)}\nThe report is {report}\n")
    return 1 if done.faults else 0


def _check_report(report: Path) -> None:
    """Refuse a place that no report can be written to, before half a minute of work; its folders can be made."""
    if not report.parent.exists():
        parent = next(folder for folder in report.absolute().parents if folder.exists())
        if not parent.is_dir():
            raise FwdpassError(f"cannot write {str(report)!r}: {str(parent)!r} is no folder")
        return
    check_output(report)
    if report.is_file() and report.stat().st_size and not report.read_bytes().startswith(b"<!doctype html>"):
        raise FwdpassError(f"{report} is there, and no report: it is left as it is")


def run(docs: Path, reasons: Path | None, sample: int, jobs: int, say: Say) -> Survey:
    """Build a book, read all its mutants, and build a sample of them."""
    if not (docs / "conf.py").is_file():
        raise FwdpassError(f"{docs} is no book: there is no conf.py in it; name the folder that Sphinx builds")
    if "fork" not in get_all_start_methods():
        raise FwdpassError(
            "mutants are read and built in forks of a process, and this system has none: use Linux, or CI"
        )
    library("sphinx", "book")
    from tests.mutation.builds import Site, agree

    known = Reasons.of(reasons or docs / "mutation.toml")
    docs = docs.resolve()
    with tempfile.TemporaryDirectory() as folder:
        say("building the book as it is")
        site = Site(docs, Path(folder))
        try:
            book = site.start()
            mutants = mutants_of(book)
            done = survey(book, mutants, known, jobs, say)
            chosen = sample_of(mutants, sample)
            start = time.perf_counter()
            found = {}
            for index, built in site.built(book, [mutants[i] for i in chosen], jobs):
                found[chosen[index]] = built
                say(f"{len(found)} of {len(chosen)} mutants built")
            done.sample_wall = time.perf_counter() - start
            for index, built in found.items():
                mutant, account = mutants[index], done.accounts[index]
                done.sample.append((mutant, built.cpu, built.wall))
                done.faults += agree(mutant, account, built, exact_reading(book, mutant))
        finally:
            site.close()
    return done


def summary(done: Survey) -> str:
    """Say in a few sentences what was done, and what it took."""
    n, cost = len(done.mutants), done.cost
    share = done.recomputed / max(1, done.numbers)
    said = [
        f"{n} mutants of {len(done.book.programs)} pages, {len(done.places)} places; {len(done.faults)} faults.",
        f"{done.numbers} numbers held against exact arithmetic; {share:.1%} of them recomputed without NumPy.",
        f"For a mutant, reading the book took {cost.reading:.3f} s of CPU, and certifying it {cost.certifying:.3f} s.",
        f"By the clock, with {cost.jobs} processes, both together took {cost.wall:.3f} s.",
    ]
    if done.sample:
        cpu = sum(cpu for _, cpu, _ in done.sample) / len(done.sample)
        said.append(
            f"{len(done.sample)} were built, too: {cpu:.2f} s of CPU a mutant, "
            f"{done.sample_wall / len(done.sample):.2f} s by the clock."
        )
    return "\n".join(said)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutation",
        description="Change one thing of a book at a time (a number, a shape, an operation, a literal on a page), read "
        "every page again, and hold each number against exact arithmetic and against a recomputation without NumPy. "
        "What nothing moves, and a claim that nothing makes false, is a fault, unless the file of reasons explains it.",
    )
    parser.add_argument("docs", type=path, nargs="?", default=Path("docs"), help="the book's folder (docs)")
    parser.add_argument("--report", type=path, help="where to write it (DOCS/_build/mutation/index.html)")
    parser.add_argument("--reasons", type=path, help="why some places are inert (DOCS/mutation.toml)")
    parser.add_argument(
        "--sample", type=partial(count, least=0), default=12, metavar="N", help="mutants to build with Sphinx, too (12)"
    )
    parser.add_argument("--jobs", "-j", type=count, default=os.cpu_count() or 1, help="processes (one a processor)")
    return parser


def _tell(said: str) -> None:
    say(f"{said}\n", to_stderr=True)

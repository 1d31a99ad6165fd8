"""The command ``fwdpass``: make, serve or check a book, audit a site, explain a network, or trace a script."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

from fwdpass.commands import ended, path, say
from fwdpass.errors import FwdpassError

_ELSEWHERE = {
    "explain": (
        "fwdpass.networks.explain.command",
        "write a page about a network, out of the file that a library saved it in",
    ),
    "new": ("fwdpass.new", "make a book of one page, whose numbers are computed while it is built"),
    "serve": ("fwdpass.serve.command", "show a book while it is written: what changes is in the open page at once"),
    "check": ("fwdpass.audit.book", "find numbers in the prose of any book that contradict what its cells show"),
    "trace": ("fwdpass.trace.command", "run a script, and write down the value of every expression in it"),
}
"""Commands with a module of their own, which is imported for whoever asks for it."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; give its exit status: 0, or 1 where something is wrong."""
    given = sys.argv[1:] if argv is None else list(argv)
    return ended(lambda: _run(given))


def _run(given: Sequence[str]) -> int:
    if not given:
        _parser().print_help(sys.stderr)
        return 2
    if given[0] in _ELSEWHERE:
        run: Callable[[Sequence[str]], int] = import_module(_ELSEWHERE[given[0]][0]).main
        return run(given[1:])
    asked = _parser().parse_args(given)
    status: int = asked.run(asked)
    return status


def _audit(asked: argparse.Namespace) -> int:
    """Hold a site against its ledger, and say what was typed."""
    from fwdpass.audit import audit_site
    from fwdpass.numerals.letters import capital, counted
    from fwdpass.page.lines import CELL, place, told

    report = audit_site(asked.site, asked.sources)
    for fault in report.faults:
        file = fault.source or fault.page
        say(f"{place(file, fault.line) if fault.line else file}: {fault}\n")
    for page, number, reason, line in report.typed if asked.exceptions else ():
        say(f"{page}, {told(line) if line > CELL else f'line {line}'}: {number} — {reason}\n")
    say(
        f"{capital(counted(len(report.faults), 'typed number'))} on {counted(report.pages, 'page')}; "
        f"{report.executed} executed, {counted(len(report.typed), 'typed number')} with a reason\n"
    )
    return 1 if report.faults else 0


class _Version(argparse.Action):
    """Says the version, which is looked up for whoever asks for it."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        try:
            say(f"fwdpass {version('fwdpass')}\n")
        except PackageNotFoundError:
            raise FwdpassError("fwdpass runs from its sources and is not installed, so it has no version") from None
        parser.exit()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fwdpass",
        description="Make, serve or check a book, audit a site, explain a network, or trace a script.",
        epilog="Each command explains itself: fwdpass COMMAND --help.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="say which version this is")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    audit = commands.add_parser(
        "audit",
        help="find every number on a built site that nothing computed",
        description="Hold the HTML of a Sphinx project that uses fwdpass.sphinxext against what its build executed. "
        "Exit status 1 means that a number was typed.",
    )
    audit.add_argument("site", type=path, metavar="SITE", help="the folder of the built HTML, with its ledger.json")
    audit.add_argument("--sources", type=path, metavar="DIR", help="the folder of the pages' sources: faults get lines")
    audit.add_argument("--exceptions", action="store_true", help="list the numbers that were typed for a reason, too")
    audit.set_defaults(run=_audit)
    for name, (_, about) in _ELSEWHERE.items():
        commands.add_parser(name, help=about)
    return parser


if __name__ == "__main__":
    sys.exit(main())

"""What the build found, at its end: how each page was held, its level, and what was typed on pages that nobody held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util import logging

from fwdpass.audit import Fault
from fwdpass.numerals.letters import capital, counted
from fwdpass.numerals.writing import text
from fwdpass.page import Level
from fwdpass.sphinxext import records
from fwdpass.sphinxext.check import Check

FILE = "reports/fwdpass.txt"
"""Where the report of pages that nobody held is, below the folder that is built, beside MyST-NB's own."""
_LOGGER = logging.getLogger(__name__)


def write(app: Sphinx, faults: Iterable[Fault]) -> None:
    """Say in a line or two what was found, and list the numbers that were typed on pages that nobody asked about."""
    kept = {name: one for name, one in records.records(app.env).items() if name in app.env.found_docs}
    lines: list[str] = []
    read = [one for one in kept.values() if one.held.check.reads and one.ledger is not None and one.ledger.entries]
    if read:
        levels = Counter(one.ledger.level for one in read if one.ledger is not None)
        said = ", ".join(f"{text(levels[level])} {level}" for level in sorted(Level, reverse=True) if levels[level])
        lines.append(f"fwdpass: {capital(counted(len(read), 'page'))} read, of which {said}")
    typed = list(faults)
    unasked = [name for name, one in kept.items() if one.held.check is Check.UNASKED]
    path = Path(app.outdir) / FILE
    path.unlink(missing_ok=True)
    if typed:
        pages = len({fault.page for fault in typed})
        lines.append(
            f"fwdpass: {counted(len(typed), 'number')} typed on {counted(pages, 'page')} of "
            f'{text(len(unasked))} that use nothing of fwdpass, listed in {FILE}; fwdpass_check = "warn" reports them'
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{_where(fault)}: {fault}\n" for fault in typed), "utf-8", newline="\n")
    for line in lines:
        _LOGGER.info(line)


def _where(fault: Fault) -> str:
    return f"{fault.source}:{text(fault.line)}" if fault.line else fault.source or fault.page

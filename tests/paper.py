"""What LaTeX has said of a book on paper: what runs over its margins, what has no glyph, what leads nowhere.

``python -m tests.paper FILE.log`` prints what is wrong, and fails where anything is.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

MOST = 10.0
"""Points by which a line or a page may be too long: less is seen by nobody who has no ruler."""

_OVERFULL = re.compile(r"Overfull \\[hv]box \((?P<points>[0-9.]+)pt too (?:wide|high)\).*")
_WRONG = re.compile(
    r"Missing character:.*|LaTeX Warning: (?:Command .* invalid in|Reference|Hyper reference|Citation).*"
)


def faults(log: str) -> list[str]:
    r"""Give the lines of a log of LaTeX that tell of something that a reader would see, each once.

    Examples
    --------
    >>> faults("Overfull \\hbox (9.9pt too wide) in a paragraph\nOverfull \\vbox (55.5pt too high) detected")
    ['Overfull \\vbox (55.5pt too high) detected']
    """
    found = [match[0] for match in _OVERFULL.finditer(log) if float(match["points"]) > MOST]
    return list(dict.fromkeys([*found, *(match[0] for match in _WRONG.finditer(log))]))


if __name__ == "__main__":
    sys.exit("\n".join(faults(Path(sys.argv[1]).read_text("utf-8", "replace"))) or 0)

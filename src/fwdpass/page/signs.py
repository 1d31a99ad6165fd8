"""The signs of LaTeX and of English that :mod:`fwdpass.page.named` knows: a table of patterns, each with an example.

A test tries each pattern on its example, which it takes as a whole, and on the other one, which it leaves.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Example(NamedTuple):
    """What a pattern takes, what has to follow for that, and what it leaves."""

    takes: str
    leaves: str
    ahead: str


EXAMPLES: dict[re.Pattern[str], Example] = {}
"""The table: pattern → its examples."""


def _sign(pattern: str, takes: str, leaves: str, flags: int = 0, ahead: str = "") -> re.Pattern[str]:
    """Compile a pattern, and put it into the table."""
    found = re.compile(pattern, flags)
    EXAMPLES[found] = Example(takes, leaves, ahead)
    return found


_END = r"(?![A-Za-z])"
"""Where the name of a command ends."""

# Within a side of an equation -----------------------------------------------------------------------------------------

SPACE = _sign(rf"(?:\s|&|~|\\[,;:!> ]|\\q?quad\b|\\(?:left|right){_END})*", r"\, &\quad\left", r"\lefteqn")
NUMBER = _sign(r"\d+(?:\.\d+)?", "0.25", ".5")
LETTERS = _sign(r"[A-Za-z]+", "xW", "\\")
LETTER_OR_DIGIT = _sign(r"[A-Za-z\d]", "2", "_")
FONT = _sign(
    r"\\(?:math(?:bf|rm|it|sf|tt|bb|cal|scr)|boldsymbol|bm|text(?:bf|it|tt)?|operatorname|vec)" + _END,
    r"\mathbf", r"\mathbfit",
)  # fmt: skip
ACCENT = _sign(rf"\\(?:wide)?(hat|bar|tilde|overline){_END}", r"\widehat", r"\hata")
GREEK = _sign(
    r"\\(alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|phi"
    r"|varphi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Phi|Psi|Omega|ell)" + _END,
    r"\eta", r"\etab",
)  # fmt: skip
LAYER = _sign(r"\^\s*\{?\s*[(\[]\s*(\d+)\s*[)\]]\s*\}?", "^{(1)}", "^{1}")
"""The layer that a name belongs to."""
POWER = _sign(
    r"\^\s*(?:\{\s*)?(2|3|T|\\top|\\mathsf\s*\{?T\}?)(?![A-Za-z\d])(?:\s*\})?", r"^{\top}", "^{-1}"
)  # fmt: skip
TIMES = _sign(rf"\\cdot{_END}|\\times{_END}|\*", r"\cdot", r"\cdots")
FRACTION = _sign(rf"\\[dtc]?frac{_END}", r"\tfrac", r"\fraction")
INDEX_AHEAD = _sign(r"\s*(?=[_\[^])", " ", "x", ahead="[")
"""Space before an index, or a layer."""
UNDER = _sign("_", "_", "^")
PLAIN_INDEX = _sign(r"[A-Za-z\d]+", "eff", ",")
TWO_INDICES = _sign(r"\d\s*,.*", "0, j", "j, 0")
UNREADABLE_INDEX = _sign(r"[\\^{}]", "^", "+")
NAME = _sign(r"[\w.]+(?:\[[^\[\]]*\])*", "W1.T[0]", "(x)")
"""What Python needs no brackets around."""
UNIT = _sign(r"\\[,;:~ ]\s*\\(?:mathrm|text|mathsf)\{[^{}]*\}\s*$", r"\,\mathrm{kg}", r"\mathrm{kg}")
NO_SIDE = _sign(r"\\(?:label|tag)\{[^{}]*\}|\\nonumber|\\\\(?:\[[^\]]*\])?", r"\label{one}", r"\ref{one}")

# Between the sides, and between equations -----------------------------------------------------------------------------

RELATION = _sign(rf":?=|\\(?:approx|simeq|coloneqq|doteq){_END}", ":=", r"\equiv")
BORDER = _sign(
    r"\\\\(?:\[[^\]]*\])?(?!\s*&?\s*(?:=|\\approx))|\\q?quad\b|\\(?:begin|end)\{[^{}]*\}(?:\{[^{}]*\})?|,|;|[<>]"
    rf"|\\(?:leq?|geq?|ll|gg|neq?|iff|implies|to|mapsto|leftarrow|Rightarrow){_END}"
    r"|(?<![_^{])\\text\{[^{}]*\}(?!\s*&?\s*(?:=|\\approx|_|\\geq?(?![A-Za-z])|\\leq?(?![A-Za-z])))",
    r"\begin{array}{cc}", r"\\ &= 2",
)  # fmt: skip
"""What ends one equation, and begins the next: a new line, but for one that goes on with a relation."""
BRACE = _sign(r"\\(?:under|over)brace\s*(?=\{)", r"\underbrace", r"\underline", ahead="{")
BELOW_BRACE = _sign(r"\s*[_^]\s*(?=\{)", " _", "x", ahead="{")

# In words -------------------------------------------------------------------------------------------------------------

RANKS = _sign(r"(?:[oO]rdinal|[pP]lace|[cC]ount)\b", "ordinal", "fraction")
"""Formats of a number that is no value of what stands beside it."""
PLAIN = _sign(r"(?P<name>[A-Za-z_]\w*(?:\[[^\[\]]*\])+)\s*$", "W1[0, 1] ", "W1 ")
"""An entry at the end of some plain words."""
IS = _sign(
    r"(?:,? ?which)? ?\(?(?:is|was|are|were|=|≈|:|→|equals|(?:has|had|with) the value(?: of)?)"
    r"(?: (?:now|still|then|also|always|just|only|exactly|about|roughly|worth|equal to))?",
    ", which is now", "becomes",
)  # fmt: skip
"""What stands between a name and its value."""
CLAUSE = _sign(r"[.,;:()]\s", ". ", ".x")
OF = _sign(
    r"\b(?:of|from|to|in|into|at|for|with|by|than|and|or|minus|plus|times|over|under|after|before|behind|above|below|on"
    r"|per|through|between|against|without|beside)(?:\s+[\w-]+){0,3}\s*$",
    "of the first ", "The weight ",
    re.IGNORECASE,
)  # fmt: skip
"""Ends what is said of a name, and makes it the subject of no sentence: the square of ``h[0]`` is something else."""

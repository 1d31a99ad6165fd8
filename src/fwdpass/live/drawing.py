"""What is no text on a page, drawn where there is neither Sphinx nor math-core: as a build draws it, to the letter."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from fwdpass.page.foot import foot
from fwdpass.page.formula import boxed, marked, prepared
from fwdpass.page.mathml import UnreadError, converted
from fwdpass.page.record import Drawing


@lru_cache(maxsize=1024)
def mathml(tex: str, display: bool) -> str:
    """Give the MathML of a formula; raises :class:`~fwdpass.page.mathml.UnreadError` for what is beyond us."""
    return marked(converted(prepared(tex, display=display), display=display))


def _mathml_if_any(tex: str) -> str:
    try:
        return mathml(tex, display=False)
    except UnreadError:
        return ""


def _formula(tex: str, display: bool, classes: str) -> str:
    return boxed(mathml(tex, display), display, classes)


_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})  # html has that, and loads a table of all entities
_CALLEE = re.compile(r"(.*)( in )(.*)(\(.*\))")
_NAMED = re.compile(r"([^\d\W]\w*)(:.*)")


def _code(said: str, language: str) -> str:
    """Draw what a cell shows as text; an error is coloured by the rules that colour it in a build."""
    lines = said.strip("\n").translate(_ESCAPED).split("\n")  # as Pygments writes it
    if language == "ipythontb":
        lines = list(map(_coloured, lines))
    said = "\n".join(lines)
    return f'<div class="highlight"><pre><span></span>{said}\n</pre></div>\n'


def _coloured(line: str) -> str:
    """Colour a line of an error: a callee, for which it takes what stands between ``in`` and brackets, or a name."""
    if found := _CALLEE.fullmatch(line):
        called = f'<span class="ni">{found[3]}</span>' if found[3] else ""
        return f'<span class="nn">{found[1]}</span>{found[2]}{called}<span class="nt">{found[4]}</span>'
    if found := _NAMED.fullmatch(line):
        return f'<span class="ne">{found[1]}</span>{found[2]}'
    return line


def _script(source: str) -> str:
    """Draw a script with the numbers of its lines."""
    return f'<div class="fp-script highlight-python notranslate">{_highlighted(source, "inline")}</div>\n'


def _listing(source: str) -> str:
    """Draw the code of a cell."""
    return f'<div class="highlight-python notranslate">{_highlighted(source, "")}</div>\n'


def _highlighted(source: str, numbered: str) -> str:
    from pygments import highlight
    from pygments.formatters.html import HtmlFormatter
    from pygments.lexers.python import PythonLexer

    return str(highlight(source, PythonLexer(stripnl=False), HtmlFormatter(linenos=numbered)))


PLAIN = re.compile(r'<span class="(?:n|p|w)">([^<]*)</span>')
"""Names, brackets and blanks in code: most of the elements of a page, in the colour of what is around them."""


def plain(drawn: str) -> str:
    """Leave out of code the elements that no style tells from what is around them, as pages of the light theme do."""
    return PLAIN.sub(r"\1", drawn)


DRAWING = Drawing(_formula, _code, _script, _listing, lambda ledger, why: foot(ledger, why, _mathml_if_any))
LIGHT = replace(DRAWING, script=lambda source: plain(_script(source)), listing=lambda source: plain(_listing(source)))
"""Draws as pages of the light theme are."""

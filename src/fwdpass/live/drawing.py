"""What is no text on a page, drawn where there is neither Sphinx nor math-core: as a build draws it, to the letter."""

from __future__ import annotations

from functools import lru_cache
from html import escape

from fwdpass.page.foot import foot
from fwdpass.page.formula import boxed, marked, prepared
from fwdpass.page.mathml import UnreadError, converted
from fwdpass.page.record import Drawing


@lru_cache(maxsize=4096)
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


def _code(said: str, language: str) -> str:
    """Draw what a cell shows as text; what it raises is coloured, by what colours it in a build."""
    if language != "ipythontb":
        drawn = escape(said.strip("\n"), quote=False)  # as Pygments writes it
        return f'<div class="highlight"><pre><span></span>{drawn}\n</pre></div>\n'
    from ipython_pygments_lexers import IPythonTracebackLexer
    from pygments import highlight
    from pygments.formatters.html import HtmlFormatter

    return str(highlight(said.rstrip("\n"), IPythonTracebackLexer(), HtmlFormatter()))


def _script(source: str) -> str:
    """Draw a script with the numbers of its lines."""
    from pygments import highlight
    from pygments.formatters.html import HtmlFormatter
    from pygments.lexers.python import PythonLexer

    drawn = highlight(source, PythonLexer(stripnl=False), HtmlFormatter(linenos="inline"))
    return f'<div class="fp-script highlight-python notranslate">{drawn}</div>\n'


DRAWING = Drawing(_formula, _code, _script, lambda ledger, why: foot(ledger, why, _mathml_if_any))

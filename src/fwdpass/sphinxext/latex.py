"""Tell LaTeX what numbers and figures are written with, so that a PDF leaves none of them out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from fwdpass.figures import layout

_RAISED = dict(enumerate("\N{SUPERSCRIPT ZERO}¹²³\N{SUPERSCRIPT FOUR}⁵⁶⁷⁸⁹"))
CHARACTERS = {
    "\N{MINUS SIGN}": "-",
    "\N{SUPERSCRIPT MINUS}": "^{-}",
    **{char: f"^{{{digit}}}" for digit, char in _RAISED.items()},
    "\N{ALMOST EQUAL TO}": r"\approx",
    "\N{NOT EQUAL TO}": r"\ne",
    "\N{LESS-THAN OR EQUAL TO}": r"\le",
    "\N{GREATER-THAN OR EQUAL TO}": r"\ge",
    "\N{INFINITY}": r"\infty",
    "\N{RIGHTWARDS ARROW}": r"\to",
    "\N{BLACK CIRCLE}": r"\bullet",
    "\N{WHITE CIRCLE}": r"\circ",
    "\N{CIRCLE WITH LEFT HALF BLACK}": r"\odot",
    "\N{BLACK SQUARE}": r"\blacksquare",
    "\N{WHITE SQUARE}": r"\square",
    "\N{DOT OPERATOR}": r"\cdot",
    "\N{GREEK CAPITAL LETTER OMEGA}": r"\Omega",
    "\N{GREEK SMALL LETTER PI}": r"\pi",
    "\N{SQUARE ROOT}": r"\surd",
}
"""What pdflatex does not know by itself, or only outside of mathematics, and what it is in a formula."""

WORDS = {
    "\N{EN DASH}": "textendash",
    "\N{EM DASH}": "textemdash",
    "\N{HORIZONTAL ELLIPSIS}": "textellipsis",
    "\N{DEGREE SIGN}": "textdegree",
    "\N{PER MILLE SIGN}": "textperthousand",
    "\N{NO-BREAK SPACE}": "nobreakspace",
    "\N{NARROW NO-BREAK SPACE}": "thinspace",
}
"""What pdflatex knows in words, and does not allow in a formula."""

COLUMNS = 40
"""Columns that a matrix may have; LaTeX has room for ten, and each further one costs time in every matrix."""
LINES = 24
"""Lines of what a cell shows that stay on one page."""

FIT = r"""
\newsavebox\fwdpassbox
\newcommand\fwdpassfit[2][0pt]{\begingroup
\sbox\fwdpassbox{$\displaystyle #2$}%
\ifdim\wd\fwdpassbox>\dimexpr\linewidth-#1\relax
\sbox\fwdpassbox{\resizebox{\dimexpr\linewidth-#1\relax}{!}{\usebox\fwdpassbox}}\fi
\ifdim\dimexpr\ht\fwdpassbox+\dp\fwdpassbox\relax>.85\textheight
\sbox\fwdpassbox{\resizebox*{!}{.85\textheight}{\usebox\fwdpassbox}}\fi
\usebox\fwdpassbox\endgroup}
"""
"""A formula as it is or, where it is wider than a line or higher than a page, as small as it has to be.

What stands in square brackets is left free beside it.
"""
NUMBER = "5em"
"""The room that the number of an equation takes."""


def know_characters(_: Sphinx, config: Config) -> None:
    """Put their meanings before what the author's preamble says; other engines have fonts, and need none."""
    known = [
        rf"\DeclareUnicodeCharacter{{{ord(char):04X}}}{{\ensuremath{{{said}}}}}" for char, said in CHARACTERS.items()
    ]
    known += [
        rf"\DeclareUnicodeCharacter{{{ord(char):04X}}}{{\ifmmode\text{{\{said}}}\else\{said}\fi}}"
        for char, said in WORDS.items()
    ]
    columns = rf"\setcounter{{MaxMatrixCols}}{{{COLUMNS}}}"
    characters = "\n".join(["\\ifdefined\\DeclareUnicodeCharacter", *known, "\\fi"])
    ours = f"\\usepackage{{amssymb}}\n{columns}\n{characters}{FIT}"
    config.latex_elements = {**config.latex_elements, "preamble": ours + config.latex_elements.get("preamble", "")}


def describe_pictures(app: Sphinx, doctree: nodes.document, _: str) -> None:
    """Put its alternative text in the place of a picture in SVG that nothing has converted: LaTeX cannot draw it."""
    if app.builder.name != "latex":
        return
    for image in list(doctree.findall(nodes.image)):
        if image["uri"].endswith(".svg"):
            said = nodes.emphasis("", image.get("alt", ""))
            image.replace_self(said if isinstance(image.parent, nodes.TextElement) else nodes.paragraph("", "", said))


def fit_formulas(app: Sphinx, doctree: nodes.document, _: str) -> None:
    """Keep what was executed within the margins: smaller where it is too wide, over pages where it is long."""
    if app.builder.name != "latex":
        return
    for formula in [*doctree.findall(nodes.math), *doctree.findall(nodes.math_block)]:
        tex = formula.astext().strip()
        room = _room(tex)
        if "text_latex" in formula.get("classes", ()):
            shown = fitted(tex, breaks=_is_alone(formula))
            formula.replace_self(nodes.raw("", room + shown, format="latex"))
        elif "marks" in formula:
            if isinstance(formula, nodes.math_block) and not formula.get("no-wrap", formula.get("nowrap")):
                tex = rf"\fwdpassfit{f'[{NUMBER}]' if formula.get('label') else ''}{{{_whole(tex)}}}"
            formula[:] = [nodes.Text(room + tex)]


def _room(tex: str) -> str:
    """Give LaTeX room for the columns of the widest matrix, if it needs more than it has."""
    columns = max(line.count("&") + 1 for line in re.split(r"\\\\|\\begin|\\end", tex))
    return rf"\setcounter{{MaxMatrixCols}}{{{columns}}}" if columns > COLUMNS else ""


def _is_alone(node: nodes.Node) -> bool:
    """Say whether a node stands in no box, list or table, in which LaTeX could not end a page within an array."""
    above = node.parent
    while above is not None:
        if isinstance(above, nodes.Body) and not isinstance(above, nodes.container | nodes.compound):
            return False
        above = above.parent
    return True


def fitted(tex: str, *, breaks: bool = True) -> str:
    r"""Give LaTeX for a paragraph that shows a formula, or what else a library gives as LaTeX.

    Parameters
    ----------
    tex : str
        What an object's ``_repr_latex_`` returned, without dollars around it.
    breaks : bool
        Whether a page may end in it.

    Returns
    -------
    str
        LaTeX outside of formulas.

    Examples
    --------
    >>> print(fitted("x = 1"))
    \begin{center}\fwdpassfit{x = 1}\end{center}
    >>> print(fitted(r"\begin{align} x &= 1 \end{align}"))
    \begin{align} x &= 1 \end{align}
    """
    tex = tex.replace(f"{_RULE} ", f"{_RULE}{_STRUT} ")
    marks = [mark[0] for mark in _outside(tex)]
    if "$" in marks:  # words, with formulas in them
        return tex
    outer = _ENVIRONMENT.fullmatch(tex) if len(marks) == 1 else None
    if outer is None:
        return _centred(_whole(tex))
    kind, columns, body = outer.groups(default="")
    if kind.rstrip("*") in _PARAGRAPHS:
        return tex
    rows = _rows(body)
    if not breaks or kind not in ("aligned", "array") or sum(map(_lines, rows)) <= LINES:
        return _centred(tex)
    if kind == "array" and all(_lines(row) == 1 for row in rows) and layout.wide(tex) <= layout.LINE:
        return _table(columns, rows)
    return "\n".join(
        _centred(rf"\begin{{{kind}}}{columns}{layout.ROW.join(some)}\end{{{kind}}}") for some in _pages(rows)
    )


_TOKEN = re.compile(r"\\(?:begin|end)\{\w+\*?\}|\\.|[{}&$]", re.DOTALL)
_ENVIRONMENT = re.compile(r"\\begin\{(\w+\*?)\}(\{[lcr]+\})?(.*)\\end\{\1\}", re.DOTALL)
_RULE, _STRUT = r"\hline", r"\rule{0pt}{2.6ex}"
_PARAGRAPHS = frozenset(
    "align alignat center description displaymath enumerate eqnarray equation figure flalign gather itemize longtable "
    "math minipage multline quote table tabularx tabulary tikzpicture verbatim".split()
)
"""Environments that are paragraphs; all others stand in a formula."""


def _outside(tex: str) -> Iterator[re.Match[str]]:
    """Find the signs that LaTeX acts on and that stand in no braces and no environment."""
    depth = 0
    for token in _TOKEN.finditer(tex):
        opens, closes = token[0].startswith((r"\begin", "{")), token[0].startswith((r"\end", "}"))
        depth -= closes
        if not depth and not closes:
            yield token
        depth += opens


def _whole(tex: str) -> str:
    """Write lines and columns that stand in no environment as one, which a box can hold."""
    loose = {"&", r"\\"}.intersection(mark[0] for mark in _outside(tex))
    return rf"\begin{{aligned}}{tex}\end{{aligned}}" if loose else tex


def _rows(body: str) -> list[str]:
    """Split the rows of an environment."""
    ends = [mark for mark in _outside(body) if mark[0] == r"\\"]
    starts, stops = [0, *(mark.end() for mark in ends)], [*(mark.start() for mark in ends), len(body)]
    return [body[start:stop].strip() for start, stop in zip(starts, stops, strict=True)]


def _lines(row: str) -> int:
    """Say about how many lines high a row is: as many as the highest matrix in it."""
    return max((inner.count(r"\\") + 1 for inner in re.findall(r"\\begin.*?\\end", row, re.DOTALL)), default=1)


def _pages(rows: list[str]) -> Iterator[list[str]]:
    """Put as many rows together as stay on a page."""
    some: list[str] = []
    for row in rows:
        if some and sum(map(_lines, some)) + _lines(row) > LINES:
            yield some
            some = []
        some.append(row)
    yield some


def _centred(tex: str) -> str:
    return rf"\begin{{center}}\fwdpassfit{{{tex}}}\end{{center}}"


def _table(columns: str, rows: list[str]) -> str:
    """Write an array as a table that goes on over pages, each with what stands above the rule."""
    written = "".join(f">{{$}}{side}<{{$}}" for side in columns.strip("{}"))
    head, *others = rows
    if others and others[0].lstrip().startswith(_RULE):
        head += rf"\\ {_RULE} \endhead {others.pop(0).lstrip().removeprefix(_RULE)}"
    rows = [head, *others]
    return rf"\begin{{longtable}}{{{written}}}{layout.ROW.join(rows)}\end{{longtable}}"

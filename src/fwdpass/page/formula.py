"""Formulas in HTML, whoever converts them to MathML: their boxes, how wide they are, and what is marked in them."""

import re
from xml.etree import ElementTree as ET

CLASSES = "math notranslate nohighlight"
"""The classes of every formula, as Sphinx has them."""
NARROW = 12.0
"""A formula of fewer ems than this fits on any phone, so that the keyboard need not stop there in order to scroll."""

# A minus sign is a number's own at the start of a row or an entry; elsewhere math-core sets it without space.
_NEGATIVE = re.compile(
    r"((?:<math[^>]*>|(?<!<mn>10</mn>)<mrow>|<mtd[^>]*>)(?=<mo[^>]*>−)|</mo>(?=<mo lspace=\"0\" rspace=\"0\">−))"
    r"(<mo[^>]*>−</mo><mn>[\d.,]+</mn>)"
)
_COMMA = re.compile(r"\d+(?:\.\d+)*(?:\{,\}\d+)+(?:\.\d+)?")
"""A number with a comma in it, as ``0{,}5``; without braces, a comma stands between two numbers."""
_WHOLE = re.compile(r"<mtext>(\d[\d.]*,[\d.,]*)</mtext>")
_CHEMISTRY = re.compile(r"\\ce\{((?:[^{}]|\{[^{}]*\})*)\}")
_OF_CHEMISTRY = (
    (re.compile(r"<=>|<-->"), r" \\rightleftharpoons "),
    (re.compile(r"<->"), r" \\leftrightarrow "),
    (re.compile(r"->"), r" \\rightarrow "),
    (re.compile(r"\^\{?(\d*[+-])\}?"), r"^{\1}"),
    (re.compile(r"(?<=[A-Za-z)\]])(\d+)"), r"_{\1}"),
    (re.compile(r"(?<=[A-Za-z)\]}])(?<!\{)([+-])(?=\s|$)"), r"^{\1}"),
)
"""How what mhchem writes is written without it: arrows, charges, and how many atoms of an element there are."""
_ZERO = re.compile(r"<mtd([^>]*)>(<mn>[0.,]+</mn>)</mtd>")


def prepared(tex: str, *, display: bool) -> str:
    """Write a formula as a converter reads it: numbered by nobody, and its lines under one another."""
    tex = tex.strip().removeprefix(r"\displaystyle").strip()  # IPython's Math writes it; the mode says it already
    # Sphinx numbers equations, and math-core would number each formula from one again.
    tex = re.sub(r"\\(begin|end)\{(equation|align|gather|multline|flalign|alignat)\}", r"\\\1{\2*}", tex)
    tex = re.sub(r"\\(begin|end)\{split\}", r"\\\1{aligned}", tex)  # of which math-core knows the latter alone
    # A converter makes three signs of a number with a comma; as a text it stays whole, until it is marked as a number.
    tex = _COMMA.sub(lambda match: rf"\text{{{match[0].replace('{,}', ',')}}}", tex)
    tex = _CHEMISTRY.sub(lambda match: rf"\mathrm{{{_without_chemistry(match[1])}}}", tex)
    if display and r"\\" in tex and r"\begin" not in tex:
        return rf"\begin{{aligned}}{tex}\end{{aligned}}"  # as Sphinx does for LaTeX and MathJax
    return tex


def _without_chemistry(said: str) -> str:
    r"""Write a chemical formula in plain LaTeX.

    >>> _without_chemistry("SO4^2- + H2O"), _without_chemistry("Na+ -> Na")
    ('SO_{4}^{2-} + H_{2}O', 'Na^{+}  \\rightarrow  Na')
    """
    for pattern, by in _OF_CHEMISTRY:
        said = pattern.sub(by, said)
    return said


def marked(mathml: str) -> str:
    """Join numbers with a comma in them; mark negative ones, and a matrix's zeros, with the classes of figures.

    The power of ten of a small number is no negative number.
    """
    mathml = _WHOLE.sub(r"<mn>\1</mn>", mathml).replace(
        ' scriptlevel="0"', ""
    )  # of mtable: HTML's checkers know it on mstyle only
    return _ZERO.sub(r'<mtd\1 class="fp-zero">\2</mtd>', _NEGATIVE.sub(r'\1<mrow class="fp-neg">\2</mrow>', mathml))


def boxed(mathml: str, display: bool, classes: str = "") -> str:
    """Give the box that a formula scrolls in, if it is a wide one; in a line, it has the classes of the formula."""
    wide, attributes = _scrolls(mathml)
    if display:
        return f'<div class="fp-formula"{attributes}>{mathml}</div>'
    return f'<span class="{classes}{wide}"{attributes}>{mathml}</span>'


def _scrolls(mathml: str) -> tuple[str, str]:
    """Give the class and the attributes of a box that a wide formula scrolls in, by keyboard too."""
    if width(mathml) < NARROW:
        return "", ""
    return " fp-formula", ' tabindex="0" role="group" aria-label="Formula"'


def width(mathml: str) -> float:
    """About how wide a formula is, in ems: enough to tell one that fits on a phone from one that has to scroll.

    >>> width("<math><mi>a</mi></math>") < width("<math><mi>a</mi><mo>+</mo><mi>b</mi></math>") < NARROW
    True
    """
    return _width(ET.fromstring(re.sub(r"&(?!amp;|lt;|gt;)\w+;", "", mathml)))  # noqa: S314  (we wrote it)


def _width(element: ET.Element) -> float:
    match element.tag, list(element):
        case "mo", []:
            return 1.1 if len(element.text or "") == 1 else 0.6 * len(element.text or "")
        case "mtable", rows:
            columns = max((len(row) for row in rows), default=0)
            return sum(
                0.8 + max((_width(row[column]) for row in rows if column < len(row)), default=0.0)
                for column in range(columns)
            )
        case "mfrac" | "mover" | "munder" | "munderover", parts:
            return max(map(_width, parts), default=0.0)
        case _, parts:
            return 0.55 * len(element.text or "") + sum(map(_width, parts))

"""Tell LaTeX what numbers and figures are written with, so that a PDF leaves none of them out."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

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
}
"""What pdflatex does not know by itself, or only outside of mathematics, and what it is in a formula."""


COLUMNS = 40
"""Columns that a matrix may have; LaTeX has room for ten."""


def know_characters(_: Sphinx, config: Config) -> None:
    """Put their meanings before what the author's preamble says; other engines have fonts, and need none."""
    known = "\n".join(
        rf"\DeclareUnicodeCharacter{{{ord(char):04X}}}{{\ensuremath{{{said}}}}}" for char, said in CHARACTERS.items()
    )
    columns = rf"\setcounter{{MaxMatrixCols}}{{{COLUMNS}}}"
    ours = f"\\usepackage{{amssymb}}\n{columns}\n\\ifdefined\\DeclareUnicodeCharacter\n{known}\n\\fi\n"
    config.latex_elements = {**config.latex_elements, "preamble": ours + config.latex_elements.get("preamble", "")}


def describe_pictures(app: Sphinx, doctree: nodes.document, _: str) -> None:
    """Put its alternative text in the place of a picture in SVG that nothing has converted: LaTeX cannot draw it."""
    if app.builder.name != "latex":
        return
    for image in list(doctree.findall(nodes.image)):
        if image["uri"].endswith(".svg"):
            said = nodes.emphasis("", image.get("alt", ""))
            image.replace_self(said if isinstance(image.parent, nodes.TextElement) else nodes.paragraph("", "", said))

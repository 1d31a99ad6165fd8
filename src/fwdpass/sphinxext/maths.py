"""Formulas become MathML while the book is built: no script, every digit in the HTML, and read aloud as mathematics.

A formula that [math-core](https://github.com/tmke8/math-core) cannot read is a warning of type `fwdpass.math`.
"""

import re
from contextlib import suppress
from html import escape

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

from fwdpass import borrowed
from fwdpass.page.formula import CLASSES, boxed, marked, prepared

LOGGER = logging.getLogger(__name__)


_UNITS = {"num": "{#1}", "si": r"\mathrm{#1}", "unit": r"\mathrm{#1}", "SI": r"{#1}\,\mathrm{#2}"}
"""Quantities in the manner of siunitx, with units in letters; a book's own macros go before them."""


def _reading(macros: dict[str, str] | None = None) -> LatexToMathML:
    # annotation=False: with the TeX source beside it, each number would stand in the page twice.
    return LatexToMathML(annotation=False, fancy_error=False, macros={**_UNITS, **(macros or {})})


_converters = [_reading()]
"""The one that is used, which knows the macros of the book."""


def converter() -> object:
    """Give what reads formulas: another object in each book, which may have macros of its own."""
    return _converters[0]


def setup_maths(app: Sphinx) -> None:
    """Register the renderer that `html_math_renderer = "mathml"` asks for."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    app.connect("config-inited", use_macros)
    app.connect("doctree-read", name_equations)


def leave_renderer(app: Sphinx, config: Config) -> None:
    """Let a book that names no renderer of formulas have the one that it would have without us.

    Sphinx takes a renderer that an extension has registered before its own, MathJax.
    """
    if config.html_math_renderer is None:
        others = [name for name in app.registry.html_inline_math_renderers if name not in ("mathjax", "mathml")]
        config.html_math_renderer = others[0] if len(others) == 1 else None if others else "mathjax"


def use_macros(app: Sphinx, config: Config) -> None:
    r"""Know the macros that ``conf.py`` gives to MathJax, so that its formulas are read by either renderer.

    They are ``mathjax3_config = {"tex": {"macros": {"RR": r"\mathbb{R}", "set": [r"\{#1\}", 1]}}}``, or the same for
    MathJax 4. One with an optional argument, or that is no LaTeX, is left out, and the formulas that have it say so.
    """
    known: dict[str, str] = {}
    for name in ("mathjax3_config", "mathjax4_config"):
        tex = (getattr(config, name, None) or {}).get("tex", {})
        for macro, body in (tex.get("macros") or {}).items() if isinstance(tex, dict) else ():
            match body:
                case str(said) | [str(said)] | [str(said), int()]:
                    with suppress(LatexError):
                        _reading({macro: said})
                        known[macro] = said
    _converters[:] = [_reading(known)]


def name_equations(app: Sphinx, doctree: nodes.document) -> None:
    r"""Name a numbered `\begin{align}` by its place on the page; MyST-Parser names it by chance, anew in each build."""
    equations = borrowed.equations(app.env)
    for place, block in enumerate(doctree.findall(nodes.math_block)):
        if "amsmath" in block["classes"] and (chance := block.get("label")):
            block["label"] = f"{app.env.current_document.docname}-{place}"
            block["ids"] = [nodes.make_id(f"equation-{block['label']}")]
            equations[block["label"]] = equations.pop(chance)


def visit_inline(self: HTML5Translator, node: nodes.math) -> None:
    """`$…$` and ``{math}`…` ``."""
    self.body.append(boxed(render(node, display=False), False, _classes(node)))
    raise nodes.SkipNode


def visit_block(self: HTML5Translator, node: nodes.math_block) -> None:
    r"""`$$…$$`, ```` ```{math} ````, `\begin{align}`, and what an object's `_repr_latex_` returns."""
    mathml = render(node, display=True)
    self.body.append(self.starttag(node, "div", CLASS=_classes(node)))
    if number := get_node_equation_number(self, node) if node["number"] else "":
        self.body.append(f'<span class="eqno">({number})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append(f"{boxed(mathml, True)}</div>\n")
    raise nodes.SkipNode


def _classes(node: nodes.math | nodes.math_block) -> str:
    """Give the classes of a formula, with those that name the numbers in it."""
    return " ".join((CLASSES, *node.get("marks", "").split()))


def render(node: nodes.math | nodes.math_block, *, display: bool) -> str:
    """Give the MathML of a node; where there is none, the source, and a warning that says where and why."""
    if made := node.get("mathml"):
        return str(made)
    tex = node.astext()
    try:
        return to_mathml(tex, display=display)
    except LatexError as error:
        cause = re.sub(r"^\d+: ", "", str(error))
        sentence = "cannot read the formula %s: %s"
        LOGGER.warning(sentence, tex.strip(), cause, location=node, type="fwdpass", subtype="math")
        return f"<code>{escape(tex)}</code>"


def to_mathml_if_any(tex: str, *, display: bool) -> str:
    """MathML, or nothing where the formula cannot be read; whoever renders the page says so."""
    try:
        return to_mathml(tex, display=display)
    except LatexError:
        return ""


def to_mathml(tex: str, *, display: bool) -> str:
    r"""MathML for one formula, its negative numbers and a matrix's zeros marked with the classes that figures use.

    >>> print(to_mathml(r"w_0 = -0.5", display=False))
    <math><msub><mi>w</mi><mn>0</mn></msub><mo>=</mo><mrow class="fp-neg"><mo ...>−</mo><mn>0.5</mn></mrow></math>
    >>> print(to_mathml(r"\begin{bmatrix} 0 & 1 \end{bmatrix}", display=False))
    <math>...<mtd class="fp-zero"><mn>0</mn></mtd><mtd><mn>1</mn></mtd>...</math>
    """
    return marked(_converters[0].convert_with_local_state(prepared(tex, display=display), displaystyle=display))

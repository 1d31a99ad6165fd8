"""How Sphinx builds this book. What only one page needs stands at the top of that page."""

import gc
import os
import tomllib
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.ext.napoleon import Config
from sphinx.ext.napoleon.docstring import NumpyDocstring

project = "fwdpass"
author = "The fwdpass authors"
project_copyright = "the fwdpass authors"  # no year: next year's build of this commit is the same
language = "en"

extensions = [
    "myst_nb",
    "sphinx_design",
    "sphinx.ext.autodoc",
    "fwdpass.sphinxext",
    "fwdpass.theme",
]
exclude_patterns = ["_build", "jupyter_execute", "upstream"]
templates_path = ["_templates"]

fwdpass_depends = ["digits.npz"]
fwdpass_check = "error"  # also for pages that use nothing of fwdpass
fwdpass_level = "exact"
fwdpass_exceptions = 6  # years, in the paragraphs of history
# What a reader may touch; and Python for browsers, from which other numbers are followed, where it was fetched.
fwdpass_live = {
    "array": "image",
    "says": r"the loss is \n{mse:.4f}",
    "runtime": os.environ.get("FWDPASS_RUNTIME", ""),
}

# Pages ---------------------------------------------------------------------------------------------------------------
myst_enable_extensions = [
    "amsmath",
    "attrs_block",
    "attrs_inline",
    "colon_fence",
    "deflist",
    "dollarmath",
]
myst_heading_anchors = 3
_counted = tomllib.loads(Path(__file__).with_name("_data").joinpath("errata.toml").read_text("utf-8"))["counted"]
myst_words_per_minute = _counted["pace"]  # by which the errata judge another text's reading time
myst_dmath_double_inline = True  # $$…$$ inside a list item or a table is displayed, too

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # a docstring says the shape, which is what matters here and what no type says

# HTML ----------------------------------------------------------------------------------------------------------------
html_theme = "sphinx_book_theme"
html_title = "fwdpass"
html_baseurl = "https://fwdpass.github.io/fwdpass/"
nb_code_prompt_show, nb_code_prompt_hide = "Show the code", "Hide the code"
html_static_path = ["_static"]
html_css_files = ["book.css"]
html_js_files = [("book.js", {"defer": "defer"})]
html_additional_pages = {"404": "404.html"}  # what GitHub Pages shows at an address that it does not know
html_favicon = "_static/favicon.svg"
html_math_renderer = "mathml"  # fwdpass.sphinxext.maths: MathJax would be the page's only request to somebody else
fwdpass_locale = "en_GB"  # on the cards of shared pages
nb_execution_timeout = 600  # seconds of a cell: on a busy computer, the training of the digits takes its time
html_domain_indices = False  # an index of modules says less than the page Reference
html_copy_source = False  # whoever wants a page's source wants it with its history: every page links to the repository
html_show_sourcelink = False
html_context = {"default_mode": "auto"}  # light or dark as the reader's system says; a button overrides it
html_theme_options: dict[str, Any] = {
    "repository_url": "https://github.com/fwdpass/fwdpass",
    "repository_branch": "main",
    "path_to_docs": "docs",
    "use_download_button": False,  # it would offer _sources/, which this book doesn't publish
    "use_fullscreen_button": False,
    "article_footer_items": ["page-links.html"],  # edit, report, download: as words, where one has read the page
    "primary_sidebar_end": [],
    "navbar_persistent": [],  # the search button is in the sidebar; the theme would add a bar with a second one
    "home_page_in_toc": True,
    "show_toc_level": 2,
    "footer_content_items": ["copyright.html", "extra-footer.html"],
    "extra_footer": "Code put the numbers into these sentences when the pages were built.",
}

text_add_secnumbers = False  # sections of sections have none here, and Sphinx would put their points alone
epub_exclude_files = [f"{name}.xhtml" for name in html_additional_pages]

# PDF -----------------------------------------------------------------------------------------------------------------
latex_elements = {
    "extraclassoptions": "openany,oneside",
    "preamble": r"""
\AtBeginDocument{\setlength{\tymin}{100pt}}
\newcommand\numbered{\setcounter{secnumdepth}{2}}
\newcommand\unnumbered{\setcounter{secnumdepth}{-1}}
\newenvironment{sphinxclasssd-card}{\par\medskip}{\par}
\newenvironment{sphinxclasssd-card-title}{\bfseries}{\par}
""",
}

# Checks --------------------------------------------------------------------------------------------------------------
nitpicky = True
linkcheck_anchors = False  # GitHub's line anchors exist only once a script has run
linkcheck_ignore = [html_baseurl]  # published from the commit that is being checked
linkcheck_retries = 2
linkcheck_timeout = 20


# Docstrings in NumPy's form -------------------------------------------------------------------------------------------
def sections(_app: Sphinx, what: Any, _name: str, _obj: object, _options: object, lines: list[str]) -> None:
    """Read the sections of a function's docstring; napoleon itself would take "a number: its text" for a type, too."""
    if what in {"function", "method", "class"}:
        config: Any = Config(napoleon_use_param=False, napoleon_use_rtype=False)
        lines[:] = NumpyDocstring(lines, config, what=what).lines()


def chapters(app: Sphinx, doctree: nodes.document) -> None:
    """Make chapters of the book's pages in a PDF; where they are listed, in a section of the first, they would be less.

    The sections of the first page stay without numbers, so that the first chapter is the first, as on the site.
    """
    if app.env.current_document.docname == "index":
        numbered, unnumbered = (nodes.raw("", command, format="latex") for command in (r"\numbered", r"\unnumbered"))
        page = next(doctree.findall(nodes.section))
        listed = [one for one in page.findall(nodes.compound) if "toctree-wrapper" in one["classes"]]
        for one in listed:
            one.parent.remove(one)
        page.insert(1, unnumbered)
        page += [numbered, *listed]


def setup(app: Sphinx) -> None:
    app.connect("autodoc-process-docstring", sections)
    app.connect("doctree-read", chapters)
    # The garbage collector would look through all modules again and again, for a tenth of a build. What was imported
    # lives until the end; of the trees of pages, it is to see dozens at a time.
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)

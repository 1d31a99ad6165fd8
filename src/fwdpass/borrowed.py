"""What the Sphinx extensions use of MyST-NB and Sphinx that neither has promised to keep.

Each function here is the only place that knows such a name. :data:`CHECKS` says of each whether it is still there;
:func:`check` ends the set-up of an extension with a sentence where it is not, and ``tests/unit/test_borrowed.py``
breaks each of them in turn.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FunctionType
from typing import Any, NamedTuple, TypeVar

import myst_nb
import sphinx
from docutils import nodes
from myst_nb import sphinx_ as mystnb
from myst_nb import sphinx_ext as mystnb_ext
from myst_nb.core.execute.base import NotebookClientBase
from myst_nb.core.render import MditRenderMixin, NbElementRenderer
from sphinx import environment
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.domains.math import MathDomain
from sphinx.environment import BuildEnvironment
from sphinx.environment.collectors.toctree import TocTreeCollector
from sphinx.search import IndexBuilder
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import new_document
from sphinx.util.logging import NAMESPACE, SphinxLogRecordTranslator
from sphinx.util.tags import Tags

from fwdpass.errors import FwdpassError

_Kind = TypeVar("_Kind", bound=Builder)
MYST_NB = ("1.3.", "1.4.")
"""The minor versions of MyST-NB whose parser we know."""
_MADE_BY_NAME = ("create_client", "SphinxNbRenderer")
_OF_CLIENTS = ("start_client", "finalise_client", "close_client", "code_cell_outputs", "cell_line", "nb_config", "path")
_RENDERED = ("initialise", "cell_markdown", "cell_code", "finalise")
_COUNTERS = ("_serial_numbers", "_extension_data")
_CELL, _CODE, _SHOWN = "cell_code", "cell_code_source", "cell_code_output"


class Borrowed(NamedTuple):
    """A name that is borrowed: whose it is, what it is for, and whether it is there."""

    owner: str
    name: str
    purpose: str
    holds: Callable[[], bool]


# MyST-NB -------------------------------------------------------------------------------------------------------------


def parser(
    create_client: Callable[..., NotebookClientBase],
    renderer: type,
    reads: Callable[[nodes.document], bool],
    refuse: Callable[[nodes.document, str], None],
) -> type:
    """Give MyST-NB's parser with another client and another renderer, for one application.

    MyST-NB has no plugin point for how a page is executed: its parser finds both by global names. This parser runs the
    same code with globals of its own, so that MyST-NB itself, and every other application in the process, stays as is.
    So does MyST-NB for every page that ``reads`` leaves to it. Where such a page asks for a kernel that is not
    installed, which would end the whole build, ``refuse`` is told its name, and the cells are rendered as they are.
    """
    stock = mystnb.Parser.parse

    def made_by(**names: object) -> FunctionType:
        known = {**stock.__globals__, **names}
        return FunctionType(stock.__code__, known, stock.__name__, stock.__defaults__, stock.__closure__)

    ours = made_by(**dict(zip(_MADE_BY_NAME, (create_client, renderer), strict=True)))
    unexecuted = made_by(**{_MADE_BY_NAME[0]: _unexecuted})

    def parse(self: mystnb.Parser, inputstring: str, document: nodes.document) -> None:
        if reads(document):
            ours(self, inputstring, document)
            return
        try:
            stock(self, inputstring, document)
        except KeyError as error:
            if type(error).__name__ != "NoSuchKernel":  # of jupyter_client, which comes with MyST-NB
                raise
            refuse(document, str(getattr(error, "name", "")))
            document.clear()
            unexecuted(self, inputstring, document)

    return type("PageParser", (mystnb.Parser,), {"parse": parse, "__doc__": "MyST-NB's, with pages read by fwdpass."})


def _unexecuted(notebook: Any, source: str, nb_config: Any, logger: Any, _: Any = None) -> NotebookClientBase:
    # What language it is, only the kernel knows.
    notebook.metadata.setdefault("language_info", {"name": "text", "pygments_lexer": "text"})
    return NotebookClientBase(notebook, Path(source), nb_config, logger)


def client_of(document: nodes.document) -> Any:
    """Give the client of the page that is being read; a page without the header of MyST-NB has none."""
    element = document.attributes.get("nb_renderer")
    return getattr(element.renderer, "nb_client", None) if element is not None else None


def is_code_cell(node: nodes.Node) -> bool:
    """Say whether a node is a cell of code, with its input and its outputs."""
    return isinstance(node, nodes.container) and node.get("nb_element") == _CELL


def is_code_of_cell(node: nodes.Node | None) -> bool:
    """Say whether a node is the container of a cell's code."""
    return isinstance(node, nodes.container) and node.get("nb_element") == _CODE


def is_output_of_cell(node: nodes.Node | None) -> bool:
    """Say whether a node is the container of what a cell shows."""
    return isinstance(node, nodes.container) and node.get("nb_element") == _SHOWN


def copy_notebook_style(app: Sphinx) -> None:
    """Copy MyST-NB's style sheet into the site; MyST-NB itself does it when all pages have been written."""
    (Path(app.outdir) / "_static").mkdir(parents=True, exist_ok=True)
    mystnb_ext.add_global_html_resources(app, None)


# Sphinx --------------------------------------------------------------------------------------------------------------


def equations(env: Any) -> dict[str, tuple[str, int]]:
    """Give the numbered equations of a book: label → (page, number)."""
    known: dict[str, tuple[str, int]] = env.domains.math_domain.equations
    return known


class Cited(NamedTuple):
    """An entry of a bibliography: its page and anchor, what it says there and in a link, and the pages that cite it."""

    page: str
    anchor: str
    said: str
    told: str
    by: frozenset[str]


def cited(env: BuildEnvironment) -> Iterator[Cited]:
    """Give the entries of the bibliographies that sphinxcontrib-bibtex has made of a book's files of references."""
    domain: Any = dict(env.domains.items()).get("cite")
    by: dict[str, set[str]] = {}
    for reference in getattr(domain, "citation_refs", ()):
        for target in reference.targets:
            by.setdefault(target.key, set()).add(reference.docname)
    for entry in getattr(domain, "citations", ()):
        said, told = (
            "".join(node.astext() for node in one.text.render(domain.backend)) if one is not None else ""
            for one in (entry.formatted_entry, entry.tooltip_entry)
        )
        page = entry.bibliography_key.docname
        yield Cited(page, entry.citation_id, said, told, frozenset((page, *by.get(entry.key, ()))))


def builder_of(env: BuildEnvironment) -> Builder:
    """Give the builder of the running build."""
    app: Sphinx = getattr(env, "_app", None) or env.app  # as Sphinx 8 calls it
    return app.builder


@contextmanager
def other_builder(app: Sphinx, kind: type[_Kind]) -> Iterator[_Kind]:
    """Let a build be another builder's for the length of a ``with`` block; what is only for either is in its pages."""
    env: Any = app.env
    before, kinds, tags = app.builder, getattr(env, "_builder_cls", None), app.tags
    app.tags = Tags([*tags])  # of its own: Sphinx remembers what it has made of a condition
    app.builder = builder = kind(app, app.env)
    env._builder_cls = kind  # by which Sphinx chooses its transforms; the version before asks the builder itself
    try:
        builder.init()
        yield builder
    finally:
        app.builder, env._builder_cls, app.tags = before, kinds, tags


@contextmanager
def numbered(env: BuildEnvironment) -> Iterator[None]:
    """Have sections and figures numbered for the length of a ``with`` block, before Sphinx does it.

    Sphinx compares the numbers with those of the last build, to see which pages it writes again: so it finds those.
    """
    before = env.toc_secnumbers, env.toc_fignumbers
    collector = TocTreeCollector()
    collector.assign_section_numbers(env)
    collector.assign_figure_numbers(env)
    try:
        yield
    finally:
        env.toc_secnumbers, env.toc_fignumbers = before


def rendered(builder: StandaloneHTMLBuilder, doctree: nodes.document) -> str:
    """Write the article of a page, as it will be in its file."""
    settings: Any = getattr(builder, "_settings", None) or getattr(builder, "_publisher").settings  # noqa: B009 - Sphinx 8
    page = new_document(doctree["source"], settings)
    page.extend(doctree.children)
    visitor = builder.create_translator(page, builder)
    page.walkabout(visitor)
    return "".join(visitor.fragment)  # type: ignore[attr-defined]


def index_entries(builder: StandaloneHTMLBuilder) -> dict[str, list[tuple[str, str, str]]] | None:
    """Give what the search index has of each page's index entries; nothing where no search index is made."""
    if builder.indexer is None:
        return None
    entries: dict[str, list[tuple[str, str, str]]] = builder.indexer._index_entries
    return entries


def doctrees(env: BuildEnvironment) -> dict[str, bytes]:
    """Give the trees of pages that are kept in memory, pickled; Sphinx takes the others from disk."""
    return env._pickled_doctree_cache


def tell_lines(told: Callable[[str], str]) -> None:
    """Have every message of the build say by this function where it belongs, Sphinx's own among them."""

    def tell(record: logging.LogRecord) -> bool:
        if isinstance(where := getattr(record, "location", None), str):
            record.location = told(where)
        return True

    for handler in logging.getLogger(NAMESPACE).handlers:
        handler.addFilter(tell)  # behind Sphinx's own, which make a text of where it is


def copy_static_files(builder: StandaloneHTMLBuilder) -> None:
    """Copy the static files again, which Sphinx does only where it writes pages."""
    builder.copy_static_files()


def counters(env: BuildEnvironment) -> dict[str, dict[Any, Any]]:
    """Copy what Sphinx and extensions have counted on the page that is being read, such as its equations."""
    return {name: dict(getattr(env.current_document, name)) for name in _COUNTERS}


def put_counters(env: BuildEnvironment, counted: dict[str, dict[Any, Any]]) -> None:
    """Let the counts of the page that is being read be these again."""
    for name, value in counted.items():
        setattr(env.current_document, name, value)


# Checks --------------------------------------------------------------------------------------------------------------


def _mentions(function: Callable[..., Any], *names: str) -> bool:
    """Say whether the code of a function has names or strings in it."""
    return {*names} <= {*function.__code__.co_names, *function.__code__.co_consts}


CHECKS = (
    Borrowed(
        "MyST-NB", "sphinx_.Parser.parse", "pages are executed",
        lambda: _mentions(mystnb.Parser.parse, *_MADE_BY_NAME),
    ),
    Borrowed(
        "MyST-NB", "the document's nb_renderer", "a role finds the page that it stands on",
        lambda: _mentions(mystnb.Parser.parse, "nb_renderer") and hasattr(NbElementRenderer, "renderer"),
    ),
    Borrowed(
        "MyST-NB", "nb_element", "code that ran is told from code that did not",
        lambda: _mentions(MditRenderMixin.render_nb_cell_code, _CELL, _CODE, _SHOWN),
    ),
    Borrowed(
        "MyST-NB", "NotebookClientBase", "a reading takes the place of a kernel",
        lambda: all(hasattr(NotebookClientBase, name) for name in _OF_CLIENTS),
    ),
    Borrowed(
        "MyST-NB", "MditRenderMixin", "a cell runs before the text below it",
        lambda: all(hasattr(MditRenderMixin, f"render_nb_{name}") for name in _RENDERED),
    ),
    Borrowed(
        "MyST-NB", "sphinx_ext.add_global_html_resources", "a first build has the bytes of a second",
        lambda: callable(getattr(mystnb_ext, "add_global_html_resources", None)),
    ),
    Borrowed(
        "Sphinx", "domains.math.MathDomain.equations", "an equation's number is known",
        lambda: isinstance(getattr(MathDomain, "equations", None), property),
    ),
    Borrowed(
        "Sphinx", "search.IndexBuilder._index_entries", "a warm build's search knows old pages",
        lambda: _mentions(IndexBuilder.__init__, "_index_entries"),
    ),
    Borrowed(
        "Sphinx", "environment.BuildEnvironment._app", "a link leads where the builder puts its page",
        lambda: _mentions(BuildEnvironment.setup, "_app") or _mentions(BuildEnvironment.setup, "app", "events"),
    ),
    Borrowed(
        "Sphinx", "environment.BuildEnvironment._builder_cls", "pages that are no HTML are audited",
        lambda: _mentions(SphinxPostTransform.is_supported, "_builder_cls") or _mentions(
            SphinxPostTransform.is_supported, "app", "builder"
        ),
    ),
    Borrowed(
        "Sphinx", "environment.collectors.toctree.TocTreeCollector", "a page is audited before it is written",
        lambda: all(hasattr(TocTreeCollector, f"assign_{kind}_numbers") for kind in ("section", "figure")),
    ),
    Borrowed(
        "Sphinx", "builders.html.StandaloneHTMLBuilder._settings", "a page is written for the audit alone",
        lambda: _mentions(StandaloneHTMLBuilder.render_partial, "_settings", "create_translator") or _mentions(
            StandaloneHTMLBuilder.render_partial, "_publisher"
        ),
    ),
    Borrowed(
        "Sphinx", "environment.BuildEnvironment._pickled_doctree_cache",
        "a page that is read again in the same process is written as it is then",
        lambda: _mentions(BuildEnvironment.get_doctree, "_pickled_doctree_cache"),
    ),
    Borrowed(
        "Sphinx", "environment._CurrentDocument", "what a page does not tell is not counted",
        lambda: {*_COUNTERS} <= {*getattr(environment._CurrentDocument, "__slots__", ())},
    ),
    Borrowed(
        "Sphinx", "util.logging.SphinxLogRecordTranslator", "a message leads to its cell of a notebook",
        lambda: _mentions(SphinxLogRecordTranslator.filter, "location", "doc2path"),
    ),
    Borrowed(
        "Sphinx", "builders.html.StandaloneHTMLBuilder.copy_static_files", "style sheets can be joined again",
        lambda: callable(getattr(StandaloneHTMLBuilder, "copy_static_files", None)),
    ),
)  # fmt: skip
"""Every name that is borrowed."""
_RELEASES = {"MyST-NB": myst_nb.__version__, "Sphinx": sphinx.__version__}


def missing(*owners: str) -> Iterator[str]:
    """Say of each name that is gone which release has it no more, and what cannot be done without it."""
    for owner, name, purpose, holds in CHECKS:
        if owner in owners and not holds():
            yield f"{owner} {_RELEASES[owner]} has no {name} as it was, by which {purpose}"


def checked(*owners: str) -> None:
    """End the set-up of an extension with a sentence, and no traceback, where :func:`check` finds a fault."""
    try:
        check(*owners)
    except FwdpassError as error:
        raise SystemExit(f"fwdpass: {error}") from None


def check(*owners: str) -> None:
    """Raise FwdpassError where MyST-NB, if it is asked about, is of another minor version, or where a name is gone."""
    if "MyST-NB" in owners and not myst_nb.__version__.startswith(MYST_NB):
        raise FwdpassError(
            f"fwdpass works with MyST-NB {'x or '.join(MYST_NB)}x and found {myst_nb.__version__}: "
            f"install myst-nb~={MYST_NB[-1]}0"
        )
    if gone := list(missing(*owners)):
        raise FwdpassError(f"{'; '.join(gone)}: install the versions that fwdpass was released with")

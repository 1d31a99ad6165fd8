"""What MyST-NB and Sphinx never promised: it is there, and whoever takes it away is named."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import myst_nb
import pytest
import sphinx
from myst_nb import sphinx_ as mystnb
from myst_nb import sphinx_ext
from myst_nb.core.execute.base import NotebookClientBase
from myst_nb.core.render import MditRenderMixin
from sphinx import environment
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.domains.math import MathDomain
from sphinx.environment import BuildEnvironment
from sphinx.environment.collectors.toctree import TocTreeCollector
from sphinx.search import IndexBuilder
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.logging import SphinxLogRecordTranslator

from fwdpass import borrowed
from fwdpass.errors import FwdpassError

OWNERS = ("MyST-NB", "Sphinx")


def other(*_: Any) -> None:
    """What a release might have in the place of what we know."""


BREAKS: dict[str, tuple[object, str, object]] = {
    "sphinx_.Parser.parse": (mystnb.Parser, "parse", other),
    "the document's nb_renderer": (mystnb.Parser, "parse", other),
    "nb_element": (MditRenderMixin, "render_nb_cell_code", other),
    "NotebookClientBase": (NotebookClientBase, "code_cell_outputs", None),
    "MditRenderMixin": (MditRenderMixin, "render_nb_finalise", None),
    "sphinx_ext.add_global_html_resources": (sphinx_ext, "add_global_html_resources", None),
    "domains.math.MathDomain.equations": (MathDomain, "equations", {}),
    "search.IndexBuilder._index_entries": (IndexBuilder, "__init__", other),
    "environment.BuildEnvironment._app": (BuildEnvironment, "setup", other),
    "environment.BuildEnvironment._builder_cls": (SphinxPostTransform, "is_supported", other),
    "environment.collectors.toctree.TocTreeCollector": (TocTreeCollector, "assign_figure_numbers", None),
    "builders.html.StandaloneHTMLBuilder._settings": (StandaloneHTMLBuilder, "render_partial", other),
    "environment.BuildEnvironment._pickled_doctree_cache": (BuildEnvironment, "get_doctree", other),
    "environment._CurrentDocument": (environment._CurrentDocument, "__slots__", ()),
    "util.logging.SphinxLogRecordTranslator": (SphinxLogRecordTranslator, "filter", other),
    "builders.html.StandaloneHTMLBuilder.copy_static_files": (StandaloneHTMLBuilder, "copy_static_files", None),
}
"""How a release could break each name: where it is, what it is called there, and what stands there then."""


def test_the_installed_releases_have_all_of_it() -> None:
    assert list(borrowed.missing(*OWNERS)) == []


def test_every_name_has_a_way_to_break() -> None:
    assert list(BREAKS) == [check.name for check in borrowed.CHECKS]


@pytest.mark.parametrize("check", borrowed.CHECKS, ids=lambda check: check.name)
def test_a_release_without_it_is_named(check: borrowed.Borrowed, monkeypatch: pytest.MonkeyPatch) -> None:
    where, name, then = BREAKS[check.name]
    if then is None:
        monkeypatch.delattr(where, name)
    else:
        monkeypatch.setattr(where, name, then)
    release = {"MyST-NB": myst_nb.__version__, "Sphinx": sphinx.__version__}[check.owner]
    said = f"{check.owner} {release} has no {check.name} as it was, by which {check.purpose}"
    assert said in list(borrowed.missing(*OWNERS))
    with pytest.raises(SystemExit, match=f"fwdpass: .*{re.escape(said)}.*: install the versions that fwdpass was"):
        borrowed.checked(*OWNERS)


def test_another_minor_version_of_myst_nb_is_refused_where_it_matters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(myst_nb, "__version__", "1.5.0")
    with pytest.raises(FwdpassError, match=r"MyST-NB 1\.3\.x or 1\.4\.x and found 1\.5\.0: install myst-nb~=1\.4\.0"):
        borrowed.check("MyST-NB")
    borrowed.check("Sphinx")


def test_the_parser_is_myst_nbs_with_two_other_names() -> None:
    def create_client(*_: Any) -> Any: ...

    class Renderer: ...

    before = mystnb.Parser.parse, vars(mystnb)["create_client"], mystnb.SphinxNbRenderer

    def reads(_: object) -> bool:
        return True

    made = borrowed.parser(create_client, Renderer, reads, other)
    choose: Any = made.parse  # type: ignore[attr-defined]
    ours, _, _, stock, unexecuted = (cell.cell_contents for cell in choose.__closure__)
    assert unexecuted.__code__ is mystnb.Parser.parse.__code__
    assert unexecuted.__globals__["SphinxNbRenderer"] is mystnb.SphinxNbRenderer
    parse: Callable[..., Any] = ours
    assert stock is mystnb.Parser.parse
    assert issubclass(made, mystnb.Parser)
    assert parse.__code__ is mystnb.Parser.parse.__code__
    assert (parse.__globals__["create_client"], parse.__globals__["SphinxNbRenderer"]) == (create_client, Renderer)
    assert (mystnb.Parser.parse, vars(mystnb)["create_client"], mystnb.SphinxNbRenderer) == before

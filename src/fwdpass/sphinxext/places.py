"""The places of a page: comments around what a reading may change, and the words that do not stand on the page now.

Where ``fwdpass_live`` is set. Words that are not told are kept until the page is written, when they become HTML, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.environment.collectors.asset import DownloadFileCollector, ImageCollector
from sphinx.transforms import SphinxTransform

from fwdpass.page.record import edges
from fwdpass.sphinxext import records


class edge(nodes.Invisible, nodes.Inline, nodes.Element):
    """Where a place begins, or ends: a comment in HTML, and nothing anywhere else."""


class aside_words(nodes.Invisible, nodes.Element):
    """The parts of a page that do not stand on it; each is a :class:`part`."""


class part(nodes.compound):
    """A part: the words of a case, what is asked, an option."""


def is_live(env: BuildEnvironment) -> bool:
    """Say whether the places of the book are to be found again."""
    return bool(env.config.fwdpass_live)


def around(place: int | str, said: Iterable[nodes.Node]) -> list[nodes.Node]:
    """Put nodes between the comments of a place."""
    before, after = (edge("", comment=comment) for comment in edges(place))
    return [before, *said, after]


def keep_aside(document: nodes.document, parts: Sequence[tuple[str, Sequence[nodes.Node]]]) -> None:
    """Let the document have the words of parts until it has been transformed, as it transforms those on the page."""
    if parts:
        document += aside_words("", *(part("", *around(key, said)) for key, said in parts))


class TakeAside(SphinxTransform):
    """Take the parts out of the document before anybody asks what stands in it."""

    default_priority = 845  # domains look through it at 850, and everybody else at 880

    def apply(self, **_: object) -> None:
        """Move them into the page's record."""
        for found in list(self.document.findall(aside_words)):
            found.parent.remove(found)
            for node in found.findall():
                node.document = None  # type: ignore[assignment]  # which would be kept with the environment, whole
            records.record(self.env, self.env.docname).aside = found


def collect_aside(app: Sphinx, _doctree: nodes.document) -> None:
    """Note the pictures and the downloads among the words that do not stand on the page: a reader may call for them."""
    if (aside := records.record(app.env, app.env.docname).aside) is not None:
        for collector in (ImageCollector(), DownloadFileCollector()):
            collector.process_doc(app, cast("nodes.document", aside))


def publish_aside(app: Sphinx, _doctree: nodes.document, docname: str) -> None:
    """Let the site have these pictures: here, since what processes that write pages find out is forgotten with them."""
    kept = records.records(app.env).get(docname)
    if kept is not None and kept.aside is not None and app.builder.format == "html":
        app.builder.post_process_images(kept.aside.deepcopy())


def _open(self: Any, node: edge) -> None:
    self.body.append(node["comment"])


def _pass(self: Any, node: nodes.Element) -> None:
    """Leave it out, or what is in it to others."""


def setup_places(app: Sphinx) -> None:
    """Register the nodes, and the transform."""
    silent: tuple[Callable[[Any, Any], None], Callable[[Any, Any], None]] = (_pass, _pass)
    app.add_node(edge, html=(_open, _pass), latex=silent, text=silent, man=silent, texinfo=silent)
    for kind in (aside_words, part):
        app.add_node(kind, html=silent, latex=silent, text=silent, man=silent, texinfo=silent)
    app.add_transform(TakeAside)
    app.connect("doctree-read", collect_aside)
    app.connect("doctree-resolved", publish_aside)

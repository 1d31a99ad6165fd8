"""Links to lines of a traced script: ``[text](#L35)`` on its page, ``[text](page.md#L35)`` on another."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.nodes import make_refnode

from fwdpass import borrowed
from fwdpass.trace.panel.law import judge

_LOGGER = logging.getLogger(__name__)

_KEY = "fwdpass_lines"
_ANCHOR = re.compile(r"[^\W\d_](?:[\w-]*[^\W\d]|-)?")
_NAME = re.compile(r"(.*[^0-9])([1-9][0-9]{0,8})")
_DRAWN = re.compile(r'<span class="fp-line" id="([^"]*[^"0-9])([0-9]+)"')
ANCHORS = "it starts with a letter, goes on with letters, digits, - or _, and does not end in a digit"
"""What may start the names of lines: between it and the number of a line, nothing stands."""


def may_start(anchor: str) -> bool:
    """Say whether names of lines can start so."""
    return _ANCHOR.fullmatch(anchor) is not None


def already(anchor: str) -> str:
    """Say that the names of a panel's lines belong to another one."""
    return f"lines of another script on this page are named {anchor!r}: choose another anchor"


def note_lines(app: Sphinx, doctree: nodes.document) -> None:
    """Note which lines of panels have a name, those that a cell shows included, and hold the panels against their law.

    In the page's metadata, the last line of each panel is all that is kept: one of very many costs no more than a few.
    """
    last: dict[str, int] = {}
    names: set[tuple[str, str]] = set()
    panels = []
    for drawn in doctree.findall(nodes.raw):
        if drawn["format"] == "html":
            panels.append(drawn.astext())
            found = _DRAWN.findall(panels[-1])
            last |= {anchor: int(line) for anchor, line in found}
            if not names.isdisjoint(found):
                _LOGGER.warning(already(found[0][0]), location=drawn, type="fwdpass", subtype="trace")
            names.update(found)
    if last:
        app.env.metadata[app.env.docname][_KEY] = last
        # joined, since the author's notes stand between the pieces of a panel
        for false in judge("".join(panels)).false:
            _LOGGER.warning("a panel says what is false: %s", false, location=doctree, type="fwdpass", subtype="trace")


class LinkLines(SphinxPostTransform):
    """Leads links to lines of a panel; what leads nowhere is left to MyST, which says so."""

    default_priority = 8  # before MyST's own, 9, which would miss them

    def run(self, **kwargs: Any) -> None:
        """Resolve them; where there is no panel, as on paper, the text stays."""
        for node in list(self.document.findall(addnodes.pending_xref)):
            if node["reftype"] != "myst":
                continue
            here = node.get("refdoc", self.env.docname)
            of_page = node["refdomain"] == "doc"
            page, name = (node["reftarget"], node["reftargetid"]) if of_page else (here, node["reftarget"])
            if name and self._is_line(page, name):
                said = next(node.findall(nodes.inline))
                if not said.children:
                    said.append(nodes.literal(name, name))
                node.replace_self(self._link(here, page, name, said, node.get("reftitle")))

    def _is_line(self, page: str, name: str) -> bool:
        found = _NAME.fullmatch(name)
        lines: dict[str, int] = self.env.metadata.get(page, {}).get(_KEY, {})
        return found is not None and int(found[2]) <= lines.get(found[1], 0)

    def _link(self, here: str, page: str, name: str, said: nodes.Node, title: str | None) -> nodes.Node:
        builder = borrowed.builder_of(self.env)
        if builder.format != "html":
            return said
        if builder.name == "singlehtml":  # it puts a page's name in front of its own names, and not of those in HTML
            here = page
        return make_refnode(builder, here, page, name, said, title)

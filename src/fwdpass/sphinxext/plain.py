"""In plain text and on a manual page, show what a cell shows as text, and not as the LaTeX that nothing there sets."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

BUILDERS = ("text", "man", "texinfo")


class PreferText(SphinxPostTransform):
    """Leave the LaTeX of an output out where it has a text, which says more than that there is an object."""

    default_priority = 3  # before MyST-NB takes one of an output's kinds
    builders = BUILDERS

    def run(self, **_: Any) -> None:
        """Look at all outputs of a page."""
        for bundle in self.document.findall(nodes.container):
            kinds = {kind.get("mime_type"): kind for kind in bundle.children if isinstance(kind, nodes.container)}
            tex, text = kinds.get("text/latex"), kinds.get("text/plain")
            if tex is not None and text is not None and not text.astext().startswith("<"):
                bundle.remove(tex)

"""The attributes of an element that a reader meets, or a screen reader, or a search engine."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fwdpass.audit.address import embedded
from fwdpass.audit.css import css_texts
from fwdpass.audit.tree import Element

_QUIET = frozenset(
    """
    class id href src srcset style tabindex role width height colspan rowspan scope lang dir type rel name for method
    action charset media viewbox d x y x1 x2 y1 y2 cx cy r rx ry points transform fill stroke stroke-width opacity
    stroke-dasharray font-size font-weight font-family text-anchor xmlns version display lspace rspace stretchy
    accent columnalign columnspacing rowspacing displaystyle scriptlevel mathvariant maxsize minsize linethickness
    autocomplete autocorrect autocapitalize spellcheck loading decoding itemprop http-equiv property integrity
    crossorigin aria-labelledby aria-describedby aria-controls aria-hidden aria-level aria-expanded aria-live
    aria-current aria-selected
    """.split()
)
_QUIET_DATA = (
    "data-bs-",
    "data-sd-",
    "data-pst-",
    "data-toggle",
    "data-target",
    "data-content_root",
    "data-mode",
    "data-theme",
    "data-default-mode",
)
_DRAWING = frozenset(
    """
    svg g path circle ellipse rect line polyline polygon text tspan textpath defs use symbol marker mask pattern stop
    clippath lineargradient radialgradient filter image animate
    """.split()
)
"""Elements of pictures, whose attributes are geometry, except for a few."""
_READ_IN_DRAWINGS = frozenset(("title", "xlink:title", "aria-label", "aria-description", "aria-valuetext"))
_HEAD = frozenset(("link", "script", "input", "meta"))
_READ_IN_HEAD = frozenset(("content", "title", "placeholder", "aria-label", "value"))
_MACHINES = frozenset(("viewport", "generator", "docsearch:version", "og:url"))
_HASHED = re.compile(r"(?:^|/)[0-9a-f]{40,}\.\w+$")


def attribute_texts(element: Element, inside: bool) -> Iterator[tuple[str, str]]:
    """Give what the attributes of an element say, each with its name; ``inside`` the article, scripts are read, too."""
    for name, value in element.attributes.items():
        if name == "style":
            yield from (("style", said) for said in css_texts(value))
        elif value.lstrip()[:5].lower() == "data:":
            yield f"attribute {name}", embedded(value.strip())
        elif name.startswith("on"):
            if inside:
                yield f"attribute {name}", value
        elif not _is_quiet(element, name):
            yield f"attribute {name}", value


def _is_quiet(element: Element, name: str) -> bool:
    if name in _QUIET or name.startswith(_QUIET_DATA):
        return True
    if name == "start" and element.tag == "ol":
        return True  # where a list goes on
    if element.tag in _DRAWING or ":" in element.tag:
        return name not in _READ_IN_DRAWINGS
    if name == "content" and element.attributes.get("name", element.attributes.get("property")) in _MACHINES:
        return True
    if name == "alt" and element.attributes["alt"] == element.attributes.get("src"):
        return _HASHED.search(element.attributes["alt"]) is not None  # a cell's picture is named by its contents
    return element.tag in _HEAD and name not in _READ_IN_HEAD

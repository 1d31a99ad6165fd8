"""The attributes of an element that a reader meets, or a screen reader, or a search engine."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fwdpass.audit.address import embedded
from fwdpass.audit.css import IMPLIED, css_texts, is_quiet_data
from fwdpass.audit.tree import Element, parse_xml

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
_DATA = re.compile(r"\bdata:\S+", re.IGNORECASE)
_ICON = re.compile(r"(?:sd-octicon|sd-material-icon|fa|bi)-(.+)")
_DRAWN = {"number": "12", "numbers": "12", "one": "1"} | {
    word: word for word in "zero two three four five six seven eight nine ten".split()
}
"""Parts of icons' names, and the number that is drawn."""
_ICONS = ("sd-", "fa-", "bi-")
_SIZE = re.compile(r"\d{1,2}x|2xs|2xl|500px|500-px")
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
        elif name in ("srcset", "imagesrcset"):
            yield from ((f"attribute {name}", said) for one in _DATA.findall(value) for said in _pictured(one))
        elif inside and value.lstrip()[:11].lower() == "javascript:":
            yield f"attribute {name}", value
        elif value.lstrip()[:5].lower() == "data:":
            yield from ((f"attribute {name}", said) for said in _pictured(value.strip()))
        elif name == "dir" and element.tag == "bdo" and any(map(str.isdigit, element.text())):
            yield "attribute dir", f"{IMPLIED}for a number whose digits are turned around"
        elif name == "class" and inside and any(kind in value for kind in _ICONS):
            yield from (("icon", said) for said in _icons(element.classes))
        elif name.startswith("on"):
            if inside:
                yield f"attribute {name}", value
        elif not _is_quiet(element, name):
            yield f"attribute {name}", value


def _is_quiet(element: Element, name: str) -> bool:
    if name in _QUIET or is_quiet_data(name):
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


def _pictured(address: str) -> Iterator[str]:
    """Give what stands in an address: of a drawing, the texts and what its elements say; its shapes are none."""
    said = embedded(address)
    if not address[:20].lower().startswith("data:image/svg+xml"):
        yield said
        return
    drawing = parse_xml(said)
    yield drawing.text()
    for element in drawing.elements():
        yield from (text for _, text in attribute_texts(element, inside=True))


def _icons(classes: list[str]) -> Iterator[str]:
    """Give the numbers that icons draw, such as ``fa-dice-three``; a size, as in ``fa-2x``, is none."""
    for name in (match[1] for cls in classes if (match := _ICON.fullmatch(cls))):
        if not _SIZE.fullmatch(name):
            drawn = [_DRAWN.get(part, part) for part in re.split(r"[-_]", name) if part.isdigit() or part in _DRAWN]
            yield from (f"{number}, by the icon {name}" if number not in name else name for number in drawn[:1])

"""The network as a picture with its sums below it, for one image, or for each image that there is."""

from __future__ import annotations

import json
from collections.abc import Iterator

import htpy as h
from markupsafe import Markup

from fwdpass import numerals
from fwdpass.figures.draw import parts, pixels, sums, svg, terms
from fwdpass.figures.draw.cases import merged
from fwdpass.figures.draw.terms import GLYPHS
from fwdpass.figures.kinds import Flip, Network, Picture, State
from fwdpass.numerals.writing import cells

touched = h.Element("fp-network")
"""The element whose neurons, and whose pixels, can be chosen; without scripts it is what is in it."""


def network(figure: Network) -> h.Element:
    """Draw the picture of a network, and fold the sums in it away."""
    return touched[_drawn(figure), h.div(".fp-live"), _folded(figure)]


def flip(figure: Flip) -> h.Element:
    """Draw an image and what the network makes of it; what every other image changes goes along, and is tabled."""
    told = [[text for text, _ in _told(picture)] for picture in figure.pictures]
    drawn, kept = merged([_case(picture) for picture in figure.pictures], figure.shown, told)
    return touched(".fp-flip", picture=figure.pictures[figure.shown].key)[
        drawn,
        _every(figure),
        h.script(type="application/json")[_embedded({"looks": kept.looks, "cases": kept.cases})],
    ]


def _embedded(data: object) -> Markup:
    """Write data for a script element, which knows no character references, and ends at whatever looks like its end."""
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return Markup(written)  # noqa: S704 - safe by the line above


def _drawn(figure: Network, whole: bool = False) -> h.Element:
    return h.figure(".fp-network")[
        parts.scroll("The network as a picture", svg.draw(figure)),
        h.figcaption[h.ul(".fp-legend")[svg.legend(figure, whole)]],
    ]


def _folded(figure: Network) -> h.Element:
    return h.details(".fp-worked")[
        h.summary["Every sum in the picture"],
        (sums.table(product, said) for product, said in zip(figure.sums, _LAYERS, strict=True)),
    ]


_LAYERS = ("The sums of the hidden neurons, before ReLU", "The sums of the outputs")


def _case(picture: Picture) -> h.Element:
    """Draw one image: with the same elements as every other, so that only their attributes and texts differ."""
    return h.div(".fp-case")[
        h.div(".fp-pictured")[
            h.figure(".fp-pixels")[pixels.draw(picture.image)],
            _drawn(picture.network, whole=True),
        ],
        _verdict(picture),
        h.div(".fp-live"),
        _folded(picture.network),
    ]


def _verdict(picture: Picture) -> h.Element:
    """Tell the prediction, the target and the loss."""
    y_hat = picture.network.y_hat
    rows = {"prediction": y_hat, "target": picture.target[: len(y_hat)]}
    width = len(y_hat) + (len(y_hat) < picture.network.sizes[2])
    return h.table(".fp-contributions.fp-verdict")[
        h.caption(".fp-sr")["The prediction, the target and the loss"],
        h.thead[h.tr[h.th(scope="col")["output"], parts.heads("y", len(y_hat), picture.network.sizes[2])]],
        h.tbody[
            (h.tr[parts.head(name), parts.row(row, cells(row), picture.network.sizes[2])] for name, row in rows.items())
        ],
        h.tfoot[h.tr[parts.head("loss"), h.td(colspan=numerals.text(width))[numerals.text(picture.loss, ".4f")]],],
    ]


def _every(figure: Flip) -> h.Element:
    """Tell of every image what can be shown of it."""
    first = figure.pictures[0].network
    heads = [*terms.pictured(first), "target", "loss"]
    rows = [h.tr[[cell for _, cell in _told(picture)]] for picture in figure.pictures]
    said = f"What the network makes of {terms.count(len(figure.pictures), 'picture')}"
    table = h.table(".fp-contributions")[h.caption[said], parts.columns("pixels", *heads), h.tbody[rows]]
    return h.details(".fp-worked.fp-every")[h.summary[said], parts.scroll(said, table)]


def _told(picture: Picture) -> Iterator[tuple[str, h.Element]]:
    """Tell of an image what can be shown of it: the texts of a row, and its cells."""
    network = picture.network
    pixels, target = " ".join(cells(network.x)), " ".join(cells(picture.target))
    states, loss = "".join(GLYPHS[State.of(z)] for z in network.z1), numerals.text(picture.loss, ".4f")
    yield pixels, parts.head(pixels)
    yield from ((text, parts.cell(z, text)) for z, text in zip(network.z1, cells(network.z1), strict=True))
    yield states, h.td[h.span(".fp-glyph")[states]]
    yield from ((text, parts.cell(y, text)) for y, text in zip(network.y_hat, cells(network.y_hat), strict=True))
    yield target, h.td[target]
    yield loss, h.td[loss]

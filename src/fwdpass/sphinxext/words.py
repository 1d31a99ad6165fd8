"""The words of a page with holes, as a notebook has them: for whoever writes its notebook again after a change."""

from __future__ import annotations

import re
from collections.abc import Sequence

from docutils import nodes
from sphinx.application import Sphinx

from fwdpass import borrowed
from fwdpass.page import Choice, Question
from fwdpass.page.notebook import CODE, FORMULA, NUMBER, PLACE
from fwdpass.page.record import BODY, HOLE
from fwdpass.sphinxext import places, records
from fwdpass.sphinxext.markdown import Resolve, inline, pieces

_EDGE = re.compile(r"<!--(?P<ends>/?)fp:(?P<place>[\w.]+)-->")
_MARK = re.compile(r"fp-n([0-9]+)")
_ALT = re.compile(r"fp-a([0-9]+)")


def parts_of(
    app: Sphinx, page: str, kept: records.PageNotes, doctree: nodes.document, resolve: Resolve
) -> dict[str, str]:
    """Give the parts of a page as Markdown, with holes for what a reading gives."""
    taking = _Taking(kept, resolve, app.config.fwdpass_live.get("module", "fwdpass.lesson"))
    whole = doctree.deepcopy()
    taking.take(whole)
    if kept.aside is not None:
        for found in list(with_aside(app, page, kept.aside, doctree).findall(places.part)):
            taking.take(found)
    return {**taking.parts, BODY: "\n\n".join(pieces(whole, resolve))}


def with_aside(app: Sphinx, page: str, aside: nodes.Element, doctree: nodes.document) -> nodes.document:
    """Give a document of the words that do not stand on a page, transformed as those that do."""
    document: nodes.document = doctree.copy()
    document += aside.deepcopy().children
    app.env.apply_post_transforms(document, page)
    return document


class _Taking:
    """Takes a page apart: what a reading gives becomes a hole, and the words of its places parts of their own."""

    def __init__(self, kept: records.PageNotes, resolve: Resolve, lesson: str) -> None:
        self._kept = kept
        self._resolve = resolve
        self._lesson = lesson
        self.parts: dict[str, str] = {}

    def take(self, node: nodes.Element) -> None:
        """Put holes into a node."""
        if isinstance(node, nodes.math | nodes.math_block) and (mark := _MARK.match(node.get("marks", ""))):
            node[:] = [nodes.Text(FORMULA.format(mark[1]))]
            return
        if isinstance(node, nodes.inline) and (mark := next(filter(None, map(_MARK.fullmatch, node["classes"])), None)):
            node[:] = [nodes.Text(NUMBER.format(mark[1]))]
            return
        if isinstance(node, nodes.image) and (mark := next(filter(None, map(_ALT.fullmatch, node["classes"])), None)):
            template = self._kept.alts[int(mark[1])]
            node["alt"] = HOLE.sub(lambda found: NUMBER.format(found[1]), template.text)
        for child in node.children:
            if isinstance(child, nodes.Element):
                self.take(child)
        begun: list[list[nodes.Node]] = [[]]  # what stands in the places that have begun here, and have not ended
        for child in node.children:
            edge = _EDGE.fullmatch(child["comment"]) if isinstance(child, places.edge) else None
            if edge is None:
                begun[-1].append(child)
            elif not edge["ends"]:
                begun.append([])
            elif len(begun) > 1:
                inner = begun.pop()
                place = edge["place"]
                code = borrowed.is_code_of_cell(node)
                begun[-1] += self._listing(place, inner) if code else self._placed(place, inner)
        node[:] = [child for level in begun for child in level]

    def _listing(self, place: str, inner: list[nodes.Node]) -> list[nodes.Node]:
        for listing in inner:
            if isinstance(listing, nodes.literal_block):
                listing[:] = [nodes.Text(CODE.format(place[1:]))]
        return inner

    def _placed(self, place: str, inner: list[nodes.Node]) -> list[nodes.Node]:
        """Give what stands in a place's stead; keep its words where they are a part."""
        marker: list[nodes.Node] = [nodes.Text(PLACE.format(place))]
        if module := self._kept.shown_scripts.get(place):
            return marker if module == self._lesson else inner
        number, _, part = place.partition(".")
        program, ledger = self._kept.program, self._kept.ledger
        step = program.steps[int(number)] if number.isdigit() and program is not None else None
        if not isinstance(step, Choice | Question):
            return inner
        if not part and isinstance(step, Choice):
            told = next((one.case for one in (ledger.told if ledger else ()) if one.step == int(number)), None)
            part = "" if told is None else str(told)
        if part:  # of a question, all parts are kept aside
            self.parts[f"{number}.{part}"] = self._written(inner)
        return marker

    def _written(self, said: Sequence[nodes.Node]) -> str:
        if all(isinstance(node, nodes.Inline | nodes.Text) for node in said):
            return "".join(inline(node, self._resolve) for node in said)
        return "\n\n".join(piece for node in said for piece in pieces(node, self._resolve))

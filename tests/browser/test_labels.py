"""The weights in the picture of a network: each can be read, and nobody can take one for another edge's."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from fwdpass.figures.placed import NODES
from tests.browser.conftest import MODES, Eyes, Site

NETWORKS = ["4-3-4", "2-2-1", "4-5-4", "3-6-2", "20-2-20"]
"""What stands on the page ``labels``, in this order."""
ROOMY = {"4-3-4": (12, 12), "2-2-1": (4, 2), "3-6-2": (None, 12)}
"""How many weights a layer has, where all of them find room."""

Box = tuple[float, float, float, float]
Ends = tuple[float, float, float, float]

GEOMETRY = """element => {
  const box = e => { const b = e.getBBox(); return [b.x, b.y, b.x + b.width, b.y + b.height]; };
  const svg = element.querySelector("figure.fp-network svg");
  const seen = e => getComputedStyle(e).visibility === "visible";
  return {
    labels: [...svg.querySelectorAll("text[data-edge]")].filter(seen).map(e => [e.dataset.edge, box(e)]),
    texts: [...svg.querySelectorAll("text:not([data-edge])")].filter(seen).map(e => [e.textContent, box(e)]),
    circles: [...svg.querySelectorAll("circle")].map(e => [
      e.dataset.node ?? "a glyph", ["cx", "cy", "r"].map(n => Number(e.getAttribute(n)))]),
    lines: [...svg.querySelectorAll("line[data-edge]")].map(e => [
      e.dataset.edge, ["x1", "y1", "x2", "y2"].map(n => Number(e.getAttribute(n))),
      Number(getComputedStyle(e).strokeWidth.replace("px", "")), Number(getComputedStyle(e).strokeOpacity) === 1]),
    size: svg.getAttribute("viewBox").split(" ").map(Number).slice(2),
  };
}"""


def meets(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def through(box: Box, ends: Ends, width: float) -> bool:
    """Say whether a line of a width touches a box: by cutting off, side by side, what is not in it."""
    left, top, right, bottom = box[0] - width / 2, box[1] - width / 2, box[2] + width / 2, box[3] + width / 2
    x1, y1, x2, y2 = ends
    start, end = 0.0, 1.0
    for step, room in ((x1 - x2, x1 - left), (x2 - x1, right - x1), (y1 - y2, y1 - top), (y2 - y1, bottom - y1)):
        if step < 0:
            start = max(start, room / step)
        elif step > 0:
            end = min(end, room / step)
        elif room < 0:
            return False
    return start <= end


def apart(box: Box, circle: tuple[float, float, float]) -> bool:
    x, y, r = circle
    near = max(box[0], min(x, box[2])), max(box[1], min(y, box[3]))
    return (near[0] - x) ** 2 + (near[1] - y) ** 2 > r**2


def faults(seen: dict[str, Any]) -> list[str]:
    """Say what cannot be read, or be taken for something else."""
    lines = {edge: (ends, width) for edge, ends, width, _ in seen["lines"]}
    there = {edge for edge, _, _, solid in seen["lines"] if solid}
    found = []
    for (one, a), (other, b) in combinations(seen["labels"], 2):
        if meets(a, b):
            found.append(f"the labels of {one} and {other} overlap")
    for edge, box in seen["labels"]:
        middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        if not through((*middle, *middle), lines[edge][0], 5):
            found.append(f"the label of {edge} is not on it")
        crossed = [other for other in there - {edge} if through(box, *lines[other])]
        written = [said for said, text in seen["texts"] if meets(box, text)]
        circles = [name for name, circle in seen["circles"] if not apart(box, circle)]
        found += [f"the label of {edge} is on {other}" for other in (*crossed, *written, *circles)]
    for said, box in [*seen["labels"], *seen["texts"]]:
        if min(box) < 0 or box[2] > seen["size"][0] or box[3] > seen["size"][1]:
            found.append(f"{said} sticks out of the picture")
    return found


def network(page: Page, which: str) -> Locator:
    return page.locator("fp-network").nth(NETWORKS.index(which))


def layers(edges: list[str]) -> tuple[int, int]:
    """Count edges on the left and on the right."""
    return sum(edge.startswith("x") for edge in edges), sum(edge.startswith("h") for edge in edges)


@pytest.mark.parametrize("media", ["screen", "print"])
@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("which", NETWORKS)
def test_every_weight_that_is_shown_can_be_read(
    bench: Site, eyes: Eyes, which: str, width: int, scripts: bool, media: Any
) -> None:
    with eyes.open(bench.page("labels"), width, scripts=scripts) as page:
        page.emulate_media(media=media)
        seen = network(page, which).evaluate(GEOMETRY)
        legend = network(page, which).locator(".fp-legend").text_content()
    assert faults(seen) == []
    shown, there = (layers([entry[0] for entry in seen[what]]) for what in ("labels", "lines"))
    assert all(3 * n > m for n, m in zip(shown, there, strict=True)), "a third of them at least"
    for n, m in zip(shown, ROOMY.get(which, (None, None)), strict=True):
        assert m in (n, None)
    assert ("no room to write" in str(legend)) == (shown != there)


@pytest.mark.parametrize("which", NETWORKS)
def test_a_neuron_that_is_chosen_shows_every_weight_of_its_edges_and_no_other(
    bench: Site, eyes: Eyes, which: str
) -> None:
    with eyes.open(bench.page("labels")) as page:
        shown = network(page, which)
        names = [str(node.get_attribute("data-node")) for node in shown.locator("[data-node]").all()]
        assert len(names) == sum(min(int(n), NODES) for n in which.split("-"))
        for name in names:
            shown.evaluate("(e, name) => e.setAttribute('neuron', name)", name)
            seen = shown.evaluate(GEOMETRY)
            assert faults(seen) == []
            mine = {edge for edge, *_ in seen["lines"] if name in edge.split()}
            assert {edge for edge, _ in seen["labels"]} == mine
            assert {edge for edge, _, _, solid in seen["lines"] if solid} == mine
        before = len(shown.evaluate(GEOMETRY)["labels"])
        shown.evaluate("e => e.removeAttribute('neuron')")
        assert len(shown.evaluate(GEOMETRY)["labels"]) > before


@pytest.mark.parametrize("mode", MODES)
def test_in_the_book_every_weight_of_the_lesson_can_be_read(site: Site, eyes: Eyes, mode: str) -> None:
    for name in ("index", "neurons"):
        with eyes.open(site.page(name), mode=mode) as page:
            for shown in page.locator("fp-network:has(text[data-edge])").all():
                seen = shown.evaluate(GEOMETRY)
                assert (faults(seen), len(seen["labels"])) == ([], 24)


TO = "t => {{ for (const a of 'xy') t.setAttribute(a, t.ownerSVGElement.querySelector(`{}`).getAttribute({})); }}"
BROKEN = {
    TO.format("text[data-edge='x0 h1']", "a"): "the labels of x0 h0 and x0 h1 overlap",
    TO.format("text:not([data-edge])", "a"): "the label of x0 h0 is on 1",
    TO.format("[data-node=h0]", "`c${a}`"): "the label of x0 h0 is on h0",
    "t => t.setAttribute('dy', 10)": "the label of x0 h0 is not on it",
    "t => t.setAttribute('x', 50)": "the label of x0 h0 is on x0 h1",
    "t => t.setAttribute('y', 0)": "x0 h0 sticks out of the picture",
    "t => t.setAttribute('dx', 400)": "x0 h0 sticks out of the picture",
}


@pytest.mark.parametrize("change", BROKEN)
def test_a_label_that_is_moved_is_found(bench: Site, eyes: Eyes, change: str) -> None:
    with eyes.open(bench.page("labels")) as page:
        shown = network(page, "4-3-4")
        assert faults(shown.evaluate(GEOMETRY)) == []
        shown.locator("text[data-edge='x0 h0']").evaluate(change)
        assert BROKEN[change] in faults(shown.evaluate(GEOMETRY))

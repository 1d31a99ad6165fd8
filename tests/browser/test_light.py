"""As light as text: what a first visit loads, that nothing moves meanwhile, and that every key gets everywhere."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Semaphore
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Response, Route

from tests.browser.conftest import PAGES, READERS, ROOT, WRITTEN, Eyes, Quiet, Site, serve

FIRST_LOAD, SCRIPTS = 150_000, 22_000
"""Bytes, compressed."""
STILL = 0.01
"""The layout shift that nobody notices; what is called good starts at ten times as much."""
CHAPTER = "matrix-multiplication"
COMPRESSED = (".woff2", ".png", ".jpg")
SHIFT = """() => new Promise(done => {
    let sum = 0;
    const moved = [];
    const say = ({ node, previousRect: from, currentRect: to }) =>
        moved.push([node?.outerHTML?.slice(0, 120) ?? node?.nodeName, from.x, from.y, to.x, to.y].join(" "));
    const add = entries => entries.forEach(entry => {
        if (entry.hadRecentInput) return;
        sum += entry.value;
        entry.sources.forEach(say);
    });
    const observer = new PerformanceObserver(list => add(list.getEntries()));
    observer.observe({ type: "layout-shift", buffered: true });
    requestAnimationFrame(() => requestAnimationFrame(() => { add(observer.takeRecords()); done([sum, moved]) }));
})"""
DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""Waits until the page has been drawn as it is."""
WAITING = """() => [...document.querySelectorAll("article section")].some((one) =>
    getComputedStyle(one).contentVisibility === "auto" || !one.checkVisibility({ contentVisibilityAuto: true }))"""
AT_FIRST = 2000
"""Elements that are given styles before a reader has done anything, each as often as it is."""
REACHABLE = """() => {
    window.reached = new Set();
    document.addEventListener("focusin", event => reached.add(event.target));
    const wanted = "a[href], button, input, select, textarea, summary, [tabindex='0']";
    window.wanted = [...document.querySelectorAll(wanted)].filter(one =>
        one.checkVisibility({ visibilityProperty: true }) && !one.disabled && one.tabIndex >= 0);
    return wanted.length && window.wanted.length;
}"""
MISSED = """() => {
    const groups = new Set([...reached].filter(one => one.type === "radio").map(one => one.name));
    return wanted.filter(one => !reached.has(one) && !groups.has(one.name)).map(one => one.outerHTML.slice(0, 120));
}"""


KEPT = """() => {
    const waiting = [...document.querySelectorAll("article section")].filter((one) =>
        getComputedStyle(one).contentVisibility === "auto");
    const kept = waiting.map((one) => parseFloat(getComputedStyle(one).containIntrinsicHeight.split(" ")[1]));
    for (const one of waiting) one.style.contentVisibility = "visible";
    return waiting.map((one, at) => [one.id, Math.round(one.getBoundingClientRect().height), kept[at]]);
}"""
"""Gives each section that waits, with the room that it takes and the room that is kept for it."""


@contextmanager
def first_visit(eyes: Eyes, width: int, mode: str = "light") -> Iterator[BrowserContext]:
    """Give a browser that has nothing of the book yet."""
    context = eyes.browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if mode == "dark" else "light"
    )
    try:
        yield context
    finally:
        context.close()


def loaded(eyes: Eyes, url: str) -> dict[str, int]:
    """What a first visit loads: paths, and bytes as a server that compresses sends them."""
    answers: list[Response] = []
    with first_visit(eyes, 390) as context:
        page = context.new_page()
        page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 (Playwright inspects it)
        page.goto(url, wait_until="networkidle")
        bodies = {urlsplit(answer.url).path: answer.body() for answer in answers}
    return {path: len(body if path.endswith(COMPRESSED) else gzip.compress(body, 9)) for path, body in bodies.items()}


@pytest.mark.parametrize("page", WRITTEN)
def test_a_first_visit_is_light(site: Site, eyes: Eyes, page: str) -> None:
    sizes = loaded(eyes, site.page(page))
    scripts = {path: size for path, size in sizes.items() if path.endswith(".js")}
    assert sum(sizes.values()) <= FIRST_LOAD, sizes
    assert sum(scripts.values()) <= SCRIPTS, scripts
    assert [path for path in sizes if path.endswith(".css")] == ["/fwdpass/_static/site.css"]


@pytest.mark.parametrize("page", [CHAPTER, "neurons", "shape-lab", "digits", "production", "zero"])
def test_on_a_phone_no_section_that_waits_takes_more_room_than_is_kept_for_it(
    site: Site, eyes: Eyes, page: str
) -> None:
    """Else what it holds lies over the next section: axe-core, which looks there, sees buttons upon buttons."""
    with first_visit(eyes, 390) as context:
        opened = context.new_page()
        opened.goto(site.page(page))
        found = opened.evaluate(KEPT)
    assert found
    assert [one for one in found if one[1] > one[2]] == []


def test_the_scale_is_true(eyes: Eyes, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text('<link rel="icon" href="data:,"><img alt="" src="x.png">', "utf-8")
    (tmp_path / "x.png").write_bytes(bytes(FIRST_LOAD))
    with serve(tmp_path) as site:
        assert sum(loaded(eyes, site.page("page")).values()) > FIRST_LOAD


def shift(eyes: Eyes, url: str, width: int, mode: str) -> tuple[float, list[str]]:
    """How much a page moves while it loads, and what; with fonts that come when it has been drawn without them."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    with first_visit(eyes, width, mode) as context:
        page = context.new_page()
        page.route("**/*.woff2", hold)
        page.goto(url, wait_until="domcontentloaded")
        page.evaluate(DRAWN)
        for _ in range(300):  # frames in which a busy computer tells of the request
            if held:
                break
            page.evaluate(DRAWN)
        assert held
        page.unroute("**/*.woff2", hold)  # which lets go of those that are held
        page.wait_for_load_state("load")
        page.evaluate("document.fonts.ready.then(() => true)")
        page.evaluate(DRAWN)
        much, what = page.evaluate(SHIFT)
        return much, what


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("width", "mode"), READERS)
def test_nothing_moves_while_a_page_loads(site: Site, eyes: Eyes, page: str, width: int, mode: str) -> None:
    much, what = shift(eyes, site.page(page), width, mode)
    assert much <= STILL, what


PART = re.compile(r"<(?=(?:h1|aside|main|header|footer|form)\b)")
PARTS = "document.querySelectorAll('h1, aside, main, header, footer, form').length"


def in_parts(eyes: Eyes, folder: Path, page: str, width: int) -> tuple[float, list[str]]:
    """How much a page moves that comes in parts, each of which is drawn before the next one comes, and what."""
    parts = [f"<{part}" for part in PART.split((folder / f"{page}.html").read_text("utf-8"))]
    parts[0] = parts[0][1:]
    wanted = Semaphore(0)

    class InParts(Quiet):
        def do_GET(self) -> None:
            if self.path != f"{ROOT}/{page}.html":
                return super().do_GET()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            for part in parts:
                self.wfile.write(part.encode())
                self.wfile.flush()
                assert wanted.acquire(timeout=60)
            return None

    with serve(folder, InParts) as site, first_visit(eyes, width) as context:
        opened = context.new_page()
        opened.goto(site.page(page), wait_until="commit")
        for number in range(len(parts)):
            # Each part but the first begins with an element that is counted.
            opened.wait_for_function(f"{PARTS} === {number}")
            opened.evaluate(DRAWN)
            wanted.release()
        opened.wait_for_load_state("load")
        much, what = opened.evaluate(SHIFT)
    return much, what


@pytest.mark.parametrize("page", ["404", "search"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_moves_while_a_page_comes_in_parts(site: Site, eyes: Eyes, page: str, width: int) -> None:
    """A short page on a slow line, or beside a busy processor: what is at its foot must not rise with each part."""
    much, what = in_parts(eyes, site.folder, page, width)
    assert much <= STILL, what


def test_what_rises_when_more_comes_below_it_is_noticed(eyes: Eyes, tmp_path: Path) -> None:
    body = '<body style="display: flex; flex-direction: column; height: 100vh">'
    main = f'<main style="margin-top: auto">{"Words. " * 99}</main>'
    (tmp_path / "page.html").write_text(f'{body}{main}<footer style="height: 300px">Foot</footer>', "utf-8")
    much, what = in_parts(eyes, tmp_path, "page", 390)
    assert much > STILL
    assert any(one.startswith("<main") for one in what)


def test_what_moves_is_noticed(eyes: Eyes, tmp_path: Path) -> None:
    box = "Object.assign(document.createElement('div'), { style: 'height: 300px' })"
    late = f"setTimeout(() => document.body.prepend({box}), 50)"
    (tmp_path / "page.html").write_text(f"<body><p>Words.</p><p>{'More. ' * 99}</p><script>{late}</script>", "utf-8")
    with serve(tmp_path) as site, first_visit(eyes, 390) as context:
        page = context.new_page()
        page.goto(site.page("page"))
        page.locator("div").wait_for()
        much, what = page.evaluate(SHIFT)
    assert much > STILL
    assert any(one.startswith("<p>Words.</p>") for one in what)


def traced(eyes: Eyes, url: str) -> list[dict[str, Any]]:
    """Give what Chromium notes of its work while a phone opens a page and nobody touches it."""
    with first_visit(eyes, 390) as context:
        page = context.new_page()
        tracing = context.new_cdp_session(page)
        events: list[dict[str, Any]] = []
        ended: list[object] = []
        tracing.on("Tracing.dataCollected", lambda data: events.extend(data["value"]))
        tracing.on("Tracing.tracingComplete", lambda data: ended.append(data))  # noqa: PLW0108 (Playwright inspects it)
        categories = "devtools.timeline,disabled-by-default-devtools.timeline.stack"
        tracing.send("Tracing.start", {"categories": categories, "transferMode": "ReportEvents"})
        page.goto(url, wait_until="load")
        page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
        tracing.send("Tracing.end")
        while not ended:
            page.evaluate("0")  # which lets the events come
    return events


def laid_out_by_scripts(eyes: Eyes, url: str) -> list[str]:
    """Where a script has the page laid out while it runs: it asks for a measure after it has changed something."""
    layouts = [event for event in traced(eyes, url) if event["name"] == "Layout"]
    stacks = [event["args"].get("beginData", {}).get("stackTrace") for event in layouts]
    assert stacks, "the page was laid out at least once"
    calls = [stack[0] for stack in stacks if stack]
    # What has no address is the question of this test.
    return [f"{call['url'].rpartition('/')[2]}:{call['lineNumber']}" for call in calls if call["url"]]


@pytest.mark.parametrize("page", PAGES)
def test_no_script_measures_while_it_changes_the_page(site: Site, eyes: Eyes, page: str) -> None:
    assert laid_out_by_scripts(eyes, site.page(page)) == []


def test_a_script_that_does_is_noticed(eyes: Eyes, tmp_path: Path) -> None:
    script = "for (const p of document.querySelectorAll('p')) { p.style.width = '9em'; p.title = p.offsetHeight; }"
    (tmp_path / "page.html").write_text(f"<body><p>Words.</p><p>More.</p><script>{script}</script>", "utf-8")
    with serve(tmp_path) as site:
        assert laid_out_by_scripts(eyes, site.page("page")) == ["page.html:1"] * 2


@pytest.mark.parametrize("page", PAGES)
def test_the_scripts_of_the_theme_are_not_asked_for(site: Site, page: str) -> None:
    html = (site.folder / f"{page}.html").read_text("utf-8")
    assert re.findall(r'<script[^>]* src="[^"]*/scripts/', html) == []


def styled(eyes: Eyes, url: str) -> int:
    """How many elements are given their styles, each as often as it is, until a page is there."""
    work = [event for event in traced(eyes, url) if event["name"] == "UpdateLayoutTree"]
    return sum(event["args"].get("elementCount", 0) for event in work)


@pytest.mark.parametrize("page", [CHAPTER, "neurons", "digits"])
def test_what_is_out_of_sight_waits_for_a_reader(site: Site, eyes: Eyes, page: str) -> None:
    """A count, and so the same on every machine: how long it takes, the benchmark says beside a plain page."""
    elements = (site.folder / f"{page}.html").read_text("utf-8").count("</")
    assert styled(eyes, site.page(page)) <= min(AT_FIRST, elements / 2)


def test_a_page_on_which_nothing_waits_is_noticed(eyes: Eyes, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<p>Words." * (AT_FIRST + 1), "utf-8")
    with serve(tmp_path) as site:
        assert styled(eyes, site.page("page")) > AT_FIRST


def test_from_the_first_sign_of_a_reader_on_all_is_laid_out_and_nothing_in_sight_moves(site: Site, eyes: Eyes) -> None:
    with first_visit(eyes, 390) as context:
        page = context.new_page()
        page.goto(site.page(CHAPTER))
        assert page.evaluate(WAITING)
        page.mouse.wheel(0, 2000)
        page.wait_for_function(f"!({WAITING})()")
        much, what = page.evaluate(SHIFT)
        assert much <= STILL, what


@pytest.mark.parametrize("come", ["by a link", "by a link on the page", "again", "to the end"])
def test_a_reader_who_comes_to_a_place_finds_all_above_it_as_tall_as_it_is(site: Site, eyes: Eyes, come: str) -> None:
    with first_visit(eyes, 390) as context:
        page = context.new_page()
        page.goto(site.page(CHAPTER) + "#cheat-sheet" * (come == "by a link"))
        if come == "by a link on the page":
            page.evaluate("location.hash = 'cheat-sheet'")
        elif come == "again":
            page.reload()
        elif come == "to the end":
            page.keyboard.press("End")
        page.wait_for_function(f"!({WAITING})()")
        if come.startswith("by"):
            top = page.locator("#cheat-sheet").evaluate("one => one.getBoundingClientRect().top")
            assert abs(top) < 150  # under the bar


def test_what_waits_is_found_and_is_there_without_scripts(site: Site, eyes: Eyes) -> None:
    with first_visit(eyes, 390) as context:
        page = context.new_page()
        page.goto(site.page("production"))
        assert page.evaluate("words => find(words)", "as wide as the output")
        assert page.evaluate("getSelection().toString().toLowerCase()") == "as wide as the output"
    context = eyes.browser.new_context(viewport={"width": 390, "height": 900}, java_script_enabled=False)
    try:
        plain = context.new_page()
        plain.goto(site.page("production"))
        assert not plain.evaluate(WAITING)
        assert plain.get_by_text("Transposed when stored").is_visible()
    finally:
        context.close()


LATE = "[...document.querySelectorAll('fp-product, fp-network')].filter((one) => !one.querySelector('output')).length"
"""How many figures are not ready for a finger."""
NO_FALLBACK = """
    const later = setTimeout;
    globalThis.setTimeout = (act, time, ...given) => (time === 10_000 ? 0 : later(act, time, ...given));
"""
"""Leaves figures to the signs of a reader: without any, they would be made ready after some seconds."""
EACH = """() => {
    window.most = 0;
    const made = (records) => records.flatMap((one) => [...one.addedNodes]).filter((one) => one.localName === "output");
    const note = (records) => (most = Math.max(most, made(records).length));
    new MutationObserver(note).observe(document.querySelector("article"), { childList: true, subtree: true });
}"""
"""Notes how many figures are made ready in one moment."""


@pytest.mark.parametrize("sign", ["wheel", "key", "move", "focus", "hash"])
def test_figures_are_made_ready_one_at_a_time_from_the_first_sign_of_a_reader_on(
    site: Site, eyes: Eyes, sign: str
) -> None:
    """A count, and so the same on every machine: what is done later holds nobody up at first."""
    with first_visit(eyes, 390) as context:
        page = context.new_page()
        page.add_init_script(NO_FALLBACK)
        page.goto(site.page(CHAPTER))
        assert page.evaluate(LATE) > 3
        assert page.locator(".fp-choosable, fp-trace button").count() == 0
        page.evaluate(EACH)
        match sign:
            case "wheel":
                page.mouse.wheel(0, 10)
            case "key":
                page.keyboard.press("ArrowDown")
            case "move":
                page.mouse.move(50, 50)
            case "focus":
                page.locator("main a[href]:visible").first.focus()
            case _:
                page.evaluate("location.hash = 'cheat-sheet'")
        page.wait_for_function(f"{LATE} === 0 && document.querySelector('.fp-choosable')")
        assert page.evaluate("most") == 1


def test_a_figure_that_comes_near_is_ready_and_so_are_all_for_whoever_gives_no_sign(site: Site, eyes: Eyes) -> None:
    with first_visit(eyes, 1280) as context:
        page = context.new_page()
        page.clock.install(time=0)
        page.goto(site.page(CHAPTER))
        late = page.evaluate(LATE)
        assert late
        first = page.locator("fp-product, fp-network").first
        first.evaluate("one => { document.querySelector('article').prepend(one) }")  # into sight, with no sign
        first.locator("output").wait_for(state="attached")
        assert page.evaluate(LATE) == late - 1
        page.clock.fast_forward(20_000)
        page.clock.run_for(5_000)
        assert page.evaluate(LATE) == 0


def missed(page: Page) -> list[str]:
    """What can be pressed, chosen or scrolled, and the tab key does not come to."""
    stops = page.evaluate(REACHABLE)
    for _ in range(stops + 5):
        page.keyboard.press("Tab")
    return list(page.evaluate(MISSED))


@pytest.mark.parametrize("page", PAGES)
def test_the_keyboard_gets_everywhere(site: Site, eyes: Eyes, page: str) -> None:
    with eyes.open(site.page(page)) as opened:
        assert missed(opened) == []


def test_what_the_keyboard_misses_is_noticed(eyes: Eyes, tmp_path: Path) -> None:
    trap = "<a href='#'>in</a><div onkeydown='event.preventDefault()'><button>trap</button></div><a href='#x'>out</a>"
    (tmp_path / "page.html").write_text(trap, "utf-8")
    with serve(tmp_path) as site, eyes.open(site.page("page")) as page:
        assert missed(page) == ['<a href="#x">out</a>']

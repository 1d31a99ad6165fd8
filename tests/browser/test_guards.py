"""A check that cannot fail is a defect: a page with each fault, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Error, Playwright

from tests.browser import conftest
from tests.browser.conftest import Eyes, serve
from tests.browser.visit import Visit, axe

Faulty = Callable[..., Visit]


@pytest.fixture
def faulty(eyes: Eyes, tmp_path: Path) -> Faulty:
    """Look at a page with this body, on a phone."""

    def visit(body: str) -> Visit:
        with serve(write(tmp_path, body)) as site:
            return eyes.visit(site.page("page"), 390)

    return visit


def write(folder: Path, body: str) -> Path:
    page = f"""<!doctype html><html lang="en">
        <head><link rel="icon" href="data:,"><title>A page</title>
        <meta name="viewport" content="width=device-width"></head>
        <body><main><article><h1>A page</h1>{body}</article></main></body></html>"""
    (folder / "page.html").write_text(page, "utf-8")
    return folder


def test_a_page_without_fault_gives_no_findings(faulty: Faulty) -> None:
    assert faulty("<p>Nothing to see.</p>") == Visit()


def test_a_picture_from_elsewhere_is_a_stranger(faulty: Faulty) -> None:
    assert faulty('<img alt="A dot" src="http://127.0.0.1:9/dot.png">').strangers == ["http://127.0.0.1:9/dot.png"]


def test_a_script_from_elsewhere_is_a_stranger(faulty: Faulty) -> None:
    assert faulty('<script src="http://localhost:9/tex.js"></script>').strangers == ["http://localhost:9/tex.js"]


def test_a_missing_file_is_a_failure(faulty: Faulty) -> None:
    (said,) = faulty('<img alt="A dot" src="missing.png">').failures
    assert said.startswith("404 ")
    assert said.endswith("/missing.png")


@pytest.mark.parametrize("script", ["console.error('no')", "console.warn('hm')", "throw new Error('no')", "nothing()"])
def test_a_word_in_the_console_is_a_complaint(faulty: Faulty, script: str) -> None:
    assert len(faulty(f"<script>{script}</script>").complaints) == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('<div style="width: 600px">Too wide for a phone</div>', "the page scrolls sideways"),
        ("<p>" + "unbreakable" * 20 + "</p>", "off the page"),
        ('<div style="overflow: hidden"><p style="width: 900px">' + "cut off " * 40 + "</p></div>", "clipped"),
        ('<p style="width: 4em; white-space: nowrap">longer than its box</p>', "out of its box"),
        ('<p style="margin-left: -3em">left of the page</p>', "off the page"),
        ('<div style="overflow: auto"><p style="width: 900px">out of reach</p></div>', "no key scrolls it"),
        (
            '<div style="display: flex; justify-content: center; overflow: auto" tabindex="0">'
            '<p style="flex: none">from both ends of the line, ' + "too wide, " * 20 + "</p></div>",
            "before where it scrolls to",
        ),
        ('<svg width="90" height="30"><text x="60" y="20">half a name</text></svg>', "cut off by its picture"),
    ],
)
def test_what_sticks_out_is_found(faulty: Faulty, body: str, said: str) -> None:
    assert any(finding.startswith(said) for finding in faulty(body).overflow)


@pytest.mark.parametrize(
    "body",
    [
        '<div style="overflow: auto" tabindex="0"><p style="width: 900px">' + "scrolls " * 40 + "</p></div>",
        '<details style="overflow: hidden"><summary>More</summary><p style="width: 900px">folded away</p></details>',
        '<p style="position: absolute; width: 1px; height: 1px; overflow: hidden"><nobr>for listeners</nobr></p>',
    ],
)
def test_what_can_be_reached_does_not_stick_out(faulty: Faulty, body: str) -> None:
    assert faulty(body).overflow == []


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("<input>", "label"),
        ('<img src="data:,">', "image-alt"),
        ('<p style="color: #999; background: #fff">pale</p>', "color-contrast"),
        ('<p><b style="opacity: 0.5">1</b> <b style="opacity: 0.5">pale, too</b></p>', "color-contrast"),
        ('<button aria-label="Search">Find</button>', "label-content-name-mismatch"),
        ("</article></main><p>outside of all landmarks</p><main hidden><article>", "region"),
        ("<table><tr><th></th></tr><tr><td>x</td></tr></table>", "empty-table-header"),
    ],
)
def test_what_locks_somebody_out_is_a_violation(faulty: Faulty, body: str, rule: str) -> None:
    assert rule in {violation.partition(":")[0] for violation in faulty(body).violations}


def test_within_elements_nothing_else_is_looked_at(eyes: Eyes) -> None:
    pale = '<p style="color: #999; background: #fff">pale</p>'
    with eyes.open("about:blank") as page:
        page.set_content(f"<section>first</section><section><input></section><aside>{pale}</aside>")
        found = {place: {one.partition(":")[0] for one in axe(page, place)} for place in ("section", "aside")}
    asked = {"label", "color-contrast"}
    assert (found["section"] & asked, found["aside"] & asked) == ({"label"}, {"color-contrast"})


LATE = """<script>globalThis.requestIdleCallback = (act) => setTimeout(act, Math.random() * 50); // a busy computer
{later}
const ready = () => document.querySelector("article").append("ready ");
for (const waits of ["numbers", document.querySelector("h1"), "others"]) fpLater(waits, ready);
</script>"""


def test_a_page_is_looked_at_when_all_that_waits_is_done(eyes: Eyes, tmp_path: Path) -> None:
    later = (files("fwdpass.elements") / "later.js").read_text("utf-8")
    with serve(write(tmp_path, LATE.replace("{later}", later))) as site, eyes.open(site.page("page")) as page:
        assert page.inner_text("article").endswith("ready ready ready")


def test_a_page_with_a_figure_that_is_never_ready_is_not_looked_at(eyes: Eyes, tmp_path: Path) -> None:
    define = "customElements.define('fp-network', class extends HTMLElement {})"
    never = write(tmp_path, f"<fp-network></fp-network><script>{define}</script>")
    with (
        serve(never) as site,
        pytest.raises(Error, match="a figure is never made ready for a finger"),
        eyes.open(site.page("page")),
    ):
        pass


class _NoBrowser:
    """A Playwright that finds nothing to launch."""

    @property
    def chromium(self) -> _NoBrowser:
        return self

    def launch(self, **_: object) -> None:
        raise Error("Executable doesn't exist at /nowhere\nand a long story")


@pytest.mark.parametrize(("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
def test_without_a_browser_tests_are_skipped_loudly_and_never_in_ci(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    nobody: Playwright = _NoBrowser()  # type: ignore[assignment]
    with pytest.raises(
        outcome, match=r"NO BROWSER, so nothing was tested in one: Executable doesn't exist at /nowhere$"
    ):
        conftest.launch(nobody)

"""Numbers that a reader changes: Python starts in the browser, reads the page again, and says so where it cannot.

With Python for browsers, whose folder FWDPASS_RUNTIME names; ``nox -s live`` makes one, and runs this.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from fwdpass.testing import Built
from tests.book.conftest import build_book
from tests.book.test_notebooks import RUN
from tests.browser.conftest import Eyes, Site, serve
from tests.browser.test_follow import CONF, HEADER, LESSON, OTHER
from tests.browser.visit import AXE

RUNTIME = os.environ.get("FWDPASS_RUNTIME", "")
pytestmark = pytest.mark.skipif(not RUNTIME, reason="no Python for browsers here: nox -s live makes one, and runs this")

PAGE = (
    HEADER
    + r"""The sum is {n}`z:.2f`, and {claim}`it is small :: z < 1`.

```{code-cell} python3
z + w[0]
```

After that, {n}`z` stays.
"""
)
CELL = "z + w[0]"
"""The last cell of the page."""
START = "To change them, start Python in your browser."
SLOW = 120_000


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("changed")
    (folder / "source").mkdir()
    (folder / "source" / "picture.py").write_text(LESSON, "utf-8")
    conf = CONF.replace('"array"', f'"runtime": {RUNTIME!r}, "array"')
    built = build_book(folder, conf=conf, page=PAGE, other=OTHER)
    assert built.status == 0, built.messages
    return built


@pytest.fixture(scope="module")
def changed(book: Built) -> Iterator[Site]:
    with serve(book.html) as site:
        yield site


@pytest.fixture(scope="module")
def started(eyes: Eyes, changed: Site) -> Iterator[Page]:
    """A page on which Python has started: for tests that leave it at the book."""
    with eyes.open(changed.page("page")) as page:
        start(page)
        yield page


def panel(page: Page) -> None:
    page.get_by_role("button", name="Change the numbers").click()
    expect(page.locator(".fp-change")).to_be_visible()


def said(page: Page, within: str = ".fp-change") -> str:
    return page.locator(f"{within} > [role=status]").inner_text()


def start(page: Page) -> None:
    panel(page)
    page.get_by_role("button", name="Start Python").click()
    follows(page, "Python is there", ".fp-change")


def back(page: Page) -> None:
    page.get_by_role("button", name="Back to the book").click()
    expect(page.locator(".fp-follow > [role=status]")).to_have_text("The page is as the book has it.")


def field(page: Page, name: str) -> str:
    return page.get_by_role("textbox", name=name).input_value()


def follows(page: Page, said: str, within: str = ".fp-follow") -> None:
    """Wait until the page says that it has followed, or why it has not."""
    expect(page.locator(f"{within} > [role=status]")).to_contain_text(said, timeout=SLOW)


def editor(page: Page, cell: str = CELL) -> Locator:
    """Open a cell, and give the field with its code."""
    page.get_by_role("button", name=f"Edit this cell: {cell}").click()
    return page.get_by_role("textbox", name=f"The code of the cell: {cell}")


def run_cell(code: Locator, source: str, key: str = "Control+Enter") -> None:
    """Write a cell anew, and run it, by keyboard; without a key, by its button."""
    code.fill(source)
    if key:
        code.press(key)
    else:
        code.page.get_by_role("button", name="Run the cell").click()


def put_number(page: Page, name: str, written: str) -> None:
    """Type a number into a field."""
    page.get_by_role("textbox", name=name).fill(written)
    page.keyboard.press("Enter")


def kept_out(page: Page, within: str) -> list[str]:
    """Give axe-core's violations in a part of a page: its theme is not ours."""
    page.evaluate(AXE)
    found = "found.violations.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 120)}`)"
    return list(page.evaluate(f"(within) => axe.run(within).then((found) => {found})", within))


def test_nothing_is_fetched_before_a_reader_says_so_and_then_only_from_the_site(eyes: Eyes, changed: Site) -> None:
    asked: list[str] = []
    wrong: list[str] = []
    page = eyes.context().new_page()
    try:
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(changed.page("page"))
        panel(page)
        assert said(page).startswith(START)
        assert " MB, once" in said(page)
        assert not [url for url in asked if "/python/" in url]
        page.get_by_role("button", name="Start Python").click()
        follows(page, "Python is there", ".fp-change")
        page.get_by_role("button", name="w, first entry: more").click()
        follows(page, "the sum is 0.60.")
    finally:
        page.close()
    assert wrong == []
    assert {url.partition("?")[0].rpartition(":")[0] for url in asked} == {changed.url.rpartition(":")[0]}
    assert len([url for url in asked if url.endswith(".wasm")]) == 1


def test_a_number_is_changed_by_a_step_and_by_typing_and_the_page_follows(started: Page) -> None:
    page = started
    page.get_by_role("button", name="w, first entry: less").click()
    follows(page, "the sum is 0.40.")
    assert page.evaluate("document.activeElement.ariaLabel") == "w, first entry: less"
    assert field(page, "w, first entry") == "0.4"
    assert page.url.endswith("#w.0=0.4")
    expect(page.locator("p", has_text="The sum is").first).to_contain_text("0.40")
    assert page.locator(".output").last.inner_text().strip() == "0.8"
    put_number(page, "w, first entry", "0,7")
    follows(page, "the sum is 0.70.")
    page.get_by_role("button", name="First row, second column: white").click()
    follows(page, "the sum is 0.45.")
    back(page)
    assert "#" not in page.url
    assert field(page, "w, first entry") == "0.5"
    expect(page.locator("p", has_text="The sum is").first).to_contain_text("0.50")


def test_a_sentence_that_is_no_longer_true_is_marked_with_its_values(started: Page) -> None:
    page = started
    put_number(page, "w, first entry", "2")
    claim = page.locator(".fp-false")
    expect(claim).to_contain_text("z < 1: the claim is false, where z = 2", timeout=SLOW)
    assert "no longer true" in said(page, ".fp-follow")
    assert page.get_by_role("status").filter(has_text="no longer true").count() == 1
    assert kept_out(page, "p:has(.fp-false)") == []
    back(page)
    expect(claim).to_have_count(0)
    assert page.locator(".fp-why").count() == 0


def executed(notebook: str, folder: Path) -> list[str]:
    """Execute a notebook in a folder of its own; give what its last cells show, as text."""
    there = folder / "page.ipynb"
    there.write_text(notebook, "utf-8")
    subprocess.run([sys.executable, "-c", RUN, str(there)], cwd=folder, check=True, capture_output=True)
    cells = json.loads(there.read_text("utf-8"))["cells"]
    outputs = (output.get("data", {}) for cell in cells for output in cell.get("outputs", ()))
    return ["".join(data.get("text/plain", "")) for data in outputs]


def test_the_script_may_be_written_anew(started: Page, tmp_path: Path) -> None:
    page = started
    page.get_by_text("The script", exact=True).click()
    source = page.get_by_role("textbox", name="The script")
    source.fill(LESSON.replace("z = x @ w", "z = 2 * x @ w"))
    page.get_by_role("button", name="Run the script").click()
    follows(page, "the sum is 1.00.")
    with page.expect_download() as download:
        page.get_by_role("button", name="the script", exact=True).click()
    assert download.value.suggested_filename == "picture.py"
    assert "z = 2 * x @ w" in Path(download.value.path()).read_text("utf-8")
    with page.expect_download() as download:
        page.get_by_role("button", name="the page as a notebook").click()
    assert download.value.suggested_filename == "page.ipynb"
    notebook = Path(download.value.path()).read_text("utf-8")
    assert "The sum is 1.00" in notebook
    assert "1.5" in executed(notebook, tmp_path)[-1]  # in Jupyter: the changed lesson goes with it
    source.fill("z = (")
    page.get_by_role("button", name="Run the script").click()
    follows(page, "Line 1 of the script cannot be run")
    back(page)
    assert source.input_value().strip() == LESSON.strip()


def test_a_cell_is_edited_and_gives_its_own_output(started: Page) -> None:
    page = started
    cell = page.locator(".cell").last
    code = editor(page)
    expect(code).to_be_focused()
    assert code.input_value() == "z + w[0]"
    assert kept_out(page, ".fp-edit") == []
    code.fill("z\n" * 9)
    assert code.evaluate("each => each.scrollHeight <= each.clientHeight"), "a line that is written is in sight"
    run_cell(code, "z = 2 * z\nz, 'twice'", "Shift+Enter")
    expect(cell.locator(".output")).to_have_text("(1, 'twice')", timeout=SLOW)
    expect(page.locator("p", has_text="After that").first).to_contain_text("1 stays")
    assert page.evaluate("document.activeElement.ariaLabel") == "The code of the cell: z + w[0]"
    run_cell(code, "z += 1", key="")  # which shows nothing
    expect(cell.locator(".cell_output")).to_have_count(0, timeout=SLOW)
    page.keyboard.press("Escape")
    expect(code).to_be_hidden()
    assert cell.locator("pre").inner_text().strip() == "z += 1"
    back(page)
    assert cell.locator("pre").first.inner_text().strip() == "z + w[0]"
    assert cell.locator(".output").inner_text().strip() == "1"
    assert "#" not in page.url


def test_below_a_cell_that_fails_what_is_old_looks_old_and_the_rest_follows(started: Page) -> None:
    page = started
    code = editor(page)
    run_cell(code, "del z\nw[9]", key="")
    output = page.locator(".cell_output").last
    expect(output).to_contain_text("IndexError: index 9 is out of bounds", timeout=SLOW)
    assert "What could not be read again is as it was, grey within a dotted line." in said(page, ".fp-follow")
    told, pixel = page.locator(".fp-follow > [role=status]"), page.locator(".fp-follow [aria-pressed]").first
    above, below = told.bounding_box(), pixel.bounding_box()
    assert above is not None
    assert below is not None
    assert above["y"] + above["height"] <= below["y"], "a long sentence is no column beside the pixels"
    old = page.locator("p", has_text="After that").locator(".fp-old")
    assert old.inner_text() == "0.5"
    assert old.evaluate("each => getComputedStyle(each).outlineStyle") == "dotted"
    assert kept_out(page, "p:has(.fp-old)") == []
    run_cell(code, "'mended'", key="")
    expect(output).to_have_text("'mended'", timeout=SLOW)
    expect(page.locator(".fp-old")).to_have_count(0)
    page.get_by_role("button", name="As in the book").click()
    expect(page.locator(".fp-follow > [role=status]")).to_have_text("The page is as the book has it.", timeout=SLOW)


def test_what_is_no_number_is_said_and_changes_nothing(started: Page) -> None:
    page = started
    put_number(page, "w, first entry", "many")
    follows(page, "'many' is no number of the lesson")
    assert page.get_by_role("status").filter(has_text="'many' is").count() == 1  # whoever listens hears it once
    expect(page.locator("p", has_text="The sum is").first).to_contain_text("0.50")
    back(page)


def test_a_loop_without_an_end_is_stopped_and_the_page_goes_on(started: Page) -> None:
    page = started
    page.evaluate("document.querySelector('.fp-change details').open = true")
    page.get_by_role("textbox", name="The script").fill(f"{LESSON}while True: pass\n")
    page.get_by_role("button", name="Run the script").click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    follows(page, "It took too long, and was stopped")
    page.get_by_role("button", name="w, first entry: more").click()
    follows(page, "the sum is 0.60.")
    back(page)


def test_a_link_shows_the_same_page_when_python_was_started(eyes: Eyes, changed: Site) -> None:
    with eyes.open(f"{changed.page('page')}#x=11&w.1=0.25") as page:
        expect(page.locator(".fp-follow > [role=status]")).to_contain_text("Start Python to see it")
        assert field(page, "w, second entry") == "0.25"
        page.get_by_role("button", name="Start Python").click()
        follows(page, "the sum is 0.75.")
        page.locator("a[href='other.html']").first.click()
        page.wait_for_url("**/other.html#x=11&w.1=0.25")
        follows(page, "the sum is 0.75.")
        page.evaluate("sessionStorage.clear()")


def reached(page: Page, name: str, key: str = "Tab") -> None:
    """Go from one control to the next until one of that name has the focus."""
    for _ in range(80):
        if page.evaluate("document.activeElement.ariaLabel || document.activeElement.textContent.trim()") == name:
            return
        page.keyboard.press(key)
    raise AssertionError(f"no {name} is reached")


def test_by_keyboard_python_is_started_stopped_and_all_undone(eyes: Eyes, changed: Site) -> None:
    with eyes.open(changed.page("page")) as page:
        reached(page, "Change the numbers")
        page.keyboard.press("Enter")
        reached(page, "Start Python")
        page.keyboard.press("Enter")
        follows(page, "Python is there", ".fp-change")
        page.wait_for_function("document.activeElement.ariaLabel === 'w, first entry'")
        page.keyboard.press("Control+A")
        page.keyboard.type("0.75")
        page.keyboard.press("Enter")
        follows(page, "the sum is 0.75.")
        assert page.evaluate("document.activeElement.ariaLabel") == "w, first entry"
        reached(page, f"Edit this cell: {CELL}", "Shift+Tab")
        page.keyboard.press("Enter")
        page.keyboard.press("Control+A")
        page.keyboard.type("while True: pass")
        page.keyboard.press("Control+Enter")
        reached(page, "Stop")
        page.keyboard.press("Enter")
        follows(page, "Stopped. The page is as it was.")
        assert page.evaluate("document.activeElement.textContent") == "Start Python"
        reached(page, "Back to the book", "Shift+Tab")
        page.keyboard.press("Enter")
        follows(page, "The page is as the book has it.")
        page.evaluate("sessionStorage.clear()")


# Where Python cannot start -------------------------------------------------------------------------------------------


def refused(page: Page, sentence: str) -> None:
    panel(page)
    page.get_by_role("button", name="Start Python").click()
    follows(page, sentence, ".fp-change")
    expect(page.locator("p", has_text="The sum is").first).to_contain_text("0.50")
    page.get_by_role("button", name="First row, second column: white").click()
    expect(page.locator(".fp-follow > [role=status]")).to_contain_text("the sum is 0.25.")


def test_from_a_folder_it_says_what_is_needed(eyes: Eyes, changed: Site) -> None:
    with eyes.open(changed.file("page")) as page:
        refused(page, "Python starts only in a page that comes from a server")


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("delete globalThis.WebAssembly", "This browser runs no WebAssembly"),
        ("delete globalThis.Worker", "This browser runs no workers"),
    ],
)
def test_an_old_browser_is_told(eyes: Eyes, changed: Site, script: str, sentence: str) -> None:
    page = eyes.browser.new_page()
    try:
        page.add_init_script(script)
        page.goto(changed.page("page"))
        refused(page, sentence)
    finally:
        page.close()


def altered(eyes: Eyes, url: str, pattern: str, answer: Callable[[Route], None], sentence: str) -> None:
    context = eyes.browser.new_context()
    try:
        context.route(pattern, answer)
        page = context.new_page()
        page.goto(url)
        refused(page, sentence)
    finally:
        context.close()


def test_a_policy_without_webassembly_is_told(eyes: Eyes, changed: Site) -> None:
    def strict(route: Route) -> None:
        answer = route.fetch()
        policy = "script-src 'self' 'unsafe-inline'"
        route.fulfill(response=answer, headers={**answer.headers, "content-security-policy": policy})

    altered(eyes, changed.page("page"), "**/*.html", strict, "The rules of this site allow no WebAssembly")


def test_a_file_that_is_missing_is_told(eyes: Eyes, changed: Site) -> None:
    altered(
        eyes, changed.page("page"), "**/numpy.zip", lambda route: route.fulfill(status=404),
        "Python stopped with an error, so the page is as it was.",
    )  # fmt: skip


def test_a_worker_that_dies_is_told(eyes: Eyes, changed: Site) -> None:
    altered(
        eyes, changed.page("page"), "**/worker.mjs",
        lambda route: route.fulfill(body="throw new Error('dead')", content_type="text/javascript"),
        "Python could not be started, so the page is as it was.",
    )  # fmt: skip


def test_too_little_memory_is_told(eyes: Eyes, changed: Site) -> None:
    """As where a browser has none left to give, in the worker that the site has."""

    def scarce(route: Route) -> None:
        own = route.fetch().text()
        none = "WebAssembly.Memory = class { constructor() { throw new RangeError('could not allocate memory'); } };"
        route.fulfill(body=f"{none}\n{own}", content_type="text/javascript")

    altered(eyes, changed.page("page"), "**/worker.mjs", scarce, "There is too little memory for Python")


def test_more_memory_than_there_is_is_told_and_the_page_goes_on(started: Page) -> None:
    page = started
    code = editor(page)
    run_cell(code, "[np.empty((16_000, 16_000)) for _ in range(9)]")
    expect(page.locator(".cell_output").last).to_contain_text("MemoryError", timeout=SLOW)
    run_cell(code, "z + 2")
    expect(page.locator(".cell_output").last).to_have_text("2.5", timeout=SLOW)
    back(page)


def test_a_worker_that_dies_at_work_is_told_and_the_next_change_starts_another(started: Page) -> None:
    page = started
    page.get_by_role("button", name="w, first entry: more").click()
    follows(page, "the sum is 0.60.")
    page.workers[0].evaluate("() => { setTimeout(() => { throw new Error('dead'); }); }")
    follows(page, "Python has died", ".fp-change")
    expect(page.locator("p", has_text="The sum is").first).to_contain_text("0.60")
    page.get_by_role("button", name="w, first entry: more").click()
    follows(page, "the sum is 0.70.")
    back(page)


def test_whoever_does_not_want_to_wait_stops_it(started: Page) -> None:
    page = started
    code = editor(page)
    run_cell(code, "while True: pass", key="")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".fp-follow > [role=status]")).to_contain_text("Stopped. The page is as it was.")
    assert code.input_value() == "while True: pass"  # to be mended
    assert page.locator(".cell_output").last.inner_text().strip() == "1"
    assert page.get_by_role("button", name="Back to the book").is_hidden()
    run_cell(code, "z + 2", key="")
    expect(page.locator(".cell_output").last).to_have_text("2.5", timeout=SLOW)
    back(page)


def test_two_tabs_do_not_know_of_one_another(eyes: Eyes, changed: Site) -> None:
    context = eyes.browser.new_context()
    try:
        first, second = context.new_page(), context.new_page()
        for page in (first, second):
            page.goto(changed.page("page"))
            start(page)
        first.get_by_role("button", name="w, first entry: more").click()
        second.get_by_role("button", name="w, first entry: less").click()
        for page, said, number in ((first, "0.60", "0.6"), (second, "0.40", "0.4")):
            follows(page, f"the sum is {said}.")
            assert field(page, "w, first entry") == number
            assert page.url.endswith(f"#w.0={number}")
        back(first)
        expect(second.locator("p", has_text="The sum is").first).to_contain_text("0.40")
        second.get_by_role("button", name="w, first entry: less").click()
        follows(second, "the sum is 0.30.")
        third = context.new_page()  # in which nobody has chosen Python
        third.goto(f"{changed.page('page')}#w.0=0.4")
        expect(third.locator(".fp-follow > [role=status]")).to_contain_text("Start Python to see it")
    finally:
        context.close()


@pytest.mark.parametrize(("width", "mode"), [(320, "light"), (1280, "dark")])
def test_on_any_window_nobody_is_kept_out(eyes: Eyes, changed: Site, width: int, mode: str) -> None:
    with eyes.open(changed.page("page"), width, mode) as page:
        panel(page)
        assert kept_out(page, ".fp-follow") == []
        box = page.locator(".fp-change").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        page.set_viewport_size({"width": width, "height": 500})
        page.evaluate(
            "document.body.insertAdjacentHTML('beforeend', `<p style='all: unset; position: fixed; z-index: 30; "
            "inset: 0 0 auto; height: 3rem'></p>`)"
        )  # as the book's theme has one
        page.locator(".fp-change summary").click()
        close = page.get_by_role("button", name="Close")
        assert close.evaluate("""each => {
          const { x, y, width, height } = each.getBoundingClientRect();
          return document.elementFromPoint(x + width / 2, y + height / 2) === each;
        }"""), "no header lies above it"
        page.set_viewport_size({"width": width, "height": 900})
        page.keyboard.press("Escape")
        assert page.locator(".fp-change").is_hidden()
        assert page.evaluate("document.activeElement.textContent") == "Change the numbers"

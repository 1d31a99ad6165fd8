"""A page that follows its reader: after a pixel was touched, it is the page that a build gives for that picture."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from fwdpass.live.reader import Reader, asked
from fwdpass.page.program import Cell, Step
from fwdpass.page.record import FOOT, code_of, within_frame
from fwdpass.page.recorded import from_json
from fwdpass.sphinxext.script import FOLDER
from fwdpass.testing import Built
from tests.book.conftest import build_book
from tests.browser.conftest import Eyes, Site, serve
from tests.browser.visit import axe
from tests.live.equality import compare, quiet
from tests.patches import unpacked

LESSON = """\
import numpy as np

image = np.array([[1, 0]])
x = image.flatten()
w = np.array([0.5, -0.25])
z = x @ w
said = f"of {len(x)} pixels"
"""
CONF = r"""
fwdpass_live = {"module": "picture", "array": "image", "says": r"the sum is \n{z:.2f}"}
"""
HEADER = r"""---
file_format: mystnb
kernelspec:
  name: python3
myst:
  html_meta:
    description: A sum of \n{z:.2f}.
---

# Page

```{code-cell} python3
import numpy as np
import fwdpass as fp
from picture import image, x, w, z

fp.pixels(image)
```

"""
PAGE = (
    HEADER
    + r"""The sum is {n}`z:.2f`, and $z = \n{z:.2f}$, of $w = \n{w}$; “{n}`f"it's {z > 0}"`”.

$$
z = \n{x[0]} \cdot \n{w[0]} + \n{x[1]} \cdot \n{w[1]} = \n{z:.2f}
$$ (sum)

```{math}
z = \n{z:.3f} \\ x = \n{x}
```

{cases}`The sum of \n{x.sum():word} is *positive* :: z > 0 ;; it's negative, see [the page](other.md) :: z < 0
 ;; nil :: otherwise`

{when}`Light comes early, in \n{x[0]}. :: x[0] == 1`

````{cases}
```{when} z == 0
There is nothing.
```
```{when} z > 0
A sum above it, "{n}`z:.1f`", {cases}`with all :: x.all() ;; with some :: otherwise`.

$$ z = \n{z} $$
```
```{otherwise}
- A sum below, $z = \n{z:.2f}$.
- {claim}`And it is below the light :: z < x[1]`.
```
````

:::{when} x[1] == 1
The other is light:

```{code-cell} python3
x[1] * w[1]
```
:::

```{code-cell} python3
print("x is", x)
x
```

```{code-cell} python3
:tags: [raises-exception]
x @ np.array([[z]])
```

::::{quiz} z
:for: i in range(len(x))
What is the sum, for $x_0 = \n{x[i]}$?

- {n}`x[0]` :: That is a pixel.
- [x] {n}`z` :: The sum of {n}`len(x):count product`.
- {n}`w[0]` :: A weight.
- {n}`w[1]` :: The other weight, {n}`w[1]`.
- {n}`z - w.sum()` :: What is left.
::::

```{script} picture
```

:::::{trace} picture
::::{line} z = x
The sum is {n}`z:.2f`, {cases}`above :: z > 0 ;; not above :: otherwise` it.
::::
:::::

{n}`z` once more.

![A dot of \n{z:.2f} & "more"](dot.svg) stands beside ![one without numbers](dot.svg).

```{figure} dot.svg
:alt: A dot for \n{x[0]} and \n{x[1]}
:class: dotted

The dot of {n}`z`.
```

````{cases}
```{when} z > 0
![Above, by \n{z}](above.svg)
```
```{otherwise}
![Below, by \n{-z}](below.svg), as {download}`this file <below.svg>` says.
```
````
"""
)
DOT = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2" width="2" height="2"><circle r="1" /></svg>'
OTHER = HEADER.replace("# Page", "# Other") + "The sum is {n}`z:.2f`, see [the page](page.md).\n"


def write_beside(source: Path, lesson: str = LESSON) -> None:
    """Write what the page has beside it: its lesson, and its pictures."""
    (source / "picture.py").write_text(lesson, "utf-8")
    for name in ("dot", "above", "below"):
        (source / f"{name}.svg").write_text(DOT, "utf-8")


@dataclass(frozen=True)
class Books:
    """A book that follows its reader, and the books that are built for three pictures."""

    live: Built
    built: dict[str, Built]


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Books:
    made = {}
    for picture, conf in {"10": CONF, "00": "", "01": "", "11": ""}.items():
        folder = tmp_path_factory.mktemp(f"picture{picture}")
        source = folder / "source"
        source.mkdir()
        write_beside(source, LESSON.replace("[[1, 0]]", f"[[{', '.join(picture)}]]"))
        made[picture] = build_book(folder, conf=conf or "fwdpass_live = {'says': ''}", page=PAGE, other=OTHER)
        assert made[picture].status == 0, made[picture].messages
    return Books(made.pop("10"), made)


@pytest.fixture(scope="module")
def followed(books: Books) -> Iterator[Site]:
    with serve(books.live.html) as site:
        yield site


def touch(page: Page, at: int) -> None:
    page.locator(".fp-follow [aria-pressed]").nth(at).click()


def test_every_place_is_what_a_build_for_that_picture_gives(browser: Browser, books: Books) -> None:
    with quiet(browser) as context:
        for picture, built in books.built.items():
            assert [*map(str, compare(context, books.live.html, built.html, picture))] == []


def test_a_picture_of_another_case_is_there_with_what_is_said_of_it(eyes: Eyes, followed: Site) -> None:
    """For whoever sees it, and for whoever hears of it."""
    with eyes.open(f"{followed.page('page')}#x=01") as page:
        image = page.get_by_role("img", name="Below, by 0.25")
        expect(image).to_be_visible()
        page.wait_for_function("() => [...document.images].every((each) => each.complete && each.naturalWidth > 0)")
        expect(page.get_by_role("img", name="A dot for 0 and 1")).to_be_visible()
        assert page.evaluate("document.querySelector('a.download').pathname").endswith("/below.svg")
        touch(page, 0)
        expect(page.get_by_role("img", name="Above, by 0.25")).to_be_visible()


def test_a_traced_script_that_came_with_a_change_can_be_stepped_through(eyes: Eyes, followed: Site) -> None:
    """And the one that comes back with the book's own picture."""
    with eyes.open(followed.page("page")) as page:
        for said in ("places changed", "as the book has it"):
            touch(page, 1)
            expect(page.get_by_role("status").first).to_contain_text(said)
            bar = page.locator("fp-trace").get_by_role("group", name="Step through the run")
            bar.get_by_role("button", name="Step", exact=True).click()
            expect(bar.locator(".fp-said")).to_contain_text("Line 1")
            expect(bar.locator(".fp-said")).to_have_count(1)


def test_a_trace_that_gave_way_is_forgotten_and_that_of_the_book_is_opened_on_paper(eyes: Eyes, followed: Site) -> None:
    with eyes.open(followed.page("page")) as page:
        trace = page.locator("fp-trace")
        trace.get_by_role("button", name="Step", exact=True).wait_for()
        page.evaluate("globalThis.book = document.querySelector('fp-trace')")
        touch(page, 1)
        page.wait_for_function("() => document.querySelector('fp-trace') !== book")
        trace.get_by_role("button", name="Step", exact=True).wait_for()
        page.evaluate("globalThis.gone = new WeakRef(document.querySelector('fp-trace')); 0")
        for pixel, sum_ in ((0, "−0.25"), (0, "0.25")):  # a browser keeps the last one, for a way back
            touch(page, pixel)
            expect(page.get_by_role("status").first).to_contain_text(f"the sum is {sum_}.")
        page.wait_for_function("() => !document.querySelector('.fp-changed')")
        line = page.context.new_cdp_session(page)
        for _ in range(20):  # asked once, it stays until the browser has nothing else to do
            line.send("HeapProfiler.collectGarbage")
            if page.evaluate("!gone.deref()"):
                break
            page.evaluate("() => new Promise(requestAnimationFrame)")
        assert page.evaluate("!gone.deref()")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.evaluate("book.isConnected && [...book.querySelectorAll('.fp-stmt')].every((line) => line.open)")
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.evaluate("document.querySelectorAll('fp-trace .fp-stmt[open]').length") <= 1


def test_what_is_alike_stays_and_what_differs_in_it_gives_way(eyes: Eyes, followed: Site) -> None:
    """A browser lays out anew what is put anew."""
    with eyes.open(followed.page("page")) as page:
        page.evaluate("globalThis.kept = [...document.querySelectorAll('.cell_output')]; 0")
        page.evaluate("kept.said = kept.map((one) => one.innerHTML); 0")
        touch(page, 1)
        expect(page.get_by_role("status").first).to_contain_text("places changed")
        stays = page.evaluate("kept.map((one, at) => [one.isConnected, one.innerHTML !== kept.said[at]])")
        assert [True, True] in stays


def test_the_comparison_finds_a_place_that_is_not(browser: Browser, books: Books) -> None:
    with quiet(browser) as context:
        apart = [*compare(context, books.live.html, books.built["01"].html, "11")]
    assert {one.page for one in apart} == {"page", "other"}


def test_back_to_the_book_undoes_all(eyes: Eyes, followed: Site) -> None:
    with eyes.open(followed.page("page")) as page:
        article = page.locator("article, [role=main]").first
        control = page.locator(".fp-follow")
        shown = """(each) => {
          const children = [...each.children].filter((child) => !child.matches(".fp-follow"));
          const copies = children.map((child) => child.cloneNode(true));
          for (const copy of copies) {
            copy.querySelectorAll(".fp-of-formula").forEach((button) => button.remove());
            copy.querySelectorAll(".fp-choosable").forEach((one) => one.classList.remove("fp-choosable"));
            copy.querySelectorAll("math[id]").forEach((one) => one.removeAttribute("id"));
          }
          return copies.map((copy) => copy.innerHTML).join();
        }"""
        with eyes.open(followed.page("page")) as other:
            other.evaluate("globalThis.fpUnfold?.()")  # what is folded away is text until then
            before = other.locator("article, [role=main]").first.evaluate(shown)
        for pixel, sum_ in ((0, "0.00"), (1, "−0.25"), (0, "0.25")):  # a patch in the place of another one
            touch(page, pixel)
            expect(control.get_by_role("status")).to_contain_text(f"the sum is {sum_}.")
            page.evaluate("globalThis.fpUnfold?.()")  # which a reader opens in between
        assert article.evaluate(shown) != before
        assert page.url.endswith("#x=11")
        page.get_by_role("button", name="Back to the book").click()
        expect(control.get_by_role("status")).to_have_text("The page is as the book has it.")
        page.wait_for_function("() => !document.querySelector('.fp-changed')")
        page.evaluate("globalThis.fpUnfold?.()")
        assert article.evaluate(shown) == before
        assert "#" not in page.url


def test_what_changed_is_marked_and_the_focus_stays(eyes: Eyes, followed: Site) -> None:
    with eyes.still(followed.page("other")) as page:
        touch(page, 0)
        changed = page.locator(".fp-changed")
        expect(changed.first).to_be_visible()
        assert changed.first.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"
        assert page.evaluate("document.activeElement.ariaLabel") == "First row, first column: white"
        assert page.evaluate("document.activeElement.ariaPressed") == "false"
        page.clock.run_for(2100)
        expect(changed).to_have_count(0)


def test_a_link_takes_the_picture_along(eyes: Eyes, followed: Site) -> None:
    with eyes.open(followed.page("page")) as page:
        touch(page, 1)
        expect(page.get_by_role("status")).to_contain_text("places changed")
        page.locator("a[href='other.html']").first.click()
        page.wait_for_url("**/other.html#x=11")
        expect(page.get_by_role("status")).to_contain_text("the sum is 0.25.")


def test_it_works_from_a_folder_and_asks_nobody_else(eyes: Eyes, followed: Site) -> None:
    asked: list[str] = []
    said: list[str] = []
    page = eyes.context().new_page()
    try:
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{followed.file('other')}#x=01")
        expect(page.get_by_role("status")).to_contain_text("the sum is −0.25.")
    finally:
        page.close()
    assert said == []
    assert {url.partition(":")[0] for url in asked} == {"file"}
    assert sum("_live" in url for url in asked) == 1


def test_without_the_patches_the_page_is_as_it_was(eyes: Eyes, followed: Site) -> None:
    context = eyes.browser.new_context()
    try:
        context.route("**/_live/*", lambda route: route.abort())
        page = context.new_page()
        page.goto(followed.page("other"))
        touch(page, 1)
        expect(page.get_by_role("status")).to_have_text("The changes could not be fetched, so the page is as it was.")
        assert page.get_by_role("button", name="Back to the book").is_hidden()
        assert "0.50" in page.locator("p", has_text="The sum is").first.inner_text()
    finally:
        context.close()


def test_without_scripts_there_is_no_control(eyes: Eyes, followed: Site) -> None:
    with eyes.open(followed.page("page"), scripts=False) as page:
        assert page.locator(".fp-follow").is_hidden()


def test_a_strict_policy_of_contents_lets_it_work(eyes: Eyes, followed: Site) -> None:
    context = eyes.browser.new_context()
    said: list[str] = []
    try:
        policy = (
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self'; font-src 'self'"
        )

        def strict(route: object) -> None:
            answer = route.fetch()  # type: ignore[attr-defined]
            route.fulfill(response=answer, headers={**answer.headers, "content-security-policy": policy})  # type: ignore[attr-defined]

        context.route("**/*.html", strict)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.goto(followed.page("other"))
        touch(page, 1)
        expect(page.get_by_role("status")).to_contain_text("the sum is 0.25.")
        assert [text for text in said if "_live" in text or "fwdpass.js" in text] == []
    finally:
        context.close()


@pytest.mark.parametrize(("width", "mode"), [(320, "light"), (1280, "dark")])
def test_in_the_book_nobody_is_kept_out_and_nothing_is_wider_than_the_page(
    eyes: Eyes, site: Site, width: int, mode: str
) -> None:
    with eyes.open(f"{site.page('glossary')}#x=0110", width, mode) as page:
        expect(page.get_by_role("status")).to_contain_text("places changed")
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_number_that_came_with_another_case_says_where_it_comes_from(eyes: Eyes, followed: Site) -> None:
    with eyes.open(f"{followed.page('page')}#x=01") as page:
        expect(page.get_by_role("status")).to_contain_text("places changed")
        formula = page.locator("li", has_text="A sum below").locator(".math").first
        formula.click()
        box = page.locator(".fp-origin")
        expect(box).to_be_visible()
        assert "−1/4" in box.inner_text()


def test_on_paper_there_is_no_control(eyes: Eyes, followed: Site) -> None:
    with eyes.open(followed.page("other")) as page:
        assert page.locator(".fp-follow").is_visible()
        page.emulate_media(media="print")
        assert page.locator(".fp-follow").is_hidden()


def test_on_paper_a_page_is_as_it_was_built(eyes: Eyes, followed: Site) -> None:
    with eyes.open(followed.page("other")) as page:
        says = page.locator("p", has_text="The sum is").first
        page.evaluate("""() => {
          globalThis.printed = [];
          const said = () => printed.push(document.querySelector("article, [role=main]").textContent);
          addEventListener("beforeprint", said);
          matchMedia("print").addEventListener("change", ({ matches }) => matches && said());
        }""")
        touch(page, 1)
        expect(page.get_by_role("status")).to_contain_text("the sum is 0.25.")
        page.pdf()
        printed = page.evaluate("globalThis.printed")
        assert printed
        assert all("The sum is 0.50" in said for said in printed)
        expect(says).to_contain_text("0.25")
        assert page.url.endswith("#x=11")
        page.get_by_role("button", name="Back to the book").click()
        expect(says).to_contain_text("0.50")


def test_the_address_says_what_is_shown_and_the_way_back_through_it_is_followed(eyes: Eyes, followed: Site) -> None:
    with eyes.open(followed.page("other")) as page:
        page.evaluate("location.hash = 'x=01'")
        expect(page.get_by_role("status")).to_contain_text("the sum is −0.25.")
        page.evaluate("location.hash = 'x=11'")
        expect(page.get_by_role("status")).to_contain_text("the sum is 0.25.")
        page.go_back()
        expect(page.get_by_role("status")).to_contain_text("the sum is −0.25.")
        page.go_back()
        expect(page.get_by_role("status")).to_have_text("The page is as the book has it.")
        expect(page.locator("p", has_text="The sum is").first).to_contain_text("0.50")


def test_by_keyboard_a_pixel_is_changed_and_named(eyes: Eyes, followed: Site) -> None:
    with eyes.open(followed.page("other")) as page:
        page.get_by_role("button", name="First row, second column: white").focus()
        page.keyboard.press("Space")
        expect(page.get_by_role("status")).to_contain_text("the sum is 0.25.")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Back to the book"
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_have_text("The page is as the book has it.")
        assert page.evaluate("document.activeElement.ariaLabel") == "First row, first column: white"


def reader_of(html: Path, page: str) -> Reader:
    record = json.loads((html / "_live" / f"{page}.json").read_text("utf-8"))
    return Reader(record, (html / f"{page}.html").read_text("utf-8"), html.parent.parent / "source")


def steps_of(html: Path) -> tuple[Step, ...]:
    """Give the steps of the page's program, as its record has them."""
    record = json.loads((html / "_live" / "page.json").read_text("utf-8"))
    return from_json(record, within_frame((html / "page.html").read_text("utf-8"))).program.steps


@pytest.fixture(scope="module")
def reader(books: Books) -> Reader:
    """Read the page again from what the build wrote of it, as Python in a browser does."""
    return reader_of(books.live.html, "page")


def test_python_alone_gives_the_patches_of_the_build_to_the_letter(books: Books, reader: Reader) -> None:
    written = (books.live.html / "_live" / "page.js").read_text("utf-8")
    patches = json.loads(written.removeprefix("fwdpassPatches(").removesuffix(");\n"))
    for at, picture in enumerate(patches["pictures"]):
        answer = reader.changed({"picture": picture})
        assert answer["patch"] == unpacked(patches, at)
        assert answer["said"] == patches["said"][at]
        assert (answer["old"], answer["false"], answer["faults"]) == ([], {}, [])


@pytest.mark.parametrize("page", ["page", "other"])
def test_python_alone_writes_the_notebook_of_the_build_to_the_letter(books: Books, page: str) -> None:
    """Its words, which may be other ones, its cells, and the script that goes with it."""
    at = books.live.html
    words = (at / "_live" / "words" / f"{page}.json").read_text("utf-8")
    reader = reader_of(at, page)
    for picture, built in books.built.items():
        wanted = (built.html / FOLDER / f"{page}.ipynb").read_text("utf-8")
        assert reader.notebook({"picture": picture}, words) == {"notebook": wanted}


def test_a_notebook_says_what_is_no_longer_true_and_has_the_cells_as_they_were_edited(
    books: Books, reader: Reader
) -> None:
    words = (books.live.html / "_live" / "words" / "page.json").read_text("utf-8")
    steps = steps_of(books.live.html)
    printing = next(str(at) for at, step in enumerate(steps) if isinstance(step, Cell) and "print" in step.source)
    state = {"numbers": {"w.0": "-2"}, "cells": {printing: "1 / 0"}}
    answer = json.loads(asked(reader, json.dumps({"notebook": words, "state": state})))
    cells = json.loads(answer["notebook"])["cells"]
    assert "The page as a reader has changed it" in cells[1]["source"]
    assert "ZeroDivisionError" in cells[1]["source"]
    assert [cell["source"] for cell in cells if cell["cell_type"] == "code"].count("1 / 0") == 1
    assert any("The sum is −2.00" in cell["source"] for cell in cells)
    assert any("w = np.array([-2, -0.25])" in cell["source"] for cell in cells)
    assert "cannot be run" in reader.notebook({"script": "x ="}, words)["fault"]


def test_numbers_are_restated_with_a_picture(reader: Reader) -> None:
    answer = reader.changed({"picture": "11", "numbers": {"w.1": "-0.75"}})
    assert "the sum is \N{MINUS SIGN}0.25." in answer["said"]
    assert answer["numbers"]["w.1"] == "-0.75"
    assert "0.25" in answer["patch"]["n1"]
    assert reader.changed({})["patch"] == {}


def test_below_a_cell_that_fails_what_is_old_is_named(books: Books, reader: Reader) -> None:
    steps = steps_of(books.live.html)
    printing = next(at for at, step in enumerate(steps) if isinstance(step, Cell) and "print" in step.source)
    answer = reader.changed({"cells": {str(printing): "x = 1 / 0"}})
    assert answer["faults"][0] == "the cell raised ZeroDivisionError: division by zero"
    assert "The cell raised ZeroDivisionError: division by zero. What could not" in answer["said"]
    assert "ZeroDivisionError" in answer["patch"][str(printing)]
    assert "x = 1 / 0" in re.sub("<[^>]*>", "", answer["patch"][code_of(printing)])
    assert str(printing) not in answer["old"]
    assert FOOT in answer["old"]
    assert FOOT not in answer["patch"]
    lost = reader.changed({"cells": {str(printing): "del z"}})
    assert {str(at) for at in range(printing + 1, len(steps))} & {*lost["old"]}


def test_what_cannot_be_judged_is_not_called_false_and_what_is_not_there_has_a_reason(
    books: Books, reader: Reader
) -> None:
    first = steps_of(books.live.html)[0]
    assert isinstance(first, Cell)
    state = {"picture": "01", "cells": {"0": f"{first.source}\ndel x"}}
    unknown = reader.changed(state)
    assert " x[0]: NameError: name 'x' is not defined." in unknown["said"]  # code begins no sentence
    assert "A sentence of the page could not be judged again: it is marked." in unknown["said"]
    assert "no longer true" not in unknown["said"]
    [why] = unknown["false"].values()
    assert "NameError" in why
    words = (books.live.html / "_live" / "words" / "page.json").read_text("utf-8")
    assert "Not judged again: " in reader.notebook(state, words)["notebook"]
    missing = reader.changed({"cells": {"0": "import not_in_the_browser"}})
    assert "Python in the browser has NumPy and a part of its own library." in missing["said"]


def test_a_cell_gives_its_own_outputs_and_what_is_below_follows(books: Books, reader: Reader) -> None:
    steps = steps_of(books.live.html)
    at, cell = next((at, step) for at, step in enumerate(steps) if isinstance(step, Cell))
    quiet = reader.changed({"cells": {str(at): f"{cell.source}\nz = z + 1\n1;"}})
    assert quiet["faults"] == []
    assert quiet["patch"][str(at)] == ""  # with the box around it
    assert "1.50" in quiet["patch"]["n1"]
    line = steps[at + 1].line
    assert f"<td>{line}</td>" not in quiet["patch"][FOOT]  # two lines have come above
    assert f"<td>{line + 2}</td>" in quiet["patch"][FOOT]
    root = f"{cell.source}\nz = np.sqrt(z)\nz"
    beyond = reader.changed({"cells": {str(at): root}})
    assert beyond["faults"] == []  # it is executed, and the foot says so
    assert "0.71" in beyond["patch"]["n1"]
    assert "executed" in beyond["patch"][FOOT]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (
            {"numbers": {"w.0": "a lot"}},
            "'a lot' is no number of the lesson: write a decimal of a few digits, such as -0.25.",
        ),
        ({"numbers": {"v.0": "1"}}, "The script states no number v.0; it states image, w."),
        ({"script": "x ="}, "Line 1 of the script cannot be run: SyntaxError: invalid syntax. The page is as it was."),
        (
            {"script": "import numpy\n\nx = y\n"},
            "Line 3 of the script cannot be run: NameError: name 'y' is not defined. The page is as it was.",
        ),
        ({"cells": {"1": "2"}}, "Step 1 of the page is no cell."),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(reader: Reader, state: dict[str, object], said: str) -> None:
    assert reader.changed(state) == {"fault": said}


def test_the_page_asks_and_is_answered_in_json(reader: Reader) -> None:
    assert json.loads(asked(reader, json.dumps({"step": ["0.25", True]}))) == {"number": "0.26"}
    assert "no number" in json.loads(asked(reader, json.dumps({"step": ["much", True]})))["fault"]
    source = json.loads(asked(reader, json.dumps({"source": True, "state": {"numbers": {"w.0": "2"}}})))["script"]
    assert source == LESSON.replace("0.5", "2")


def test_the_patches_of_a_page_hold_each_picture(books: Books) -> None:
    written = (books.live.html / "_live" / "page.js").read_text("utf-8")
    patches = json.loads(written.removeprefix("fwdpassPatches(").removesuffix(");\n"))
    assert patches["pictures"] == ["00", "01", "11"]
    assert all(len(which) == 3 for _, which, _ in patches["places"])

"""A book at its author's desk: what is changed in a file is in the open page, which stays where it is."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from fwdpass import elements

CONF = """\
project = "Desk"
extensions = ["myst_nb", "sphinx_design", "fwdpass.sphinxext"]
myst_enable_extensions = ["colon_fence", "dollarmath"]
exclude_patterns = ["_build"]
html_theme = "sphinx_book_theme"
html_math_renderer = "mathml"
fwdpass_check = "error"
fwdpass_level = "exact"
fwdpass_live = {"module": "desk_weights"}
"""
WEIGHTS = """\
import numpy as np

x = np.array([1, 0.5])
w = np.array([0.5, -0.25])
z = x @ w
"""
HEAD = """\
---
file_format: mystnb
kernelspec:
  name: python3
---

"""
ABOVE = "Words above, which stay as they are.\n\n" * 30
BELOW = "Words below, which stay as well.\n\n" * 30
PAGE = f"""{HEAD}# Page

```{{code-cell}} python3
from desk_weights import w, x, z
```

{ABOVE}
:::{{dropdown}} A panel
What is opened stays open.
:::

## Where the sum is

The sum is {{n}}`z:.3f`, a plain word, and $z = \\n{{z:.3f}}$.
It is {{cases}}`positive :: z > 0 ;; negative :: otherwise`.

```{{code-cell}} python3
x * w
```

{BELOW}
## The end

```{{toctree}}
:numbered:

other
```
"""
OTHER = f"""{HEAD}# Other

```{{code-cell}} python3
from desk_weights import z
```

Once more, {{n}}`z:.3f`.
"""


FILES = {"conf.py": CONF, "desk_weights.py": WEIGHTS, "index.md": PAGE, "other.md": OTHER}


@dataclass
class Desk:
    """A book that is served, and its files."""

    folder: Path
    process: subprocess.Popen[str]
    address: str

    def edit(self, name: str, old: str, new: str) -> None:
        """Change a file as an editor does."""
        path = self.folder / name
        text = path.read_text("utf-8")
        assert text.count(old) == 1, (name, old)
        path.write_text(text.replace(old, new), "utf-8")

    def until(self, said: str) -> str:
        """Read what the command says, until it says this."""
        assert self.process.stdout is not None
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if said in line:
                return "".join(lines)
        raise AssertionError(f"the command ended before it said {said!r}: {''.join(lines)}")


@contextmanager
def serve(folder: Path, *options: str) -> Iterator[Desk]:
    """Serve a book that has just been written, once it is built."""
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    command = [sys.executable, "-m", "fwdpass", "serve", str(folder), "--port", "0", *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    ) as process:
        try:
            desk = Desk(folder, process, "")
            found = re.search(r"http://[\d.:]+/", desk.until("has the book"))
            assert found is not None
            desk.address = found[0]
            desk.until("built in")
            yield desk
        finally:
            process.send_signal(signal.SIGINT)  # which ends the process that holds the book, too


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with serve(tmp_path_factory.mktemp("desk")) as served:
        yield served


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """Wait as long as a busy computer needs."""
    expect.set_options(timeout=60_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def page(browser: Browser, desk: Desk) -> Iterator[Page]:
    """The first page, open, with all of its scripts."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    try:
        page = context.new_page()
        page.goto(desk.address)
        page.evaluate("window.stays = true")
        yield page
    finally:
        for name, text in FILES.items():  # as it was, whatever has failed
            if (desk.folder / name).read_text("utf-8") != text:
                (desk.folder / name).write_text(text, "utf-8")
        context.close()


FOLDED = "details.sd-dropdown > summary, .fp-certificate > details > summary"
NUMBER = "#where-the-sum-is .fp-n >> nth=0"
WORDS = "#where-the-sum-is p >> nth=0"
TOP = "document.querySelector('#where-the-sum-is h2').getBoundingClientRect().top"
WHOLE = """() => {
  const copy = document.querySelector("article").cloneNode(true);
  for (const each of copy.querySelectorAll("noscript")) each.outerHTML = each.textContent;
  for (const each of copy.querySelectorAll(".fp-changed")) each.classList.remove("fp-changed");
  for (const each of copy.querySelectorAll("[class='']")) each.removeAttribute("class");
  const around = [document.title, document.querySelector(".bd-links")?.textContent];
  return [copy.innerHTML.replace(/<script>.*?<\\/script>/gs, ""), ...around];
}"""


def alone(route: Route) -> None:
    """Let no script run but those that change the page, since others write in it, too."""
    name = route.request.url.split("?")[0]
    if name.endswith(f"/{elements.SCRIPT}"):
        route.fulfill(body=elements.script("apply"), content_type="text/javascript")
    elif route.request.resource_type == "script" and "/_fwdpass/" not in name:
        route.fulfill(body="", content_type="text/javascript")
    else:
        route.continue_()


def test_ten_changes_in_a_row_leave_the_reader_where_she_is(desk: Desk, page: Page) -> None:
    for summary in page.locator(FOLDED).all():  # a panel, and the foot, which changes
        summary.click()
    page.evaluate(
        "document.querySelector('#where-the-sum-is p').scrollIntoView({block: 'center', behavior: 'instant'})"
    )
    top = page.evaluate(TOP)
    assert page.evaluate("scrollY") > 0
    weights = {"0.5": "0.375", "0.6": "0.475", "0.7": "0.575", "-0.8": "−0.925", "0.9": "0.775", "1.25": "1.125"}
    words = ["plain", "second", "third", "rather longer", "last but one", "last"]
    said = page.locator(".fp-serve")
    for turn, (old, new) in enumerate(pairwise(weights)):
        expect(said).to_have_attribute("data-ready", "")
        desk.edit("desk_weights.py", f"w = np.array([{old},", f"w = np.array([{new},")
        expect(page.locator(NUMBER)).to_have_text(weights[new])
        desk.edit("index.md", f"a {words[turn]} word", f"a {words[turn + 1]} word")
        expect(page.locator(WORDS)).to_contain_text(f"a {words[turn + 1]} word")
        assert abs(page.evaluate(TOP) - top) <= 1
    expect(page.locator("details.sd-dropdown[open], .fp-certificate > details[open]")).to_have_count(2)
    expect(page.locator(".fp-certificate summary")).to_be_focused()
    expect(page.locator(WORDS)).to_contain_text("It is positive.")
    assert page.evaluate("window.stays") is True
    assert said.get_attribute("data-patches") == "5"  # the numbers
    assert said.get_attribute("data-swaps") == "5"  # the words
    desk.edit("desk_weights.py", "w = np.array([1.25,", "w = np.array([0.5,")
    desk.edit("index.md", "a last word", "a plain word")
    expect(page.locator(NUMBER)).to_have_text("0.375")
    expect(page.locator(WORDS)).to_contain_text("a plain word")


def test_no_other_page_is_read_than_one_that_has_changed(desk: Desk, page: Page) -> None:
    desk.edit("other.md", "Once more,", "And once more,")
    desk.until("fwdpass: other.md: other read again in ")
    page.goto(f"{desk.address}other.html")
    expect(page.locator("article h1")).to_contain_text("1. Other")
    expect(page.locator("article p").first).to_contain_text("And once more, 0.375.")


def test_what_stands_there_then_is_what_was_built(browser: Browser, desk: Desk) -> None:
    with closing(browser.new_context()) as context:
        context.route("**/*", alone)
        page = context.new_page()
        page.goto(desk.address)
        desk.edit("desk_weights.py", "x = np.array([1, 0.5])", "x = np.array([1, 3])")
        expect(page.locator(NUMBER)).to_have_text("−0.250")
        expect(page.locator(WORDS)).to_contain_text("It is negative.")
        desk.edit("index.md", "## The end", "A new paragraph, with {n}`x[1]`.\n\n## The very end")
        expect(page.locator("#the-very-end")).to_be_visible()
        expect(page.get_by_text("A new paragraph, with 3.")).to_be_visible()
        desk.edit("desk_weights.py", "x = np.array([1, 3])", "x = np.array([1, 0.5])")
        expect(page.get_by_text("A new paragraph, with 0.5.")).to_be_visible()
        fresh = context.new_page()
        fresh.goto(desk.address)
        expect(fresh.get_by_text("A new paragraph, with 0.5.")).to_be_visible()
        expect(page.locator("#pst-page-toc-nav")).to_contain_text("The very end")
        assert page.evaluate(WHOLE) == fresh.evaluate(WHOLE)
        desk.edit("index.md", "A new paragraph, with {n}`x[1]`.\n\n## The very end", "## The end")
        expect(page.locator("#the-end")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "right", "wrong", "said"),
    [
        ("desk_weights.py", "z = x @ w", "z = x @@ w", "desk_weights.py, line 5: SyntaxError: invalid syntax"),
        ("desk_weights.py", "z = x @ w", "z = x @ v", "desk_weights.py, line 5: NameError: name 'v' is not defined"),
        ("index.md", "{n}`z:.3f`,", "{n}`zz:.3f`,", "index.md, line 80: zz: NameError: name 'zz' is not defined"),
        ("index.md", "import w, x, z", "import w, x, z, y", "index.md, line 10: the cell raised ImportError"),
    ],
)  # fmt: skip
def test_a_mistake_is_a_sentence_and_what_stands_there_looks_old(
    desk: Desk, page: Page, name: str, right: str, wrong: str, said: str
) -> None:
    desk.edit(name, right, wrong)
    expect(page.locator(".fp-serve")).to_contain_text(said)
    expect(page.locator(".fp-serve")).to_contain_text("What stands on this page is older than that.")
    expect(page.locator("article")).to_have_class(re.compile(r"\bfp-older\b"))
    expect(page.locator(NUMBER)).to_have_text("0.375")
    desk.edit(name, wrong, right)
    expect(page.locator(".fp-serve")).to_be_hidden()
    expect(page.locator("article")).not_to_have_class(re.compile(r"\bfp-older\b"))
    assert page.evaluate("window.stays") is True


def test_code_that_never_ends_is_stopped_by_the_next_change(desk: Desk, page: Page) -> None:
    desk.edit("desk_weights.py", "z = x @ w", "while True:\n    z = x @ w")
    expect(page.locator(".fp-serve")).to_contain_text("What desk_weights.py says now is still being read.")
    desk.edit("desk_weights.py", "while True:\n    z = x @ w", "z = x @ w + 1")
    expect(page.locator(NUMBER)).to_have_text("1.375")
    expect(page.locator(".fp-serve")).to_be_hidden()


def test_what_was_typed_is_said_in_the_page(desk: Desk, page: Page) -> None:
    desk.edit("index.md", "a plain word", "a plain 0.25")
    expect(page.locator(WORDS)).to_contain_text("a plain 0.25")
    expect(page.locator(".fp-serve")).to_contain_text("'0.25' is a typed number")
    desk.edit("index.md", "a plain 0.25", "a plain word")
    expect(page.locator(".fp-serve")).to_be_hidden()


def test_a_title_that_changes_is_in_the_contents_of_every_page(desk: Desk, page: Page) -> None:
    desk.edit("other.md", "# Other", "# Another")
    expect(page.locator(".bd-links")).to_contain_text("1. Another")
    desk.edit("other.md", "# Another", "# Other")
    expect(page.locator(".bd-links")).not_to_contain_text("Another")
    assert page.evaluate("window.stays") is True


def test_a_page_that_was_opened_later_is_up_to_date(desk: Desk, page: Page) -> None:
    desk.edit("desk_weights.py", "x = np.array([1, 0.5])", "x = np.array([1, 1])")
    expect(page.locator(NUMBER)).to_have_text("0.250")
    page.goto(f"{desk.address}other.html")
    expect(page.locator("article .fp-n").first).to_have_text("0.250")
    desk.edit("desk_weights.py", "x = np.array([1, 1])", "x = np.array([1, 0.5])")
    expect(page.locator("article .fp-n").first).to_have_text("0.375")


def test_a_setting_builds_the_whole_book_and_says_so(desk: Desk, page: Page) -> None:
    desk.edit("conf.py", '"Desk"', '"Desk')
    expect(page.locator(".fp-serve")).to_contain_text("conf.py: There is a syntax error in your configuration file")
    expect(page.locator("article")).to_have_class(re.compile(r"\bfp-older\b"))
    desk.edit("conf.py", '"Desk', '"Table"')
    said = page.locator(".fp-serve")
    expect(said).to_contain_text("conf.py has changed, so the whole book is built again.")
    page.wait_for_function("window.stays === undefined", timeout=60_000)
    expect(page).to_have_title(re.compile("Table"))
    desk.edit("desk_weights.py", "w = np.array([0.5,", "w = np.array([0.75,")
    expect(page.locator(NUMBER)).to_have_text("0.625")
    desk.edit("desk_weights.py", "w = np.array([0.75,", "w = np.array([0.5,")


def test_nobody_else_is_answered(desk: Desk) -> None:
    with pytest.raises(HTTPError, match="403"):
        urlopen(Request(desk.address, headers={"Host": "somebody.example:80"}))  # noqa: S310


def test_the_end_is_one_line(desk: Desk) -> None:
    desk.process.send_signal(signal.SIGINT)
    rest, _ = desk.process.communicate(timeout=20)
    assert rest.splitlines()[-1] == "fwdpass: the book is no longer served"
    assert "Traceback" not in rest
    assert desk.process.returncode == 0

"""Compare each page of a book, patched in a browser for what a reader changes, with the page that is built for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from fwdpass import elements
from tests.live.changes import Changed

_WHOLE = """
(() => {
  globalThis.fpUnfold?.();
  const said = (node) => {
    if (node.nodeType === Node.COMMENT_NODE) return node.data.includes("fp:") ? `<!--${node.data}-->` : "";
    if (node.nodeType !== Node.ELEMENT_NODE) return node.nodeType === Node.TEXT_NODE ? node.data : "";
    const named = [...node.attributes].map(({ name, value }) => `${name}=${JSON.stringify(value)}`).sort();
    return `\\n<${[node.localName, ...named].join(" ")}>${[...node.childNodes].map(said).join("")}</${node.localName}>`;
  };
  const whole = document.documentElement.cloneNode(true);
  whole.querySelectorAll(".fp-changed").forEach((each) => {
    each.classList.remove("fp-changed");
    if (!each.className) each.removeAttribute("class");
  });
  whole.querySelectorAll(".fp-edit, .fp-follow, link[href*='_live/']").forEach((control) => control.remove());
  return said(whole);
})()
"""
_READY = """(picture) => {
  const control = document.querySelector(".fp-follow");
  return !control || control.dataset.now === picture;
}"""


_SUM = re.compile(r"\.css\?v=[0-9a-f]+")
_CHANGE = """([hash, script, old, edited]) => new Promise((resolve) => {
  const control = document.querySelector(".fp-follow");
  const status = control.querySelector(":scope > [role=status]");
  control.closest("article, [role=main], main").addEventListener("fwdpass:changed", () => resolve(""), { once: true });
  const failed = () => /page is as it was|cannot be/.test(status.textContent) && resolve(status.textContent);
  new MutationObserver(failed).observe(status, { childList: true });
  if (old) {
    const field = [...document.querySelectorAll(".fp-edit textarea")].find((one) => one.value === old);
    field.value = edited;
    field.parentElement.querySelector(".fp-run-cell").click();
  } else if (script) {
    control.querySelector(".fp-source").value = script;
    control.querySelector(".fp-run").click();
  } else location.hash = hash;
})"""
"""Make a change as a reader does, and wait until the page has followed; give what is wrong, if anything is."""


_BACK = """() => new Promise((resolve) => {
  const control = document.querySelector(".fp-follow");
  const back = control.querySelector(".fp-back");
  if (back.hidden) return resolve();
  control.closest("article, [role=main], main").addEventListener("fwdpass:changed", () => resolve(), { once: true });
  back.click();
})"""


@dataclass(frozen=True)
class Apart:
    """A page that is not what a build gives, and where the two begin to differ."""

    page: str
    patched: str
    built: str

    def __str__(self) -> str:
        return f"{self.page}: {self.patched!r} stands there, and a build gives {self.built!r}"


@contextmanager
def quiet(browser: Browser) -> Iterator[BrowserContext]:
    """Open pages with no other script than the one that patches them, since the others write in the page, too."""

    def only(route: Route) -> None:
        if route.request.url.split("?")[0].endswith(f"/{elements.SCRIPT}"):
            route.fulfill(body=elements.script("apply") + elements.script("follow"), content_type="text/javascript")
        elif route.request.resource_type == "script" and "/_live/" not in route.request.url:
            route.fulfill(body="", content_type="text/javascript")
        else:
            route.continue_()

    context = browser.new_context()
    context.route("**/*", only)
    try:
        yield context
    finally:
        context.close()


def start(page: Page) -> None:
    """Start Python in a page, as a reader does."""
    page.get_by_role("button", name="Change the numbers").click()
    page.get_by_role("button", name="Start Python").click()
    panel = page.locator(".fp-change")
    expect(panel.get_by_role("status")).to_contain_text("Python is there", timeout=300_000)


def compare_changed(
    context: BrowserContext, url: str, book: Path, built: Mapping[str, tuple[Changed, str]]
) -> Iterator[tuple[str, Apart | None]]:
    """Compare every page of a book that Python reads again in the browser with those that are built for the changes.

    ``url`` is where the book is served, and those that are built are served, too, since what a page loads early
    depends on that. Gives the name of a change, and where a page is apart, if it is. The check sum of the style sheet,
    from which the theme leaves out what no page of a site uses, is the site's, and is not compared.
    """
    page, other = context.new_page(), context.new_page()
    page.set_default_timeout(300_000)
    for record in sorted((book / "_live").glob("*.json")):
        page.goto(f"{url}/{record.stem}.html")
        start(page)
        for name, (change, whole) in built.items():
            address = "#" + "&".join(f"{key}={number}" for key, number in change.state.get("numbers", {}).items())
            whose, old, new = change.cell or (record.stem, "", "")
            if whose != record.stem:
                continue
            if old:
                page.evaluate(_BACK)
            wrong = page.evaluate(_CHANGE, [address, change.state.get("script", ""), old, new])
            other.goto(f"{whole}/{record.stem}.html")
            made, wanted = (_SUM.sub(".css", one) for one in (wrong or page.evaluate(_WHOLE), other.evaluate(_WHOLE)))
            yield name, _apart(record.stem, made, wanted)
        page.evaluate("sessionStorage.clear()")
    page.close()
    other.close()


def _apart(name: str, patched: str, whole: str) -> Apart | None:
    if patched == whole:
        return None
    at = next(
        (at for at, (a, b) in enumerate(zip(patched, whole, strict=False)) if a != b), min(len(patched), len(whole))
    )
    return Apart(name, patched[max(0, at - 80) : at + 80], whole[max(0, at - 80) : at + 80])


def compare(context: BrowserContext, book: Path, built: Path, picture: str) -> Iterator[Apart]:
    """Compare every page of a book that follows a picture with that of the book built for it, whole."""
    page = context.new_page()
    for file in sorted(built.glob("*.html")):
        page.goto(f"{(book / file.name).as_uri()}#x={picture}")
        page.wait_for_function(_READY, arg=picture)
        patched = page.evaluate(_WHOLE)
        page.goto(file.as_uri())
        whole = page.evaluate(_WHOLE)
        if (apart := _apart(file.stem, patched, whole)) is not None:
            yield apart
    page.close()

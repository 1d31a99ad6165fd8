"""Compare each page of a book, patched for a picture in a browser, with the page of a book that was built for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Route

from fwdpass import elements

_WHOLE = """
(() => {
  globalThis.fpUnfold?.();
  const said = (node) => {
    if (node.nodeType === Node.COMMENT_NODE) return node.data.includes("fp:") ? `<!--${node.data}-->` : "";
    if (node.nodeType !== Node.ELEMENT_NODE) return node.nodeType === Node.TEXT_NODE ? node.data : "";
    const named = [...node.attributes].map(({ name, value }) => `${name}=${JSON.stringify(value)}`).sort();
    return `\\n<${[node.localName, ...named].join(" ")}>${[...node.childNodes].map(said).join("")}</${node.localName}>`;
  };
  document.querySelectorAll(".fp-changed").forEach((each) => {
    each.classList.remove("fp-changed");
    if (!each.className) each.removeAttribute("class");
  });
  document.querySelectorAll(".fp-follow").forEach((control) => control.remove());
  return said(document.documentElement);
})()
"""
_READY = """(picture) => {
  const control = document.querySelector(".fp-follow");
  return !control || control.dataset.now === picture;
}"""


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


def compare(context: BrowserContext, book: Path, built: Path, picture: str) -> Iterator[Apart]:
    """Compare every page of a book that follows a picture with that of the book built for it, whole."""
    page = context.new_page()
    for file in sorted(built.glob("*.html")):
        page.goto(f"{(book / file.name).as_uri()}#x={picture}")
        page.wait_for_function(_READY, arg=picture)
        patched = page.evaluate(_WHOLE)
        page.goto(file.as_uri())
        whole = page.evaluate(_WHOLE)
        if patched != whole:
            at = next(
                (at for at, (a, b) in enumerate(zip(patched, whole, strict=False)) if a != b),
                min(len(patched), len(whole)),
            )
            yield Apart(file.stem, patched[max(0, at - 80) : at + 80], whole[max(0, at - 80) : at + 80])
    page.close()

"""A look at a page: what it asks for, what it complains about, what sticks out, and whom it locks out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Error, Page, Request, Response

HERE = Path(__file__).parent
OVERFLOW = (HERE / "overflow.js").read_text("utf-8")
LOCKOUTS = (HERE / "lockouts.js").read_text("utf-8")
AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
SIGN = "() => dispatchEvent(new Event('pointermove')) && undefined"
"""The first sign of a reader, upon which figures are made ready for a finger, whenever there is time."""
LAID_OUT = """async () => {
    const waits = (one) => getComputedStyle(one).contentVisibility === "auto";
    const waiting = [...document.querySelectorAll("section")].filter(waits);
    for (const one of waiting) one.style.contentVisibility = "visible";
    dispatchEvent(new Event("pointermove"));
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    let done = !globalThis.fpLater;
    if (!done) fpLater("the end of all that waits", () => (done = true));
    for (let frames = 0; !done; await frame())
        if (frames++ > 3000) throw new Error("what waits for a reader is never done");
    const made = ["fp-product", "fp-network"].filter((name) => customElements.get(name)).join();
    const late = made && [...document.querySelectorAll(made)].some((one) => !one.querySelector("output"));
    const silent = customElements.get("fp-trace") && document.querySelector(".fp-bar:empty");
    if (late || silent) throw new Error("a figure is never made ready for a finger");
    if (matchMedia("(scripting: none)").matches) return;
    for (const Observer of [ResizeObserver, IntersectionObserver])
        await new Promise((done) => new Observer((_, one) => done(one.disconnect())).observe(document.body));
    await frame();
}"""
"""Has every section laid out, as for a reader who has been everywhere, and whoever observes what that changes told.

And has all that waits for the first sign of a reader done, figures and numbers: one after the other, in the order in
which they wait, so that who waits last is told when the others are. Frames are asked for meanwhile, since a browser
without a window may have no idle moment while it draws none. So are observers of sizes and of what is in sight: who
observes last is told last. What they do then may wait for the next frame.
"""
ASKED_OF_AXE = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    # The only rule for WCAG 2.5.3, Label in Name, is one that axe-core calls experimental.
    "rules": {"label-content-name-mismatch": {"enabled": True}},
    "resultTypes": ["violations"],
    "selectors": False,
    "preload": False,  # it would fetch the style sheets again, from wrong addresses
}


@dataclass(frozen=True)
class Visit:
    """What was found; each list is empty on a page that is as it should be."""

    strangers: list[str] = field(default_factory=list)
    """Requests to anybody else."""
    failures: list[str] = field(default_factory=list)
    """Requests that came to nothing."""
    complaints: list[str] = field(default_factory=list)
    """Errors and warnings in the console."""
    overflow: list[str] = field(default_factory=list)
    """What sticks out, and cannot be scrolled to."""
    violations: list[str] = field(default_factory=list)
    """What axe-core finds, one line for each element."""


def visit(page: Page, url: str) -> Visit:
    """Open an address and note everything; then let night fall or day break, and look again for what sticks out."""
    with listening(page, url) as found:
        page.goto(url)
        page.evaluate(LAID_OUT)
        page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame)).then(() => true)")
        found.overflow.extend(page.evaluate(OVERFLOW))
        found.violations.extend(axe(page))
        dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        page.emulate_media(color_scheme="light" if dark else "dark")
        found.overflow.extend(page.evaluate(OVERFLOW))
    return found


@contextmanager
def listening(page: Page, url: str) -> Iterator[Visit]:
    """Note what a page asks for and says meanwhile."""
    home, found = urlsplit(url), Visit()

    def requested(request: Request) -> None:
        target = urlsplit(request.url)
        if target.scheme not in {"data", "blob"} and (target.scheme, target.netloc) != (home.scheme, home.netloc):
            found.strangers.append(request.url)

    def answered(response: Response) -> None:
        if response.status >= 400:
            found.failures.append(f"{response.status} {response.url}")

    def said(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            found.complaints.append(f"{message.type}: {message.text}")

    def failed(request: Request) -> None:
        found.failures.append(f"{request.failure} {request.url}")

    def broke(error: Error) -> None:
        found.complaints.append(f"uncaught: {error}")

    heard: dict[str, Callable[[Any], None]] = {
        "request": requested,
        "response": answered,
        "requestfailed": failed,
        "console": said,
        "pageerror": broke,
    }
    for event, hear in heard.items():
        page.on(event, hear)  # type: ignore[call-overload]
    try:
        yield found
    finally:
        for event, hear in heard.items():
            page.remove_listener(event, hear)


def axe(page: Page, within: str = "", *, colours: bool = False) -> list[str]:
    """Give axe-core's violations on a page, or within those of its elements that a selector finds; or those of colour.

    What is hard to see against what is behind it, and links that only their colour tells from the words around them.
    """
    if not page.evaluate("globalThis.axe !== undefined"):
        page.evaluate(AXE)
    asked = {**ASKED_OF_AXE, "runOnly": ["link-in-text-block"]} if colours else ASKED_OF_AXE
    return list(page.evaluate(LOCKOUTS, [asked, within]))


def axe_by_day_and_night(page: Page, within: str = "") -> list[str]:
    """Give axe-core's violations as the page is, and those of its other colours: nothing else of it is another then."""
    found = axe(page, within)
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    page.emulate_media(color_scheme="light" if dark else "dark")
    found += axe(page, within, colours=True)
    page.emulate_media(color_scheme="dark" if dark else "light")
    return found


def leave(page: Page, selector: str) -> None:
    """Leave of a page those sections alone in which something is: axe reads all of a page to judge a part of it.

    The rest is seen by test_every_page.
    """
    others = "what => document.querySelectorAll(`section:not(:has(${what}), ${what} *)`).forEach(one => one.remove())"
    page.evaluate(others, selector)

"""A look at a page: what it asks for, what it complains about, what sticks out, and whom it locks out."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

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
    if (globalThis.fpLater) await new Promise((done) => fpLater("the end of all that waits", done));
    const made = ["fp-product", "fp-network"].filter((name) => customElements.get(name)).join();
    const late = made && [...document.querySelectorAll(made)].some((one) => !one.querySelector("output"));
    const silent = customElements.get("fp-trace") && document.querySelector(".fp-bar:empty");
    if (late || silent) throw new Error("a figure is never made ready for a finger");
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    for (let frames = waiting.length ? 2 : 0; frames; frames--) await frame();
}"""
"""Has every section laid out, as for a reader who has been everywhere, and what observes sizes told: they may wait.

And has all that waits for the first sign of a reader done, figures and numbers: one after the other, in the order in
which they wait, so that who waits last is told when the others are.
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


def visit(context: BrowserContext, url: str) -> Visit:
    """Open a page and note everything; then let night fall or day break, and look again for what sticks out."""
    page = context.new_page()
    try:
        found = listen(page, url)
        page.goto(url)
        page.evaluate(LAID_OUT)
        page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame)).then(() => true)")
        found.overflow.extend(page.evaluate(OVERFLOW))
        found.violations.extend(axe(page))
        dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        page.emulate_media(color_scheme="light" if dark else "dark")
        found.overflow.extend(page.evaluate(OVERFLOW))
    finally:
        page.close()
    return found


def listen(page: Page, url: str) -> Visit:
    """Note what a page asks for and says while it is open."""
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

    page.on("request", requested)
    page.on("response", answered)
    page.on("requestfailed", lambda request: found.failures.append(f"{request.failure} {request.url}"))
    page.on("console", said)
    page.on("pageerror", lambda error: found.complaints.append(f"uncaught: {error}"))
    return found


def axe(page: Page, within: str = "") -> list[str]:
    """Give axe-core's violations on a page, or within those of its elements that a selector finds."""
    page.evaluate(AXE)
    return list(page.evaluate(LOCKOUTS, [ASKED_OF_AXE, within]))

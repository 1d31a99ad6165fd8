"""Pictures of a built book, to look at: ``python -m tests.browser.screenshots docs/_build/html FOLDER [PAGE…]``."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import MODES, READERS, Eyes, launch, serve


def main(html: Path, folder: Path, *pages: str) -> None:
    """Write each page (all, unless some are named) as PNG, at both widths, in both modes, from top to bottom."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, serve(html) as site:
        eyes = Eyes(launch(playwright))
        for name in pages or sorted(page.stem for page in html.glob("*.html")):
            for width, _ in READERS:
                for mode in MODES:
                    with eyes.open(site.page(name), width, mode) as page:
                        page.evaluate("document.fonts.ready.then(() => true)")
                        page.screenshot(path=folder / f"{name}-{width}-{mode}.png", full_page=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])

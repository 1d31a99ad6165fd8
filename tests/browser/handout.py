"""Pages as handouts, on A4 and on Letter: ``python -m tests.browser.handout docs/_build/html FOLDER [PAGE…]``.

Chromium prints them as a reader would; the style sheet leaves out what is folded, and every answer, unless a page is
asked for *with answers*. A sheet with a few lines on it is a waste sixty times over, so a page is printed a little
smaller where that saves one.
"""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path

import numpy as np
import pypdfium2
from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import Eyes, launch, serve

CHAPTER = "matrix-multiplication"
FORMATS = ("A4", "Letter")
ANSWERS = "#with-answers"
"""What is added to the address of a page, so that it is printed with everything that is folded."""
SHEETS, FULL = 14, 1 / 3
"""How many sheets a chapter may take, and how full each of them is at least."""
SCALES = (1.0, 0.97, 0.94, 0.91, 0.88, 0.85)
"""Of the size that the style sheet asks for; smaller, it would be hard to read."""
PAPER = 250
"""Shades of grey from here on are no ink."""


def printed(page: Page, paper: str, sheets: int = SHEETS) -> bytes:
    """Print a page that is open, in the largest size in which it keeps to its sheets and fills each of them.

    Where there is none, in the full size: a handout that is too long is better than one that nobody can read.
    """
    largest = b""
    for scale in SCALES:
        pdf = page.pdf(format=paper, scale=scale, print_background=True)
        full = fullness(pdf)
        if len(full) <= sheets and min(full) >= FULL:
            return pdf
        largest = largest or pdf
    return largest


def fullness(pdf: bytes) -> list[float]:
    """Say of each sheet how far down the last ink on it is, as a share of its height."""
    with pypdfium2.PdfDocument(pdf) as document:
        pictures = [sheet.render(scale=0.5, grayscale=True).to_numpy() for sheet in document]
    return [float(np.flatnonzero((ink < PAPER).any(axis=1)).max(initial=0) / len(ink)) for ink in pictures]


def words(pdf: bytes) -> str:
    """Give what is to be read on the sheets."""
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(sheet.get_textpage().get_text_range() for sheet in document)


def handout(eyes: Eyes, url: str, paper: str, answers: bool) -> bytes:
    """Print a page: for those who are to answer, on few sheets; with answers, on as many as it takes."""
    with eyes.open(url + ANSWERS * answers) as page:
        page.evaluate("document.fonts.ready.then(() => true)")
        return printed(page, paper, sys.maxsize if answers else SHEETS)


def main(html: Path, folder: Path, *pages: str) -> None:
    """Write the handouts of pages, or that of the chapter; say how many sheets each of them takes."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, serve(html) as site:
        eyes = Eyes(launch(playwright))
        for name in pages or [CHAPTER]:
            for paper, answers in product(FORMATS, (False, True)):
                pdf = handout(eyes, site.page(name), paper, answers)
                file = folder / f"{name}-{paper.lower()}{ANSWERS.replace('#', '-') * answers}.pdf"
                file.write_bytes(pdf)
                sys.stdout.write(f"{file}: {len(fullness(pdf))} sheets\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])

"""Figures of a notebook, run by a real kernel and put into a page as JupyterLab puts them, answer as on the site."""

from __future__ import annotations

import nbformat
import pytest
from nbclient import NotebookClient
from playwright.sync_api import Page

from tests.browser.conftest import Eyes

CELLS = """\
import fwdpass as fp
from fwdpass.lesson import W1, W2, b1, b2, image, x
fp.product(x, W1, "x", "h", bias=b1)
---
fp.network(fp.Network((W1, b1, "relu"), (W2, b2)))
---
fp.flip(image, W1, b1, W2, b2)
"""
SHOW = """outputs => outputs.forEach(html => {
    const place = document.body.appendChild(document.createElement("div"));
    place.className = "jp-RenderedHTMLCommon";
    place.innerHTML = html; // which runs no script, so JupyterLab makes each of them anew
    for (const old of place.querySelectorAll("script")) {
        const script = document.createElement("script");
        for (const { name, value } of old.attributes) script.setAttribute(name, value);
        script.textContent = old.textContent;
        old.replaceWith(script);
    }
})"""


@pytest.fixture(scope="module")
def outputs() -> list[str]:
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS.split("---\n")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, kernel_name="python3", timeout=120).execute()
    return [cell["outputs"][-1]["data"]["text/html"] for cell in notebook.cells]


def test_products_and_pictures_answer_in_a_notebook(eyes: Eyes, outputs: list[str]) -> None:
    page: Page = eyes.context().new_page()
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.set_content("<!doctype html><title>Notebook</title><body></body>")
    page.evaluate(SHOW, outputs)

    product = page.locator("fp-product")
    product.locator("[role=grid] td[tabindex]").nth(1).click()
    assert (
        product.locator("output").text_content()
        == "column h1: 1 × (−0.5) + 0 × 0.4 + 1 × 0.3 + 1 × 0.2 + (−0.1) = −0.1"
    )

    layered, flip = page.locator("fp-network").all()
    layered.locator("[data-node=h2]").click()
    assert "ŷ0 gets 0.2 h2" in str(layered.locator("output").text_content())

    pixel = flip.locator("[role=switch]").first
    before = flip.get_attribute("picture")
    pixel.click()
    assert flip.get_attribute("picture") != before
    assert "loss" in str(flip.locator("output").text_content())
    assert said == []
    page.close()

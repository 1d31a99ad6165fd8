"""The joined script: it runs in every page that has something to do for it, and nowhere else."""

from __future__ import annotations

import re

from fwdpass import elements
from tests.browser.conftest import Site

USES = re.compile(r'<fp-[a-z]|class="fp-(?:certificate|quiz)"')


def test_a_page_that_has_nothing_to_do_for_the_script_does_not_load_it(site: Site) -> None:
    pages = {path.stem: path.read_text("utf-8") for path in site.folder.glob("*.html")}
    loaded = {name for name, html in pages.items() if elements.SCRIPT in html}
    assert loaded == {name for name, html in pages.items() if elements.STYLE in html}
    assert loaded == {name for name, html in pages.items() if USES.search(html)}
    assert {"neurons", "search"} & loaded == {"neurons"}


def test_the_address_of_the_script_changes_with_the_script(site: Site) -> None:
    assert re.search(
        rf"{re.escape(elements.SCRIPT)}\?v=[0-9a-f]{{8}}", (site.folder / "neurons.html").read_text("utf-8")
    )

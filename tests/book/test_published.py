"""What the site says about itself: cards, its map, and the page for lost addresses."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest

from fwdpass.testing import Built
from tests.book.conftest import BuildPages

pytestmark = pytest.mark.book

BASE = "https://fwdpass.github.io/fwdpass/"
THEME = "extensions.append('fwdpass.theme')\n"
UNWRITTEN = {"404.html", "genindex.html", "search.html"}


def card(html: str) -> dict[str, str]:
    """What stands on the card of a page."""
    return {name: unescape(said) for name, said in re.findall(r'<meta property="(og:\w+)" content="([^"]*)">', html)}


def test_every_written_page_has_a_card_in_plain_words(book: Built) -> None:
    cards = {name: card(html) for name, html in book.pages().items() if name not in UNWRITTEN}
    assert len(cards) >= 10
    for name, said in cards.items():
        assert said["og:url"] == BASE + name
        assert said["og:type"] == ("website" if name == "index.html" else "article")
        assert len(said["og:title"]) > 5, name
        assert 50 < len(said["og:description"]) < 250, name
        assert re.findall(r"[\\{}$<>]|\bmath\b", said["og:title"] + said["og:description"]) == [], name
    assert len({said["og:title"] for said in cards.values()}) == len(cards)
    assert len({said["og:description"] for said in cards.values()}) == len(cards)


def test_pages_that_nobody_wrote_ask_not_to_be_found(book: Built) -> None:
    noindex = {name for name, html in book.pages().items() if '<meta name="robots" content="noindex">' in html}
    assert noindex == UNWRITTEN


def test_the_map_has_every_written_page_under_its_canonical_address(book: Built) -> None:
    pages = book.pages()
    written = [name for name in pages if name not in UNWRITTEN]
    sitemap = (book.html / "sitemap.xml").read_text("utf-8")
    assert re.findall("<loc>(.*)</loc>", sitemap) == [BASE + name for name in written]
    for name in written:
        assert f'<link rel="canonical" href="{BASE}{name}" />' in pages[name]
    assert card(pages["index.html"])["og:locale"] == "en_GB"  # as docs/conf.py says; a site that says nothing has none
    assert f"Sitemap: {BASE}sitemap.xml\n" in (book.html / "robots.txt").read_text("utf-8")


def test_the_page_for_lost_addresses_names_everything_by_its_whole_path(book: Built) -> None:
    addresses = re.findall(r'\b(?:href|src|action|data-content_root)="([^"]*)"', book.pages()["404.html"])
    assert len(addresses) > 20
    assert [one for one in addresses if not one.startswith(("/fwdpass/", "#", "https://"))] == []


def test_a_book_that_knows_no_address_has_neither_map_nor_card(build_pages: BuildPages) -> None:
    built = build_pages(page="A page.", conf=THEME + 'html_additional_pages = {"404": "search.html"}\n')
    assert built.status == 0, built.messages
    assert not (built.html / "sitemap.xml").exists()
    assert not (built.html / "robots.txt").exists()
    assert card(built.pages()["page.html"]) == {}
    assert 'href="/' not in built.pages()["404.html"]


def test_a_title_with_a_formula_has_a_card_without_it(build_pages: BuildPages) -> None:
    conf = THEME + f'html_baseurl = "{BASE}"\n'
    built = build_pages(
        page="---\nmyst:\n  html_meta:\n    description: Of $x & y$.\n---\n# The $x$ & *y*\n", conf=conf
    )
    assert built.status == 0, built.messages
    said = card(built.pages()["page.html"])
    assert (said["og:title"], said["og:url"]) == ("The & y", f"{BASE}page.html")


def test_a_card_names_no_country_that_its_author_did_not(build_pages: BuildPages) -> None:
    built = build_pages(page="A page.", conf=THEME + f'html_baseurl = "{BASE}"\nlanguage = "en"\n')
    assert built.status == 0, built.messages
    assert card(built.pages()["page.html"])["og:type"] == "article"
    assert "og:locale" not in built.pages()["page.html"]


@pytest.mark.parametrize("name", ["robots.txt", "sitemap.xml"])
def test_an_authors_own_file_stays_as_it_is(build_pages: BuildPages, tmp_path: Path, name: str) -> None:
    own = tmp_path / "source" / "own"
    own.mkdir(parents=True)
    conf = THEME + f'html_baseurl = "{BASE}"\nhtml_extra_path = ["own"]\n'
    assert build_pages(page="A page.", conf=conf).status == 0
    (own / name).write_text("The author's.\n", "utf-8")
    for _ in range(2):
        built = build_pages(page="A page.", conf=conf)
        assert built.status == 0, built.messages
        assert (built.html / name).read_text("utf-8") == "The author's.\n"


def test_a_map_of_a_site_that_grows_grows(build_pages: BuildPages) -> None:
    conf = THEME + f'html_baseurl = "{BASE}"\n'
    assert build_pages(page="A page.", conf=conf).status == 0
    built = build_pages(page="A page.", other="Another.", conf=conf)
    assert f"{BASE}other.html" in (built.html / "sitemap.xml").read_text("utf-8")


def test_under_each_section_a_discussion_opens_with_the_section_named(book: Built) -> None:
    pages = book.pages()
    for name in ("neurons.html", "zero.html"):
        (title,) = re.findall(r"discussions/new\?category=q-a&amp;title=([^\"]*)\"", pages[name])
        (said,) = re.findall(r"<h1>(.*?)<a", pages[name], re.DOTALL)
        heading = " ".join(re.sub("<[^>]*>", "", said).split())
        assert unquote(title).strip() == f"About the section {heading}:"


def test_the_landing_page_says_what_and_for_whom_and_where_to_start(book: Built) -> None:
    top = book.said("index.html").partition("What is different here")[0]
    assert "neural network" in top
    assert "for beginners who know school algebra and a little Python" in top
    assert re.search(
        r'<a class="[^"]*sd-btn[^"]*" href="neurons.html[^"]*">.*?Start with section', book.pages()["index.html"]
    )

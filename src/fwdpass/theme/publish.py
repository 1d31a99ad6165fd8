"""What a site says about itself to those who link to it: cards, a map of its pages, and a page for lost addresses.

All of it needs to know where the site will be: `html_baseurl`. Without it, there is none.
"""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from posixpath import join
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import htpy as h
from sphinx.application import Sphinx

LOST = "404"
"""The page that a server shows at any address that it does not know, GitHub Pages among them."""
SITEMAP, ROBOTS = "sitemap.xml", "robots.txt"
_MADE = "Made by fwdpass.theme"
"""Stands in the files that we may write again in the next build."""
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_DESCRIPTION = re.compile(r'<meta content="([^"]*)" name="description" ?/?>')
_MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_RELATIVE = re.compile(r'\b(href|src|action|data-content_root)="(?!#|/|[a-z]+:)(?:\./)?([^"]*)"')


def setup_publish(app: Sphinx) -> None:
    """Register the cards, the map, and the page for lost addresses."""
    app.add_config_value("fwdpass_locale", "", "html", str)
    app.connect("html-page-context", add_card)
    app.connect("build-finished", write_map, priority=600)  # when whoever else writes one has written it
    app.connect("build-finished", fix_lost, priority=720)


def add_card(app: Sphinx, page: str, _template: str, context: dict[str, Any], doctree: object) -> None:
    """Let a page say what stands on the card that is shown where somebody shares its address.

    A page that nobody wrote, such as an index, asks not to be found by search engines.
    """
    if app.builder.format != "html" or app.builder.name == "epub":  # of a file, nobody shares an address
        return
    tags: list[h.Node] = []
    if doctree is None:
        tags.append(h.meta(name="robots", content="noindex"))
    elif app.config.html_baseurl:
        found = _DESCRIPTION.search(context.get("metatags", ""))
        tags += card(
            {
                "og:type": "article" if page != app.config.root_doc else "website",
                "og:site_name": app.config.project,
                "og:title": plain(context.get("title", "")),
                "og:description": unescape(found[1]) if found else "",
                "og:url": address(app, page),
                "og:locale": app.config.fwdpass_locale,
            }
        )
    written = "".join(f"{tag}\n" for tag in tags)
    context["metatags"] = str(context.get("metatags", "")) + written


def card(said: dict[str, str]) -> list[h.Node]:
    """Give the elements of a card, for what has something to say.

    >>> print(*card({"og:title": "A & B", "og:description": ""}))
    <meta property="og:title" content="A &amp; B"> <meta name="twitter:card" content="summary">
    """
    known = [h.meta(property=name, content=text) for name, text in said.items() if text]
    return [*known, h.meta(name="twitter:card", content="summary")]


def plain(title: str) -> str:
    """Give a title without its markup; a formula cannot be said in a line of text, so it is left out.

    >>> plain('The <span class="fp-n">zero</span> &amp; <math><mi>x</mi></math> me')
    'The zero & me'
    """
    return " ".join(unescape(_TAG.sub("", _MATH.sub("", title))).split())


def address(app: Sphinx, page: str) -> str:
    """Give the address that a page will have."""
    return join(app.config.html_baseurl, app.builder.get_target_uri(page))


def write_map(app: Sphinx, error: Exception | None) -> None:
    """Write the map of the pages for search engines, and where it is; files of the author's own stay as they are."""
    if error is not None or app.builder.name != "html" or not app.config.html_baseurl:
        return
    root = ET.Element("urlset", xmlns=_NAMESPACE)
    for page in sorted(app.env.found_docs):
        ET.SubElement(ET.SubElement(root, "url"), "loc").text = address(app, page)
    ET.indent(root)
    written = ET.tostring(root, "unicode")
    _write_ours(app, SITEMAP, f'<?xml version="1.0" encoding="utf-8"?>\n<!-- {_MADE} -->\n{written}\n')
    _write_ours(app, ROBOTS, f"# {_MADE}\nUser-agent: *\nAllow: /\nSitemap: {join(app.config.html_baseurl, SITEMAP)}\n")


def fix_lost(app: Sphinx, error: Exception | None) -> None:
    """Let the page for lost addresses, which is shown at any depth, name everything by its whole path."""
    lost = Path(app.outdir) / f"{LOST}.html"
    if error is None and app.builder.name == "html" and app.config.html_baseurl and lost.exists():
        _write(app, lost.name, absolute(lost.read_text("utf-8"), urlsplit(app.config.html_baseurl).path))


def absolute(html: str, root: str) -> str:
    """Write the addresses of a page at the top of a site as paths from the server's root.

    >>> absolute('<html data-content_root="./"><a href="x.html#y"></a><a href="#z"></a><a href="https://w"></a>', "/b/")
    '<html data-content_root="/b/"><a href="/b/x.html#y"></a><a href="#z"></a><a href="https://w"></a>'
    """
    return _RELATIVE.sub(lambda match: f'{match[1]}="{join(root, match[2])}"', html)


def _write_ours(app: Sphinx, name: str, text: str) -> None:
    """Write a file unless there is one that says not that we made it: the author's, or another extension's."""
    file = Path(app.outdir) / name
    if not file.exists() or _MADE in file.read_text("utf-8", "replace"):
        _write(app, name, text)


def _write(app: Sphinx, name: str, text: str) -> None:
    (Path(app.outdir) / name).write_text(text, "utf-8", newline="\n")

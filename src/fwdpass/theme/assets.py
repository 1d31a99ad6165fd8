"""What pages load: one style sheet with what they use, scripts that do not hold them up, and no file in vain."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from posixpath import dirname, normpath, relpath
from typing import Any

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

from fwdpass import borrowed
from fwdpass.theme.stylesheet import Names, purged

STYLESHEET = "site.css"
_MEMORY = "fwdpass-stylesheets.json"
"""Beside the doctrees: what a page asked for before it was given the one style sheet; a warm build keeps most pages."""
_STYLED = re.compile(r'[ \t]*<link rel="stylesheet"[^>]* href="((?:\.\./)*)_static/([^"?]+)[^"]*"[^>]*>\n?')
_SCRIPT = re.compile(r'<script\b[^>]*\bsrc="(?:\.\./)*_static/([^"?]+)|<script\b[^>]*>(.*?)</script>', re.DOTALL)
_TAG = re.compile(r"<([a-zA-Z][\w-]*)")
_ATTRIBUTE = re.compile(r'\b(class|id|style)="([^"]*)"')
_URL = re.compile(r"""url\(\s*(['"]?)(?!data:|#|[a-z]+:|/)([^'")]+)\1\s*\)""")
_IMPORT = re.compile(r"""@import\s+(?:url\()?['"](?![a-z]+:|/)([^'"]+)['"]\)?;""")
_QUOTES = re.compile(r"""["'`].*["'`]""")
_OPTIONS = "documentation_options.js"
"""A script of Sphinx's that those in the page itself need at once, a few lines long."""
_ASKED_OPTIONS = re.compile(rf'<script src="(?:\.\./)*_static/{re.escape(_OPTIONS)}[^"]*"></script>')


def setup_assets(app: Sphinx) -> None:
    """Register what makes pages light."""
    app.add_config_value("fwdpass_one_stylesheet", True, "html", bool)
    app.connect("html-page-context", defer_scripts, priority=900)
    app.connect("build-finished", join_stylesheets, priority=700)
    app.connect("build-finished", remove_unused_files, priority=710)


def defer_scripts(_app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Let a page be shown before its scripts are there; leave out those for tabs where there is no tab.

    Not those of the search page: Sphinx's have to run in the order in which they stand there.
    """
    if page == "search":
        return
    body = context.get("body", "")
    kept = [script for script in context.get("script_files", ()) if "sd-tab-set" in body or not _is_for_tabs(script)]
    context["script_files"] = [_deferred(script) for script in kept]


def _is_for_tabs(script: Any) -> bool:
    return str(script.filename or "").endswith("design-tabs.js")


def _deferred(script: Any) -> Any:
    """Give a script that waits; a new one, since all pages share the old one, and the search page wants it as it is."""
    name = str(script.filename or "")
    if not name or name.endswith(_OPTIONS) or "defer" in script.attributes:
        return script
    return type(script)(script.filename, priority=script.priority, **script.attributes, defer="defer")


def join_stylesheets(app: Sphinx, error: Exception | None) -> None:
    """Put what the pages use of all their style sheets into one, and let them ask for that one."""
    if error is not None or not isinstance(app.builder, StandaloneHTMLBuilder) or not app.config.fwdpass_one_stylesheet:
        return
    if app.builder.name == "epub":  # which is packed already
        return
    out, memory = Path(app.outdir), Path(app.doctreedir) / _MEMORY
    pages = pages_of(out)
    before: dict[str, list[str]] = json.loads(memory.read_text("utf-8")) if memory.exists() else {}
    asked = {name: _asked_for(html) or before.get(name, []) for name, html in pages.items()}
    sheets = merged(asked.values())
    if not all((out / "_static" / sheet).exists() for sheet in sheets):
        borrowed.copy_static_files(app.builder)
    names, mentioned = names_of(pages.values(), out / "_static")
    css = "".join(_read(out / "_static", sheet) for sheet in sheets)
    joined = f'@charset "utf-8";\n{purged(css, names, mentioned)}'
    (out / "_static" / STYLESHEET).write_text(joined, "utf-8", newline="\n")
    version = hashlib.sha256(joined.encode()).hexdigest()[:8]
    options = (out / "_static" / _OPTIONS).read_text("utf-8").strip()
    for name, html in pages.items():
        if (linked := with_options(link(html, version), options)) != html:
            (out / name).write_text(linked, "utf-8", newline="\n")
    for sheet in sheets:
        (out / "_static" / sheet).unlink()
    memory.write_text(json.dumps(asked, indent=1), "utf-8")


def pages_of(site: Path) -> dict[str, str]:
    """Give the pages of a site by their addresses; themes bring templates in HTML, too, which are none."""
    found = {path.relative_to(site).as_posix(): path for path in sorted(site.rglob("*.html"))}
    return {name: path.read_text("utf-8") for name, path in found.items() if not name.startswith("_static/")}


def link(html: str, version: str) -> str:
    r"""Let a page ask for the one style sheet, where it asked for the first of many.

    >>> link('<link rel="stylesheet" href="../_static/a.css" /><link rel="stylesheet" href="../_static/b.css" />', "7f")
    '<link rel="stylesheet" href="../_static/site.css?v=7f">\n'
    """
    first = _STYLED.search(html)
    if first is None:
        return html
    address = f'<link rel="stylesheet" href="{first[1]}_static/{STYLESHEET}?v={version}">\n'
    return html[: first.start()] + address + _STYLED.sub("", html[first.end() :])


def with_options(html: str, options: str) -> str:
    """Put Sphinx's options into a page that would wait for them, before anything of it is shown.

    A page without scripts of its own is left as it is: it may be held to a policy that allows none.

    >>> asks = '<script src="../_static/documentation_options.js?v=7f"></script>'
    >>> with_options(asks + "<script>DOCUMENTATION_OPTIONS.pagename = 'a';</script>", "const A = {};")
    "<script>const A = {};</script><script>DOCUMENTATION_OPTIONS.pagename = 'a';</script>"
    >>> with_options(asks, "const A = {};") == asks
    True
    """
    if "<script>DOCUMENTATION_OPTIONS." not in html:
        return html
    return _ASKED_OPTIONS.sub(lambda _: f"<script>{options}</script>", html)


def merged(lists: Iterable[list[str]]) -> list[str]:
    """Merge lists into one that has each entry once, behind what precedes it in any of them.

    >>> merged([["a", "c"], ["a", "b", "c"]])
    ['a', 'b', 'c']
    """
    result: list[str] = []
    for entries in sorted(lists, key=lambda one: (-len(one), one)):
        at = 0
        for entry in entries:
            if entry in result:
                at = result.index(entry) + 1
            else:
                result.insert(at, entry)
                at += 1
    return result


def names_of(pages: Iterable[str], static: Path) -> tuple[Names, str]:
    """Give the names on pages and in their scripts, and the texts that may name custom properties."""
    found, scripts, styles = [], {}, []
    for html in pages:
        names = {"tbody", *(name.lower() for name in _TAG.findall(html))}  # a table has one, written or not
        for attribute, value in _ATTRIBUTE.findall(html):
            if attribute == "style":
                styles.append(value)
            else:
                sign = "." if attribute == "class" else "#"
                names |= {sign + name for name in value.split()}
        found.append(frozenset(names))
        for source, inline in _SCRIPT.findall(html):
            path = static / source
            scripts[source or inline] = inline or (path.read_text("utf-8") if path.is_file() else "")
    code = "\n".join(scripts.values())
    words = frozenset(re.findall(r"[\w-]+", "\n".join(_quoted(code))))
    return Names(tuple(found), words), "\n".join([code, *styles])


def _quoted(code: str) -> Iterator[str]:
    """Give what a script may have in quotes, as names of classes are: of a line, from its first quote to its last.

    That is too much rather than too little, and more than enough to leave out the names of most variables.
    """
    inside = False
    for line in code.splitlines():
        ends = line.count("`") % 2 == 1  # a template goes on, or comes to its end
        if inside or ends:
            yield line
        elif found := _QUOTES.search(line):
            yield found[0]
        inside ^= ends


def remove_unused_files(app: Sphinx, error: Exception | None) -> None:
    """Publish of themes and extensions only what some page, or its style sheet, names; and licences."""
    if error is not None or app.builder.name != "html" or not app.config.fwdpass_one_stylesheet:
        return
    static = Path(app.outdir) / "_static"
    own = {
        file.relative_to(folder).as_posix()
        for folder in (Path(app.confdir) / path for path in app.config.html_static_path)
        if folder.is_relative_to(app.confdir)
        for file in folder.rglob("*")
    }
    named = "\n".join(pages_of(Path(app.outdir)).values())
    named += (static / STYLESHEET).read_text("utf-8") if (static / STYLESHEET).exists() else ""
    for file in sorted(static.rglob("*"), reverse=True):
        name = file.relative_to(static).as_posix()
        if file.is_dir():
            if not any(file.iterdir()):
                file.rmdir()
        elif name not in own and name not in named and "LICENSE" not in name:
            file.unlink()


def _asked_for(html: str) -> list[str]:
    return [name for _, name in _STYLED.findall(html) if name != STYLESHEET]


def _read(static: Path, name: str) -> str:
    """Read a style sheet, with what it imports, and with addresses as they are from the folder of all."""
    css = _IMPORT.sub(
        lambda match: _read(static, normpath(f"{dirname(name)}/{match[1]}".lstrip("/"))),
        (static / name).read_text("utf-8"),
    )
    folder = dirname(name)
    return _URL.sub(lambda match: f"url({relpath(f'{folder}/{match[2]}'.lstrip('/'))})", css) if folder else css

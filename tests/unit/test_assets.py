"""What pages load."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from fwdpass.theme.assets import defer_scripts, link, merged, names_of, pages_of, remove_unused_files

NOBODY: Any = None


class Script:
    """What Sphinx knows about a script of a page."""

    def __init__(self, filename: str | None, /, *, priority: int = 500, **attributes: str) -> None:
        self.filename, self.priority, self.attributes = filename, priority, attributes


SHEET = '<link rel="stylesheet" type="text/css" href="../_static/{}?v=1" />\n'


def test_lists_are_merged_in_an_order_that_fits_all() -> None:
    lists = [["a", "b", "e"], ["a", "c", "e"], ["a", "b", "d", "e", "f"], []]
    found = merged(lists)
    assert sorted(found) == list("abcdef")
    assert all([entry for entry in found if entry in one] == one for one in lists)
    assert merged(reversed(lists)) == found


def test_a_page_asks_for_one_style_sheet_and_asks_again_after_the_next_build() -> None:
    html = f"<head><title>x</title>\n{SHEET.format('a.css')}<script></script>{SHEET.format('b/c.css')}</head>"
    once = link(html, "11")
    assert once == (
        '<head><title>x</title>\n<link rel="stylesheet" href="../_static/site.css?v=11">\n<script></script></head>'
    )
    assert link(once, "22") == once.replace("v=11", "v=22")
    assert link("<p>no style</p>", "11") == "<p>no style</p>"


def test_names_are_those_of_tags_classes_and_ids_and_the_quoted_words_of_scripts(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("x.classList.add('is-open')", "utf-8")
    html = '<P class="a b" id=\'no\' style="--x: 1"><b id="c"></b></P><script src="_static/a.js?v=1"></script>'
    names, mentioned = names_of([html, '<i></i><script>show("d")</script>'], tmp_path)
    assert names.pages == (
        frozenset({"p", "b", "script", "tbody", ".a", ".b", "#c"}),
        frozenset({"i", "script", "tbody"}),
    )
    assert {"is-open", "d"} <= names.words
    assert "--x: 1" in mentioned


def test_words_of_scripts_are_those_that_may_be_in_quotes(tmp_path: Path) -> None:
    code = """let far = false; // the variable
        const mark = (name) => name;
        x.classList.add(near, 'in-one', "in-two", third); y(`in-three ${fourth}`);
        z.innerHTML = `<p class="in-four">
            <b class=in-five>`; let after = 1;
        let last = 2;"""
    names, mentioned = names_of([f"<script>{code}</script>"], tmp_path)
    assert {"in-one", "in-two", "in-three", "in-four", "in-five"} <= names.words
    assert not {"far", "mark", "classList", "last"} & names.words
    assert "let far" in mentioned


def test_scripts_wait_except_those_that_others_need_and_tabs_need_a_tab() -> None:
    files = ["_static/documentation_options.js", "_static/doctools.js", "_static/design-tabs.js", None]
    for body, left in (("", 3), ('<div class="sd-tab-set">', 4)):
        scripts = [Script(name) for name in files]
        context: dict[str, Any] = {"body": body, "script_files": scripts}
        defer_scripts(NOBODY, "page", "page.html", context, None)
        assert len(context["script_files"]) == left
        assert [one.attributes for one in context["script_files"][:2]] == [{}, {"defer": "defer"}]
        assert context["script_files"][-1].attributes == {}
        assert all(one.attributes == {} for one in scripts)  # which other pages have, too


def test_scripts_of_the_search_page_keep_their_order() -> None:
    context: dict[str, Any] = {"script_files": [Script("_static/doctools.js")]}
    defer_scripts(NOBODY, "search", "search.html", context, None)
    assert [one.attributes for one in context["script_files"]] == [{}]


def test_what_no_page_names_is_not_published(tmp_path: Path) -> None:
    own = tmp_path / "docs" / "mine"
    site = tmp_path / "site"
    page = '<link rel="stylesheet" href="_static/site.css?v=1"><script src="_static/a.js"></script>'
    kept = {
        "index.html": page,
        "_static/a.js": "",
        "_static/site.css": "a{background:url(b/b.png)}",
        "_static/b/b.png": "",
    }
    kept |= {"_static/b/LICENSE.txt": "", "_static/data.json": ""}
    gone = {"_static/c/c.png": "", "_static/a.js.map": "", "_static/macros.html": "a.js.map c/c.png"}
    for name, text in {**kept, **gone}.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text, "utf-8")
    own.mkdir(parents=True)
    (own / "data.json").touch()
    config = SimpleNamespace(fwdpass_one_stylesheet=True, html_static_path=["mine"])
    app: Any = SimpleNamespace(
        outdir=site, confdir=tmp_path / "docs", config=config, builder=SimpleNamespace(name="html")
    )
    remove_unused_files(app, RuntimeError("the build failed"))
    assert (site / "_static/c/c.png").exists()
    remove_unused_files(app, None)
    assert sorted(str(path.relative_to(site)) for path in site.rglob("*.*")) == sorted(kept)
    assert not (site / "_static/c").exists()
    assert list(pages_of(site)) == ["index.html"]

"""Links to lines of a traced script: from its page and from another, in every builder; a missing line is a warning."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import pytest

from fwdpass.trace.panel.blocks import LINES
from tests.book.conftest import FIRST, PANEL, BuildPages

HERE = "import sys, pathlib\nsys.path.insert(0, str(pathlib.Path(__file__).parent))\n"
PAGE = """\
::::{trace} fwdpass.lesson

:::{line} z1 =
It ends [with the loss](#L38).
:::
::::

See [the **sums**](#L35 "here") and [](#L36).
"""
OTHER = "See [the sums](page.md#L35), [](page.md#L36) and [again](project:page.md#L37).\n"
NITPICKY = ("-n", "-W", "--keep-going")


def links(page: str) -> list[tuple[str, str]]:
    """Where a page's links to lines lead, and what they say."""
    found = re.findall(r'<a class="reference internal" href="([^"]*#[A-Z]\d+)"[^>]*>(.*?)</a>', page)
    return [(where, re.sub("<.*?>", "", said)) for where, said in found]


@pytest.mark.parametrize(
    ("builder", "address"), [("html", "page.html"), ("dirhtml", "../page/"), ("singlehtml", ""), ("epub", "page.xhtml")]
)
def test_a_link_leads_to_a_line_from_its_page_and_from_another(
    build_pages: BuildPages, builder: str, address: str
) -> None:
    options = {"version": "1", "copyright": "us", "suppress_warnings": "epub.unknown_project_files"}
    asked = ["-b", builder, *(f"-D{name}={value}" for name, value in options.items())]
    conf = f"fwdpass_audit = {builder in {'html', 'dirhtml'}}\n"  # of the others, it says that it does not read them
    built = build_pages(*NITPICKY, *asked, page=PAGE, other=OTHER, conf=conf)
    assert (built.status, built.messages) == (0, "")
    pages = [path.read_text("utf-8") for path in sorted(built.html.rglob("*html"))]
    found = [link for page in pages for link in links(page)]
    there = [("#L38", "with the loss"), ("#L35", "the sums"), ("#L36", "L36")]
    elsewhere = [(f"{address}#L35", "the sums"), (f"{address}#L36", "L36"), (f"{address}#L37", "again")]
    assert sorted(found) == sorted(there + elsewhere)
    panel = next(page for page in pages if PANEL.search(page))
    assert all(f'id="L{line}"' in panel for line in (35, 36, 37, 38))
    assert '<a class="reference internal" href="#L35" title="here">' in panel


@pytest.mark.parametrize("builder", ["text", "latex"])
def test_where_there_is_no_panel_the_words_stay(build_pages: BuildPages, builder: str) -> None:
    built = build_pages(*NITPICKY, "-b", builder, "-D", "language=en", page=PAGE, other=OTHER)
    assert (built.status, built.messages) == (0, "")
    found = [path.read_text("utf-8") for path in built.html.rglob("*") if path.suffix in (".txt", ".tex")]
    written = " ".join("".join(found).split())
    assert "with the loss" in written
    assert "the sums" in written
    assert "page:L35" not in written


def test_a_line_that_is_not_there_is_a_warning(build_pages: BuildPages) -> None:
    page = PAGE + "\n" + "\n".join(f"[x](#{name})" for name in ("L0", "L035", "L999", f"L{'9' * 5000}", "l35", "M1"))
    built = build_pages(*NITPICKY, page=page + "\n", other="[x](page.md#L999)\n[y](index.md#L35)\n")
    assert built.status == 1
    where = re.findall(r"/(\w+)\.md:(\d+): WARNING: .*?: '(\w{1,9})\w*' \[myst\.xref_missing\]", built.messages)
    first = FIRST + PAGE.count("\n") + 1
    here = [("page", str(first), name) for name in ("L0", "L035", "L999", "L99999999", "l35", "M1")]
    assert sorted(where) == sorted([*here, ("other", str(FIRST), "L999"), ("other", str(FIRST), "L35")])
    assert len(built.messages.splitlines()) == len(where)


def test_lines_of_two_scripts_have_names_of_their_own(tmp_path: Path, build_pages: BuildPages) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "mine.py").write_text("a = 0.5\nb = a + a\n", "utf-8")
    page = "::::{trace} fwdpass.lesson\n::::\n\n::::{trace} mine\n:anchor: M\n::::\n\n[a](#M2) and [z](#L35).\n"
    built = build_pages(*NITPICKY, conf=HERE, page=page)
    assert (built.status, built.messages) == (0, "")
    assert links(built.pages()["page.html"]) == [("#M2", "a"), ("#L35", "z")]
    warm = build_pages(*NITPICKY, conf=HERE, page=page.replace("#M2", "#M3"))
    assert f"page.md:{FIRST + 7}: WARNING: 'myst' cross-reference target not found: 'M3'" in warm.messages


def test_a_cell_that_shows_a_script_names_its_lines_too(build_pages: BuildPages) -> None:
    cell = 'import fwdpass as fp\n\nfp.trace("a = 0.5\\nb = a + a\\n").panel(anchor="M")'
    page = f"```{{code-cell}} python3\n{cell}\n```\n\n[a](#M2)\n"
    built = build_pages(*NITPICKY, page=page, other="[b](page.md#M1)\n")
    assert (built.status, built.messages) == (0, "")
    assert links(built.pages()["page.html"]) == [("#M2", "a")]
    assert links(built.pages()["other.html"]) == [("page.html#M1", "b")]
    assert "not found: 'M3'" in build_pages(*NITPICKY, page=page.replace("#M2", "#M3")).messages


def test_names_of_lines_cannot_be_mistaken_for_each_other(build_pages: BuildPages) -> None:
    anchors = dict(enumerate(("L1", "1", "a b", 'a"', "_", "x_1", "-")))
    pages = {f"on{i}": f"::::{{trace}} fwdpass.lesson\n:anchor: {anchor}\n::::\n" for i, anchor in anchors.items()}
    built = build_pages("--keep-going", **pages)
    assert built.status == 1
    for i, anchor in anchors.items():
        said = f"on{i}.md:{FIRST}: WARNING: trace: {anchor!r} cannot be the anchor: it starts with a letter"
        assert said in built.messages


def test_a_script_that_has_become_shorter_has_fewer_names(tmp_path: Path, build_pages: BuildPages) -> None:
    (tmp_path / "source").mkdir()
    page = "::::{trace} mine\n::::\n\n[a](#L3).\n"
    for lines, said in ((3, ""), (2, "WARNING: 'myst' cross-reference target not found: 'L3'")):
        (tmp_path / "source" / "mine.py").write_text("a = 0.5\n" * lines, "utf-8")
        built = build_pages(*NITPICKY, conf=HERE, page=page)
        assert built.status == bool(said)
        assert said in built.messages


def test_pages_that_other_processes_read_have_their_names(build_pages: BuildPages) -> None:
    pages = {f"page{i}": f"A page, and [the sums](page.md#L{30 + i}).\n" for i in range(8)}
    built = build_pages(*NITPICKY, "-j", "2", page=PAGE, **pages)
    assert (built.status, built.messages) == (0, "")
    assert [links(built.pages()[f"page{i}.html"])[0][0] for i in range(8)] == [f"page.html#L{30 + i}" for i in range(8)]


def test_a_long_script_costs_no_more_than_a_number(tmp_path: Path, build_pages: BuildPages) -> None:
    """Of its lines, as many have a name as are shown, and the inventory lists none."""
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "mine.py").write_text("a = 0.5\n" * (LINES + 100), "utf-8")
    page = f"::::{{trace}} mine\n::::\n\n[a](#L{LINES})\n[b](#L{LINES + 1})\n"
    built = build_pages("--keep-going", conf=HERE, page=page)
    assert re.findall("not found: '(.+?)'", built.messages) == [f"L{LINES + 1}"]
    *_, inventory = (built.html / "objects.inv").read_bytes().split(b"\n", 4)
    listed = zlib.decompress(inventory).decode()
    assert "page.html" in listed
    assert not re.search(r"L\d", listed)


CELL = '```{code-cell} python3\nimport fwdpass as fp\nfp.trace("x = 1\\ny = x + x\\n")\n```\n'
TRACE = "::::{trace} fwdpass.lesson\n::::\n"


@pytest.mark.parametrize("page", [CELL + CELL, TRACE + CELL], ids=["two cells", "a cell and a directive"])
def test_lines_of_two_scripts_with_the_same_names_are_a_warning(build_pages: BuildPages, page: str) -> None:
    built = build_pages(page=page)
    assert built.status == 1
    assert "page.md" in built.messages
    assert "lines of another script on this page are named 'L': choose another anchor [fwdpass.trace]" in built.messages


def test_with_an_anchor_of_its_own_each_has_its_names(build_pages: BuildPages) -> None:
    built = build_pages(page=TRACE + CELL.replace('n")', 'n").panel(anchor="M")'))
    assert (built.status, built.messages) == (0, "")


def test_a_panel_that_says_what_is_false_ends_the_build(build_pages: BuildPages) -> None:
    line, sum_ = '<span class="fp-line" id="L1"></span>', '<p class="fp-dot">2 × 3 = 5</p>'
    panel = f"<div><fp-trace>{line}{sum_}</fp-trace></div>"
    built = build_pages(page=f"{panel}\n")
    assert built.status == 1
    assert "a panel says what is false: 2 × 3 = 5" in built.messages

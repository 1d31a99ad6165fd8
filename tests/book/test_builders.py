"""The audit runs wherever pages are HTML files of their own, and says so where it does not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fwdpass.audit import audit_site
from tests.book.conftest import BuildPages, build_book

pytestmark = pytest.mark.book

CONF = "numfig = True\n"
INDEX = "# Index\n\n```{toctree}\n:numbered:\npage\ndeep/other\n```\n"
PAGE = """
(sum)=
## A sum

$$ z = \\n{z1[0]} $$ (equation)

See {ref}`here <sum>`, {numref}`sum`, {eq}`equation`, {n}`mse` and {doc}`index`.
"""


def pages(text: str = "") -> dict[str, str]:
    return {"index": INDEX, "page": PAGE + text}


@pytest.mark.parametrize("builder", ["html", "dirhtml"])
def test_executed_numbers_are_known_and_a_typed_one_is_found(tmp_path: Path, builder: str) -> None:
    (tmp_path / "source" / "deep").mkdir(parents=True)
    other = "# Other\n\nAs in {numref}`sum` and {eq}`equation`.\n"
    (tmp_path / "source" / "deep" / "other.md").write_text(other, "utf-8")
    built = build_book(tmp_path, "-b", builder, conf=CONF, **pages())
    assert (built.status, built.messages) == (0, "")
    assert audit_site(built.html).faults == ()
    (tmp_path / "source" / "deep" / "other.md").write_text(f"{other}\nThe loss is 0.77.\n", "utf-8")
    refused = build_book(tmp_path, "-b", builder, conf=CONF, **pages("\nAnd 0.78."))
    assert refused.status == 1
    assert "deep/other.md:5: WARNING: '0.77' is a typed number" in refused.messages
    lines = (tmp_path / "source" / "page.md").read_text("utf-8").splitlines()
    assert f"page.md:{lines.index('And 0.78.') + 1}: WARNING: '0.78' is a typed number" in refused.messages


@pytest.mark.parametrize("builder", ["singlehtml", "epub"])
def test_where_it_cannot_read_the_pages_it_says_so(build_pages: BuildPages, builder: str) -> None:
    options = ["-Dversion=1", "-Dcopyright=us", "-Dlanguage=en", "-Dsuppress_warnings=epub.unknown_project_files"]
    built = build_pages("-b", builder, *options, page="Loss 0.77.")
    assert built.status == 1
    assert f"the builder {builder} puts pages together in a way that the audit cannot read" in built.messages
    assert "or set fwdpass_audit = False" in built.messages
    assert build_pages("-b", builder, *options, page="Loss 0.77.", conf="fwdpass_audit = False\n").status == 0


@pytest.mark.parametrize("above", ["_static", "_downloads"])
def test_the_folder_that_a_site_is_in_changes_nothing(tmp_path: Path, above: str) -> None:
    built = build_book(tmp_path / above, page="{n}`mse`", conf="fwdpass_audit = False\n")
    assert audit_site(built.html).faults == ()
    bad = tmp_path / above / "bad"
    shutil.copytree(built.html, bad)
    page = bad / "page.html"
    page.write_text(page.read_text("utf-8").replace("</h1>", "</h1><p>Loss 0.77.</p>"), "utf-8")
    assert [fault.finding.text for fault in audit_site(bad).faults] == ["0.77"]

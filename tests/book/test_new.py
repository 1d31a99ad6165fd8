"""The book that ``fwdpass new`` makes: it builds, and needs nothing of ours but what it uses."""

from __future__ import annotations

import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

from fwdpass.__main__ import main
from fwdpass.audit import load

pytestmark = pytest.mark.book

BUILD = """
import sys
from sphinx.cmd.build import main
status = main(["-q", "-n", "-W", *sys.argv[1:]])
print([name for name in sys.modules if name == "fwdpass.lesson"])
sys.exit(status)
"""


def _built(book: Path, out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", BUILD, str(book), str(out), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_new_book_builds_and_loads_no_lesson(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = tmp_path / "my-own book"
    assert main(["new", str(book)]) == 0
    said = capsys.readouterr().out
    assert f"python -m sphinx -W '{book}' '{book / '_build'}'" in said
    built = _built(book, out := book / "_build")
    assert (built.returncode, built.stdout.strip()) == (0, "[]"), built.stderr
    ledger = load(out)["index"].ledger
    assert ledger is not None
    assert [entry.text for entry in ledger.entries] == ["four people", "1.72", "true", "9", "1.81", "1.7175", "0.0925"]
    assert str(ledger.level) == "exact"
    html = (out / "index.html").read_text("utf-8")
    assert "<h1>My own book" in html
    assert "The mean height of" in html

    # As its last sentence says: what the first build has left in the folder is no page of the second.
    page = book / "index.md"
    page.write_text(page.read_text("utf-8").replace("1.62", "1.58"), "utf-8")
    again = _built(book, out)
    assert again.returncode == 0, again.stderr
    ledger = load(out)["index"].ledger
    assert ledger is not None
    assert [entry.text for entry in ledger.entries][1:4] == ["1.71", "true", "10"]


@pytest.mark.parametrize("title", ["Physics 101 | 2nd year", "A `b` *c* $d$ <i> \\n_e_ & # f"])
def test_any_title_is_a_title(title: str, tmp_path: Path) -> None:
    assert main(["new", str(tmp_path), "--title", title]) == 0
    built = _built(tmp_path, tmp_path / "_build")
    assert built.returncode == 0, built.stderr
    html = (tmp_path / "_build" / "index.html").read_text("utf-8")
    [heading] = re.findall("<h1>(.*?)<a |$", html)[:1]
    assert unescape(re.sub("<[^>]+>", "", heading)) == title


def test_a_theme_that_is_missing_is_a_sentence_where_a_site_is_built(tmp_path: Path) -> None:
    assert main(["new", str(tmp_path)]) == 0
    with (tmp_path / "conf.py").open("a", encoding="utf-8") as conf:
        conf.write('html_theme = "no_such_theme"\n')
    built = _built(tmp_path, tmp_path / "_build")
    assert built.returncode == 1
    assert built.stderr == (
        "fwdpass: no theme 'no_such_theme' is installed, which html_theme in conf.py names: pip install no_such_theme, "
        "if that is its package, or name another theme; alabaster comes with Sphinx\n"
    )
    assert _built(tmp_path, tmp_path / "text", "-b", "text").returncode == 0


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "index.md").write_text("# Mine\n", "utf-8")
    assert main(["new", str(tmp_path)]) == 1
    assert "there is a book in" in (said := capsys.readouterr().err)
    assert "with index.md, and nothing is overwritten: name another folder" in said
    assert (tmp_path / "index.md").read_text("utf-8") == "# Mine\n"
    assert not (tmp_path / "conf.py").exists()
    assert main(["new", str(tmp_path / "index.md")]) == 1
    assert "that is a file" in capsys.readouterr().err
    assert main(["new", str(tmp_path / "index.md" / "below")]) == 1
    assert "below': Not a directory; name another folder" in capsys.readouterr().err

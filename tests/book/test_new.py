"""The book that ``fwdpass new`` makes: it builds, and needs nothing of ours but what it uses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from fwdpass.__main__ import main
from fwdpass.audit import load

pytestmark = pytest.mark.book

BUILD = """
import sys
from sphinx.cmd.build import main
status = main(["-q", "-n", "-W", sys.argv[1], sys.argv[2]])
print([name for name in sys.modules if name == "fwdpass.lesson"])
sys.exit(status)
"""


def test_a_new_book_builds_and_loads_no_lesson(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = tmp_path / "my-own book"
    assert main(["new", str(book)]) == 0
    said = capsys.readouterr().out
    assert f'python -m sphinx -W "{book}" "{book / "_build"}"' in said
    built = subprocess.run(
        [sys.executable, "-c", BUILD, str(book), str(tmp_path / "out")], capture_output=True, text=True, check=False
    )
    assert (built.returncode, built.stdout.strip()) == (0, "[]"), built.stderr
    ledger = load(tmp_path / "out")["index"].ledger
    assert ledger is not None
    assert [entry.text for entry in ledger.entries] == ["four people", "1.72", "true", "9", "1.81", "1.7175", "0.0925"]
    assert str(ledger.level) == "exact"
    html = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert "<h1>My own book" in html
    assert "The mean height of" in html


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "index.md").write_text("# Mine\n", "utf-8")
    assert main(["new", str(tmp_path)]) == 1
    assert "there is a book in" in (said := capsys.readouterr().err)
    assert "with index.md, and nothing is overwritten: name another folder" in said
    assert (tmp_path / "index.md").read_text("utf-8") == "# Mine\n"
    assert not (tmp_path / "conf.py").exists()
    assert main(["new", str(tmp_path / "index.md")]) == 1
    assert "that is a file" in capsys.readouterr().err

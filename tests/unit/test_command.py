"""The command fwdpass: what it says, and its exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fwdpass.__main__ import main

PAGE = "<html><body><article><h1>Loss</h1><p>It is {}.</p></article></body></html>"


def site(folder: Path, loss: str) -> Path:
    entry = {"line": 3, "kind": "number", "source": "mse", "text": "0.8963", "exact": "717/800"}
    ledger = {"version": 1, "pages": {"page": {"source": "page.md", "entries": [entry]}}}
    (folder / "ledger.json").write_text(json.dumps(ledger), "utf-8")
    (folder / "page.html").write_text(PAGE.format(loss), "utf-8")
    (folder / "page.md").write_text(f"# Loss\n\nIt is {loss}.\n", "utf-8")
    return folder


def test_a_site_without_typed_numbers_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", str(site(tmp_path, '<span class="fp-n fp-n0">0.8963</span>'))]) == 0
    said = "Zero typed numbers on one page; 1 executed, zero typed numbers with a reason\n"
    assert capsys.readouterr().out == said


def test_a_typed_number_is_a_line_with_its_place_and_status_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", str(site(tmp_path, "0.9")), "--sources", str(tmp_path)]) == 1
    first, last = capsys.readouterr().out.splitlines()
    assert first.startswith("page.md:3: '0.9' is a typed number, in the text “It is 0.9.”")
    assert last.startswith("One typed number on one page")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (None, "has no ledger.json: an audit takes the HTML of a Sphinx project"),
        ("{", "is not JSON"),
        ("[]", "is not a ledger of version 1"),
        ('{"version": 99}', "is not a ledger of version 1"),
    ],
)
def test_what_is_no_site_is_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], written: str | None, said: str
) -> None:
    if written is not None:
        (tmp_path / "ledger.json").write_text(written, "utf-8")
    assert main(["audit", str(tmp_path)]) == 1
    answer = capsys.readouterr().err
    assert answer.startswith("fwdpass: ")
    assert said in answer


@pytest.mark.parametrize("asked", [["--help"], ["audit", "--help"], ["mutate", "--help"]])
def test_every_command_explains_itself(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(asked)
    assert ended.value.code == 0
    assert "usage: " in capsys.readouterr().out

"""The command fwdpass: what it says, and its exit status."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from fwdpass.__main__ import main

PAGE = "<html><body><article><h1>Loss</h1><p>It is {}.</p></article></body></html>"


def site(folder: Path, loss: str) -> Path:
    entry = {"line": 3, "kind": "number", "source": "mse", "text": "0.8963", "exact": "717/800", "step": 0}
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


LEDGER = '{{"version": 1, "pages": {}}}'


@pytest.mark.parametrize(
    ("name", "written", "said"),
    [
        ("ledger.json", b"\xff\xfe", "is not JSON"),
        ("ledger.json", b"[" * 100_000, "is not JSON"),
        ("ledger.json", b'{"version": 1}', "has not what the ledger of a build has"),
        ("ledger.json", LEDGER.format("[]").encode(), "has not what the ledger of a build has"),
        ("ledger.json", LEDGER.format('{"page": {"entries": [{"x": 1}]}}').encode(), "has not what the ledger"),
        ("searchindex.js", b"Search.setIndex({", "is no search index of Sphinx's"),
        ("searchindex.js", b"Search", "is no search index of Sphinx's"),
    ],
)
def test_a_site_that_is_broken_is_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, written: bytes, said: str
) -> None:
    (site(tmp_path, "one") / name).write_bytes(written)
    assert main(["audit", str(tmp_path)]) == 1
    answer = capsys.readouterr().err
    assert answer.startswith("fwdpass: ")
    assert f"{said}" in answer


def test_what_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = site(tmp_path, "0.9") / "page.html"
    for asked, said in (
        (["audit", str(tmp_path / "gone")], f"there is no folder {tmp_path / 'gone'}"),
        (["audit", str(page)], f"there is no folder {page}"),
        (["audit", str(tmp_path), "--sources", str(page)], f"there is no folder {page}, whose lines"),
    ):
        assert main(asked) == 1
        assert f"{said}" in capsys.readouterr().err


def test_bytes_that_are_no_text_hide_no_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site(tmp_path, "0.9")
    for name in ("page.html", "page.md"):
        (tmp_path / name).write_bytes((tmp_path / name).read_bytes() + b"\xff")
    for name in ("folder.html", "folder.svg", "folder.css"):
        (tmp_path / name).mkdir()
    (tmp_path / "a.svg").write_bytes(b"<svg><text>\xff0.8</text></svg>")
    (tmp_path / "a.css").write_bytes(b'p::after { content: "\xff0.7" }')
    assert main(["audit", str(tmp_path), "--sources", str(tmp_path)]) == 1
    said = capsys.readouterr().out
    for number in ("page.md:3: '0.9'", "a.svg: '0.8'", "a.css: '0.7'"):
        assert number in said


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ([], "Each command explains itself"),
        (["nope"], "invalid choice: 'nope' (choose from"),
        (["audit"], "the following arguments are required: SITE\n"),
        (["explain"], "the following arguments are required: MODEL, -o/--output\n"),
        (["trace"], "the following arguments are required: SCRIPT, or -m MODULE\n"),
        (["audit", ""], "argument SITE: the name is empty"),
        (["trace", ""], "argument SCRIPT: the name is empty"),
        (["explain", "m.onnx", "-o", ""], "argument -o/--output: the name is empty"),
        (["explain", "m.onnx", "-o", "x", "--order", "a,,b"], "argument --order: a name is missing in 'a,,b'"),
        (["explain", "m.onnx", "-o", "x", "--title", " "], "argument --title: the title is empty"),
        (["trace", "--first", "x", "a.py"], "argument --first: a whole number of 1 at least, and got 'x'"),
    ],
)
def test_what_cannot_be_asked_is_status_two(asked: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        status: object = main(asked)
    except SystemExit as end:
        status = end.code
    assert status == 2
    assert said in capsys.readouterr().err


def test_the_command_says_its_version(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"fwdpass {version('fwdpass')}\n"

    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("fwdpass.__main__.version", missing)
    assert main(["--version"]) == 1
    assert "is not installed, so it has no version" in capsys.readouterr().err


@pytest.mark.parametrize("asked", [["--help"], ["audit", "--help"]])
def test_every_command_explains_itself(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(asked)
    assert ended.value.code == 0
    assert "usage: " in capsys.readouterr().out

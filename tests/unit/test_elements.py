"""The elements' files, joined: each in a scope of its own, small, and without what only their authors need."""

from __future__ import annotations

import gzip
import re
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from fwdpass import elements, theme
from fwdpass.sphinxext.fingerprint import set_fingerprint
from fwdpass.theme.helpers import COPY, FIND, SEARCH

SOURCES = {path.name: path.read_text("utf-8") for path in sorted(elements.FOLDER.glob("*.[jc]s*"))}
scripts = pytest.mark.parametrize("name", [name for name in SOURCES if name.endswith(".js")])


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(elements, "FOLDER", tmp_path)
    (tmp_path / "b.js").write_text("// why\nconst one = 1;\n\n  go(one); // where\n", "utf-8")
    (tmp_path / "a.js").write_text("const one = 2;\n", "utf-8")
    (tmp_path / "a.css").write_text("/* why\n so */\n.a {\n  color: red; /* yes */\n}\n", "utf-8")
    return tmp_path


def test_scripts_are_joined_in_blocks_of_their_own(two: Path) -> None:
    assert elements.script() == '"use strict";\n{\nconst one = 2;\n}\n{\nconst one = 1;\ngo(one);\n}\n'


def test_style_sheets_are_joined_without_comments(two: Path) -> None:
    assert elements.sheet() == ".a {\ncolor: red;\n}\n"


def test_one_script_and_its_style_sheet_can_be_had_alone(two: Path) -> None:
    assert elements.script("b") == '"use strict";\n{\nconst one = 1;\ngo(one);\n}\n'
    assert elements.sheet("b") == ""


@scripts
def test_no_script_is_a_module(name: str) -> None:
    assert not re.search(r"^\s*(?:import|export)\b", SOURCES[name], re.MULTILINE)


@scripts
def test_no_text_of_a_script_spans_lines(name: str) -> None:
    assert [line for line in SOURCES[name].splitlines() if line.count("`") % 2] == []


@scripts
def test_no_string_of_a_script_looks_like_a_comment(name: str) -> None:
    behind = [line.partition(" // ")[0] for line in SOURCES[name].splitlines() if not line.strip().startswith("//")]
    assert [line for line in behind if any(line.count(quote) % 2 for quote in "\"'`")] == []


@scripts
def test_every_script_has_its_style_sheet(name: str) -> None:
    assert name.replace(".js", ".css") in SOURCES


def test_all_scripts_together_are_small_and_so_are_the_styles() -> None:
    beside = sorted((Path(theme.__file__).parent / "static").glob("*.js"))
    sent = [elements.script(), *(elements.code(path.read_text("utf-8")) for path in beside)]
    assert {path.name for path in beside} == {COPY, FIND, SEARCH}
    assert sum(len(gzip.compress(script.encode(), 9)) for script in sent) <= 16_000
    assert len(gzip.compress(elements.sheet().encode(), 9)) <= 4_500


def test_a_changed_element_reads_every_page_again(two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[set_fingerprint.__module__], "_PACKAGE", two)

    def fingerprint() -> str:
        config = SimpleNamespace(fwdpass_depends=[], fwdpass_fingerprint="")
        set_fingerprint(cast("Any", SimpleNamespace(srcdir=two, confdir=two)), cast("Any", config))
        return str(config.fwdpass_fingerprint)

    before = fingerprint()
    assert fingerprint() == before
    (two / "a.css").write_text(".a { color: blue; }\n", "utf-8")
    assert fingerprint() != before

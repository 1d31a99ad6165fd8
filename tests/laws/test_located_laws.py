"""A finding has the line that shares most words with it, and of several such lines the first."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from fwdpass.audit import site
from fwdpass.audit.facts import Facts
from fwdpass.audit.page import Finding

LINES = st.lists(st.lists(st.sampled_from(["the", "loss", "is", "7", "77", "7.5", "W7", ""]), max_size=5), max_size=7)


def one_by_one(lines: list[str], finding: Finding) -> int:
    """Look at every line."""
    wanted = set(re.findall(r"\w+", finding.around))
    best, found = 0, 0
    for number, line in enumerate(lines, 1):
        score = len(wanted & set(re.findall(r"\w+", line)))
        if finding.text in line:
            score += 3 if re.search(rf"(?<![\w.]){re.escape(finding.text)}(?!\w|\.\d)", line) else 1
        if score > best:
            best, found = score, number
    return found


@given(LINES, st.sampled_from(["7", "7.5", "loss", ""]), st.sampled_from(["the loss is 7", "", "is W7", "77 of 7.5"]))
def test_the_line_of_a_finding_is_the_first_of_the_best(written: list[list[str]], text: str, around: str) -> None:
    lines = [" ".join(words) for words in written]
    finding = Finding(text, "text", around)
    with TemporaryDirectory() as folder:
        (Path(folder) / "page.md").write_text("\n".join(lines), "utf-8")
        (fault,) = site.located([finding], Facts(source="page.md"), Path(folder))
        site._lines.cache_clear()
    assert fault.line == one_by_one(lines, finding)

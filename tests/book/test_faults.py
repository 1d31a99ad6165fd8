"""Whatever goes wrong on a page ends the build, in one line that says file, line and cause."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from fwdpass.testing import Built
from tests.book.conftest import CONF, FIRST, HEADER, BuildPages
from tests.forked import build

pytestmark = pytest.mark.book

FAULTS: dict[str, tuple[str, int, str]] = {
    # name: (text of the page, line of the fault counted from the text, words of the cause)
    "undefined_name": ("Here: {n}`nope`.", 1, "NameError: name 'nope' is not defined"),
    "second_line_of_a_paragraph": ("A line\nand more\n{n}`nope`.", 3, "nope"),
    "typed_constant": ("Here: {n}`0.5`.", 1, "0.5 is a typed number"),
    "typed_integer": ("Here: {n}`3`.", 1, "3 is a typed number"),
    "typed_in_a_formula": ("$\\n{3}$", 1, "3 is a typed number"),
    "laundered_constant": ("{n}`mse*0+0.77`", 1, "typed number"),
    "chosen_constant": ("{n}`3 if mse else b1`", 1, "3 is a typed number"),
    "text_with_digits": ("{n}`'0.77' or mse`", 1, "has a typed number in it, 0.77"),
    "reads_no_name": ("{n}`'abc'.upper()`", 1, "reads no name of the page"),
    "makes_a_number_of_text": ("{n}`len('abc')`", 1, "makes a number of what is typed there"),
    "not_an_expression": ("{n}`mse +`", 1, "not an expression that Python can read"),
    "unknown_format": ("{n}`mse:.4q`", 1, "'.4q' is no format"),
    "name_beside_what_cannot_be_written": ("`b1[1]` is {n}`b1[1]:word`", 1, "words are for whole numbers"),
    "not_a_number": ("{n}`{mse}`", 1, "not a finite number"),
    "without_value": ("{n}`[mse].clear()`", 1, "say after else what stands in its place"),
    "two_prices": ("Between ${n}`h[2]` and ${n}`h[0]`.", 1, "{n}`h[2]` stands between dollar signs"),
    "two_executed_prices": ("Of ${executed}`h[2] | so it is` and ${n}`h[0]`.", 1, "stands between dollar signs"),
    "empty_role": ("An {executed}` ` one.", 1, "has no reason"),
    "hole_in_a_sentence": ("Here: \\n{mse}", 1, "is not filled here"),
    "hole_that_is_open": ("Here: \\n{mse and more", 1, "the hole that starts with \\n{mse… is not closed"),
    "open_hole_in_a_formula": ("$$\n\\n{mse = \\n{mse}\n$$", 1, "the hole that starts with \\n{mse… is not closed"),
    "hole_in_a_display": ("$$\na =\n\\n{nope}\n$$", 3, "nope"),
    "hole_in_the_directive": ("```{math}\n:label: q\n\na\n\\n{nope}\n```", 5, "nope"),
    "hole_in_an_alt_text": ("![a \\n{nope}](page.svg)", 1, "nope"),
    "below_a_card": (":::{card} A\n\n{n}`nope`\n:::", 3, "nope"),
    "in_a_table": ("| a |\n|---|\n| {n}`nope` |", 3, "nope"),
    "cell_raises": ("```{code-cell} python3\n:tags: [hide-input]\n\na = 1\nW1 @ x\n```", 5, "ValueError: matmul"),
    "cell_cannot_be_parsed": ("```{code-cell} python3\na = (\n```", 2, "SyntaxError: '(' was never closed"),
    "cell_warns": ("```{code-cell} python3\nx\nwarnings.warn('old')\n```", 3, "warned UserWarning: old"),
    "cell_divides_by_zero": ("```{code-cell} python3\nx / 0 > 1\n```", 2, "warned RuntimeWarning"),
    "cell_writes_an_error": ("```{code-cell} python3\nprint('oh', file=sys.stderr)\n```", 2, "standard error: oh"),
    "cell_exits": ("```{code-cell} python3\nsys.exit(3)\n```", 2, "SystemExit"),
    "cell_asks": ("```{code-cell} python3\ninput()\n```", 2, "EOFError"),
    "cell_never_ends": ("```{code-cell} python3\n:timeout: 2\n\nwhile True: pass\n```", 4, "more than 2 seconds"),
    "cell_never_ends_and_was_to_fail": (
        "```{code-cell} python3\n:tags: [raises-exception]\n:timeout: 2\n\nwhile True: pass\n```",
        5,
        "more than 2 seconds",
    ),
    "cell_takes_its_end_for_an_error": (
        "```{code-cell} python3\n:timeout: 2\n\ntry:\n    while True: sum(x)\nexcept Exception: pass\n```",
        4,
        "more than 2 seconds",
    ),
    "cell_shows_an_address": ("```{code-cell} python3\nobject()\n```", 2, "address in memory"),
    "cell_prints_an_address": ("```{code-cell} python3\nprint(object())\n```", 2, "address in memory"),
    "promised_error_is_missing": ("```{code-cell} python3\n:tags: [raises-exception]\nx\n```", 3, "raised nothing"),
    "skipped_cell": ("```{code-cell} python3\n:tags: [skip-execution]\nx\n```", 2, "tagged skip-execution"),
    "executed_without_a_reason": ("A value of {executed}`mse`.", 1, "'mse' has no reason"),
    "executed_and_typed": ("A value of {executed}`0.5 | so be it`.", 1, "0.5 is a typed number"),
    "executed_cell_without_a_reason": ("```{code-cell} python3\n:executed:\n\nx\n```", 4, "it takes the reason"),
    "executed_cell_divides": ("```{code-cell} python3\n:executed: so it is\n\nx / 0 > 1\n```", 4, "RuntimeWarning"),
    "role_in_an_alt_text": ("![A sum of {n}`mse`](x.svg)", 1, "{n}`mse` stands in an alternative text, where no role"),
    "role_in_an_image": (":::{image} x.svg\n:alt: A sum of {n}`mse`\n:::", 1, r"descriptions take \n{mse}"),
    "role_in_a_figure": (":::{figure} x.svg\n:alt: A sum of {n}`mse`\n:::", 1, "in an alternative text"),
    "claim_in_an_alt_text": ("![{claim}`a sum :: mse > 0`](x.svg)", 1, "no role is read: write it into a sentence"),
    "role_in_a_link": ('[There](https://a.example "The {n}`mse`")', 1, "{n}`mse` stands in a title"),
    "role_in_an_image_title": ('![There](x.svg "The {n}`mse`")', 1, "{n}`mse` stands in a title"),
    "role_in_html": ("<p>The {n}`mse`</p>", 1, "{n}`mse` stands in HTML"),
    "role_in_html_in_a_line": ("A <span title='{n}`mse`'>title</span>.", 1, "{n}`mse` stands in HTML"),
    "role_in_a_raw_block": ("```{raw} html\n<p>The {n}`mse`</p>\n```", 1, "{n}`mse` stands in HTML"),
    "role_in_a_name": (":::{note}\n:name: the-{n}`mse`\n\nA note.\n:::", 1, "{n}`mse` stands in a name"),
    "role_in_a_label": (":::{math}\n:label: the-{n}`mse`\na = b\n:::", 1, "{n}`mse` stands in a name"),
    "role_in_an_index": (":::{index} single: The {n}`mse`\n:::", 1, "in an entry of the index"),
    "role_in_a_toctree": (":::{toctree}\n:caption: The {n}`mse`\n:::", 1, "stands in the attribute caption"),
    "missing_script": ("```{script} nowhere.at.all\n```", 1, "nowhere"),
}


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """All the faults at once, a page each."""
    folder = tmp_path_factory.mktemp("faulty")
    (folder / "conf.py").write_text(CONF, "utf-8")
    for name, (text, _, _) in FAULTS.items():
        (folder / f"{name}.md").write_text(HEADER + text + "\n", "utf-8")
    entries = "\n".join(FAULTS)
    (folder / "index.md").write_text(f"# I\n\n```{{toctree}}\n{entries}\n```\n", "utf-8")
    return build(folder, folder / "built")


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_one_line_with_file_line_and_cause(faulty: Built, name: str) -> None:
    _, line, cause = FAULTS[name]
    about = [said for said in faulty.messages.splitlines() if f"{name}.md" in said]
    about = [said for said in about if "image file not readable" not in said]
    assert len(about) == 1, about
    assert f"{name}.md:{FIRST + line - 1}: WARNING: " in about[0]
    assert cause in about[0]


def test_faults_end_the_build_without_a_banner_and_without_a_page(faulty: Built) -> None:
    assert faulty.status == 1
    assert "Traceback" not in faulty.messages
    assert "report" not in faulty.messages.lower()
    assert re.search(r"fwdpass: \S+ faults in \S+ pages .* nothing was written$", faulty.messages.strip())
    assert not faulty.html.exists() or not list(faulty.html.rglob("*.html"))


def test_a_fault_fails_the_next_build_too(build_pages: BuildPages) -> None:
    for _ in range(2):
        built = build_pages(page="{n}`nope`")
        assert built.status == 1
        assert "nope" in built.messages


def test_a_faulty_page_fails_although_nothing_is_strict_and_its_warnings_are_silenced(tmp_path: Path) -> None:
    (tmp_path / "conf.py").write_text(CONF + 'suppress_warnings = ["fwdpass"]\n', "utf-8")
    (tmp_path / "index.md").write_text(HEADER + "{n}`nope`\n", "utf-8")
    assert build(tmp_path, tmp_path / "built").status == 1


def test_after_a_cell_that_fails_the_page_says_nothing_more(build_pages: BuildPages) -> None:
    built = build_pages(page="```{code-cell} python3\na = nope\n```\n\n{n}`a` and {n}`a`")
    assert built.messages.count("WARNING") == 1


def test_stored_outputs_give_way_to_those_of_the_build(build_pages: BuildPages, tmp_path: Path) -> None:
    output = {"output_type": "stream", "name": "stdout", "text": ["0.9999"]}
    cell = {"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": [output], "source": ["print(1/3)"]}
    title = {"cell_type": "markdown", "metadata": {}, "source": ["# Stored"]}
    metadata = {"kernelspec": {"name": "python3", "display_name": "python3"}}
    notebook = {"cells": [title, cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "stored.ipynb").write_text(json.dumps(notebook), "utf-8")
    built = build_pages(index="# I\n\n```{toctree}\nstored\n```")
    assert built.status == 0, built.messages
    page = (built.html / "stored.html").read_text("utf-8")
    assert "0.9999" not in page
    assert "0.333" in page


def test_in_a_notebook_every_message_leads_to_the_cell(build_pages: BuildPages, tmp_path: Path) -> None:
    words = [
        "# Title\n\nWords.\n\nAnd {n}`nope` here.",
        "We typed 17 here.\n\nA {n}`b:.2q`\nof\n{n}`b`.\n\n$x = 5.5$\n\n{claim}`false :: a > b`\n\n[x](#no-such-place)",
        "| a |\n|---|\n| 9.75 |",
    ]
    code = ["a = 3\nb = sum([a])", "c = 1\n\nc / (a - 3)"]
    cells: list[dict[str, Any]] = [{"cell_type": "markdown", "metadata": {}, "source": said} for said in words]
    ran: dict[str, Any] = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    cells[1:2] = [{**ran, "source": code[0]}, cells[1], {**ran, "source": code[1]}]
    metadata = {"kernelspec": {"name": "python3", "display_name": "python3"}}
    notebook = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "page.ipynb").write_text(json.dumps(notebook, indent=1), "utf-8")
    built = build_pages(index="# I\n\n```{toctree}\npage\n```")
    found = re.findall(r"(?m)^.*page\.ipynb(: cell \d+, line \d+)?:(?: WARNING)? (.*)$", built.messages)
    told = {
        (1, 5): "nope: NameError",
        (3, 1): "'17' is a typed number",
        (3, 3): "'.2q' is no format",
        (3, 7): "'5.5' is a typed number",
        (3, 9): "a > b: the claim is false",
        (3, 12): "cross-reference target not found: 'no-such-place'",  # MyST counts from one twice
        (4, 3): "ZeroDivisionError",
        (5, 3): "'9.75' is a typed number",
    }
    assert len(found) == len(told), built.messages
    for (cell, line), cause in told.items():
        assert [said for where, said in found if where == f": cell {cell}, line {line}" and cause in said], cause
    notebook["cells"] = [cells[1], {**cells[0], "source": "# A {n}`b`"}]
    (tmp_path / "source" / "page.ipynb").write_text(json.dumps(notebook), "utf-8")
    built = build_pages(index="# I\n\n```{toctree}\npage\n```")
    assert built.status == 0, built.messages
    assert "<td>cell 2, line 1</td>" in (built.html / "page.html").read_text("utf-8")


def test_a_comment_may_hold_a_role(build_pages: BuildPages) -> None:
    built = build_pages(page="<!-- Not {n}`nope` yet. -->\n\n{n}`mse`\n\n% Nor {n}`nope`.\n")
    assert (built.status, built.messages) == (0, "")


def test_a_role_in_a_description_is_refused_at_the_front_matter(build_pages: BuildPages) -> None:
    header = HEADER.replace("kernelspec", 'myst:\n  html_meta:\n    description: "A sum of {n}`mse`"\nkernelspec', 1)
    built = build_pages(page=header + "{n}`mse`")
    assert built.status == 1
    assert "page.md:1: WARNING: {n}`mse` stands in what describes the page, where no role is read" in built.messages


@pytest.mark.parametrize("mode", ["off", "cache"])
def test_a_page_cannot_choose_how_it_is_executed(build_pages: BuildPages, mode: str) -> None:
    header = HEADER.replace("kernelspec", f'mystnb:\n  execution_mode: "{mode}"\nkernelspec', 1)
    built = build_pages(page=header + "{n}`mse`")
    assert built.status == 1
    assert "every page is executed, in one way" in built.messages


def test_a_page_that_is_not_executed_has_no_numbers(build_pages: BuildPages) -> None:
    built = build_pages(index="---\norphan: true\n---\n\n# Plain\n\n{n}`mse`")
    assert built.status == 1
    assert "index.md:7" in built.messages
    assert "no cells that run" in built.messages


def test_faults_are_found_by_parallel_readers(build_pages: BuildPages) -> None:
    pages = {f"page{i}": "{n}`mse`" for i in range(8)}
    built = build_pages("-j", "2", **pages, last="{n}`nope`")
    assert built.status == 1
    assert "one fault in one page (last)" in built.messages


def test_another_minor_version_of_myst_nb_is_refused_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "conf.py").write_text("import myst_nb\nmyst_nb.__version__ = '1.9.0'\n" + CONF, "utf-8")
    (tmp_path / "index.md").write_text("# I\n", "utf-8")
    built = build(tmp_path, tmp_path / "built")
    assert built.status == 1
    assert "works with MyST-NB 1.3.x or 1.4.x and found 1.9.0" in built.messages
    assert "Traceback" not in built.messages


def test_a_hook_that_does_not_take_hold_is_refused_with_a_sentence(tmp_path: Path) -> None:
    conf = "from myst_nb import sphinx_\nsphinx_.Parser.parse = lambda self, text, document: None\n"
    (tmp_path / "conf.py").write_text(conf + CONF, "utf-8")
    (tmp_path / "index.md").write_text("# I\n", "utf-8")
    built = build(tmp_path, tmp_path / "built")
    assert built.status == 1
    assert "has no sphinx_.Parser.parse as it was, by which pages are executed" in built.messages
    assert "Traceback" not in built.messages

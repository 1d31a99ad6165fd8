"""The foot of a page says what reading it again has proved, and where each of its numbers comes from."""

from __future__ import annotations

import json
import re

import pytest

from fwdpass.audit import audit_site, load
from fwdpass.audit.tree import Element, parse
from fwdpass.page.foot import LONGEST
from fwdpass.testing import Built
from tests.book.conftest import BuildPages

pytestmark = pytest.mark.book


def foot(html: str) -> Element | None:
    return next(parse(html).find(cls="fp-certificate"), None)


def test_every_number_of_the_ledger_has_its_row(book: Built) -> None:
    ledger = json.loads((book.html / "ledger.json").read_text("utf-8"))["pages"]
    long = 0
    for name, known in ledger.items():
        found = foot((book.html / f"{name}.html").read_text("utf-8"))
        numbers = {f"fp-number-{e['step']}": e for e in known.get("entries", ()) if e["kind"] == "number"}
        assert (found is not None) == bool(numbers)
        if found is None:
            continue
        rows = {row.attributes["id"]: row for row in found.find("tr") if "id" in row.attributes}
        assert rows.keys() == numbers.keys()
        for place, entry in numbers.items():
            cells = [cell.text() for cell in rows[place].elements() if cell.tag in ("th", "td")]
            exact = entry["exact"].replace("-", "\N{MINUS SIGN}") or "\N{EM DASH}"
            if len(exact) > LONGEST:
                exact = f"{exact[: LONGEST // 2]}… (whole in ledger.json)"
                long += 1
            assert cells[1:] == [entry["source"], exact, str(entry["line"])]
            if entry["medium"] == "text":
                assert cells[0] == entry["text"]
            else:
                assert "\\" not in cells[0], "the formula, not its source"
    assert long, "or no value of the book is as long"


def test_its_counts_are_those_of_the_ledger(book: Built) -> None:
    ledger = json.loads((book.html / "ledger.json").read_text("utf-8"))["pages"]["neurons"]["entries"]
    numbers = [entry for entry in ledger if entry["kind"] == "number"]
    digits = sum(len(re.findall(r"\d", entry["text"])) for entry in numbers if entry["exact"])
    found = foot((book.html / "neurons.html").read_text("utf-8"))
    assert found is not None
    cells = len({entry["line"] for entry in ledger if entry["kind"] not in ("number", "claim", "case")})
    claims = sum(entry["kind"] in ("claim", "case") for entry in ledger)
    assert (
        f"says what the fractions say: {len(numbers)} numbers in its text and formulas, "
        f"{digits} digits of them certified, the results of {cells} cells, and {claims} claims decided exactly."
    ) in found.text()


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("Loss {n}`mse`.", "1 number in its text and formulas, 5 digits of them certified."),
        ("It is {n}`'low' if mse < 1 else 'high'`.", "1 number in its text and formulas."),
        ("{n}`mse` {claim}`is low :: mse < 1`", "5 digits of them certified, and 1 claim decided exactly."),
        (
            "```{code-cell} python3\nprint(b1)\ndisplay(b1)\n```\n\n{n}`mse` {claim}`is low :: mse < 1`",
            "5 digits of them certified, the results of 1 cell, and 1 claim decided exactly.",
        ),
    ],
)
def test_it_says_nothing_of_what_the_page_has_none_of(build_pages: BuildPages, page: str, said: str) -> None:
    found = foot(build_pages(page=page).pages()["page.html"])
    assert found is not None
    assert said in found.text()
    assert not re.search(r"\b0 ", found.text().partition("Where each")[0])


def test_a_page_without_numbers_has_none(build_pages: BuildPages) -> None:
    assert foot(build_pages(page="Text.").pages()["page.html"]) is None


def test_a_foot_that_says_something_else_is_found(build_pages: BuildPages) -> None:
    built = build_pages(page="Loss {n}`mse`.")
    page = built.html / "page.html"
    assert not audit_site(built.html).faults
    page.write_text(page.read_text("utf-8").replace("1 number in", "2 number in"), "utf-8")
    assert audit_site(built.html).faults


def test_a_warm_build_knows_as_much(build_pages: BuildPages) -> None:
    cold = load(build_pages(page="Loss {n}`mse`.").html)["page"]
    warm = load(build_pages(page="Loss {n}`mse`.", other="{n}`mse`").html)["page"]
    assert warm == cold


@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_second_build_is_the_first_byte_for_byte(build_pages: BuildPages, processes: str) -> None:
    plain = "---\ntitle: Plain\n---\n\n# Plain\n"

    def whole() -> dict[str, bytes]:
        built = build_pages("-j", processes, page="Loss {n}`mse`.", other="{n}`mse`", plain=plain)
        assert built.status == 0, built.messages
        return {path.name: path.read_bytes() for path in (*built.html.glob("*.html"), built.html / "ledger.json")}

    first = whole()
    assert whole() == first
    assert b"fp-certificate" in first["page.html"]
    assert b"fp-certificate" not in first["plain.html"] + first["index.html"]

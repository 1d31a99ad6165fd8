"""A sentence that states a fact is bound to a predicate: where it is not true, there is no page."""

from __future__ import annotations

from pathlib import Path

import pytest

from fwdpass.testing import Built, article_text
from tests.book.conftest import FIRST, BuildPages, build_book

pytestmark = pytest.mark.book


def test_a_true_claim_reads_as_its_sentence(build_pages: BuildPages) -> None:
    built = build_pages(
        page=r"""
        Of the pixels, {claim}`\n{x[x > 0].size:count pixel} are *white*, $x_0 = \n{x[0]}$ among them :: x[0] == 1`.

        :::{claim} target[0] == x[0]
        The target has {n}`target.size:count entry/entries`.
        :::
    """
    )
    assert built.status == 0, built.messages
    said = article_text((built.html / "page.html").read_text("utf-8"))
    assert "Of the pixels, three pixels are white, " in said
    assert "<mn>0</mn></msub><mo>=</mo><mn>1</mn></math></span> among them</span>." in built.pages()["page.html"]
    assert "The target has four entries." in said


CLAIMS = {
    "{claim}`wrong :: x[0] == 0`": "x[0] == 0: the claim is false",
    "{claim}`raises :: nobody == 0`": "nobody == 0: the claim raises NameError: name 'nobody' is not defined",
    "{claim}`a number :: x[0]`": "x[0]: the claim is worth 1, not true or false",
    "{claim}`an array :: x == 1`": "x == 1: the claim is worth ndarray, not true or false",
    "{claim}`always :: True`": "True reads no name of the page",
    "{claim}`no predicate`": "'no predicate' is no claim: write the sentence, two colons, and the predicate",
    "{claim}`no Python :: x ==`": "is not a predicate that Python can read",
    # Decided exactly: in floating point the sum of h0 is on one side of zero or the other.
    "{claim}`noise :: z1[0] < 0 or z1[0] > 0`": "z1[0] < 0 or z1[0] > 0: the claim is false",
    ":::{claim} x[0] == 0\nBlock.\n:::": "x[0] == 0: the claim is false",
}


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A book with a page for each claim; it is built once."""
    pages = {f"claim-{i}": f"Text.\n\n{written}\n" for i, written in enumerate(CLAIMS)}
    return build_book(tmp_path_factory.mktemp("claims"), **pages)


@pytest.mark.parametrize("written", CLAIMS)
def test_any_other_claim_ends_the_build_at_its_line(refused: Built, written: str) -> None:
    page = f"claim-{list(CLAIMS).index(written)}"
    (said,) = (line for line in refused.messages.splitlines() if f"{page}.md:{FIRST + 2}: WARNING: " in line)
    assert CLAIMS[written] in said


def test_no_page_is_written_then(refused: Built) -> None:
    assert refused.status != 0
    assert "Traceback" not in refused.messages
    assert not refused.html.exists() or not list(refused.html.glob("*.html"))


def test_a_page_without_cells_claims_nothing(build_pages: BuildPages) -> None:
    built = build_pages(page="---\nmyst: {}\n---\n# Page\n\n{claim}`so :: x == 1`\n")
    assert "the page has no cells that run" in built.messages


def test_a_claim_follows_the_numbers(build_pages: BuildPages) -> None:
    """The same page is refused as soon as a weight makes its sentence false."""
    page = "{claim}`Only \\n{len(alive):count neuron} passes anything on. :: len(alive) == 1`"
    cell = "```{code-cell} python3\nimport fwdpass as fp\nalive = fp.states(x, W1, b1).alive\n```\n\n"
    assert build_pages(page=cell + page).status == 0
    wider = cell.replace("alive = fp", "b1 = b1 + x.size\nalive = fp")
    assert "len(alive) == 1: the claim is false" in build_pages(page=wider + page).messages


def test_floats_where_fractions_were_asked_for_are_refused(build_pages: BuildPages) -> None:
    built = build_pages(page="Mean {n}`x.mean()`, sum {n}`z1.astype(float).sum()`.")
    assert f"page.md:{FIRST}: WARNING: x.mean(): x.mean() leaves exact arithmetic" in built.messages
    assert "z1.astype(float).sum()" in built.messages


NOISE = """
```{code-cell} python3
import fwdpass as fp
same = 0.1 + 0.2 == 0.3
display(same)
int(same)
```

Same: {n}`int(same)`, {n}`"yes" if same else "no"`, $\\n{int(same)}$.
{cases}`They agree :: same ;; They differ :: not same`.

```{code-cell} python3
KIND
```
"""


def test_what_rounding_would_decide_is_told_as_exact_arithmetic_has_it(build_pages: BuildPages) -> None:
    built = build_pages(page=NOISE.replace("KIND", "fp.pixels([image, image.T[:1]][x[1] if same else x[0]])"))
    assert built.status == 0, built.messages
    said = built.said("page.html")
    assert "True 1 Same: 1, yes, 1 . They agree." in said
    assert "differ" not in said
    drawn = built.pages()["page.html"].rpartition("They agree")[2]
    assert drawn.count("<rect") == 4, "the figure is the whole picture, not its upper row"


@pytest.mark.parametrize("kind", ["type(0.5).__name__", "W1.dtype", "print(0.5)", "isinstance(0.5, float)"])
def test_a_text_that_tells_of_the_arithmetic_is_refused(build_pages: BuildPages, kind: str) -> None:
    built = build_pages(page=NOISE.replace("KIND", kind))
    assert "it tells which arithmetic it was computed in" in built.messages
    assert built.status != 0


TYPED = ["print(0.8963)", "shown = 7", "said = 'three neurons'", "print(f'{mse:.2f}')", "k = mse * 0 + 3"]


def test_no_number_is_typed_where_no_reader_sees_the_code(tmp_path: Path) -> None:
    cells = ["```{code-cell} python3\n:tags: [remove-input]\n\n" + source + "\n```\n" for source in TYPED]
    built = build_book(tmp_path / "hidden", **{f"page-{i}": cell for i, cell in enumerate(cells)})
    for i in range(len(TYPED)):
        assert f"page-{i}.md:{FIRST + 3}: WARNING: in a cell whose code is not shown, " in built.messages
    seen = {f"page-{i}": cell.replace(":tags: [remove-input]\n\n", "") for i, cell in enumerate(cells)}
    assert "code is not shown" not in build_book(tmp_path / "seen", **seen).messages

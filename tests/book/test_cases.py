"""Sentences with alternatives: one is told, the others leave no trace, and all of them are in the page's program."""

from __future__ import annotations

import json
import re
import zlib
from pathlib import Path

import pytest

from fwdpass.numerals.exact import Arithmetic
from fwdpass.numerals.writing import text
from fwdpass.page import Cell, Choice, Claim, Expression, Lesson, read
from fwdpass.page.words import words
from fwdpass.testing import Built
from tests.book.conftest import FIRST, BuildPages, build_book

pytestmark = pytest.mark.book

PAGE = r"""
(top)=
The upper left pixel is {cases}`*lit*, $x_0 = \n{x[0]}$ :: x[0] == 1 ;; quenched, $x_0 = \n{x[0]}$ :: x[0] == 0`.
{claim}```Go to [the top](#top), `x` has {n}`x.size:count pixel`, so {when}``{ref}`here <top>` it is :: x.any()``
for all :: x[1] == 0 ;; nowhere :: otherwise```.
{claim}`Plain. :: x[1] == 0 ;; Unplain. :: otherwise` {when}`Dusky. :: not x.any()`

| table | of |
|:--|--:|
| {claim}`lit :: x[0] == 1 ;; quenched :: otherwise` | {n}`x[0]` |

:::{when} x[0] == 0
$$
d = \n{z1}
$$ (first-murk)
:::

:::{when} x.size == 4
Square, with {n}`x.size:word`.

$$
a = \n{x[0]}
$$ (square)

- an item with {cases}`a case :: x[0] == 1 ;; a quagmire :: otherwise`

```{note}
A box.
```
:::

::::{cases}
:::{when} x[0] == 0
(gloom)=
Obscurity: {n}`z1[0]`, {ref}`nobody-knows`.[^gloomy]

[^gloomy]: A footnote for the gloomy.

$$
b = \n{y_hat}
$$ (murky)

```{math}
:label: murkier
c = \n{b1}
```

```{script} fwdpass.lesson
:filename: murk.py
```

```{image} nowhere.png
:alt: Murkiness of \n{x[0]}.
```
:::
:::{when} x[0] == 1
Brightness, as in {eq}`square`:

````{quiz} x.shape
What shape?

- {n}`b1.shape` :: No.
- {n}`W1.shape` :: Nor that.
- {n}`x.shape` :: Yes.
````
:::
::::

::::{cases}
```{when} x[0] == 0
Obscurity again, {when}`and gloomily :: x[1] == 0`.
```
:::{otherwise}
Otherwise.
:::
::::
"""
UNTOLD = "quenched nowhere Unplain Dusky quagmire Obscurity gloomy murk Murkiness gloomily".split()


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Built:
    into = tmp_path_factory.mktemp("cases")
    built = build_book(into, page=PAGE.replace("{ref}`nobody-knows`", "{ref}`top <top>`"))
    assert built.status == 0, built.messages
    return built


def test_what_holds_is_told_in_place_and_with_its_numbers(told: Built) -> None:
    said = told.said("page.html")
    assert "The upper left pixel is lit, " in said
    assert "Go to the top, x has four pixels, so here it is for all. Plain." in said
    assert "lit 1" in said
    assert "Square, with four." in said
    assert "an item with a case" in said
    assert "Brightness, as in (1):" in said, "the equations before it are not counted"
    assert "Quick check What shape?" in said
    assert said.count("Otherwise.") == 1
    html = told.pages()["page.html"]
    assert "<em>lit</em>" in html
    assert "<mn>0</mn></msub><mo>=</mo><mn>1</mn>" in html


def test_what_does_not_hold_leaves_no_trace(told: Built) -> None:
    files = [path for path in told.html.rglob("*") if path.is_file() and "_sources" not in path.parts]
    wordy = [path for path in files if path.suffix in (".html", ".js", ".json", ".ipynb", ".inv", ".txt", ".xml")]
    assert {path.name for path in wordy} >= {"page.html", "searchindex.js", "page.ipynb", "ledger.json"}
    for path in wordy:
        raw = path.read_bytes()
        whole = zlib.decompress(raw.split(b"\n", 4)[4]) if path.suffix == ".inv" else raw
        content = whole.decode("utf-8").lower()
        assert [word for word in UNTOLD if word.lower() in content] == [], path
    assert not list(told.html.rglob("murk.py"))


def test_the_reading_time_is_that_of_what_stands_there_in_every_case(tmp_path: Path) -> None:
    """A page says it once, for all lessons: a reader who changes a number is not told another."""
    gloom = " ".join(["gloomy"] * 600)
    plain = f"{gloom}\n\nMinutes: {{sub-ref}}`wordcount-minutes`."
    block = f":::{{when}} x[0] == 0\n{gloom}\n:::\n\n{{when}}`{gloom} :: x[0] == 0`\n\n{plain}"
    built = build_book(tmp_path, without=plain, untold=block, told=block.replace("== 0", "== 1"))
    assert built.status == 0, built.messages
    minutes = {name: built.said(f"{name}.html").partition("Minutes: ")[2][0] for name in ("without", "untold", "told")}
    assert minutes["without"] == minutes["untold"] == minutes["told"] == "3"


def test_the_program_has_every_case_and_each_reading_says_which_it_told(told: Built) -> None:
    program, ledger = told.readings()["page"]
    choices = [step for step in program.steps if isinstance(step, Choice)]
    assert [len(one.cases) for one in choices].count(1) == 5, "those that stand there or not"
    assert {step.source for step in program.steps if isinstance(step, Expression)} >= {
        "y_hat",
        "b1",
        "z1[0]",
        "x.shape",
    }
    assert words(program, ledger.told[0], ledger) == "*lit*, $x_0 = 1$"
    dark = Lesson(Lesson.of().source.replace("image = np.array([[1,", "image = np.array([[0,"))
    other = read(program, dark, Arithmetic.EXACT)
    assert [one.step for one in other.told][:1] == [one.step for one in ledger.told][:1]
    said = [words(program, one, other) for one in other.told if one.case is not None]
    assert said[0] == "quenched, $x_0 = 0$"
    below = text(dark.load(Arithmetic.EXACT).z1[0])
    assert any(one.startswith(f"(gloom)=\nObscurity: {below}, ") for one in said)
    assert "y_hat" in {entry.source for entry in other.entries}
    assert "y_hat" not in {entry.source for entry in ledger.entries}


def test_the_ledger_says_what_held(told: Built) -> None:
    _, ledger = told.readings()["page"]
    held = [entry.source for entry in ledger.entries if entry.kind == "case"]
    assert "x[0] == 1" in held
    assert "not (x[0] == 0)" in held, "the otherwise holds where no other case does"
    written = (told.html / "ledger.json").read_text("utf-8")
    assert "quenched" not in written, "the words that are not told stand nowhere"


REFUSED = {
    "{cases}`a :: x[0] == 0 ;; b :: x[1] == 1`": "none of the cases holds, x[0] == 0 nor x[1] == 1, "
    "and exactly one has to, where x = [1, 0, 1, 1]",
    "{cases}`a :: x[0] == 1 ;; b :: x.size == 4`": "2 of the cases hold, x[0] == 1 and x.size == 4, "
    "and exactly one may, where x = [1, 0, 1, 1] and x.size = 4",
    "{cases}`a :: x[0] == 1 ;; b :: x[2] == 1 ;; c :: otherwise`": "2 of the cases hold",
    "{cases}`a :: x[0] == 1 ;; b :: nobody == 1`": "the case nobody == 1 raises NameError: name 'nobody' is not",
    "{cases}`a :: x ;; b :: otherwise`": "the case x is worth ndarray, not true or false",
    "{cases}`a :: x[0] == 1 ;; b :: x[0] == 1`": "two cases have the same predicate, x[0] == 1",
    "{cases}`a :: x[0] == 1`": "cases are at least two",
    "{cases}`a :: otherwise ;; b :: x[0] == 1`": "the otherwise stands last, and once",
    "{claim}`a :: otherwise`": "claim has no predicate",
    "{claim}`a :: x[0] == 1 ;; b :: x[0] == 0`": "a claim has one predicate, and may have an otherwise",
    "{claim}`a :: x[0] == 1 ;; b`": "'b' is no claim",
    "{when}`a :: x[0] == 1 ;; b :: otherwise`": "when has one phrase",
    "{when}`a :: True`": "True reads no name of the page",
    "{when}`a {n}`": "no case",
    "{when}``a {n}`3` :: x[0] == 0``": "3 is a typed number",
    "{when}`a \\n{x[0]:none} :: x[0] == 0`": "'none' is no format",
    "{claim}`wrong :: x[0] == k`": "x[0] == k: the claim is false, where x = [1, 0, 1, 1] and k = 7; "
    "it stands behind “wrong”",
    ":::{when} x ==\na\n:::": "is not a predicate that Python can read",
    ":::{otherwise}\na\n:::": "otherwise stands at the end of the directive cases",
    "::::{cases}\na\n::::": "'a' is no case: between the lines of cases stand directives",
    "::::{cases}\n:::{when} x[0] == 1\na\n:::\n:::{otherwise} x[0] == 0\nb\n:::\n::::": "is no case",
    "::::{cases}\n:::{when} x[0] == 0\na\n:::\n:::{when} x[1] == 1\nb\n:::\n::::": "none of the cases holds",
    ":::{when} x[0] == 1\n```{code-cell} python3\n1 / (k - 7)\n```\n:::": "the cell raised ZeroDivisionError: division",
}


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Built:
    cell = "```{code-cell} python3\nk = 7\n```\n\n"
    pages = {f"case-{i}": f"{cell}{written}\n" for i, written in enumerate(REFUSED)}
    return build_book(tmp_path_factory.mktemp("refused"), **pages)


@pytest.mark.parametrize("written", REFUSED)
def test_what_is_wrong_is_told_at_its_line_with_the_values(refused: Built, written: str) -> None:
    page = f"case-{list(REFUSED).index(written)}"
    said = [line for line in refused.messages.splitlines() if f"{page}.md:" in line]
    at = FIRST + 4 + sum(("{cases}\n" in written and "none of" in REFUSED[written], 2 * ("code-cell" in written)))
    assert said
    assert any(f"{page}.md:{at}: WARNING: " in line and REFUSED[written] in line for line in said), said
    assert refused.status != 0
    assert "Traceback" not in refused.messages


def test_a_case_follows_the_lesson_in_a_warm_build(build_pages: BuildPages) -> None:
    cell = "```{code-cell} python3\ndark = x[0] == 0\n```\n\n"
    page = "(there)=\n{cases}`Lit. :: not dark ;; Quenched. :: dark`\n\n:::{when} dark\n(gloom)=\nGloomy.\n:::\n"
    assert "Lit." in build_pages(page=cell + page).said("page.html")
    built = build_pages(page=cell.replace("== 0", "== 1") + page)
    assert built.status == 0, built.messages
    assert "Quenched. Gloomy." in built.said("page.html")
    search = (built.html / "searchindex.js").read_text("utf-8")
    assert "quench" in search
    again = build_pages(page=cell + page)
    assert "quench" not in (again.html / "searchindex.js").read_text("utf-8")


def test_a_link_into_a_case_that_is_not_told_is_a_dead_link(build_pages: BuildPages) -> None:
    block = ":::{when} x[0] == 0\n(gloom)=\nGloomy.\n:::\n\nSee {ref}`gloom <gloom>`."
    assert "undefined label: 'gloom'" in build_pages(page=block).messages


def test_a_page_without_cells_has_no_cases(build_pages: BuildPages) -> None:
    built = build_pages(page="---\nmyst: {}\n---\n# Page\n\n{when}`so :: x == 1`\n\n:::{when} x == 1\na\n:::\n")
    assert built.messages.count("the page has no cells that run") == 2


def test_a_step_of_a_case_that_is_not_told_is_never_taken(told: Built) -> None:
    program, ledger = told.readings()["page"]
    taken = {entry.step for entry in ledger.entries}
    hidden = [
        i for i, step in enumerate(program.steps) if isinstance(step, Expression | Claim) and step.source == "y_hat"
    ]
    assert hidden
    assert not taken & set(hidden)
    assert all(isinstance(program.steps[entry.step], Cell) == (entry.kind == "result") for entry in ledger.entries)


CELLS = """
:::{when} x[0] == 1
Lit.

```{code-cell} python3
:tags: [hide-input]
seen = 0.25
display(seen)
x * seen
```

That is {n}`seen`.

```{code-cell} python3
:tags: [remove-cell]
seen = x[1]
```
:::

:::{when} x[0] == 0
```{code-cell} python3
quenched = 9
print("gloomy")
```

{n}`quenched`
:::

Now {n}`seen`.
"""


def test_a_cell_in_a_block_runs_where_the_block_is_told(build_pages: BuildPages) -> None:
    built = build_pages(page=CELLS)
    assert built.status == 0, built.messages
    said = built.said("page.html")
    assert "seen = 0.25 display(seen) x * seen" in said
    assert "0.25 [0.25, 0.00, 0.25, 0.25] That is 0.25." in said
    assert "Now 0." in said
    assert "tag_hide-input" in built.pages()["page.html"]
    notebook = json.loads((built.html / "_downloads" / "page.ipynb").read_text("utf-8"))
    code = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [one for one in code if "seen" in one] == ["seen = 0.25\ndisplay(seen)\nx * seen", "seen = x[1]"]
    for path in built.html.rglob("*"):
        if path.suffix in (".html", ".js", ".json", ".ipynb"):
            assert not re.search("quenched|gloomy", path.read_text("utf-8")), path
    program, ledger = built.readings()["page"]
    assert [cell.source for cell in program.taken(ledger.told) if isinstance(cell, Cell)][1:] == [
        "seen = 0.25\ndisplay(seen)\nx * seen",
        "seen = x[1]",
    ]
    assert 'quenched = 9\nprint("gloomy")' in program.cells

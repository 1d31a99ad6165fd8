"""Pages that exact fractions cannot read: at which level they are, and where the book says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fwdpass.audit import load
from fwdpass.testing import Built
from tests.forked import build

pytestmark = pytest.mark.book

CONF = """
extensions = ["myst_nb", "fwdpass.sphinxext"]
myst_enable_extensions = ["dollarmath"]
html_theme = "basic"
"""
HEADER = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n\n"
PAGES = {
    # exact numbers above what only floating point can do, and executed ones below it
    "mixed": """\
# Mixed

```{code-cell}
import numpy as np
width, height = 1.5, 0.75
area = width * height
```

The area is {n}`area`.

```{code-cell}
diagonal = np.linalg.norm([width, height])
print(f"{diagonal:.2f}")
```

The diagonal is {n}`diagonal:.2f`, and the area still {n}`area`. {claim}`It is longer than wide. :: diagonal > width`
""",
    "root": """\
# Root

```{code-cell}
from math import sqrt
side, whole = sqrt(2), 0.5 + 0.25
```

The side is {n}`side:.3f`, the whole {n}`whole`, or $w = \\n{whole} \\le x^2$ and

$$
w &= \\n{whole} \\\\
v &= x
$$ (eq-whole)
""",
    "compared": """\
# Compared

```{code-cell}
import numpy as np
parts = np.loadtxt("parts.txt")
```

{claim}`Less than the whole. :: parts[0] < parts[2]` There are {n}`len(parts):word` of them.
""",
    # digits that rounding decides: shown by a cell as they come, and left out of a number that has no format
    "noisy": """\
# Noisy

```{code-cell}
from math import pi
noise = pi * 1e11 - (pi * 1e11 - 0.1)
charge = pi * 1e-19
print(noise)
```

Noise has the digits {n}`noise`; a charge is {n}`charge`.
""",
    "given": "---\nfile_format: mystnb\nkernelspec:\n  name: python3\nfwdpass_level: executed | of no interest\n---\n"
    """\
# Given

```{code-cell}
from math import sqrt
side, charge = sqrt(2), sqrt(2) * 1e-19
```

The side is {n}`side:.3f`, the charge {n}`charge`.
""",
    "clock": "---\nfile_format: mystnb\nkernelspec:\n  name: python3\nfwdpass_level: exact\n---\n"
    """\
# Clock

```{code-cell}
width = 1.5
```

```{code-cell}
:executed: it is when this was built
import time
now = time.time_ns()
```

The width is {n}`width`, and it was {n}`now` nanoseconds; a size of {executed}`id(width) | an address in memory`.

```{when} now > width
A case of {n}`now`.
```
""",
    "missing": """\
# Missing

```{code-cell}
import numpy as np
gap, far, measured = float("nan"), -float("inf"), np.array([1.5, float("nan")])
some = np.ma.masked_invalid(measured)
quoted = 'a "word" -- it\\'s'
```

"Quoted" is {n}`quoted`.

A is {n}`gap`, B {n}`far`, and C {n}`measured`.
Masked: {n}`some[1]:else none`, {n}`some:.1f else none`, {n}`np.ma.masked:.2f else none`.
""",
    "plain": """\
# Plain

```{code-cell}
print(f"{1/3:.2f}")
```

Nobody asked about 12 of these.
""",
    "left": "---\nfwdpass_check: warn\n---\n# Left\n\nA number, 13, that somebody typed, and $y = 14$.\n",
}


@pytest.fixture(scope="module")
def levels(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build all the pages at once; warnings do not end this build."""
    folder = tmp_path_factory.mktemp("levels")
    (folder / "conf.py").write_text(CONF, "utf-8")
    (folder / "parts.txt").write_text("0.1\n0.2\n0.3\n", "utf-8")
    for name, text in PAGES.items():
        (folder / f"{name}.md").write_text(text if text.startswith("---") else HEADER + text, "utf-8")
    entries = "\n".join(PAGES)
    (folder / "index.md").write_text(f"# I\n\n```{{toctree}}\n{entries}\n```\n", "utf-8")
    return build(folder, folder / "built", "--keep-going")


def test_a_number_is_exact_above_the_cell_that_cannot_be_read_exactly_and_stable_below(levels: Built) -> None:
    ledger = load(levels.html)["mixed"].ledger
    assert ledger is not None
    assert [(str(entry.level), entry.text) for entry in ledger.entries if entry.kind in ("number", "claim")] == [
        ("exact", "1.125"), ("stable", "1.68"), ("stable", "1.125"), ("stable", "true"),
    ]  # fmt: skip
    assert levels.said("mixed.html").count("1.68") == 3  # printed, in the sentence, and in the foot


def test_a_number_that_is_a_root_takes_no_other_with_it(levels: Built) -> None:
    ledger = load(levels.html)["root"].ledger
    assert ledger is not None
    assert [str(entry.level) for entry in ledger.entries] == ["stable", "exact", "exact", "exact"]


def test_what_is_no_number_is_called_so_and_is_not_exact(levels: Built) -> None:
    ledger = load(levels.html)["missing"].ledger
    assert ledger is not None
    assert [entry.text for entry in ledger.entries] == [
        'a "word" -- it\'s', "NaN", "−∞", "[1.5, NaN]", "none", "[1.5, none]", "none",
    ]  # fmt: skip
    assert "exact" not in {str(entry.level) for entry in ledger.entries[1:]}
    assert """“Quoted” is a "word" -- it's.""" in levels.said("missing.html")


def test_a_digit_that_rounding_decides_is_not_shown(levels: Built) -> None:
    ledger = load(levels.html)["noisy"].ledger
    assert ledger is not None
    assert [(entry.kind, str(entry.level)) for entry in ledger.entries] == [
        ("print", "executed"), ("number", "stable"), ("number", "stable"),
    ]  # fmt: skip
    noise, charge = ledger.entries[1:]
    assert noise.text in ("0.1", "0.10", "0.100")
    assert noise.digits is not None
    assert noise.digits <= 4
    assert (charge.text, charge.digits is not None and charge.digits > 12) == ("3.1 × 10⁻¹⁹", True)
    assert "stable, 14 digits" in (said := levels.said("noisy.html")) or "stable, 15 digits" in said
    assert "the cell shows digits that depend on how results are rounded" in said


def test_a_page_whose_author_says_so_is_executed_and_no_more(levels: Built) -> None:
    ledger = load(levels.html)["given"].ledger
    assert ledger is not None
    assert [(str(entry.level), entry.text) for entry in ledger.entries] == [
        ("executed", "1.414"), ("executed", "1.4 × 10⁻¹⁹"),
    ]  # fmt: skip


def test_cells_and_numbers_are_executed_where_their_author_gives_a_reason_on_an_exact_page_too(levels: Built) -> None:
    ledger = load(levels.html)["clock"].ledger
    assert ledger is not None
    when, where = "it is when this was built", "an address in memory"
    assert [(entry.source, str(entry.level), entry.reason) for entry in ledger.entries if entry.kind == "number"] == [
        ("width", "exact", ""), ("now", "executed", when), ("id(width)", "executed", where), ("now", "executed", when),
    ]  # fmt: skip
    said = levels.said("clock.html")
    assert f"executed: {when}" in said
    assert f"executed: {where}" in said
    assert said.count(f"its author says that it is executed, and no more: {when}") == 1
    assert "The level of this page is executed." in said
    of_all = "the author of the page asks for no more than that it is executed: of no interest"
    assert of_all in levels.said("given.html")


def test_what_was_decided_on_floats_is_not_called_exact(levels: Built) -> None:
    ledger = load(levels.html)["compared"].ledger
    assert ledger is not None
    assert [(entry.kind, str(entry.level)) for entry in ledger.entries] == [("claim", "stable"), ("number", "exact")]
    assert "claim decided exactly" not in levels.said("compared.html")


def test_the_ledger_and_the_foot_say_the_level_and_why(levels: Built) -> None:
    pages = json.loads((levels.html / "ledger.json").read_text("utf-8"))["pages"]
    assert {name: pages[name].get("level") for name in PAGES} == {
        "mixed": "stable", "root": "stable", "compared": "stable", "noisy": "executed", "given": "executed",
        "clock": "executed",
        "missing": "stable", "plain": None, "left": None,
    }  # fmt: skip
    said = levels.said("mixed.html")
    assert "The level of this page is stable." in said
    assert "read with exact fractions, the cell raised" in said
    assert "The level of this page" not in levels.said("plain.html")


def test_a_book_that_asks_for_no_renderer_keeps_mathjax_and_its_formulas_are_read(levels: Built) -> None:
    page = (levels.html / "root.html").read_text("utf-8")
    assert "MathJax" in page
    assert r"\(w = 0.75 \le x^2\)" in page
    assert "<math" not in page.partition("fp-certificate")[0]


def test_only_pages_that_are_held_are_warned_of(levels: Built) -> None:
    warned = [line for line in levels.messages.splitlines() if ": WARNING: " in line]
    assert len(warned) == 2, levels.messages
    assert all("left.md:6: WARNING: " in line for line in warned)
    assert sorted(line.partition("WARNING: ")[2].split()[0] for line in warned) == ["'13'", "'14'"]
    report = (levels.html / "reports" / "fwdpass.txt").read_text("utf-8")
    assert "plain.md:13: '12' is a typed number" in report


@pytest.mark.parametrize(
    ("conf", "said"),
    [
        ("fwdpass_check = 'strict'", "fwdpass_check"),
        ("fwdpass_level = 3", "level"),
        ("fwdpass_level = {'a*': 'executed |'}", "reason behind the bar"),
        ("fwdpass_level = 'stable | it is'", "no other level has one"),
    ],
)
def test_a_setting_that_nobody_understands_ends_the_build_with_a_sentence(tmp_path: Path, conf: str, said: str) -> None:
    (tmp_path / "conf.py").write_text(f"{CONF}{conf}\n", "utf-8")
    (tmp_path / "index.md").write_text("# I\n", "utf-8")
    built = build(tmp_path, tmp_path / "built")
    assert built.status
    assert f"{said}" in built.messages
    assert "Traceback" not in built.messages


def test_a_book_with_thousands_of_typed_numbers_in_another_language_is_reported_and_builds(tmp_path: Path) -> None:
    (tmp_path / "conf.py").write_text(f'{CONF}\nlanguage = "fr"\n', "utf-8")
    (tmp_path / "index.md").write_text(f"# I\n\n{' '.join(map(str, range(100, 1300)))}\n", "utf-8")
    built = build(tmp_path, tmp_path / "built")
    assert built.status == 0, built.messages
    assert len((built.html / "reports" / "fwdpass.txt").read_text("utf-8").splitlines()) == 1200

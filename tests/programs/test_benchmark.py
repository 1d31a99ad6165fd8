"""The benchmark compares what it says it compares, and a missed target is not overlooked."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fwdpass_benchmark", ROOT / "benchmarks" / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


run = load()
PLAIN, OURS, AUDITED, STOCK = run.KINDS

PAGE = r"""---
file_format: mystnb
---

```{code-cell} python3
:tags: [remove-cell]
unseen = 1
```

(here)=
# A page with {n}`len(x):count input`

See {eq}`sum`, {ref}`here`, {ref}`this page <here>`, [a link](#here) and {numref}`elsewhere`.

$$
z = \n{z1[0]} + \n{fp.dot(x, {1: 2})}
$$ (sum)

````{code-cell} python3
:tags: [raises-exception]
x @ W2
````

```{script} fwdpass.lesson
:filename: forward_pass.py
```

{claim}`The loss is \n{mse}. :: mse > 0 ;; There is none. :: otherwise`
{when}``In `h`, one is clamped. :: (h == 0).any()``

:::{quiz} x @ W1
:for: j in h

What is it?

- {n}`x` :: The input.
:::

::::{trace} fwdpass.lesson
:axes: x=x

:::{line} y_hat = h @ W2 + b2
The prediction.
:::
::::
"""


def test_with_nothing_executed_a_page_has_listings_and_fixed_digits() -> None:
    page = run.static(PAGE, cells=False)
    assert "unseen" not in page
    assert "````python\nx @ W2\n````" in page
    assert "# A page with 7" in page
    assert "z = 7 + 7" in page
    assert "y_hat = h @ W2 + b2" in page
    assert "The loss is 7.\nIn `h`, one is clamped." in page
    assert "What is it?\n\n- 7 :: The input.\n" in page
    assert page.endswith("mse)\n````\n\nThe prediction.\n")
    assert not re.search(r"code-cell|\{script\}|\{n\}|\\n\{|:tags:|:filename:|:for:|:axes:|:::|otherwise", page)


def test_stock_myst_nb_gets_the_cells_and_none_of_our_syntax() -> None:
    page = run.static(PAGE, cells=True)
    assert page.count("{code-cell}") == PAGE.count("{code-cell}")
    assert not re.search(r"\{script\}|\{n\}|\\n\{", page)


def test_a_copy_has_labels_of_its_own_and_refers_to_them() -> None:
    page = run.copy_of(PAGE, 4)
    assert "(here-4)=" in page
    assert "$$ (sum-4)" in page
    assert (
        "See {eq}`sum-4`, {ref}`here-4`, {ref}`this page <here-4>`, [a link](#here-4) and {numref}`elsewhere`." in page
    )


@pytest.mark.parametrize("kind", run.KINDS)
def test_books_have_the_pages_that_they_should(kind: str, tmp_path: Path) -> None:
    docs = run.write_book(kind, tmp_path / "docs", "neurons.md", copies=2)
    written = {path.name for path in docs.glob("*.md")}
    assert written == {path.name for path in run.DOCS.glob("*.md")} | {"copies.md", "copy-0.md", "copy-1.md"}
    ours = "{n}`" in (docs / run.LONGEST).read_text(encoding="utf-8")
    cells = "{code-cell}" in (docs / "copy-1.md").read_text(encoding="utf-8")
    removed = 'extensions.remove("fwdpass.sphinxext")' in (docs / "conf.py").read_text(encoding="utf-8")
    assert (ours, cells, removed) == {
        PLAIN: (False, False, True),
        OURS: (True, True, False),
        AUDITED: (True, True, False),
        STOCK: (False, True, True),
    }[kind]


def test_the_page_that_is_copied_has_cells_numbers_and_formulas() -> None:
    page = (run.DOCS / run.TYPICAL).read_text(encoding="utf-8")
    assert min(len(run.CELL.findall(page)), len(run.NUMBER.findall(page)), len(run.HOLE.findall(page))) >= 10


def test_cpu_seconds_count_what_a_process_and_its_children_worked(tmp_path: Path) -> None:
    work = "import time\nwhile time.process_time() < 0.3: pass"
    child = tmp_path / "child.py"
    child.write_text(work, encoding="utf-8")
    parent = f"import subprocess, sys\nsubprocess.run([sys.executable, {str(child)!r}], check=True)"
    asleep = run.cpu_seconds([sys.executable, "-c", "import time; time.sleep(0.3)"], dict(os.environ))
    assert asleep < 0.3 <= run.cpu_seconds([sys.executable, "-c", parent], dict(os.environ))


def test_a_build_that_fails_ends_the_benchmark_with_what_it_said() -> None:
    with pytest.raises(SystemExit, match=r"ended with status 3:\n(.|\n)*no such page"):
        run.cpu_seconds([sys.executable, "-c", "print('no such page'); raise SystemExit(3)"], dict(os.environ))


def result(book: float = 1.2, page: float = 0.1, last: float | None = None) -> run.Result:  # type: ignore[name-defined]
    """A result in which executing costs so much: the book ``book`` times, a page ``page`` seconds more."""
    last = page if last is None else last
    counts = {0: 0.0, 1: page, 10: 10 * page, 50: 10 * page + 40 * last}
    return run.Result(
        "a.md",
        {
            PLAIN: [2.0, 3.0, 2.5],
            OURS: [2.0 * book, 3.0 * book, 9.9],
            AUDITED: [2.2 * book, 3.3 * book, 9.9],
            STOCK: [8.0, 8.0, 8.0],
        },
        {
            PLAIN: {count: 2.5 + 0.3 * count for count in counts},
            OURS: {count: 2.5 * book + 0.3 * count + more for count, more in counts.items()},
            STOCK: {0: 8.0, 1: 9.0},
        },
        60.0,
    )


def test_ratios_are_taken_within_a_round_and_slopes_through_all_books() -> None:
    measured = result(book=1.2, page=0.1)
    assert measured.ratio(OURS) == pytest.approx(1.2)
    assert measured.ratio(PLAIN) == 1
    assert measured.a_page(PLAIN) == pytest.approx(0.3)
    assert measured.executing_a_page(OURS) == pytest.approx(0.1)
    assert measured.executing_a_page(STOCK) == pytest.approx(0.7)
    assert measured.met == {"book": True, "audit": True, "page": True}


@pytest.mark.parametrize(
    ("measured", "met"),
    [
        (result(book=1.26), {"book": False, "audit": True, "page": True}),
        (result(page=0.16), {"book": True, "audit": True, "page": False}),
        (result(page=0.05, last=0.16), {"book": True, "audit": True, "page": False}),
    ],
)
def test_a_missed_target_is_said_plainly(measured: run.Result, met: dict[str, bool]) -> None:  # type: ignore[name-defined]
    assert measured.met == met
    said = run.report(measured)
    assert [line.endswith(": met") for line in said.splitlines() if "target" in line] == list(met.values())
    assert said.count("MISSED") == 1


def test_a_report_lines_up_and_machines_read_the_same_figures() -> None:
    measured = result()
    lines = run.report(measured).splitlines()
    for first, times in {"nothing executed": 2, "executed": 2, "and audited": 1, "stock myst-nb": 2}.items():
        assert sum(line.strip().startswith(first) for line in lines) == times
    figures = json.loads(run.as_json(measured))
    assert figures["met"] == measured.met
    assert figures["ratio"][OURS] == pytest.approx(1.2)
    assert figures["measured"]["pages"][OURS]["50"] == pytest.approx(measured.pages[OURS][50])
    assert figures["machine"]["sphinx"]


@pytest.mark.parametrize(("asked", "status"), [([], 0), (["--check"], 1)])
def test_only_check_turns_a_missed_target_into_a_failure(
    asked: list[str], status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "measure", lambda *_: result(book=1.5))
    monkeypatch.setattr(sys, "argv", ["run.py", *asked, "--json", "-"])
    assert run.main() == status
    said = capsys.readouterr()
    assert json.loads(said.out)["met"]["book"] is False
    assert "MISSED" in said.err

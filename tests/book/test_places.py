"""A number can stand wherever a reader may meet one, and is the same number everywhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fwdpass.page import Lesson
from fwdpass.testing import Built, article_text
from tests.book.conftest import CONF, HEADER, BuildPages
from tests.forked import build

pytestmark = pytest.mark.book

PAGE = r"""---
file_format: mystnb
kernelspec:
  name: python3
myst:
  html_meta:
    description: "description \\n{total}"
---

```{code-cell} python3
seen = 0.25
```

(top)=
# title {n}`seen`

prose {n}`seen`, **bold {n}`seen`**, [link {n}`seen`](#top), a note[^note] and $inline = \n{seen}$.

- list {n}`seen`

term
: definition {n}`seen`

$$
display = \n{seen}
$$

$$
labelled = \n{seen}
$$ (eq-labelled)

\begin{align}
amsmath &= \n{seen}
\end{align}

```{math}
:label: eq-directive
directive = \n{seen}
```

| table {n}`seen` | formula $\n{seen}$ |
|---|---|
| cell {n}`seen` | $cell = \n{seen}$ |

```{list-table}
* - listed {n}`seen`
```

::::{grid} 1
:::{grid-item-card} card {n}`seen`
body {n}`seen` and $card = \n{seen}$
:::
::::

:::{admonition} admonition {n}`seen`
inside {n}`seen` and $admonition = \n{seen}$

```{math}
nested = \n{seen}
```
:::

:::{dropdown} dropdown {n}`seen`
opened {n}`seen`
:::

::::{tab-set}
:::{tab-item} tab {n}`seen`
tabbed {n}`seen`
:::
::::

![alt \n{seen}](dot.svg)

```{image} dot.svg
:alt: image \n{seen}
```

```{figure} dot.svg
:alt: figure \n{seen}

caption {n}`seen`
```

In code, `\n{seen}` stays.

```{code-cell} python3
seen = 0.5
```

later {n}`seen` and $later = \n{seen}$

```{code-cell} python3
total = 0.75
```

[^note]: footnote {n}`seen`
"""
DOT = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'


@pytest.fixture(scope="module")
def placed(tmp_path_factory: pytest.TempPathFactory) -> Built:
    source = tmp_path_factory.mktemp("places")
    (source / "conf.py").write_text(CONF, "utf-8")
    (source / "dot.svg").write_text(DOT, "utf-8")
    (source / "index.md").write_text(PAGE, "utf-8")
    built = build(source, source / "built")
    assert built.status == 0, built.messages
    return built


PROSE = (
    "title prose bold link list definition table cell listed card body admonition inside dropdown opened tab tabbed "
    "caption"
).split()
FORMULAS = "inline display labelled amsmath directive cell card admonition nested".split()


def test_a_number_stands_in_every_place(placed: Built) -> None:
    page = placed.pages()["index.html"]
    said = article_text(page)
    for place in PROSE:
        assert f"{place} 0.25" in said, place
    for formula in FORMULAS:
        letters = r"\s*".join(formula)
        assert re.search(rf"{letters}\s*=\s*0\.25", said), formula
    for place in ("alt", "image", "figure"):
        assert f'alt="{place} 0.25"' in page
    assert "<title>title 0.25" in page


def test_a_number_is_what_it_was_worth_there(placed: Built) -> None:
    said = placed.said("index.html")
    assert "later 0.5" in said
    assert re.search(r"l\s*a\s*t\s*e\s*r\s*=\s*0\.5", said)


def test_a_description_is_what_the_whole_page_came_to(placed: Built) -> None:
    assert re.search(r'<meta content="description 0\.75"', placed.pages()["index.html"])


def test_code_about_holes_is_left_alone(placed: Built) -> None:
    assert r"In code, \n{seen} stays." in placed.said("index.html")


def test_every_number_is_marked_as_executed(placed: Built) -> None:
    page = placed.pages()["index.html"]
    assert re.search(r'<span class="fp-n fp-n\d+">0\.25</span>', page)


def test_the_ledger_has_every_number_with_its_line_and_its_exact_value(placed: Built) -> None:
    _, ledger = placed.readings()["index"]
    lines = PAGE.splitlines()
    numbers = [entry for entry in ledger.entries if entry.kind == "number"]
    written = len(re.findall(r"\{n\}`|\\n\{", PAGE)) - 1  # one is in code
    assert len(numbers) == written
    for entry in numbers:
        assert entry.source in lines[entry.line - 1] or entry.source == "total"
        assert entry.exact in {"1/4", "1/2", "3/4"}


def test_cells_show_numbers_by_the_one_rule(build_pages: BuildPages) -> None:
    built = build_pages(
        page="""
        ```{code-cell} python3
        0.1 + 0.2
        ```

        ```{code-cell} python3
        np.array([0.1 + 0.2 - 0.3, 0.5])
        ```

        ```{code-cell} python3
        np.array([-2.8e-17, 0.5])
        ```

        ```{code-cell} python3
        print(np.array([0.5, -0.25]), "printed")
        display(np.float64(0.75))
        W1.shape, mse
        ```

        ```{code-cell} python3
        np.float64(0.125);
        ```
        """
    )
    said = built.said("page.html")
    assert "0.1 + 0.2 0.3" in said
    assert "[0.0, 0.5]" in said  # what rounding leaves is nothing
    assert "[-2.8e-17, 0.5000]" in said  # and what was written is not
    assert "[0.5 -0.25] printed" in said
    assert "0.75" in said
    assert "((4, 3), 0.8963)" in said
    assert "np.float64(0.125); " in said
    assert said.count("0.125") == 1


def test_an_error_that_is_promised_is_shown_as_one_line(build_pages: BuildPages) -> None:
    built = build_pages(
        page="""
        ```{code-cell} python3
        :tags: [raises-exception]
        W1 @ x
        ```

        After it, {n}`mse`.
        """
    )
    assert built.status == 0, built.messages
    said = built.said("page.html")
    assert "ValueError: matmul: Input operand 1 has a mismatch" in said
    assert "Traceback" not in said
    assert "After it, 0.8963." in said


def test_pages_do_not_leak_into_each_other(build_pages: BuildPages) -> None:
    vandal = """
        ```{code-cell} python3
        import os, random, decimal
        os.chdir("/"); os.environ["LEAK"] = "1"; sys.path.insert(0, "/leak"); sys.argv.append("leak")
        np.set_printoptions(precision=1, formatter=None); random.seed(7); np.random.seed(7)
        np.seterr(all="raise"); decimal.getcontext().prec = 3
        ```

        Kept: {n}`os.environ["LEAK"]`, in {n}`os.getcwd()`.
        """
    probe = """
        ```{code-cell} python3
        import os, random, decimal, pathlib
        print(os.environ.get("LEAK"), pathlib.Path.cwd().name, "/leak" in sys.path, "leak" in sys.argv)
        print(np.array([1 / 3]), random.random(), float(np.random.rand()), np.geterr()["over"])
        print(decimal.getcontext().prec, "vandal" in globals())
        ```
        """
    built = build_pages(a_probe=probe, b_vandal=vandal, c_probe=probe)
    assert built.status == 0, built.messages
    assert "Kept: 1, in /." in built.said("b_vandal.html")
    before, after = (built.readings()[name][1].entries for name in ("a_probe", "c_probe"))
    assert before[0].text.startswith("None source False False\n[0.3333]")
    assert before == after


@pytest.mark.parametrize("builder", ["html", "dirhtml"])
def test_a_download_is_found_from_any_folder(build_pages: BuildPages, tmp_path: Path, builder: str) -> None:
    (tmp_path / "source" / "deep").mkdir(parents=True)
    script = HEADER + "```{script} fwdpass.lesson\n:filename: forward_pass.py\n```\n"
    (tmp_path / "source" / "deep" / "page.md").write_text(script, "utf-8")
    built = build_pages("-b", builder, index="---\norphan: true\n---\n# I\n\n```{toctree}\ndeep/page\n```\n")
    assert built.status == 0, built.messages
    for path, page in built.pages().items():
        for link in re.findall(r'href="([^"]*forward_pass\.py)"', page):
            assert (built.html / path).parent.joinpath(link).exists()
            return
    pytest.fail("no page offers the download")


def test_a_script_is_listed_and_offered_for_download(build_pages: BuildPages) -> None:
    built = build_pages(page="```{script} fwdpass.lesson\n:filename: forward_pass.py\n```")
    page = built.pages()["page.html"]
    assert 'href="_downloads/forward_pass.py"' in page
    listed = article_text(page)
    assert "z1 = x @ W1 + b1" in listed
    assert (built.html / "_downloads" / "forward_pass.py").read_text("utf-8") == Lesson.of().source

"""What a PDF needs to show every number, and a picture that LaTeX cannot draw."""

from __future__ import annotations

import re
from datetime import timedelta
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from docutils import nodes
from docutils.utils import new_document
from hypothesis import given
from hypothesis import strategies as st
from sphinx.config import Config

import fwdpass as fp
from fwdpass.figures import layout
from fwdpass.numerals.writing import LANGUAGE, text
from fwdpass.sphinxext.latex import CHARACTERS, LINES, WORDS, describe_pictures, fit_formulas, fitted, know_characters
from tests import paper

OF_T1 = frozenset("×·ŷ…‰°±µ–—‘’“”€")
"""Characters that pdflatex knows by itself."""
VALUES = (
    (-0.5, ""), (-1.602e-19, ""), (2.5e9, ".1e"), (2.5e-8, ".1e"), (float("-inf"), ""), (-0.25, "%"), (0.002, "‰"),
    (4700, "si Ω"), (np.array([-1.5, 2]), ""), (Fraction(-1, 3), "fraction"), (-1234.5, "currency EUR"),
    (1234.5, ",.1f"), (timedelta(hours=-26), ""), (1.5 - 2j, ""), (0.0002, "p"),
)  # fmt: skip


@pytest.mark.parametrize("language", ["en", "de", "fr"])
@pytest.mark.parametrize(("value", "spec"), VALUES, ids=map(str, range(len(VALUES))))
def test_every_character_of_a_number_is_known_to_latex(value: Any, spec: str, language: str) -> None:
    token = LANGUAGE.set(language)
    try:
        said = text(value, spec) + text(value, spec, "latex")
    finally:
        LANGUAGE.reset(token)
    assert not {char for char in said if not char.isascii()} - OF_T1 - CHARACTERS.keys() - WORDS.keys()


def test_the_preamble_of_the_author_stands_behind_ours() -> None:
    config: Any = Config()
    config.latex_elements = {"preamble": "% mine", "papersize": "a4paper"}
    know_characters(SimpleNamespace(), config)  # type: ignore[arg-type]
    said = config.latex_elements["preamble"]
    assert r"\DeclareUnicodeCharacter{2212}{\ensuremath{-}}" in said
    assert r"\setcounter{MaxMatrixCols}" in said
    assert said.endswith("% mine")
    assert config.latex_elements["papersize"] == "a4paper"


def test_a_picture_in_svg_is_described_where_latex_would_end() -> None:
    def of(name: str) -> nodes.document:
        document = new_document("page")
        for uri in ("a.svg", "b.png"):
            document += nodes.figure("", nodes.image(uri=uri, alt=f"Picture {uri[0]}."))
        document += nodes.paragraph("", "See ", nodes.image(uri="c.svg", alt="Picture c."))
        app: Any = SimpleNamespace(builder=SimpleNamespace(name=name))
        describe_pictures(app, document, "page")
        return document

    assert [image["uri"] for image in of("latex").findall(nodes.image)] == ["b.png"]
    assert [said.astext() for said in of("latex").findall(nodes.emphasis)] == ["Picture a.", "Picture c."]
    assert len(list(of("html").findall(nodes.image))) == 3


# What cells show ------------------------------------------------------------------------------------------------------

COUNTED = [[f"`n{i}`", str(i)] for i in range(3 * LINES)]


def test_a_table_longer_than_a_page_is_one_that_pages_end_in_and_repeats_its_heads() -> None:
    long = fitted(layout.table([["name", "number"], *COUNTED], headed=True))
    assert long.startswith(r"\begin{longtable}{>{$}l<{$}>{$}l<{$}}\text{name}")
    before, _, after = long.partition(r"\endhead")
    assert r"\hline" in before
    assert after.count(layout.ROW) == len(COUNTED) - 1
    assert r"\fwdpassfit" not in long


@pytest.mark.parametrize("rows", [1, LINES // 2])
def test_what_stays_on_a_page_is_one_formula(rows: int) -> None:
    table = layout.table(COUNTED[:rows])
    assert fitted(table) == rf"\begin{{center}}\fwdpassfit{{{table}}}\end{{center}}"


def test_in_a_box_a_long_table_is_one_formula_that_shrinks() -> None:
    shown = (nodes.math_block(text=layout.table(COUNTED), classes=["output", "text_latex"]) for _ in range(2))
    boxed, free = nodes.admonition("", nodes.container("", next(shown))), nodes.section("", next(shown))
    document = new_document("page")
    document += [boxed, free]
    fit_formulas(of_builder("latex"), document, "page")
    assert [len(list(holder.findall(nodes.math_block))) for holder in (boxed, free)] == [0, 0]
    assert boxed.astext().startswith(r"\begin{center}\fwdpassfit{\begin{array}")
    assert free.astext().startswith(r"\begin{longtable}")


def test_many_images_are_several_formulas_of_a_few_rows_each() -> None:
    images = [np.arange(i, i + 64).reshape(8, 8) for i in range(20)]
    figure = fp.gallery(images, [f"picture {i}" for i in range(len(images))], 100)
    parts = fitted(figure.latex()).split("\n")
    assert len(parts) > 1
    assert all(part.startswith(r"\begin{center}\fwdpassfit{\begin{aligned}") for part in parts)
    assert sum(part.count("bmatrix}") for part in parts) == 2 * len(images)
    assert all(part.count(r"\\") + 1 <= 2 * LINES for part in parts), "two stand side by side"
    assert layout.wide(figure.latex()) <= layout.LINE + 2 * len(layout.COLUMN), (
        "what stands between them is not counted"
    )


def test_a_matrix_of_thirty_rows_and_one_of_sixty_columns_shrink_where_they_must() -> None:
    grey = np.arange(60) % 9
    tall, wide = fp.pixels(np.ones((30, 1)) * grey[:5], 9).latex(), fp.pixels(np.ones((5, 1)) * grey, 9).latex()
    assert fitted(tall) == rf"\begin{{center}}\fwdpassfit{{{tall}}}\end{{center}}"
    document = new_document("page")
    document += nodes.math_block(text=wide, classes=["output", "text_latex"])
    document += nodes.paragraph("", "", nodes.math(text=wide, marks="fp-n1"))
    fit_formulas(of_builder("latex"), document, "page")
    said = document.astext().split("\n\n")
    assert len(said) == 2
    assert all(one.startswith(r"\setcounter{MaxMatrixCols}{60}") for one in said)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (r"\begin{align} x &= 1 \end{align}", r"\begin{align} x &= 1 \end{align}"),
        (
            r"\begin{center}\begin{tabular}{l} a \end{tabular}\end{center}",
            r"\begin{center}\begin{tabular}{l} a \end{tabular}\end{center}",
        ),
        (r"a costs \$1, or $x^2$", r"a costs \$1, or $x^2$"),
        (r"x &= 1 \\ y &= 2", r"\begin{center}\fwdpassfit{\begin{aligned}x &= 1 \\ y &= 2\end{aligned}}\end{center}"),
        (r"\text{a $x$ and \$}", r"\begin{center}\fwdpassfit{\text{a $x$ and \$}}\end{center}"),
        (
            r"\begin{matrix} 1 \end{matrix} + \begin{matrix} 2 \end{matrix}",
            r"\begin{center}\fwdpassfit{\begin{matrix} 1 \end{matrix} + \begin{matrix} 2 \end{matrix}}\end{center}",
        ),
    ],
)
def test_what_a_library_gives_is_a_paragraph_or_a_formula(given: str, shown: str) -> None:
    assert fitted(given) == shown


def test_formulas_with_executed_numbers_shrink_and_those_of_the_author_stay() -> None:
    document = new_document("page")
    document += [nodes.math_block(text=tex, **given) for tex, given in FORMULAS]
    fit_formulas(of_builder("latex"), document, "page")
    assert [block.astext() for block in document.findall(nodes.math_block)] == [
        "x = 1", r"\fwdpassfit{y = 2}", r"\fwdpassfit[5em]{z = 3}", r"\begin{align} a &= 4 \end{align}",
    ]  # fmt: skip
    untouched = new_document("page")
    untouched += [nodes.math_block(text=tex, **given) for tex, given in FORMULAS]
    fit_formulas(of_builder("html"), untouched, "page")
    assert [block.astext() for block in untouched.findall(nodes.math_block)] == [tex for tex, _ in FORMULAS]


FORMULAS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("x = 1", {}),
    ("y = 2", {"marks": "fp-n1"}),
    ("z = 3", {"marks": "fp-n2", "label": "z"}),
    (r"\begin{align} a &= 4 \end{align}", {"marks": "fp-n3", "nowrap": True}),
)


def of_builder(name: str) -> Any:
    return SimpleNamespace(builder=SimpleNamespace(name=name))


# Widths ---------------------------------------------------------------------------------------------------------------

SAID = st.lists(
    st.text("ab `", min_size=0, max_size=200).filter(lambda said: said.count("`") % 2 == 0), min_size=2, max_size=2
)


@given(st.lists(SAID, min_size=1, max_size=4))
def test_a_table_loses_no_letter_and_none_of_its_rows_is_wider_than_a_line(rows: list[list[str]]) -> None:
    drawn = layout.table(rows)
    body = drawn.removeprefix(r"\begin{array}{ll} ").removesuffix(r" \end{array}")
    lines = [line.split(" & ") for line in body.split(layout.ROW)]
    for i in range(2):
        kept = "".join(re.sub(r"\\text(?:tt)?\{([^}]*)\}", r"\1", line[i]) for line in lines)
        assert re.sub(r"\s", "", kept) == re.sub(r"[\s`]", "", "".join(row[i] for row in rows))
    assert all(letters(line) <= layout.LINE for line in lines)


def letters(line: list[str]) -> float:
    """Count the letters of a row, as wide as they are on paper."""
    found = (re.findall(r"\\text(tt)?\{([^}]*)\}", entry) for entry in line)
    return sum(len(said) * (layout.CODE if code else 1) for entry in found for code, said in entry)


def test_a_long_sum_goes_on_in_further_lines() -> None:
    figure = fp.dot(np.arange(1, 13) * 1000, np.arange(1, 13) * -1000)
    lines = figure.latex().split(layout.ROW)
    assert len(lines) > 1
    assert "".join(lines).count(r"\times") == 12
    assert lines[-1].count(" = ") == 1
    assert max(map(layout.wide, lines)) <= layout.LINE


# What LaTeX says ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        r"Overfull \hbox (10.5pt too wide) detected at line 3",
        r"Overfull \vbox (144.75pt too high) has occurred while \output is active []",
        "Missing character: There is no − in font t1xtt!",
        r"LaTeX Warning: Command \textemdash invalid in math mode on input line 3320.",
        "LaTeX Warning: Reference `page:there' on page 1 undefined on input line 9.",
    ],
)
def test_what_a_reader_would_see_is_a_fault(said: str) -> None:
    innocent = "Overfull \\hbox (9.5pt too wide) in paragraph at lines 3--4\nUnderfull \\hbox (badness 10000)"
    assert paper.faults(innocent) == []
    assert paper.faults(f"{innocent}\n{said}\n[12]\n{said}") == [said]

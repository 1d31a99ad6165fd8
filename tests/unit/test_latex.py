"""What a PDF needs to show every number, and a picture that LaTeX cannot draw."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from docutils import nodes
from docutils.utils import new_document
from sphinx.config import Config

from fwdpass.numerals import text
from fwdpass.sphinxext.latex import CHARACTERS, describe_pictures, know_characters

OF_T1 = frozenset("×·ŷ…‰°±µ–—‘’“”")
"""Characters that pdflatex knows by itself."""
VALUES = (
    (-0.5, ""), (-1.602e-19, ""), (2.5e9, ".1e"), (2.5e-8, ".1e"), (float("-inf"), ""), (-0.25, "%"), (0.002, "‰"),
    (4700, "si Ω"), (np.array([-1.5, 2]), ""), (Fraction(-1, 3), "fraction"),
)  # fmt: skip


@pytest.mark.parametrize(("value", "spec"), VALUES, ids=map(str, range(len(VALUES))))
def test_every_character_of_a_number_is_known_to_latex(value: Any, spec: str) -> None:
    unknown = {char for char in text(value, spec) if not char.isascii()} - OF_T1 - CHARACTERS.keys()
    assert not unknown


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

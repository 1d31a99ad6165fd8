"""What a beginner meets, and in which order: the words before the picture, the story before its fine print."""

from __future__ import annotations

import html
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from fwdpass.testing import Built, article_text

pytestmark = pytest.mark.book

DOCS = Path(__file__).parents[2] / "docs"
SECTIONS = ("neurons", "matrix-multiplication", "shape-lab", "digits", "production", "zero")
NO_ENGLISH = (
    "stands how many places the decimal point moves",
    "compute it either way, and compare",
    "no computer gets another network from the same images",
    "another answer from the same network",
    "whoever always says the same digit",
    "is no random crumb",
    "to the eye, weights that were learned",
    "insert the upper formula",
    "outside it is smaller",
    "also about one that nobody wrote",
    "is another routine than",
    "kernels that are not run need",
    "zero neurons pass",
    "the proof with our numbers",
    "further formats are for the world",
    "was worth",
    "is worth a number",
)
"""Riddles, and translations from another language, that stood in the book."""
OUTPUT = re.compile(r'<div class="output text_plain[^"]*">\s*<div[^>]*><pre>(.*?)</pre>', re.DOTALL)
VERDICT = re.compile(r"[\s\[(]*(?:np\.)?(?:True|False)(?:[\s,]+(?:True|False))*[\s\])]*")


def read(book: Built, page: str) -> str:
    return (book.html / f"{page}.html").read_text("utf-8")


def article(book: Built, page: str) -> str:
    return read(book, page).partition("<article")[2].partition("</article>")[0]


def verdicts(page: str) -> list[str]:
    """Give the outputs of cells that say yes or no, and not to what."""
    outputs = [re.sub("<[^>]*>", "", shown) for shown in OUTPUT.findall(page)]
    return [shown for shown in outputs if VERDICT.fullmatch(html.unescape(shown))]


@pytest.mark.parametrize("page", SECTIONS)
def test_a_cell_that_says_yes_says_to_what(book: Built, page: str) -> None:
    assert verdicts(read(book, page)) == []


@pytest.mark.parametrize("shown", ["True", "(True, False)", "[True, True]\n"])
def test_one_that_does_not_is_found(shown: str) -> None:
    cell = '<div class="output text_plain highlight"><div class="highlight"><pre>{}</pre></div></div>'
    assert verdicts(cell.format(f"<span></span>{shown}")) == [shown]
    assert verdicts(cell.format(f"the same numbers? {shown}")) == []


def test_three_lines_of_numpy_are_three_lines_of_numpy() -> None:
    source = (DOCS / "matrix-multiplication.md").read_text("utf-8")
    cell = source.partition("In NumPy these are")[2].partition("```{code-cell} python3\n")[2].partition("```")[0]
    assert [line.partition(" =")[0] for line in cell.splitlines()] == ["z1", "h", "y_hat"]
    assert "fp." not in cell
    assert "np.maximum" in cell


def test_the_words_of_a_network_come_before_the_picture_with_its_numbers(book: Built) -> None:
    page = article(book, "neurons")
    pictures = [found.start() for found in re.finditer("<fp-network", page)]
    first_with_numbers = next(at for at in pictures if "bias" in page[at:].partition("</svg>")[0])
    for word in ("weight", "bias", "neuron", "hidden-layer", "output-layer", "pre-activation", "relu", "prediction"):
        defined = re.search(rf'href="glossary\.html#term-{word}"', page, re.IGNORECASE)
        assert defined is not None, word
        assert defined.start() < first_with_numbers, word


def test_the_fine_print_comes_behind_the_story(book: Built) -> None:
    """In the chapter, what "same" means takes a few sentences and a link; orders are the last section's affair."""
    contents = (DOCS / "index.md").read_text("utf-8").partition(":numbered: 1")[2].partition("```")[0].split()
    assert contents == list(SECTIONS)
    told = article_text(read(book, "matrix-multiplication"))
    assert 'href="zero.html#what-same-means"' in article(book, "matrix-multiplication")
    assert not re.search(r"permutation|every order|rounding error|float64", told)


@pytest.mark.parametrize("page", [*SECTIONS, "index", "glossary", "errata", "authors"])
def test_no_sentence_that_an_editor_struck_out_has_come_back(book: Built, page: str) -> None:
    told = " ".join(article_text(read(book, page)).lower().split())
    assert [sentence for sentence in NO_ENGLISH if sentence in told] == []


def test_the_first_page_says_what_is_taught_for_whom_how_long_and_where_to_start(book: Built) -> None:
    page = article(book, "index")
    button = re.search(r'<a class="[^"]*sd-btn-primary[^"]*" href="neurons\.html#neurons"><span>(.*?)</a>', page)
    assert button is not None
    assert re.sub("<[^>]*>", "", button[1]) == "Start with section 1"
    top = " ".join(article_text(f"<article>{page[: button.start()]}</article>").split())
    assert len(top.split()) < 100  # ten seconds
    for words in ("neural network", "beginners who know school algebra", "an afternoon", "sections"):
        assert words in top, words
    # The network comes next, and the trick with the numbers behind it.
    assert button.start() < page.index("<fp-network") < page.index('id="why-executed"')


@pytest.mark.parametrize("page", SECTIONS)
def test_each_section_checks_and_ends_with_exercises_of_three_levels_and_folded_answers(book: Built, page: str) -> None:
    body = article(book, page)
    assert 'class="fp-quiz"' in body
    _, heading, exercises = body.rpartition("<h2>Exercises")
    assert heading
    assert re.findall(r"<li>\s*<p><em>(\w+)\.</em>", exercises)[:3] == ["Recall", "Compute", "Think"]
    fold = re.search(r"<details[^>]*>(?:(?!</details>).)*?Answers", exercises, re.DOTALL)
    assert fold is not None
    assert " open" not in fold[0].partition(">")[0]


@pytest.mark.parametrize("page", SECTIONS)
def test_under_each_section_one_can_ask_about_it(book: Built, page: str) -> None:
    text = read(book, page)
    links = re.findall(r'href="(https://github\.com/[^"]*/discussions/new[^"]*)"', text)
    name = html.unescape(text.partition("<title>")[2].partition(" &#8212; ")[0])
    assert name
    assert [parse_qs(urlsplit(html.unescape(link)).query)["title"] for link in links] == [
        [f"About the section {name}: "]
    ]

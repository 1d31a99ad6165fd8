"""The page about real digits: every number on it, computed again in plain Python."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import digits
import training
from fwdpass.numerals.exact import Arithmetic
from fwdpass.page import Cell, Program, read
from fwdpass.testing import Built

pytestmark = pytest.mark.book

DOCS = Path(__file__).resolve().parents[2] / "docs"
FACTS = """
weights_fit_in_a_byte it_is_right_here the_score_is_the_sum better_than_guessing learning_flatters doubt_is_informative
collapse_is_the_network pushes_are_the_difference one_pixel_decides
""".split()
"""What the page's sentences rest on."""


def at_the_end(book: Built, source: str, arithmetic: Arithmetic = Arithmetic.FLOAT64) -> str:
    """What an expression is worth when the whole page has run."""
    program, _ = book.readings()["digits"]
    asked = Program(program.page, (*program.steps, Cell(f"print({source.strip()})", 1)))
    return read(asked, arithmetic=arithmetic, folder=DOCS).entries[-1].text.strip()


@pytest.fixture(scope="module")
def scores() -> list[list[int]]:
    """The scores of all images that are held out, from whole numbers and nothing else."""
    _, unseen = digits.load(500)
    W1, b1, W2, b2 = (array.tolist() for array in digits.trained(500, 32))
    columns, outputs = list(zip(*W1, strict=True)), list(zip(*W2, strict=True))

    def run(x: list[int]) -> list[int]:
        h = [max(0, sum(map(int.__mul__, x, w)) + b) for w, b in zip(columns, b1, strict=True)]
        return [sum(map(int.__mul__, h, w)) + b for w, b in zip(outputs, b2, strict=True)]

    return [run(image) for image in unseen.images.reshape(len(unseen.images), -1).tolist()]


def answer(scores: list[int]) -> int:
    return scores.index(max(scores))


@pytest.fixture(scope="module")
def errors(scores: list[list[int]]) -> list[tuple[int, int, int, int]]:
    """What is wrong: how far the answer is ahead, the image, what was meant, what was said."""
    labels = digits.load(500)[1].labels.tolist()
    wrong = [(i, label, answer(s), s) for i, (label, s) in enumerate(zip(labels, scores, strict=True))]
    return [(s[said] - s[meant], i, meant, said) for i, meant, said, s in wrong if said != meant]


def test_what_the_sentences_rest_on_is_true_in_either_arithmetic(book: Built) -> None:
    for arithmetic in Arithmetic:
        said = at_the_end(book, f"{{name: bool(globals()[name]) for name in {FACTS}}}", arithmetic)
        assert said == str(dict.fromkeys(FACTS, True))


def test_every_score_is_exact(book: Built, scores: list[list[int]]) -> None:
    assert json.loads(at_the_end(book, "Y_hat.tolist()")) == scores


def test_it_is_right_as_often_as_the_page_says(book: Built, errors: list[Any]) -> None:
    right = 500 - len(errors)
    assert right >= 465, "worse than nine times in ten, and three more in a hundred"
    assert f"That is {right} of 500, or {right / 5:.1f}%." in book.said("digits.html")


def test_the_confusions_are_counted_right(book: Built, errors: list[tuple[int, int, int, int]]) -> None:
    said = book.said("digits.html")
    for (meant, answered), times in Counter((meant, said) for _, _, meant, said in errors).items():
        assert f" {meant} {answered} {times} " in said


def test_every_error_is_listed_the_closest_at_the_top(book: Built, errors: list[tuple[int, int, int, int]]) -> None:
    rows = " ".join(f"{i} {meant} {said} {ahead}" for ahead, i, meant, said in sorted(errors))
    assert f"ahead by {rows} " in book.said("digits.html")


def test_the_closest_call_turns_when_the_pixel_is_black(book: Built, errors: list[tuple[int, int, int, int]]) -> None:
    _, image, meant, said = min(errors)
    assert at_the_end(book, "int(closest), int(meant), int(said)") == f"{image} {meant} {said}"
    x = digits.load(500)[1].images[image].flatten().tolist()
    W1, b1, W2, b2 = (array.tolist() for array in digits.trained(500, 32))

    def lead(x: list[int]) -> int:
        h = [max(0, sum(x[i] * W1[i][j] for i in range(64)) + b1[j]) for j in range(32)]
        y = [sum(h[j] * W2[j][k] for j in range(32)) + b2[k] for k in range(10)]
        return int(y[said] - y[meant])

    leads = [lead([0 if i == black else v for i, v in enumerate(x)]) for black in range(64)]
    assert lead(x) > 0 > leads[int(at_the_end(book, "worst"))]
    lit, turned = sum(v > 0 for v in x), sum(ahead < 0 for ahead in leads)
    assert f"Of the {lit} pixels that are lit, any of {turned} would do." in book.said("digits.html")


def test_the_pixels_speak_for_what_was_meant_and_the_biases_tip_it(
    book: Built, errors: list[tuple[int, int, int, int]]
) -> None:
    ahead, image, meant, said = min(errors)
    x = digits.load(500)[1].images[image].flatten().tolist()
    W1, b1, W2, _ = (array.tolist() for array in digits.trained(500, 32))
    alive = [j for j in range(32) if sum(x[i] * W1[i][j] for i in range(64)) + b1[j] > 0]
    pixels = sum(x[i] * W1[i][j] * (W2[j][said] - W2[j][meant]) for i in range(64) for j in alive)
    assert pixels < 0 < ahead
    pushes = f"add up to \N{MINUS SIGN}{-pixels}. With {ahead - pixels} from the biases that makes"
    assert pushes in book.said("digits.html")


def test_the_margin_sorts_the_answers(book: Built, scores: list[list[int]]) -> None:
    labels = digits.load(500)[1].labels.tolist()
    counts = Counter(
        (answer(s) == label, max(s) - sorted(s)[-2] >= 2**16) for s, label in zip(scores, labels, strict=True)
    )
    rows = f"right {counts[True, True]} {counts[True, False]} wrong {counts[False, True]} {counts[False, False]} "
    assert rows in book.said("digits.html")


def test_nothing_depends_on_floating_point(book: Built) -> None:
    program, ledger = book.readings()["digits"]
    exact = read(program, arithmetic=Arithmetic.EXACT, folder=DOCS)
    assert not list(exact.differences(ledger))


def test_whoever_asks_how_it_was_trained_reads_it(book: Built) -> None:
    assert "def train(images: Whole, labels: Whole, hidden: int) -> Parameters:" in book.said("digits.html")
    assert (book.html / "_downloads" / "training.py").read_bytes() == Path(training.__file__).read_bytes()

"""The page about production: the floor of the loss, the plane and the lost picture, from nothing but fractions."""

from __future__ import annotations

import re
from fractions import Fraction
from importlib.util import find_spec
from itertools import product
from pathlib import Path

import pytest

from fwdpass import lesson
from fwdpass.numerals.exact import Arithmetic
from fwdpass.page import Cell, Lesson, Program, certify, read
from fwdpass.testing import Built
from tests.lessons import every
from tests.lessons.net import Net, times, transposed

pytestmark = pytest.mark.book

DOCS = Path(__file__).resolve().parents[2] / "docs"
HALF = Fraction(1, 2)
FACTS = """
same_sums forgetting_shows our_row_is_as_before every_target_is_the_transpose matrix_is_perfect
direction_is_never_used answers_lie_in_a_plane varies_alike_in_every_direction mean_is_midway floor_is_reached
silence_leaves_the_biases it_is_wrong_there
""".split()
"""What the page's sentences rest on."""
PICTURES = list(product([0, 1], repeat=4))


def target(p: tuple[int, ...]) -> tuple[int, ...]:
    """The picture with its rows and columns exchanged."""
    return p[0], p[2], p[1], p[3]


def at_the_end(book: Built, source: str, arithmetic: Arithmetic = Arithmetic.FLOAT64) -> str:
    """What an expression is worth when the whole page has run."""
    program, _ = book.readings()["production"]
    asked = Program(program.page, (*program.steps, Cell(f"print({source.strip()})", 1)))
    return read(asked, arithmetic=arithmetic, folder=DOCS).entries[-1].text.strip()


def answers() -> list[list[Fraction]]:
    """The lesson's network on every picture."""
    W1, b1, W2, b2 = (
        [[Fraction(str(v)) for v in row] for row in array.tolist()]
        for array in (lesson.W1, lesson.b1[None], lesson.W2, lesson.b2[None])
    )

    def run(x: tuple[int, ...]) -> list[Fraction]:
        h = [max(Fraction(0), sum((x[i] * W1[i][j] for i in range(4)), b1[0][j])) for j in range(3)]
        return [sum((h[j] * W2[j][k] for j in range(3)), b2[0][k]) for k in range(4)]

    return [run(p) for p in PICTURES]


def loss(said: list[list[Fraction]], pictures: list[tuple[int, ...]] = PICTURES) -> Fraction:
    pairs = [(y, t) for row, p in zip(said, pictures, strict=True) for y, t in zip(row, target(p), strict=True)]
    return sum(((y - t) ** 2 for y, t in pairs), Fraction(0)) / len(pairs)


def half_up(value: Fraction) -> str:
    """A number that is not negative, to four places, a tie away from zero."""
    whole, rest = divmod(int(value * 10**4 + HALF), 10**4)
    return f"{whole}.{rest:04}"


def test_what_the_sentences_rest_on_is_true_in_either_arithmetic(book: Built) -> None:
    for arithmetic in Arithmetic:
        said = at_the_end(book, f"{{name: bool(globals()[name]) for name in {FACTS}}}", arithmetic)
        assert said == str(dict.fromkeys(FACTS, True))


def test_the_losses_are_the_exact_ones(book: Built) -> None:
    means = [[HALF] * 4 for _ in PICTURES]
    best = [[*map(Fraction, target(p)[:3]), HALF] for p in PICTURES]
    right = [[*map(Fraction, target(p))] for p in PICTURES]
    losses = [loss(said) for said in (answers(), means, best, right)]
    assert losses[1:] == [Fraction(1, 4), Fraction(1, 16), 0]
    ours, mean, floor, none = (f"{float(value):.4f}".rstrip("0").rstrip(".") for value in losses)
    said = book.said("production.html")
    assert (
        f"our network, as it is {ours} the mean, whatever the picture {mean} "
        f"the best network of this shape {floor} the matrix {none} "
    ) in said


def test_every_row_of_the_table_has_its_loss_to_as_many_places(book: Built) -> None:
    said = book.said("production.html")
    losses = [loss([y], [p]) for y, p in zip(answers(), PICTURES, strict=True)]
    for i, (p, value) in enumerate(zip(PICTURES, losses, strict=True)):
        assert re.search(rf" {i} {re.escape(f'{[*p]} {[*target(p)]}')} \[[^]]*\] {half_up(value)} ", said)


def test_pictures_at_which_no_hidden_neuron_is_alive_get_the_biases(book: Built) -> None:
    said = answers()
    b2 = [Fraction(str(v)) for v in lesson.b2.tolist()]
    silent = [i for i, y in enumerate(said) if y == b2]
    assert silent == [9, 12, 13]
    page = book.said("production.html")
    assert "Where no hidden neuron is alive, the answer is [0.0, 0.1, −0.1, 0.0]" in page
    assert f"in three rows of X, {silent}." in page


def test_every_answer_lies_in_the_plane_and_the_lost_picture_is_wrong(book: Built) -> None:
    n = [7, -8, -11, 7]
    assert at_the_end(book, "[int(v) for v in n]") == str(n)
    along = {sum(a * b for a, b in zip(n, y, strict=True)) for y in answers()}
    assert along == {Fraction(3, 10)}
    lost = tuple(int(v < 0) for v in n)
    row = next(i for i, p in enumerate(PICTURES) if target(p) == lost)
    assert at_the_end(book, "unreachable.tolist(), lost") == f"{list(lost)} [{row}]"
    assert tuple(int(v > HALF) for v in answers()[row]) != lost


def test_no_direction_gets_below_the_floor_and_none_reaches_every_pattern() -> None:
    """The two proofs of the page, tried with many planes n · y = c: the closest points to all targets, and rounding."""
    targets = [target(p) for p in PICTURES]
    for n in product((-3, -1, 0, 2), repeat=4):
        size = sum(v * v for v in n)
        if not size:
            continue
        dots = [Fraction(sum(a * b for a, b in zip(n, t, strict=True))) for t in targets]
        for c in (sum(dots) / 16, sum(dots) / 16 + 1, Fraction(-2), Fraction(5, 2)):
            closest = sum(((c - d) ** 2 for d in dots), Fraction(0)) / size / 64
            assert closest >= Fraction(1, 16)
            assert (closest == Fraction(1, 16)) == (c == sum(dots) / 16)
            lean = c - HALF * sum(n)
            lost = tuple(int(v < 0 if lean >= 0 else v > 0) for v in n)
            # whatever rounds to it has a product with n, from the middle, of the other sign: no point of the plane
            signs = [v * (1 if t else -1) for v, t in zip(n, lost, strict=True)]
            assert all(s <= 0 for s in signs) if lean >= 0 else all(s >= 0 for s in signs)
            assert any(signs)


def test_without_pytorch_it_shows_no_number_of_it(book: Built) -> None:
    assert find_spec("torch") is None
    said = book.said("production.html")
    assert "PyTorch was not installed when this page was built, so the page shows no numbers from it." in said
    assert "it ran" not in said
    assert "beside Y_hat" not in said
    assert "class Flip(nn.Module):" in said
    assert "module.load_state_dict({name: tensor(a) for name, a in state.items()})" in said


@pytest.mark.parametrize("name", ["b2 below", "2×2 pixels, 2 hidden", "2×2 pixels, 4 hidden", "2×3 pixels, 8 hidden"])
def test_the_proof_follows_a_lesson_that_it_was_not_written_for(book: Built, name: str) -> None:
    """A bias on the other side of the plane; two planes at once; layers so wide that the page leaves neurons out."""
    source = Lesson.of().source
    below = source.replace("b2 = np.array([0.0, 0.1, -0.1, 0.0])", "b2 = np.array([-9.0, 0.1, -0.1, 0.0])")
    assert below != source
    asked = {made.name: made.lesson for made in every(Lesson.of())} | {"b2 below": Lesson(below)}
    program, _ = book.readings()["production"]
    _, faults = certify(program, asked[name], DOCS)
    assert faults == []
    last = Cell('print(text(bound, "fraction"), lost[0], *(int(v) for v in n))', 1)
    ledger = read(Program("production", (*program.steps, last)), asked[name], Arithmetic.EXACT, DOCS)
    bound, *rest = ledger.entries[-1].text.split()
    row, *n = map(int, rest)
    net = Net.of(asked[name])
    k = min(net.hidden, net.pixels - 1)
    assert Fraction(bound) == Fraction(net.pixels - k, 4 * net.pixels)
    assert any(n)
    assert times([Fraction(v) for v in n], transposed(net.W2[:k])) == [0] * k
    narrow = Net(net.image, [weights[:k] for weights in net.W1], net.b1[:k], net.W2[:k], net.b2)
    lost = narrow.every_picture()[row].target
    assert all([int(y > HALF) for y in picture.y_hat] != lost for picture in narrow.every_picture())

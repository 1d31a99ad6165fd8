"""What the words of each case mean, in plain terms: whether a case was told rightly is decided by these.

A page decides a case by a predicate of its own, in its own names. Here the same is said once more, of the network
and nothing else, so that a predicate that is the wrong way round, or asks for something else than its words say,
meets a statement that it cannot agree with for every lesson. Every case with a predicate has a row.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from fwdpass.page import Choice, Lesson, Program
from tests.lessons.net import Net, Vector, matmul, mean, plus, times, transposed

Holds = Callable[[Net], bool]
"""Whether the words of a case are true of a network."""

_SOME_SUMS = r"The order of the terms decides the last digits of \n{share(moved)}"


def _loudest(net: Net) -> int:
    """Which hidden neuron passes on the most, the first of several."""
    return net.h.index(max(net.h))


def _silent(net: Net) -> int:
    """On how many pictures no hidden neuron is alive."""
    return sum(not other.alive for other in net.every_picture())


def _turned(net: Net) -> tuple[list[Fraction], list[Fraction]]:
    """What the collapsed layer answers, and what it answers transposed."""
    W, b = matmul(net.W1, net.W2), plus(times(net.b1, net.W2), net.b2)
    return plus(times(net.x, W), b), plus(times(net.x, transposed(W)), b)


def _black(net: Net) -> Fraction:
    """The loss of an answer that is all black."""
    return mean([t**2 for t in net.target])


def _after_a_step(net: Net) -> Fraction:
    """The loss when the weight from the loudest neuron to the output that is farthest off has moved by its slope."""
    errors = [y - t for y, t in zip(net.y_hat, net.target, strict=True)]
    sizes = [abs(error) for error in errors]
    k, h = sizes.index(max(sizes)), net.h[_loudest(net)]
    errors[k] -= 2 * errors[k] * h / len(errors) * h
    return mean([error**2 for error in errors])


def _through(net: Net, depth: int) -> Vector:
    """What comes out of the layers, one after the other and over again, without ReLU."""
    v = net.x
    for layer in range(depth):
        v = plus(times(v, net.W2), net.b2) if layer % 2 else plus(times(v, net.W1), net.b1)
    return v


def _lowest_of_tried(net: Net) -> Fraction:
    """The lowest largest sum: of black, white and brighter pixels, or of black and white ones where those are many."""
    return net.lowest(3 if net.pixels < 7 else 2)


def _places(number: Fraction) -> int:
    """How many decimal places it takes to write a number in full: more than any, where nothing but a fraction does."""
    return next((n for n in range(100) if (number * 10**n).denominator == 1), 100)


def _ends(net: Net, j: int) -> set[float]:
    """What a hidden sum may end at in floating point: its terms, added one to the other, in every order."""
    terms = (*(float(x) * float(row[j]) for x, row in zip(net.x, net.W1, strict=True)), float(net.b1[j]))
    ends: dict[int, set[float]] = {0: {0.0}}
    for taken in range(1, 2 ** len(terms)):
        last = [i for i in range(len(terms)) if taken >> i & 1]
        ends[taken] = {end + terms[i] for i in last for end in ends[taken - 2**i]}
    return ends[2 ** len(terms) - 1]


def _moved(net: Net) -> list[int]:
    """Which hidden sums the order of their terms changes."""
    return [j for j in range(net.hidden) if len(_ends(net, j)) > 1]


def _turned_sums(net: Net) -> list[int]:
    """Which of those may end on either side of zero, or at it."""
    return [j for j in _moved(net) if min(_ends(net, j)) <= 0 <= max(_ends(net, j))]


def _is_single(number: Fraction) -> bool:
    """Whether float32 stores a number as it is."""
    stored: float = struct.unpack("f", struct.pack("f", float(number)))[0]
    return Fraction(stored) == number


def _loss_of_all(net: Net) -> Fraction:
    """The mean of the squared differences of every output and every target."""
    return sum(((y - t) ** 2 for y in net.y_hat for t in net.target), Fraction(0)) / net.pixels**2


def _is_shipped(net: Net) -> bool:
    shipped = Net.of(Lesson.of())
    return [net.image, net.W1, net.b1, net.W2, net.b2] == [
        shipped.image, shipped.W1, shipped.b1, shipped.W2, shipped.b2
    ]  # fmt: skip


MEANINGS: Mapping[str, Mapping[str, Holds]] = {
    "authors": {
        r"Neuron \n{k} passes \n{h[k]} on.": lambda net: _loudest(net) in net.alive,
        "is positive": lambda net: _loudest(net) in net.alive,
        "is negative": lambda net: _loudest(net) in net.dead,
        "vanishes": lambda net: _loudest(net) in net.boundary,
        "No sum is larger.": lambda net: all(z <= net.z1[_loudest(net)] for z in net.z1),
        "The hidden layer has": lambda net: len(net.boundary) > 0,
        "Nothing is passed on.": lambda net: not net.alive,
    },
    "errata": {
        "They are the same as in this book's lesson.": _is_shipped,
    },
    "matrix-multiplication": {
        r"So **\n{contributing}**. Leave out": lambda net: 0 < len(net.alive) < net.hidden,
        "Here every neuron is like that": lambda net: not net.alive,
        "Here no neuron is like that": lambda net: len(net.alive) == net.hidden,
        "So ReLU is what makes the difference.": lambda net: net.linear != net.y_hat,
        r"\n{depth:Count linear layer}, run one after the other, give \n{one_by_one}.": lambda net: (
            max(map(abs, _through(net, 30))) < 30
        ),
        r"\n{image.sum():count pixel} of \n{image.size:word} is": lambda net: sum(net.x) == 1,
        r"\n{image.sum():count pixel} of \n{image.size:word} are": lambda net: 1 < sum(net.x) < net.pixels,
        "no pixel is white": lambda net: not any(net.x),
        "every pixel is white": lambda net: all(net.x),
        "but here **every row contributes**": lambda net: len(net.alive) == net.hidden,
        "less": lambda net: _black(net) < net.loss,
        "just as much": lambda net: _black(net) == net.loss,
        "more": lambda net: _black(net) > net.loss,
        r"\n{sum(sent != 0):word} of": lambda net: 0 < len(net.alive) < net.hidden,
        "none of them passes anything on": lambda net: not net.alive,
        "each of them passes something on": lambda net: len(net.alive) == net.hidden,
        "As a fraction, that is": lambda net: _places(net.loss) <= 4,
        "In full, the loss": lambda net: _places(net.loss) == 5,
        "To a further place, the loss": lambda net: _places(net.loss) > 5,
        "A neuron on the boundary changes": lambda net: any(row[j] for row in net.W1 for j in net.boundary),
        "Black and white pixels suffice": lambda net: net.lowest(2) < 0,
        "Black and white pixels do not suffice": lambda net: net.lowest(2) >= 0 > _lowest_of_tried(net),
        r"None of the \n{len(tried)} inputs": lambda net: _lowest_of_tried(net) >= 0,
        r"In \n{len(quiet)} of \n{len(pictures)}": lambda net: net.lowest(2) == 0,
        r"For \n{silent} the sums": lambda net: _lowest_of_tried(net) < 0,
    },
    "neurons": {
        "A loop does the same for the rest": lambda net: net.hidden > 2,
        "These numbers have more places": lambda net: any(
            ((y - t) ** 2 * 10**4).denominator > 1 for y, t in zip(net.y_hat, net.target, strict=True)
        ),
        r"Its loss is \n{blank}": lambda net: any(net.x),
        r"Our network's, \n{loss:.5f}, is **worse**": lambda net: net.loss > _black(net),
        r"Our network's, \n{loss:.5f}, is **no better**": lambda net: net.loss == _black(net),
        r"Our network's, \n{loss:.5f}, is **better**": lambda net: net.loss < _black(net),
        "It has come down": lambda net: _after_a_step(net) < net.loss,
        "It has gone up": lambda net: _after_a_step(net) > net.loss,
        "The answer was right already": lambda net: net.y_hat == net.target,
        "Nothing has changed: where no hidden neuron": lambda net: not net.alive and net.y_hat != net.target,
        "The step was too long: the error has only changed its sign": lambda net: (
            bool(net.alive) and net.y_hat != net.target and _after_a_step(net) == net.loss
        ),
        "Each of these pictures was run": lambda net: net.pixels <= 6,
    },
    "production": {
        "ours cannot learn its own task,": lambda net: net.hidden < net.pixels,
        "it answers": lambda net: _turned(net)[0] != _turned(net)[1],
        "Here is all of it": lambda net: 2**net.pixels <= 2**4,
        "That is so in no row": lambda net: _silent(net) == 0,
        r"That is so in \n{len(silent):count row} of `X`, ": lambda net: (
            0 < _silent(net) < min(2**4 + 1, 2**net.pixels)
        ),
        r"That is so in \n{len(silent)} rows of `X`.": lambda net: 2**4 < _silent(net) < 2**net.pixels,
        "That is so in every row": lambda net: _silent(net) == 2**net.pixels,
        "In `float32`, a weight is off": lambda net: not all(_is_single(w) for row in net.W1 for w in row),
        "It will not, however long it runs.": lambda net: net.hidden < net.pixels,
        "So here is a network of the lesson's kind that works, and the reason why the lesson's own": lambda net: (
            net.hidden < net.pixels
        ),
        "The lesson's picture is larger": lambda net: len(net.image) > 2 or len(net.image[0]) > 2,
        r"Between \n{k:word} neurons": lambda net: net.hidden + 1 < net.pixels,
    },
    "shape-lab": {
        r"Of \n{len(pairs):count product}, NumPy refuses": lambda net: net.hidden != net.pixels,
        "Below, an open square": lambda net: net.hidden != net.pixels,
        "This is how to read the message": lambda net: net.hidden != net.pixels,
        "Here a transpose would silence NumPy": lambda net: net.hidden != net.pixels,
        "The loss of every output against every target is not": lambda net: _loss_of_all(net) != net.loss,
        "They are not.": lambda net: times(net.h, transposed(net.W1)) != times(net.h, net.W2),
    },
    "zero": {
        "Run the lesson's script to": _is_shipped,
        "In this lesson the order does not matter": lambda net: not _moved(net),
        f"{_SOME_SUMS}, but not": (lambda net: bool(_moved(net)) and not _turned_sums(net)),
        f"{_SOME_SUMS}, and": (lambda net: bool(_turned_sums(net))),
        "Where the sign is in doubt": lambda net: (
            bool(_turned_sums(net)) and not any(net.z1[j] for j in _turned_sums(net))
        ),
    },
}
"""For each page, the beginning of a case's words and what they say."""


def meaning(page: str, words: str) -> Holds | None:
    """Give what the words of a case mean, if a row of the table says so."""
    said = " ".join(words.split())
    found = [holds for beginning, holds in MEANINGS.get(page, {}).items() if said.startswith(beginning)]
    return found[0] if len(found) == 1 else None


def choices(program: Program) -> Iterator[tuple[int, Choice]]:
    """Give the choices of a page, each with its place among the steps."""
    return ((index, step) for index, step in enumerate(program.steps) if isinstance(step, Choice))


def unexplained(programs: Mapping[str, Program]) -> Iterator[str]:
    """Say which cases have no row in the table, or more than one, and which rows have no case."""
    for page, program in programs.items():
        rows = MEANINGS.get(page, {})
        said = [" ".join(case.said.split()) for _, choice in choices(program) for case in choice.cases if case.source]
        for words in said:
            if (n := sum(words.startswith(beginning) for beginning in rows)) != 1:
                yield f"{page}.md: the case {words!r} has {n} rows in tests/lessons/meanings.py, and needs one"
        for beginning in rows:
            if not any(words.startswith(beginning) for words in said):
                yield f"{page}.md: tests/lessons/meanings.py has a row for {beginning!r}, and no case begins so"

"""In which order named layers follow each other, as far as it is certain: by numbers in their names, and by shapes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise, starmap
from typing import NamedTuple

from fwdpass.errors import ModelError

Key = list[tuple[int, str]]
Shape = tuple[int, int]

_STEPS = 20_000
"""Layers that are tried at most, where many fit on many."""
_SHOWN = 6
"""Names that a sentence lists."""


def natural(name: str) -> Key:
    """Order names with numbers in them as people do.

    >>> sorted(["fc10", "fc9"], key=natural)
    ['fc9', 'fc10']
    """
    return [_number(part) if part[:1] in _DIGITS else (-1, part) for part in re.split(r"([0-9]+)", name)]


_DIGITS = tuple("0123456789")


def _number(digits: str) -> tuple[int, str]:
    """Of two numbers, the one with more digits is larger; Python refuses to convert very long ones."""
    kept = digits.lstrip("0")
    return len(kept), kept


def precedes(one: Sequence[Part], other: Sequence[Part]) -> bool:
    """Say whether numbers in the names put one before the other: in the first part that differs, by nothing else.

    >>> precedes(parts("Dense_2/kernel"), parts("Dense_10/kernel")), precedes(parts("dense.weight"), parts("dense_1"))
    (True, True)
    >>> precedes(parts("hidden/kernel"), parts("out/kernel")), precedes(parts("out/kernel"), parts("hidden/kernel"))
    (False, False)
    """
    for ours, theirs in zip(one, other, strict=False):
        if ours.text != theirs.text:
            return ours.stem == theirs.stem and ours.numbers < theirs.numbers
    return False


class Part(NamedTuple):
    """A part of a name, between dots."""

    text: str
    stem: str
    """What is left without its numbers; Keras's first layer of a kind has none."""
    numbers: Key


def parts(name: str) -> list[Part]:
    """Take a name apart."""
    return [
        Part(
            text,
            re.sub("[0-9]+", "#", re.sub("_?[0-9]+$", "", text)),
            [_number(digits) for digits in re.findall("[0-9]+", text)],
        )
        for text in re.split("[./]", name)
    ]


def ordered(weights: Sequence[str], names: Sequence[str], shapes: Sequence[Shape], what: str) -> tuple[list[int], str]:
    """Put layers in order, and say why, or refuse: their numbers say it, or their shapes allow no other one.

    ``weights`` are the arrays' names, sorted; where nothing fits, they stay as they are.
    """
    read = [parts(name) for name in weights]
    if all(starmap(precedes, pairwise(read))):
        return list(range(len(read))), "by the numbers in their names"
    after = [[j for j, other in enumerate(read) if precedes(one, other)] for one in read]
    chains: list[list[int]] = []
    for chain in _chains(shapes, after):
        if not chain:  # out of patience
            raise ModelError(f"{what}: {_unsaid(names)}")
        chains.append(chain)
        if len(chains) > 1:
            raise ModelError(f"{what}: {_unsaid(names, *chains)}")
    return (chains[0] if chains else list(range(len(read)))), "since their shapes fit in no other order"


def _unsaid(names: Sequence[str], *chains: list[int]) -> str:
    which = "in which order its layers follow each other"
    if chains:
        first, second = next((names[i], names[j]) for i, j in zip(*chains, strict=True) if i != j)
        which = f"whether {first} comes before {second} or after it"
    listed = [*map(repr, names[:_SHOWN]), *["…"] * (len(names) > _SHOWN)]
    return (
        f"neither names nor shapes say {which}: name all layers in the order in which they are computed, "
        f"order=[{', '.join(listed)}] or another"
    )


def _chains(shapes: Sequence[Shape], after: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Give the orders in which each layer fits on the one before it, and none comes before one that precedes it.

    An empty one says that the search was given up.
    """
    starting: dict[int, list[int]] = {}
    for i, (rows, _) in enumerate(shapes):
        starting.setdefault(rows, []).append(i)
    waits = [0] * len(shapes)
    for later in after:
        for j in later:
            waits[j] += 1
    chain: list[int] = []
    used = [False] * len(shapes)
    # The first layer takes a width that more layers take than give, if there is one.
    surplus = Counter(rows for rows, _ in shapes)
    surplus.subtract(columns for _, columns in shapes)
    choices = [iter([i for i, (rows, _) in enumerate(shapes) if surplus[rows] > 0] or range(len(shapes)))]
    for _ in range(_STEPS):
        i = next((i for i in choices[-1] if not used[i] and not waits[i]), -1)
        if i < 0:  # nothing fits any more: take back the last
            choices.pop()
            if not choices:
                return
            i = chain.pop()
            used[i] = False
            for j in after[i]:
                waits[j] += 1
            continue
        chain.append(i)
        used[i] = True
        for j in after[i]:
            waits[j] -= 1
        if len(chain) == len(shapes):
            yield chain.copy()
        choices.append(iter(starting.get(shapes[i][1], ())))
    yield []


def told(order: Sequence[str], names: Sequence[str], what: str) -> list[int]:
    """Put layers in the order that the caller says."""
    said = order if isinstance(order, str) else ", ".join(map(str, order))
    if isinstance(order, str) or sorted(map(str, order)) != sorted(names):
        raise ModelError(f"{what} has the layers {', '.join(names)}, and order= names each of them once; it has {said}")
    return [names.index(name) for name in order]

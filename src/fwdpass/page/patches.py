"""The patches of many readings of a page, packed: what most of them have in common is said once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, TypeVar

_T = TypeVar("_T")
Pieces = list[str | list[str]]
"""A text in variants: what all have in common; and, where they differ, which of some texts each has, and these."""
_TOKEN = re.compile(r"(?=<(?:div|p|tr|li|span|details|table|t[dh]|mtd|rect|text|path|line|circle|g)\b)|(?<=\n)")
_ROWS = re.compile(r'((?:<tr id="fp-number-[0-9]+">.*?</tr>)+)', re.DOTALL)
_ROW = re.compile(r'<tr id="fp-number-([0-9]+)">.*?</tr>', re.DOTALL)
"""The rows of a page's foot, each about a number."""
_TAG = re.compile(r"(<[^>]*>)")
_FINE = 8_000
"""Letters of what is compared tag by tag, at most, which takes longer."""
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""Name a variant; a dot says that a place is as the page was built."""


def packed(patches: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Pack patches: place → which variant stands there in each of them, in order, and the variants.

    Each text that places have in common is listed once, in ``common``; so is each list of texts in which variants
    differ, in ``variants``, behind which of them each variant has. A place names of these by turns one of the first and
    one of the second: by its number, from one, or by zero where it is the next that nobody has named before.

    >>> packed({"a": {"n1": "<x>", "n2": "<x>"}, "b": {"n1": "<y>"}, "c": {}})  # doctest: +NORMALIZE_WHITESPACE
    {'which': ['01'], 'common': ['', '<x>'], 'variants': [[0, '<x>', '<y>']],
     'places': [['n1', '01.', [0, 0]], ['n2', '0..', [0]]]}
    """
    common: dict[str, int] = {}
    variants: dict[tuple[str, ...], int] = {}
    places = []
    for place in dict.fromkeys(place for patch in patches.values() for place in patch):
        which, texts = _distinct([patch.get(place) for patch in patches.values()])
        codes: list[int] = []
        for piece in pieces(texts):
            if isinstance(piece, str):
                codes.append(_code(piece, common))
            else:
                # Codes name by turns what all have in common and what differs. Where two that differ follow each other,
                # an empty text stands between them.
                codes += [] if len(codes) % 2 else [_code("", common)]
                codes.append(_code(tuple(piece), variants))
        places.append([place, which, codes])
    kinds = list(dict.fromkeys(of for of, *_ in variants))
    listed = [[kinds.index(of), *texts] for of, *texts in variants]
    return {"which": kinds, "common": list(common), "variants": listed, "places": places}


def _code(one: _T, known: dict[_T, int]) -> int:
    """Give the number of a thing, or zero where it has had none; it has one then."""
    number = known.get(one, 0)
    known.setdefault(one, len(known) + 1)
    return number


def pieces(variants: Sequence[str]) -> Pieces:
    """Take variants of a text apart into what all have in common, and what each has between.

    Rows that name a number of the page are laid beside those of the same number; a variant may have none.

    >>> pieces(["<p>a</p><p>b</p>", "<p>a</p><p>c</p>"])
    ['<p>a</p><p>', ['01', 'b', 'c'], '</p>']
    """
    made: Pieces = []
    cut = [_ROWS.split(variant, maxsplit=1) for variant in variants]
    # Text, rows, text: rows are matched by their number, and the rest as it stands.
    if all(len(parts) == 3 for parts in cut):
        _align(made, [parts[0] for parts in cut])
        rows = [{int(row[1]): row[0] for row in _ROW.finditer(parts[1])} for parts in cut]
        for number in sorted({number for own in rows for number in own}):
            _add_row(made, [own.get(number, "") for own in rows])
        _align(made, [parts[2] for parts in cut])
    else:
        _align(made, variants)
    return made


def _align(made: Pieces, variants: Sequence[str], token: re.Pattern[str] = _TOKEN) -> None:
    """Add variants of a text, token by token: coarse ones at first, and the tags of what differs after that."""
    base, *others = [[part for part in token.split(variant) if part] for variant in variants]
    # For each token of the first variant, where it stands in every other one, if in all of them it does.
    stands: list[dict[int, int]] = [{} for _ in others]
    for places, other in zip(stands, others, strict=True):
        for start, there, size in SequenceMatcher(None, base, other, autojunk=False).get_matching_blocks():
            places.update({start + step: there + step for step in range(size)})
    # A token is common to all variants if every one of them has it, in this order.
    shared = [at for at in range(len(base)) if all(at in places for places in stands)] if others else []
    last = [0] * len(variants)
    # Between two common tokens, each variant has a piece of its own, which may be empty.
    for at in (*shared, len(base)):
        ends = [at, *(places.get(at, len(other)) for places, other in zip(stands, others, strict=True))]
        between = ["".join(own[a:b]) for own, a, b in zip((base, *others), last, ends, strict=True)]
        if token is _TOKEN:
            _add_row(made, between)
        else:
            _add(made, between)
        _add(made, base[at : at + 1])
        last = [end + 1 for end in ends]


def _add_row(made: Pieces, variants: Sequence[str]) -> None:
    """Add what differs: tag beside tag where all variants have as many, and otherwise what they have in common."""
    cut = [_TAG.split(variant) for variant in variants]
    if len({len(parts) for parts in cut}) == 1:
        for texts in zip(*cut, strict=True):
            _add(made, texts)
    elif max(map(len, variants)) <= _FINE and all(variants):
        _align(made, variants, _TAG)
    else:
        _add(made, variants)


def _add(made: Pieces, texts: Sequence[str]) -> None:
    """Add what each variant has next, which may be the same for all."""
    which, known = _distinct(texts)
    if len(known) > 1:
        made.append([which, *known])
    elif known and made and isinstance(made[-1], str):
        made[-1] += known[0]
    elif known and known[0]:
        made.append(known[0])


def _distinct(texts: Sequence[str | None]) -> tuple[str, list[str]]:
    """Give texts a digit each, the same to those that are the same, and a dot to none; and the texts, once each."""
    known = list(dict.fromkeys(text for text in texts if text is not None))
    return "".join(DIGITS[known.index(text)] if text is not None else "." for text in texts), known

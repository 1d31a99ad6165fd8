"""A number in letters, as English has them."""

from __future__ import annotations

import re
from fractions import Fraction

from fwdpass.errors import NumeralError
from fwdpass.numerals.digits import LANGUAGE, fixed, grouped, is_english

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth",
    "nine": "ninth", "twelve": "twelfth",
}  # fmt: skip


def word(n: int) -> str:
    """Write a whole number below a thousand in letters."""
    if not is_english():
        raise NumeralError(
            f"numbers are in letters in English alone, and the language is {LANGUAGE.get()}: show digits"
        )
    return _in_letters(n)


def in_words(n: int) -> str:
    """Write a count in letters where the language has them here, and in digits where it has not, or it is large."""
    if is_english() and n < 1000:
        return _in_letters(n)
    return grouped(fixed(Fraction(n), 0, "text"), ",", "text")


def counted(n: int, noun: str) -> str:
    """Count something in a message of this package, which is English in a book of any language.

    >>> counted(1, "page"), counted(3, "entry"), counted(3659, "number")
    ('one page', 'three entries', '3,659 numbers')
    """
    return f"{_in_letters(n) if n < 1000 else f'{n:,}'} {noun if n == 1 else plural(noun)}"


def _in_letters(n: int) -> str:
    if n < 20:
        return _SMALL[n]
    if n < 100:
        tens, ones = divmod(n, 10)
        return _TENS[tens - 2] + (f"-{_SMALL[ones]}" if ones else "")
    if n < 1000:
        hundreds, rest = divmod(n, 100)
        return f"{_SMALL[hundreds]} hundred" + (f" and {_in_letters(rest)}" if rest else "")
    raise NumeralError(f"{n} is too large to write in letters; show its digits")


def ordinal(n: int) -> str:
    """Write a rank in letters, counted from one."""
    if n == 0:
        raise NumeralError("there is no zeroth: an ordinal is a rank, counted from one; for an index use 'place'")
    head, sep, last = ("", "", word(n)) if n < 20 or n % 10 == 0 else word(n).rpartition("-")
    if n > 100 and n % 100:
        head, sep, last = word(n // 100 * 100), " and ", ordinal(n % 100)
        return head + sep + last
    if last in _ORDINALS:
        return head + sep + _ORDINALS[last]
    return head + sep + (last[:-1] + "ieth" if last.endswith("y") else last + "th")


def capital(words: str) -> str:
    """Start a sentence with them; ``str.capitalize`` would make ReLU relu."""
    return words[:1].upper() + words[1:]


def plural(noun: str) -> str:
    """Give the plural of a noun that forms it by a rule."""
    if re.search(r"[^aeiou]y$", noun):
        return noun[:-1] + "ies"
    return noun + ("es" if re.search(r"(s|x|z|ch|sh)$", noun) else "s")


_RANKS = (ordinal(n).removeprefix("one ") for n in (*range(1, 20), *range(20, 101, 10)))
WORDS = frozenset((*_SMALL, *_TENS, "hundred", *_RANKS))
"""Every word of which the words of a number are made.

:meta hide-value:
"""

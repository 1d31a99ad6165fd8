"""Change one thing of a book at a time, read every page again, and account for every number.

The book's pages are programs, so a change of a number, a shape or an operation costs a reading, not a build. What
depends on the change must be right, nothing else may move, and where that cannot be, the build must fail. Three
judges decide: the same reading in exact arithmetic, the comparison of what moved in the one and in the other, and a
recomputation in lists and fractions. A number that no change moves may as well have been typed, and a claim that no
change makes false may as well be ``True``.
"""

from tests.mutation.account import Account, Verdict, account, originals
from tests.mutation.command import main
from tests.mutation.inert import Reasons
from tests.mutation.mutant import Book, Mutant
from tests.mutation.survey import Survey, mutants_of, survey

__all__ = [
    "Account",
    "Book",
    "Mutant",
    "Reasons",
    "Survey",
    "Verdict",
    "account",
    "main",
    "mutants_of",
    "originals",
    "survey",
]

"""A page is a small program of cells and expressions; reading it gives a ledger of its numbers.

Nothing here knows Sphinx. The book is one reading; the same program read with another lesson,
or in exact arithmetic, gives another ledger to compare it with.
"""

from fwdpass.page.certificate import Certificate
from fwdpass.page.expression import parse_claim, parse_expression
from fwdpass.page.ledger import Entry, Ledger, Told
from fwdpass.page.lesson import Lesson
from fwdpass.page.level import Level
from fwdpass.page.program import Case, Cell, Choice, Claim, Expression, Option, Program, Question
from fwdpass.page.reading import Reading, read
from fwdpass.page.sidebyside import SideBySide, certify

__all__ = [
    "Case",
    "Cell",
    "Certificate",
    "Choice",
    "Claim",
    "Entry",
    "Expression",
    "Ledger",
    "Lesson",
    "Level",
    "Option",
    "Program",
    "Question",
    "Reading",
    "SideBySide",
    "Told",
    "certify",
    "parse_claim",
    "parse_expression",
    "read",
]

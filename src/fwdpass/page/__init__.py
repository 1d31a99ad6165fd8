"""A page is a small program of cells and expressions; reading it gives a ledger of its numbers.

Nothing here knows Sphinx. The book is one reading; the same program read with another lesson,
or in exact arithmetic, gives another ledger to compare it with.
"""

from fwdpass.page.certificate import Certificate, certify
from fwdpass.page.expression import parse_claim, parse_expression
from fwdpass.page.ledger import Entry, Ledger
from fwdpass.page.lesson import Lesson
from fwdpass.page.program import Cell, Claim, Expression, Program
from fwdpass.page.reading import Reading, read

__all__ = [
    "Cell",
    "Certificate",
    "Claim",
    "Entry",
    "Expression",
    "Ledger",
    "Lesson",
    "Program",
    "Reading",
    "certify",
    "parse_claim",
    "parse_expression",
    "read",
]

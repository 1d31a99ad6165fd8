"""Read every page of the book for lessons that it was not written for, and say what stops it.

The book promises that whoever changes an entry of its lesson and builds it again gets a book that is right. So each
page is read as a build reads it, in floating point and exactly, for every picture, for each number a step up and
down, for networks at the edges (all zero, all dead, huge, tiny), for other shapes, and for random ones.
"""

from tests.lessons.law import Outcome, Stopped, read_all
from tests.lessons.made import KINDS, Made, every
from tests.lessons.pages import programs

__all__ = ["KINDS", "Made", "Outcome", "Stopped", "every", "programs", "read_all"]

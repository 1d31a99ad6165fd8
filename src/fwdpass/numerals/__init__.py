"""Numbers as people read them: exactly (``exact``), as text (``writing``), and found in a text (``scan``)."""

from fwdpass.numerals.exact import Arithmetic, agree, rational, settle
from fwdpass.numerals.writing import PLACES, Medium, cells, signed, text

__all__ = ["PLACES", "Arithmetic", "Medium", "agree", "cells", "rational", "settle", "signed", "text"]

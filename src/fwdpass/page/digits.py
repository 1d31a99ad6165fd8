"""How many digits of a result are significant, out of some readings that rounded otherwise, and with what confidence.

The readings are taken as draws from a normal distribution. Its width is known from few draws with a margin, which the
chi-square distribution gives. An interval around the mean, so wide that a further reading falls into it with the
probability :data:`PROBABILITY`, is then known with the confidence :data:`CONFIDENCE`; digits that it leaves alone are
significant.

Source: Sohier, Castro, Février, Lathuilière, Petit and Jaeger, "Confidence intervals for stochastic arithmetic", ACM
Transactions on Mathematical Software 47 (2021), for a centered normal distribution. The package ``significantdigits``
of Verificarlo's computes the same, and needs SciPy.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

PROBABILITY = 0.95
"""That another reading lies within the interval."""
CONFIDENCE = 0.95
"""That the interval is as wide as that."""


def factor(n: int) -> float:
    """Give how many standard deviations of ``n`` readings the interval goes, to either side.

    >>> round(factor(3), 1), round(factor(30), 1)
    (12.3, 2.6)
    """
    from statistics import NormalDist  # which few pages need, and which takes a while to load

    low = _chi_square((1 - CONFIDENCE) / 2, n - 1)
    return math.sqrt((n - 1) / low) * NormalDist().inv_cdf((PROBABILITY + 1) / 2)


def interval(values: Sequence[float]) -> float:
    """Give how far the interval of some readings goes, to either side of their mean.

    >>> interval([0.5, 0.5, 0.5])
    0.0
    """
    from statistics import stdev

    return factor(len(values)) * stdev(values)


def significant(values: Sequence[float]) -> float:
    """Give how many decimal digits of some readings are significant: all of them, where they are the same.

    >>> round(significant([1.2345, 1.2346, 1.2347]), 1), significant([1.5, 1.5, 1.5]), significant([-1.0, 1.0, 0.5])
    (3.0, inf, 0.0)
    """
    mean, width = abs(math.fsum(values)) / len(values), interval(values)
    if width == 0:
        return math.inf
    return max(0.0, math.log10(mean / width)) if mean else 0.0


def _chi_square(below: float, degrees: int) -> float:
    """Give the quantile of the chi-square distribution, by halving: its integral is a series."""
    low, high = 0.0, 10.0 * degrees + 50
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if _lower(degrees / 2, middle / 2) < below else (low, middle)
    return low


def _lower(shape: float, x: float) -> float:
    """Give the regularised lower incomplete gamma function, as its series."""
    term = total = 1 / shape
    n = shape
    while term > total * 1e-17:
        n += 1
        term *= x / n
        total += term
    return total * math.exp(-x + shape * math.log(x) - math.lgamma(shape)) if x else 0.0

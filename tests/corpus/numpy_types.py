"""Arrays of every kind."""
import numpy as np
from fractions import Fraction
floats = np.array([0.1, np.nan, np.inf, -0.0], dtype=np.float32)
half = np.float16(0.1)
whole = np.uint8(255)
flags = np.array([True, False])
texts = np.array(["a", "bcd"])
raw = np.array([b"x", b"yz"])
dates = np.array(["2020-01-01", "2021-06-01"], dtype="datetime64[D]")
things = np.array([Fraction(1, 3), None, "x", [1]], dtype=object)
record = np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")])
complexes = np.array([1 + 2j])
masked = np.ma.array([1, 2, 3], mask=[0, 1, 0])
empty = np.zeros((0, 3))
scalar = np.array(5.0)
matrix = np.matrix([[1, 2], [3, 4]])
view = np.arange(10)[::-3]
wide = np.zeros((2,) * 12)
long = np.longdouble(1) / 3
swapped = np.array([1, 2], dtype=">i4")
print(floats.dtype, half, whole, flags.all(), texts[1], raw.shape, dates[1] - dates[0], things[0])
print(record["a"], complexes.imag, masked.sum(), empty.shape, scalar + 1, (matrix * matrix).tolist(), view.tolist())
print(wide.shape, float(long) > 0.3, swapped.sum(), np.sum([], dtype=int), np.float64(1) is np.float64(1))

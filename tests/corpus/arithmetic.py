"""Operators, their precedence, and chained comparison."""
a, b = 7, -3
print(a + b, a - b, a * b, a / b, a // b, a % b, a**2, -a, ~a)
print(a << 2, a >> 1, a & 3, a | 8, a ^ 5)
print(1 < a < 10, 1 < b < 10, a != b == -3, not a)
c = 2**100
d = 1e308 * 10
e = d - d
f = -0.0
z = 3 + 4j
print(c, d, e, f, abs(z), z.real)

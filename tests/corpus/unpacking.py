"""Targets of every form."""
a, (b, *c), [d] = 1, (2, 3, 4), [5]
first, *rest = "word"
*init, last = range(4)
x = y = z = [0]
data = {}
data["k"], data["l"] = 1, 2
swap = [1, 2]
swap[0], swap[1] = swap[1], swap[0]
print(a, b, c, d, first, rest, init, last, x is z, data, swap)

"""Loops that assign to more than a name."""
class P:
    pass
p = P()
for p.x in range(12):
    pass
cells = [0, 0]
for cells[1] in (4, 5, 6):
    print(cells)
for (a, b), *c in [((1, 2), 3, 4), ((5, 6),)]:
    print(a, b, c)
for index, (key, value) in enumerate({"a": 1, "b": 2}.items()):
    print(index, key, value)
print(p.x)

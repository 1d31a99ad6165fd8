"""Names that are given within expressions."""
if (n := 10) > 5:
    print(n)
data = [1, 5, 2, 8]
big = [y for x in data if (y := x * 2) > 5]
print(big, y)
while (item := data.pop()) != 1:
    print(item)
print(any((found := w) for w in ["", "yes", "no"]), found)
def f():
    return (a := 3) + (b := a * 2), [last := i for i in range(4)], last
print(f(), (lambda: (z := 2) * z)())
print(f"{(width := 5):{width}}|")

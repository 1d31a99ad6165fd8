"""Operators that the script defines, and that print."""
class V:
    def __init__(self, *xs):
        self.xs = xs
    def __matmul__(self, other):
        print("matmul")
        return sum(a * b for a, b in zip(self.xs, other.xs))
    def __add__(self, other):
        return V(*(a + b for a, b in zip(self.xs, other.xs)))
    def __radd__(self, other):
        return self
    def __iadd__(self, other):
        print("iadd")
        return self + other
    def __getitem__(self, index):
        return self.xs[index]
    def __setitem__(self, index, value):
        xs = list(self.xs)
        xs[index] = value
        self.xs = tuple(xs)
    def __delitem__(self, index):
        print("del", index)
    def __contains__(self, x):
        return x in self.xs
    def __call__(self, *args):
        return args
    def __lt__(self, other):
        print("lt")
        return []
a, b = V(1, 2), V(3, 4)
a += b
a[0] = 10
a[1] += 1
del a[0]
print(a @ b, sum([a, b]).xs, a[1], 10 in a, a(1, 2), a < b < a, a[0:1])

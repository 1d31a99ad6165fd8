"""Names in comprehensions, in a class and in a function."""
class A:
    base = [1, 2, 3]
    double = [b * 2 for b in base]
    count = sum(1 for b in base)
def f(n):
    k = 2
    return [k * i for i in range(n)], {i: n for i in range(k)}, sum(i for i in range(n) if i != k)
print(A.double, A.count, f(4), f(11))
fs = [lambda: i for i in range(3)]
print([g() for g in fs])
def tree(depth):
    return [tree(depth - 1) for _ in range(2)] if depth else 0
print(tree(3))

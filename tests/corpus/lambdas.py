"""Functions in a line."""
square = lambda x: x * x
default = lambda a, b=square(3), *c, **d: (a, b, c, d)
print(square(4), default(1), default(1, 2, 3, k=4))
print(sorted(["bb", "a", "ccc"], key=lambda s: -len(s)), (lambda: 7)())
compose = lambda *fs: lambda x: x if not fs else fs[0](compose(*fs[1:])(x))
print(compose(square, square)(3))
gen = lambda: (yield 5)
print(list(gen()))
print([square(n) for n in range(30)][-1])

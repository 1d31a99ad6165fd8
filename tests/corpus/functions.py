"""Parameters of every kind, defaults, and results."""
def f(a, b=2, /, c=3, *args, d, e=5, **kw):
    """Has a docstring."""
    return a, b, c, args, d, e, kw
print(f(1, d=4), f(1, 2, 3, 4, 5, d=6, g=7), f(*[1, 2], **{"d": 0}))
def nothing():
    pass
def early(n):
    if n > 2:
        return "big"
    n *= 2
print(nothing(), early(1), early(3), f.__doc__, f.__defaults__, f.__kwdefaults__)
try:
    f()
except TypeError as error:
    print(error)

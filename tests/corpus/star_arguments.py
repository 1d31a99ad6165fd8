"""Arguments from lists and dictionaries."""
def f(*args, **kwargs):
    return args, kwargs
xs, kw = [1, 2], {"a": 3}
print(f(*xs, 9, *range(2), **kw, b=4, **{"c": 5}))
print(max(*xs, 7), [*xs, *xs], (*xs,), {*xs, 9}, {**kw, "z": 1})
print(f(*(x for x in xs)))
try:
    f(**kw, **kw)
except TypeError as error:
    print(error)
try:
    print(*5)
except TypeError as error:
    print(error)

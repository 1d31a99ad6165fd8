"""Names, items, slices and attributes that go."""
class A:
    pass
a = A()
a.x = 1
items = list(range(10))
d = {"k": 1, "l": 2}
del a.x, items[0], items[2:4], d["k"]
name = other = [1]
del name
def f(x):
    y = x
    del x
    try:
        x
    except UnboundLocalError as error:
        print(type(error).__name__)
    return y
print(items, d, hasattr(a, "x"), "name" in globals(), other, f(3))
del (a), [other]
try:
    other
except NameError as error:
    print(error)

"""Nonlocal names, and names that are bound late."""
def counter():
    count = 0
    def increase(by=1):
        nonlocal count
        count += by
        return count
    return increase
a, b = counter(), counter()
print(a(), a(5), b(), a())
def adders():
    return [lambda x: x + n for n in range(3)]
print([add(10) for add in adders()])
def late():
    def inner():
        return value
    value = 1
    first = inner()
    value = 2
    return first, inner()
print(late())

"""Generators: sent to, thrown into, closed, delegating, interleaved."""
def gen(name):
    try:
        got = yield name
        while got is not None:
            got = yield got * 2
    except ValueError as error:
        yield f"caught {error}"
    finally:
        print("closing", name)
g = gen("g")
print(next(g), g.send(4), g.throw(ValueError("x")))
g.close()
def outer():
    result = yield from inner()
    yield result
def inner():
    yield 1
    return 2
print(list(outer()))
def count(start):
    while True:
        yield start
        start += 1
a, b = count(0), count(100)
print([next(a) + next(b) for _ in range(5)], next(b) - next(a))

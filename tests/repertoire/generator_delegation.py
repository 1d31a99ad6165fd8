def inner(n):
    for i in range(n):
        yield i
    return "end"


def outer():
    got = yield from inner(2)
    print(got)
    yield from [7, 8]


for v in outer():
    print("got", v)

def ticks(name):
    n = 0
    while n < 3:
        n += 1
        print(name, n)
        yield n


a = ticks("a")
b = ticks("b")
print(next(a))
print(next(b))
print(next(a), next(b))
pairs = list(zip(a, b))
print(pairs)

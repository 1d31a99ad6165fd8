cache = {}


def fib(n):
    if n in cache:
        return cache[n]
    if n < 2:
        value = n
    else:
        value = fib(n - 1) + fib(n - 2)
    cache[n] = value
    return value


print(fib(10), len(cache))

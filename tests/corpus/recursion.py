"""Functions that call themselves and each other."""
def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)
def even(n):
    return True if n == 0 else odd(n - 1)
def odd(n):
    return False if n == 0 else even(n - 1)
def walk(tree):
    for part in tree:
        if isinstance(part, list):
            yield from walk(part)
        else:
            yield part
print(fib(12), even(20), list(walk([1, [2, [3, 4], 5], [[6]]])))

"""Decorators, and the order in which everything is evaluated."""
def show(word):
    print("evaluate", word)
    def decorator(thing):
        print("apply", word, thing.__name__)
        return thing
    return decorator
@show("outer")
@show("inner")
def f(a=print("default"), *, b=print("keyword")) -> print("annotation"):
    return a
@show("class")
class C(print("base") or object, metaclass=print("meta") or type):
    @show("method")
    def m(self):
        return 1
f()
print(C().m(), f.__name__)
import functools
@functools.lru_cache
def cached(n):
    print("computing", n)
    return n * 2
print(cached(2), cached(2), cached.cache_info().hits)
@functools.wraps(f)
def wrapped():
    return 3
print(wrapped.__name__, wrapped())

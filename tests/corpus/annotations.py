"""Annotated names, with and without a value."""
from __future__ import annotations
a: int = 1
b: str
c: list[Undefined] = []
class A:
    x: int
    y: Undefined = 2
    self_reference: A
def f(p: Nowhere, q: int = 3) -> Nothing:
    local: int
    other: Undefined = q
    return other
(d): int = 5
print(a, c, f(1), __annotations__, A.__annotations__, f.__annotations__, d)
print("b" in globals())

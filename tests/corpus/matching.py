"""Patterns of every form."""
from dataclasses import dataclass
@dataclass
class Point:
    x: int
    y: int
def describe(thing):
    match thing:
        case 0 | 1:
            return "small"
        case int(n) if n < 0:
            return f"negative {n}"
        case [first, *rest] if rest:
            return f"list {first} {rest}"
        case []:
            return "empty"
        case {"kind": "point", **others}:
            return f"mapping {others}"
        case Point(x=0, y=y) | Point(x=y, y=0):
            return f"axis {y}"
        case Point() as point:
            return f"at {point.x}"
        case (a, b):
            return f"pair {a} {b}"
        case str() | bytes():
            return "text"
        case None:
            return "none"
        case _:
            return "other"
for thing in [0, 1, -5, [1, 2], [], {"kind": "point", "x": 1}, Point(0, 3), Point(4, 0), Point(1, 1), ("q",), "s", None, 2.5]:
    print(describe(thing))
match describe(1), 5:
    case ("small", n):
        print(n)

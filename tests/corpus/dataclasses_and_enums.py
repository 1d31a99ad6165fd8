"""Classes whose bodies are read: dataclasses, named tuples, enums, typed dictionaries, protocols."""
from dataclasses import dataclass, field, asdict
from enum import Enum, Flag, auto
from typing import ClassVar, NamedTuple, TypedDict
@dataclass(order=True)
class Point:
    x: float
    y: float = 0.0
    tags: list[str] = field(default_factory=list, compare=False)
    kind: ClassVar[str] = "point"
    def __post_init__(self):
        self.x *= 2
@dataclass(frozen=True, slots=True)
class Frozen:
    value: int
class Pair(NamedTuple):
    left: int
    right: int = 2
class Colour(Enum):
    RED = auto()
    GREEN = "g"
    both = RED, GREEN
    def lower(self):
        return self.name.lower()
class Bits(Flag):
    A = auto()
    B = auto()
    AB = A | B
class Movie(TypedDict, total=False):
    title: str
p = Point(1.5)
p.tags.append("t")
print(p, asdict(p), Point(1) < Point(2), Point.kind, Point.__annotations__)
print(Frozen(1), Pair(1), Colour.RED, Colour("g").lower(), list(Colour), Bits.AB, Movie(title="x"))

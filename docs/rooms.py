"""The rooms of the package and what each imports, read from its code; and a drawing of both.

A room is a folder or a module of the package. Imports count wherever they stand, in functions, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import htpy as h

Rooms = Mapping[str, frozenset[str]]
"""What each room imports."""

PACKAGE = "fwdpass"
_IMPORT = re.compile(r"^[ ]*from fwdpass(?:\.(?P<room>\w+)[\w.]*)? import (?P<names>\([^)]*\)|[^\n#]*)", re.MULTILINE)
_NAME = re.compile(r"\w+")
WIDE, HIGH, GAP = 116, 34, 46
"""A room's width and height in the drawing, and the space between two rows, in pixels."""


@cache
def rooms() -> Rooms:
    """Read the package that Python finds, from the room that imports nothing to the one that imports most.

    >>> rooms()["numerals"] == {"errors"}
    True
    """
    spec = find_spec(PACKAGE)
    folder = Path(spec.origin or "").parent if spec else Path()
    files = {path: path.relative_to(folder).parts[0].removesuffix(".py") for path in sorted(folder.rglob("*.py"))}
    names = set(files.values()) - {"__init__"}  # the table of contents, which names everything
    found: dict[str, set[str]] = {name: set() for name in sorted(names)}
    for path, room in files.items():
        if room in found:
            found[room] |= set(_imported(path.read_text("utf-8"))) & names - {room}
    ordered = sorted(found, key=lambda name: (_depth(name, found), name))
    return {name: frozenset(found[name]) for name in ordered}


def rows(known: Rooms) -> list[list[str]]:
    """Put the rooms in rows: what a room imports stands above it.

    >>> rows({"a": frozenset(), "b": frozenset("a"), "c": frozenset("ab")})
    [['a'], ['b'], ['c']]
    """
    depths = {name: _depth(name, known) for name in known}
    return [[name for name in known if depths[name] == depth] for depth in range(max(depths.values()) + 1)]


def arrows(known: Rooms) -> list[tuple[str, str]]:
    """Give the imports that no others imply: (who imports, what).

    >>> arrows({"a": frozenset(), "b": frozenset("a"), "c": frozenset("ab")})
    [('b', 'a'), ('c', 'b')]
    """
    within = {name: {far for near in known[name] for far in _reached(near, known)} for name in known}
    return [(name, near) for name in known for near in sorted(known[name] - within[name])]


@dataclass(frozen=True)
class Plan:
    """A drawing of the rooms, with an arrow for each import that no others imply."""

    known: Rooms

    def __repr__(self) -> str:
        width = max(map(len, self.known))
        return "\n".join(f"{name:{width}}  {', '.join(self._near(name)) or '(nothing)'}" for name in self.known)

    def _repr_html_(self) -> str:
        lines = rows(self.known)
        across = max(map(len, lines)) * (WIDE + 24)
        places = {
            name: ((2 * i + 1) * across // (2 * len(line)), 2 + row * (HIGH + GAP))
            for row, line in enumerate(lines)
            for i, name in enumerate(line)
        }
        down = len(lines) * (HIGH + GAP) - GAP + 4
        lines_and_boxes = [
            *(_arrow(places[a], places[b]) for a, b in arrows(self.known)),
            *(_box(name, at) for name, at in places.items()),
        ]
        drawing = _SVG["svg"](
            viewBox=f"0 0 {across} {down}",
            width=str(across),
            style="max-width: 100%; height: auto",
            role="img",
            aria_label=f"The rooms of the package. {self.said()}",
        )[lines_and_boxes]
        return str(h.figure[drawing])

    def said(self) -> str:
        """Say in sentences what the arrows show."""
        near = {name: self._near(name) for name in self.known}
        return " ".join(f"{name} imports {', '.join(near[name]) or 'none of the others'}." for name in self.known)

    def _near(self, name: str) -> list[str]:
        return [b for a, b in arrows(self.known) if a == name]


_SVG = {name: h.Element(name) for name in ("svg", "g", "rect", "path", "text")}


def _box(name: str, at: tuple[int, int]) -> h.Element:
    x, y = at
    return _SVG["g"][
        _SVG["rect"](
            x=str(x - WIDE // 2), y=str(y), width=str(WIDE), height=str(HIGH), rx="6",
            fill="var(--fp-paper, #fff)", stroke="var(--fp-accent, #0b5f73)",
        ),
        _SVG["text"](
            x=str(x), y=str(y + 22), text_anchor="middle", font_size="15", fill="var(--fp-ink, #1f2430)"
        )[name],
    ]  # fmt: skip


def _arrow(lower: tuple[int, int], upper: tuple[int, int]) -> h.Element:
    """Draw a line from the top of a room up to the bottom of the one that it imports."""
    (x, y), (to_x, to_y) = lower, (upper[0], upper[1] + HIGH)
    bend = GAP // 2
    line = f"M {x} {y} C {x} {y - bend} {to_x} {to_y + bend + 8} {to_x} {to_y + 7}"
    return _SVG["g"](stroke="var(--fp-muted, #59606e)", fill="none")[
        _SVG["path"](d=line), _SVG["path"](d=f"M {to_x - 4} {to_y + 8} L {to_x} {to_y + 1} L {to_x + 4} {to_y + 8}")
    ]


def _depth(name: str, known: Mapping[str, set[str]] | Rooms, above: frozenset[str] = frozenset()) -> int:
    if name in above:
        raise ValueError(f"{name} imports itself, by way of {', '.join(sorted(above))}: rooms have no circle")
    return max((1 + _depth(each, known, above | {name}) for each in known[name]), default=0)


def _reached(name: str, known: Rooms) -> set[str]:
    return set(known[name]).union(*(_reached(each, known) for each in known[name]))


def _imported(source: str) -> Iterator[str]:
    """Give the rooms that a module names in its imports; a name of the package itself is no room, and harmless.

    By the lines: to parse the whole package would take a tenth of a build.
    """
    for match in _IMPORT.finditer(source):
        if match["room"]:
            yield match["room"]
        else:
            yield from _NAME.findall(match["names"])

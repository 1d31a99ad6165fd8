"""What a run was: the frozen facts that a trace consists of, and the questions that can be put to them.

A trace has tables: statements and expressions as they stand in the source, values as they were, each kept once; and the
visits, in the order in which they happened. A visit is one execution of one statement. Tables refer to each other by
index. Everything is bounded by ``Limits``, and nothing in it depends on addresses, clocks or hash seeds.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence as Sequence_
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from fwdpass.trace.limits import Limits

Entry = bool | int | float | complex | str | None
"""One entry of an array: a number, or a text for what is none."""
Entries = Entry | tuple["Entries", ...]
"""Entries of an array, nested as its axes are."""


# In the source --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: lines counted as editors do, columns as indices of characters; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of the source; of one with a body, the place is its head.

    ``kind`` is Python's own name of the syntax (``Assign``, ``For``), and for what happens over and over at one
    place: ``iteration`` (a loop takes its next value), ``arguments`` (a function is entered), ``lambda``, ``case`` and
    ``ExceptHandler``. ``parent`` is the statement in whose body it stands. ``runs`` says how often it ran; where
    ``more`` is true it may have run oftener than was counted.
    """

    place: Place
    kind: str
    parent: int | None
    runs: int = 0
    more: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """An expression whose value is recorded.

    ``kind`` is Python's name of it (``BinOp``, ``Name``, ``Call``), and ``parent`` the nearest recorded expression
    around it. ``label`` is a name's name, an attribute's name, and an operation's sign. ``callee`` is the value (a
    :class:`Named`, mostly) that a call called.
    """

    place: Place
    kind: str
    parent: int | None
    statement: int
    label: str = ""
    callee: int | None = None


# Values ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Number:
    """A number, a truth value, or None; ``type`` tells Python's ``float`` from NumPy's ``float64``."""

    value: bool | int | float | complex | None
    type: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text or bytes (``type``), of which ``value`` has the beginning, and ``length`` says how long it is in all."""

    value: str
    length: int
    type: str = "str"


@dataclass(frozen=True, slots=True)
class Array:
    """An array that is small enough to be kept."""

    dtype: str
    shape: tuple[int, ...]
    entries: Entries
    type: str = "ndarray"


@dataclass(frozen=True, slots=True)
class LargeArray:
    """An array of which the corners are kept: of each axis, ``edge`` places at its beginning and at its end.

    ``corners`` is nested as the array is; an axis that is too short for a gap between them is there as a whole.
    """

    dtype: str
    shape: tuple[int, ...]
    nbytes: int
    edge: int
    corners: Entries
    type: str = "ndarray"


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list, tuple, set and their like: the items that it begins with, as indices of values; a set's are sorted.

    ``others`` are items further down that have changed at some time, as (place, value).
    """

    type: str
    length: int
    items: tuple[int, ...]
    others: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Mapping:
    """A dictionary: the items that it begins with, as pairs of indices of values."""

    type: str
    length: int
    items: tuple[tuple[int, int], ...]

    @property
    def is_whole(self) -> bool:
        """Whether all of its items are here."""
        return len(self.items) == self.length


@dataclass(frozen=True, slots=True)
class Named:
    """A function, class or module, known by its name.

    ``summary`` is the sentence that its own documentation begins with, where it has one and is not the script's.
    ``fields`` are the attributes of a class of the script that are no functions, as indices of values.
    """

    kind: Literal["function", "class", "module", "method"]
    name: str
    module: str
    summary: str = ""
    fields: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Thing:
    """Anything else: its type, a text for it where one is safe to have, and its attributes, as indices of values."""

    type: str
    text: str = ""
    fields: tuple[tuple[str, int], ...] = ()


Value = Number | Text | Array | LargeArray | Sequence | Mapping | Named | Thing


_KEYS = (Number, Text)
"""Keys of a dictionary that say of themselves what they are."""

# What happened --------------------------------------------------------------------------------------------------------

How = Literal["assigned", "passed", "changed", "deleted"]
"""How a name got another value: by an assignment (also of a loop, an import, a definition), as an argument of a call,
in place (an item, a view, an alias, a method), or not at all any more."""


@dataclass(frozen=True, slots=True)
class Change:
    """A name that has another value after a visit than before; None is: no value.

    Where ``claimed`` is false, nobody looked what the name was worth before, and ``before`` is None for that reason.
    """

    name: str
    before: int | None
    after: int | None
    how: How
    claimed: bool = True


@dataclass(frozen=True, slots=True)
class Failure:
    """An exception, at the operation that raised it: ``operands`` are (node, value), in order of evaluation.

    ``node`` is None where no recorded expression raised it (a ``raise``, an import).
    """

    type: str
    message: str
    line: int
    node: int | None
    operands: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop, each time that it is begun: ``statement`` is the loop's, and ``turns`` says how many it took in all.

    ``around`` is the loop around it, in the same frame, and ``turn`` the turn of that one in which it began.
    """

    statement: int
    turns: int
    around: int | None = None
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Visit:
    """One execution of one statement, or of several turns of a loop that were not recorded.

    ``frame`` numbers the calls, so that a function's visits of one call belong together; the module has one, too.
    ``caller`` is the visit during which the frame was entered, and ``call`` numbers the calls of the frame's function,
    as they came; without a number, it is no call, or nobody counted. ``values`` are (node, value), in order of
    evaluation; ``cut`` says that there were more than the limit. ``printed`` is the beginning of what the statement
    itself wrote, and what functions wrote that it called and that were not recorded; ``written`` is how many
    characters that was.

    ``loop`` is the loop around it, in the same frame, and ``turn`` which turn of it this is; of the visits of a loop's
    own head, that loop. A turn beyond the last one is the end of the loop: the test of a ``while`` that was false.
    Where ``gap`` is set, the visit stands for so many turns, from ``turn`` on, that were not recorded, with what
    they printed and changed. Where ``left`` is true, it is a look at names after a loop. ``skipped`` are the turns of
    comprehensions that were not recorded, as (node, turns).
    """

    statement: int
    scope: str
    frame: int
    depth: int
    caller: int | None
    values: tuple[tuple[int, int], ...] = ()
    changes: tuple[Change, ...] = ()
    printed: str = ""
    written: int = 0
    failure: Failure | None = None
    cut: bool = False
    call: int = 0
    loop: int | None = None
    turn: int = 0
    gap: int = 0
    left: bool = False
    skipped: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Ended:
    """How the run ended, in a word, and in a sentence for people; ``status`` is what the shell would have got.

    ``visit`` is the visit whose failure ended it.
    """

    how: Literal["finished", "exited", "raised", "interrupted", "refused"]
    sentence: str
    status: int
    visit: int | None = None


Piece = tuple[int, int, tuple[int, ...]]
"""A piece of output: the visit that wrote it, how many characters, and the visits that waited for that one."""


def in_order(visits: Sequence_[tuple[int, int | None]]) -> tuple[Piece, ...]:
    """Give the pieces of output of visits, each with how much it wrote and its caller, where each wrote at once.

    Parameters
    ----------
    visits
        Of each visit, how much it wrote, and the index of its caller.

    Returns
    -------
    tuple
        The pieces: the visit, how much it wrote, and the visits that waited for it.

    Examples
    --------
    >>> in_order([(0, None), (5, 0)])
    ((1, 5, (0,)),)
    """
    found = []
    for index, (written, caller) in enumerate(visits):
        waiting: list[int] = []
        at = caller
        while written and at is not None:
            waiting.append(at)
            at = visits[at][1]
        if written:
            found.append((index, written, tuple(waiting)))
    return tuple(found)


# The trace ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Branch:
    """A value within a visit, and the values that it was computed from; ``at`` is its position in ``Visit.values``."""

    at: int
    node: int
    value: int
    children: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """What gave a name its value: a change of an earlier visit, by its position in ``Visit.changes``."""

    visit: int
    change: int


@dataclass(frozen=True)
class Trace:
    """A run of a script, as far as it was kept."""

    script: str
    source: str
    statements: tuple[Statement, ...]
    nodes: tuple[Node, ...]
    values: tuple[Value, ...]
    loops: tuple[Loop, ...]
    visits: tuple[Visit, ...]
    ended: Ended
    written: int = 0
    """How many characters the script printed in all."""
    limits: Limits = field(default_factory=Limits)
    output: tuple[Piece, ...] = ()
    """What was printed, in order; empty where each visit wrote all of it at once, before the next one began."""

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """What was printed, in order, in any case."""
        return self.output or in_order([(visit.written, visit.caller) for visit in self.visits])

    def text(self, place: Place) -> str:
        """Give the source at a place."""
        lines = self.lines[place.line - 1 : place.end_line]
        if not lines:
            return ""
        lines[-1] = lines[-1][: place.end_column]
        lines[0] = lines[0][place.column :]
        return "".join(lines)

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the source, each with its end, as Python counts them: a form feed ends none."""
        pieces = self.source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return [piece + "\n" for piece in pieces[:-1]] + pieces[-1:]

    def tree(self, visit: int) -> tuple[Branch, ...]:
        """Give a visit's values as trees, in order of evaluation: each under the expression that was made from it.

        Where an operation failed, its operands are at the top.
        """
        waiting: list[Branch] = []
        for at, (node, value) in enumerate(self.visits[visit].values):
            children = tuple(branch for branch in waiting if self.nodes[branch.node].parent == node)
            waiting = [branch for branch in waiting if self.nodes[branch.node].parent != node]
            waiting.append(Branch(at, node, value, children))
        return tuple(waiting)

    def reads(self, visit: int) -> tuple[tuple[str, int], ...]:
        """Give the names that a visit read, each with its value, in order, once."""
        named = ((self.nodes[node], value) for node, value in self.visits[visit].values)
        return tuple(dict.fromkeys((node.label, value) for node, value in named if node.kind == "Name"))

    def origin(self, visit: int, at: int) -> Origin | None:
        """Give what gave its value to a name that a visit read at a position of its ``values``.

        None for what is not a name, and for a name that no recorded visit gave this value.
        """
        node, value = self.visits[visit].values[at]
        if self.nodes[node].kind != "Name":
            return None
        fallback = None
        frame = self.visits[visit].frame
        for origin, change in reversed(self._changes_of.get(self.nodes[node].label, ())):
            if origin.visit >= visit or change.after != value:
                continue
            if self.visits[origin.visit].frame == frame:
                return origin
            fallback = fallback or origin
        return fallback

    def parts(self, change: Change) -> tuple[tuple[str, int | None, int | None], ...]:
        """Divide a change in place into what has changed of the object: ``self.balance``, ``K.n``, ``d['a']``.

        Each part has its name, and the values before and after, None for no value. A change that cannot be divided is
        its own and only part.
        """
        if change.how == "changed" and change.before is not None and change.after is not None:
            found = tuple(self._parts(change.name, change.before, change.after))
            if found:
                return found
        return ((change.name, change.before, change.after),)

    def _parts(self, name: str, before: int, after: int) -> Iterator[tuple[str, int | None, int | None]]:
        match self.values[before], self.values[after]:
            case (Thing() as old, Thing() as new) if old.type == new.type:
                pairs = _paired(dict(old.fields), dict(new.fields))
                inside = {field: f"{name}.{field}" for field in pairs}
            case (Named() as old, Named() as new) if old.name == new.name:
                pairs = _paired(dict(old.fields), dict(new.fields))
                inside = {field: f"{name}.{field}" for field in pairs}
            case (Mapping() as old, Mapping() as new) if old.is_whole and new.is_whole:
                pairs = _paired(dict(old.items), dict(new.items))
                keys = {key: self.values[key] for key in pairs}
                inside = {key: f"{name}[{kept.value!r}]" for key, kept in keys.items() if isinstance(kept, _KEYS)}
                if len(inside) < len(pairs):
                    return
            case _:
                return
        for key, (then, now) in pairs.items():
            deeper = list(self._parts(inside[key], then, now)) if then is not None and now is not None else []
            yield from deeper or [(inside[key], then, now)]

    @cached_property
    def _changes_of(self) -> dict[str, list[tuple[Origin, Change]]]:
        found: dict[str, list[tuple[Origin, Change]]] = {}
        for origin, change in self._changes():
            found.setdefault(change.name, []).append((origin, change))
        return found

    def _changes(self) -> Iterator[tuple[Origin, Change]]:
        for index, visit in enumerate(self.visits):
            for at, change in enumerate(visit.changes):
                yield Origin(index, at), change


def _paired(old: dict[Any, int], new: dict[Any, int]) -> dict[Any, tuple[int | None, int | None]]:
    """Give what differs, before and after."""
    keys = dict.fromkeys((*old, *new))
    return {key: (old.get(key), new.get(key)) for key in keys if old.get(key) != new.get(key)}

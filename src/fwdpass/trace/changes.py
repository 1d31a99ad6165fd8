"""What names are worth, from visit to visit, and how that changes: also of names that no statement mentions.

A change says what a name was worth *before its visit*. That is looked up when the visit begins, for the names that it
writes, and is never what happened to be recorded last: between two visits, code may run that is not recorded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from fwdpass.trace.arrays import LaterLarge, LaterNumber
from fwdpass.trace.objects import PLAIN
from fwdpass.trace.plan import Plan
from fwdpass.trace.record import Array, LargeArray, Named, Sequence, Text, Thing
from fwdpass.trace.record import Mapping as Dictionary
from fwdpass.trace.values import Store
from fwdpass.trace.visits import Frame, Open

_MUTABLE = frozenset((tuple, LaterLarge, Array, LargeArray, Sequence, Dictionary, Thing))
"""What the table of values has for objects that can change; a tuple is the copy of an array."""
_UNCHANGING = frozenset(kind.__name__ for kind in PLAIN)
"""Names of types of Python's own whose objects never change."""
_LIVE = 24
"""How many names are looked at after a statement that may have changed what they refer to."""
_NOTHING: Any = object()


class Changes:
    """Knows what every name was worth when it was looked at last."""

    def __init__(self, store: Store, module: Frame, plan: Plan) -> None:
        self._store = store
        self._module = module
        self._plan = plan
        self._shared = dict.fromkeys(plan.shared)
        self._live: dict[str, None] = {}
        """The module's names of what can be changed in place, those that were given last at the end."""

    def note(self, frame: Frame, visit: Open, name: str, kept: int, how: str, *, sure: int = 2) -> None:
        """Note what a name is worth now, where that is a change; ``sure`` is how well it is known what it was.

        2: it was looked up when the visit began. 1: when its loop began. 0: it was not.
        """
        before = frame.known.get(name)
        claimed = sure == 2 or self._is_certain(frame, name, before, sure)
        if how == "assigned" or how == "passed":
            visit.changes.append((name, before if claimed else None, kept, how, claimed))
        elif claimed and ((before is not None and before != kept) or (how and self._is_large(kept))):
            visit.changes.append((name, before, kept, "changed", before is not None))
        self.knows(frame, name, kept)

    def found(self, frame: Frame, visit: Open, found: Mapping[str, Any]) -> None:
        """Note what names are worth after a loop, where it is not what was seen last.

        In the module, what they were was looked up when the turns began that are not recorded.
        """
        for name, value in found.items():
            kept, before = self._store.keep(value), frame.known.get(name)
            if kept != before:
                sure = 2 if frame is self._module else 0
                claimed = visit.gap is not None and (sure == 2 or self._is_certain(frame, name, before, sure))
                visit.changes.append((name, before if claimed else None, kept, "assigned", claimed))
            self.knows(frame, name, kept)

    def knows(self, frame: Frame, name: str, kept: int) -> None:
        """Remember what a name is worth; look at it from now on, if it is the module's and can change in place."""
        frame.known[name] = kept
        if frame.unknown:
            frame.unknown.discard(name)
        if frame is self._module:
            live = self._live
            live.pop(name, None)
            kind = type(self._store.table[kept])
            if kind in _MUTABLE or (kind is Named and self._is_class(kept)):
                live[name] = None
                if len(live) > _LIVE:
                    # It is not looked at again until it is assigned: what it is worth would not be known for certain.
                    del live[next(iter(live))]

    def _is_certain(self, frame: Frame, name: str, before: int | None, sure: int) -> bool:
        """Whether nothing else can have changed what a name was worth when it was looked at last."""
        if name in frame.unknown or name in self._plan.elsewhere:
            return False
        if before is None:
            return sure == 1
        value = self._store.table[before]
        match value:
            case bool() | int() | float() | complex() | str() | LaterNumber() | None:
                return True
            case Text(type=kind):
                return kind != "bytearray"
            case Thing(type=kind, text=said, fields=()):
                return bool(said) and kind in _UNCHANGING
        return False

    def _is_class(self, kept: int) -> bool:
        value = self._store.table[kept]
        return isinstance(value, Named) and value.kind == "class" and value.module == "__main__"

    def _is_large(self, kept: int) -> bool:
        """Whether it may have changed where nobody looks."""
        return isinstance(self._store.table[kept], (LaterLarge, LargeArray))

    def learn(self, frame: Frame, names: Iterable[str], space: Mapping[str, Any]) -> None:
        """Look names up before a visit may change them."""
        known, ways = frame.known, self._store.ways
        for name in names:
            value = space.get(name, _NOTHING)
            if frame.unknown:
                frame.unknown.discard(name)
            if value is _NOTHING:
                known.pop(name, None)
            else:
                known[name] = ways[type(value)](value)

    def learn_all(self, space: Mapping[str, Any]) -> None:
        """Look up all names of the module that changes are noticed of, where code has run that is not recorded."""
        self.learn(self._module, (*self._live, *self._shared), space)

    def look_around(self, space: dict[str, Any], visit: Open, written: Collection[str]) -> None:
        """See which other names of the module have changed: through an alias, a view, a method, a function."""
        known, is_still, ways = self._module.known, self._store.is_still, self._store.ways
        for name in [*reversed(self._live), *self._shared]:
            if name in written or name not in space:
                continue
            value, before = space[name], known.get(name)
            if before is not None and is_still(before, value):
                continue
            kept = ways[type(value)](value)
            if kept != before:
                # Of a shared name nothing is known only if it was not there.
                visit.changes.append((name, before, kept, "changed" if name in self._live else "assigned", True))
                known[name] = kept

    def gone(self, frame: Frame, name: str) -> None:
        """Note that a name was deleted."""
        before = frame.known.pop(name, None)
        frame.visit.changes.append((name, before, None, "deleted", before is not None))
        if frame is self._module:
            self._live.pop(name, None)

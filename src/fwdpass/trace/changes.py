"""What names are worth, from visit to visit, and how that changes: also of names that no statement mentions."""

from __future__ import annotations

from itertools import islice
from types import CodeType
from typing import Any

from fwdpass.trace.arrays import Later, LaterLarge
from fwdpass.trace.record import Array, LargeArray, Mapping, Sequence, Thing
from fwdpass.trace.values import Store
from fwdpass.trace.visits import Frame, Open

_MUTABLE = (Later, LaterLarge, Array, LargeArray, Sequence, Mapping, Thing)
_LIVE = 24
"""How many names are looked at after a statement that may have changed what they refer to."""


class Changes:
    """Knows what every name was worth when it was looked at last."""

    def __init__(self, store: Store, module: Frame) -> None:
        self._store = store
        self._module = module
        self._live: dict[str, None] = {}
        """The module's names of what can be changed in place, those that were given last at the end."""
        self._local: dict[CodeType, frozenset[str]] = {}

    def owner(self, code: CodeType, frame: Frame, name: str) -> Frame:
        """Give the frame whose name it is: in a function, names may be the module's."""
        return frame if frame is self._module or name in self.local(code) else self._module

    def local(self, code: CodeType) -> frozenset[str]:
        """Give the names that are a function's own; a module or a class has none."""
        local = self._local.get(code)
        if local is None:
            local = self._local[code] = frozenset((*code.co_varnames, *code.co_cellvars, *code.co_freevars))
        return local

    def note(self, frame: Frame, visit: Open, name: str, kept: int, how: str) -> None:
        """Note what a name is worth now, where that is a change."""
        before = frame.known.get(name)
        if how == "assigned" or how == "passed":
            if visit.ghost and before == kept:
                return
            visit.changes.append((name, before, kept, how))
        elif (before is not None and before != kept) or (how and self._is_large(kept)):
            visit.changes.append((name, before, kept, "changed"))
        frame.known[name] = kept
        if frame is self._module:
            self._live.pop(name, None)
            if isinstance(self._store.table[kept], _MUTABLE):
                self._live[name] = None

    def _is_large(self, kept: int) -> bool:
        """Whether it may have changed where nobody looks."""
        return isinstance(self._store.table[kept], (LaterLarge, LargeArray))

    def look_around(self, space: dict[str, Any], visit: Open, written: dict[str, str]) -> None:
        """See which other names of the module have changed: through an alias, a view, a method, a function."""
        module, known, table, ways = self._module, self._module.known, self._store.table, self._store.ways
        if visit.frame is not module and not any(written.values()):
            return  # what a function changes of the module shows where it was called
        for name in list(islice(reversed(self._live), _LIVE)):
            if name not in space or (name in written and (visit.frame is module or written[name])):
                continue
            value, before = space[name], known[name]
            last = table[before]
            if type(last) is Later and last.is_still(value):
                continue
            kept = ways[type(value)](value)
            if kept != before:
                visit.changes.append((name, before, kept, "changed"))
                known[name] = kept

    def gone(self, code: CodeType, frame: Frame, name: str) -> None:
        """Note that a name was deleted."""
        owner = self.owner(code, frame, name)
        frame.visit.changes.append((name, owner.known.pop(name, None), None, "deleted"))
        if owner is self._module:
            self._live.pop(name, None)

"""What happens when a file changes: which pages are read again, what is built anew, and what is said of it."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import Any

from fwdpass.commands import say
from fwdpass.numerals import text
from fwdpass.page.lines import CELL, told
from fwdpass.serve.site import Notice, Site

IDLE = 1.0
"""Seconds without a change after which what can wait is done."""
LONG = 3.0
"""Seconds after which it is said that a change is still being read."""
_PASSING = ("~", ".swp", ".swx", ".tmp", ".pyc", ".part")
"""How the names of files end that editors and Python make for themselves."""


@dataclass
class Holder:
    """The process that holds the book, and what it is doing."""

    process: subprocess.Popen[bytes]
    begun: float
    building: bool = True
    order: dict[str, Any] | None = None
    child: int = 0
    facts: dict[str, Any] = field(default_factory=dict)


class Desk:
    """Watches a book, and keeps the pages that are open up to date.

    ``whole`` says that each change builds the book again, which is what happens where processes cannot be forked.
    """

    def __init__(self, source: Path, out: Path, folders: Iterable[Path] = (), *, whole: bool = False) -> None:
        self.source, self.out = source, out
        self.folders = {source, *folders}
        self._there: set[Path] = set()
        self.events: queue.Queue[tuple[str, Any]] = queue.Queue()
        self.site = Site(out / "html", lambda page: self.events.put(("opened", page)))
        self._whole = whole or not hasattr(os, "fork")
        self._holder: Holder | None = None
        self._number = 0
        self._changed: set[Path] = set()
        self._since = monotonic()
        self._cold: set[str] = set()
        self._urgent: set[str] = set()
        self._ready: set[str] = set()
        self._last: set[Path] = set()
        self._tried: set[str] = set()  # since the last change: a page may be old for ever, as one that lacks a file
        self._stale: set[str] = set()
        self._unfinished: set[str] = set()
        self._everywhere = False
        self._faults: dict[str, list[dict[str, Any]]] = {}
        self._old: set[str] = set()

    # The loop ---------------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Build the book, and follow what its author does, until somebody presses Ctrl-C."""
        handlers: dict[str, Callable[[Any], None]] = {
            "changed": self._note,
            "opened": self._open,
            "answer": self._answer,
        }
        if not hasattr(os, "fork"):
            self._log("this system cannot fork a process, so each change builds the whole book")
        self._build("")
        while not self.site.ended:
            waiting = self._stale or self._unfinished or self._everywhere or self._cold or self._urgent
            with suppress(queue.Empty):
                kind, what = self.events.get(timeout=1 if self._busy else 0.1 if waiting else 3600)
                handlers[kind](what)
            self._mind()
            if not self._busy and self.events.empty() and not self.site.ended:
                self._next()

    def end(self) -> None:
        """Stop what is running."""
        self.site.end()
        self.events.put(("changed", ()))  # wakes whoever waits for one
        self._stop()

    @property
    def _busy(self) -> bool:
        return self._holder is not None and (self._holder.building or self._holder.order is not None)

    def _mind(self) -> None:
        """Say that a change takes its time, as one does whose code never ends; the next change stops it."""
        order = self._holder.order if self._holder is not None else None
        if order and order["files"] and not order.get("late") and monotonic() - order["begun"] > LONG:
            order["late"] = True
            self._tell(f"What {self._files(order)} says now is still being read.", aloud=True)

    def _note(self, paths: Iterable[Path]) -> None:
        """Take files that have changed; what is being done is done again with them."""
        news = {path for path in paths if self._matters(path)}
        if not news:
            return
        self._changed |= news
        self._since = monotonic()
        if self._holder is not None and self._holder.order is not None:
            self._cancel(self._holder)

    def _matters(self, path: Path) -> bool:
        """Say whether a file is an author's: not one that an editor, Python or Sphinx makes for itself."""
        name = path.name
        if name.startswith((".", "#")) or name.endswith(_PASSING) or name.isdigit() or path.is_dir():
            return False
        parts = path.parts
        return "__pycache__" not in parts and "_build" not in parts and not path.is_relative_to(self.out)

    @property
    def _pages(self) -> dict[str, str]:
        return dict(self._holder.facts.get("pages", {})) if self._holder is not None else {}

    def _open(self, page: str) -> None:
        if page:
            self._cold.add(page)

    # What is done next ------------------------------------------------------------------------------------------------

    def _next(self) -> None:
        """Do what is most urgent: changes, pages that are open, and, when nothing has changed for a while, the rest."""
        if self._changed:
            self._follow()
        elif self._holder is None:
            return
        elif self._urgent:
            self._order({"do": "read", "pages": [self._urgent.pop()], "files": self._last}, quiet=False)
        elif self._everywhere:
            self._order({"do": "write", "pages": []})
        elif self._cold:
            if (page := self._cold.pop()) in self._pages.values() and not self._whole:
                self._order({"do": "warm", "page": page})
        elif monotonic() - self._since < IDLE:
            return
        elif self._stale:
            page = min(self._stale, key=lambda name: (name not in self.site.open, name))
            self._order({"do": "read", "pages": [page], "expected": [page]})
        elif self._unfinished:
            self._order({"do": "finish", "pages": sorted(self._unfinished)})

    def _follow(self) -> None:
        """Decide what the files that have changed ask for."""
        facts = self._holder.facts if self._holder is not None else {}
        pages, modules = facts.get("pages", {}), facts.get("modules", {})
        words = {pages[str(path)] for path in self._changed if str(path) in pages and path.is_file()}
        numbers = {str(path) for path in self._changed if str(path) in modules and path.is_file()}
        needed = {str(path) for path in self._changed if str(path) in facts.get("needed", ())}
        known = {*numbers, *needed, *(path for path, page in pages.items() if page in words)}
        others = {path for path in self._changed if str(path) not in known}
        others = {path for path in others if self._holder is None or self._concerns(path)}
        if self._holder is None or self._whole or others:
            first = min(others or self._changed, default=None)
            if first is not None:
                self._build(f"{self._called(first)} {'has changed' if first.exists() else 'is gone'}")
            self._changed.clear()
            return
        files, self._changed = self._changed, set()
        self._last, self._tried = files, set()
        affected = {page for path in numbers for page in modules[path]} - words
        if words or needed - numbers:
            self._stale |= affected
            self._urgent |= affected & self.site.open
            self._order({"do": "read", "pages": sorted(words), "files": files}, quiet=False)
        elif affected:
            self._stale |= affected
            self._order({"do": "patch", "pages": sorted(affected & self.site.open), "files": files}, quiet=False)

    def _concerns(self, path: Path) -> bool:
        """Say whether a file concerns the book, though no page is known to need it: one of its own, or a new page."""
        suffixes = self._holder.facts.get("suffixes", ()) if self._holder is not None else ()
        return path in self._there or (path.suffix in suffixes and path.is_file())

    # Orders -----------------------------------------------------------------------------------------------------------

    def _order(self, order: dict[str, Any], *, quiet: bool = True) -> None:
        holder = self._holder
        if holder is None:
            return
        self._number += 1
        order = {"files": set(), **order, "number": self._number, "quiet": quiet, "begun": monotonic()}
        holder.order, holder.child = order, 0
        sent = {name: value for name, value in order.items() if name not in ("files", "begun")}
        self._write(sent)

    def _write(self, said: dict[str, Any]) -> None:
        if self._holder is not None and self._holder.process.stdin is not None:
            with suppress(OSError):
                self._holder.process.stdin.write(json.dumps(said).encode() + b"\n")
                self._holder.process.stdin.flush()

    def _cancel(self, holder: Holder) -> None:
        """Stop what is being done; it is done again, together with what has changed meanwhile."""
        order = holder.order
        if order is None or order.get("stopped"):
            return
        order["stopped"] = True
        if holder.child:
            with suppress(OSError):
                os.kill(holder.child, signal.SIGKILL)

    def _again(self, order: dict[str, Any]) -> None:
        """Remember what an order that was stopped should have done."""
        self._changed |= order["files"]
        if order["do"] == "warm":
            self._cold.add(order["page"])
        elif order["do"] == "read" and not order["files"]:
            self._stale |= {*order["pages"]}

    def _answer(self, told: tuple[Holder, dict[str, Any] | None]) -> None:
        """Take an answer of the process that holds the book, or of one that did."""
        holder, answer = told
        if holder is not self._holder:
            return
        if answer is None:
            self._gone(holder)
        elif "built" in answer:
            self._built(holder, answer)
        elif "faults" in answer and holder.building:
            self._faults = {"": answer["faults"]}
            self._old = {"", *self.site.pages}
            self._stop()
            self._tell("")
        elif holder.order is None or answer.get("number") != holder.order["number"]:
            return
        elif "process" in answer:
            holder.child = answer["process"]
            if holder.order.get("stopped"):
                holder.order["stopped"] = False
                self._cancel(holder)
        elif "dropped" in answer:
            order, holder.order = holder.order, None
            if order.get("stopped"):
                self._again(order)
            elif not order.get("failed"):
                self._build("the process that did it has ended")
        elif holder.order.get("stopped"):
            return
        elif "faults" in answer:
            holder.order["failed"] = True
            self._failed(holder.order, answer["faults"])
        else:
            order, holder.order = holder.order, None
            self._write({})  # the child takes over
            holder.facts |= {name: answer["done"][name] for name in holder.facts if name in answer["done"]}
            getattr(self, f"_done_{order['do']}")(order, answer["done"])

    def _failed(self, order: dict[str, Any], faults: list[dict[str, Any]]) -> None:
        """Say what is wrong; what stands on the page is old from now on."""
        self._forget(order)
        if order["do"] == "warm":
            return
        if order["do"] == "finish":
            self._unfinished = set()
        elif order["do"] == "write":
            self._everywhere = False
        pages = order["pages"] or [""]
        self._stale -= {*pages}
        self._tried |= {*pages}
        for page in pages:
            self._faults[page] = []
        self._faults[pages[0]] = faults
        self._old |= {*pages}
        self._tell("")

    def _forget(self, order: dict[str, Any]) -> None:
        """Forget what was wrong in files that have changed: whoever reads them again says it again."""
        files = {str(path) for path in order["files"]}
        for page, faults in self._faults.items():
            self._faults[page] = [fault for fault in faults if fault["file"] not in files]

    def _done_warm(self, order: dict[str, Any], done: dict[str, Any]) -> None:
        if done["ready"]:
            self._ready.add(order["page"])
            self._tell("")

    def _done_patch(self, order: dict[str, Any], done: dict[str, Any]) -> None:
        self._forget(order)
        changed = 0
        for page, patch in done["patches"].items():
            changed += len(patch)
            self._faults.pop(page, None)
            self._old.discard(page)
            if patch:  # an editor may write a file twice
                self.site.patch(page, patch)
        for page, faults in done["faults"].items():
            self._faults[page] = faults
            self._old.add(page)
            self._stale.discard(page)
        self._urgent |= {*done["cold"]}
        self._stale |= {*done["outdated"]} - done["faults"].keys()
        if done["patches"]:
            pages = _listed(done["patches"])
            count = f"{text(changed)} {'place' if changed == 1 else 'places'}"
            self._log(f"{self._files(order)}: {count} of {pages} changed in {self._took(order)}")
        self._tell("")

    def _done_read(self, order: dict[str, Any], done: dict[str, Any]) -> None:
        self._forget(order)
        pages = done["read"]
        self._tried |= {*pages}
        self._stale = (self._stale - {*pages}) | ({*done["outdated"]} - self._tried)
        self._urgent -= {*pages}
        ready = {*done["same"]}
        self._ready -= {*pages} - ready
        self._unfinished |= {*pages, *done["others"]}
        self._everywhere = self._everywhere or done["contents"]
        files = {path for path, page in self._pages.items() if page in pages}
        for page, faults in self._faults.items():  # the last build may have found some in these pages
            self._faults[page] = [fault for fault in faults if fault["file"] and fault["file"] not in files]
        for page in pages:
            self._faults.pop(page, None)
            self._old.discard(page)
        if done["warnings"]:
            self._faults[pages[0] if pages else ""] = done["warnings"]
        self._cold |= ({*pages} & self.site.open) - ready
        if not order["quiet"]:
            self._log(f"{self._files(order)}: {_listed(pages)} read again in {self._took(order)}")
            if done["contents"]:
                self._log("headings, labels or contents have changed, so every page is written again")
        self._tell("")
        self.site.rewrite(pages, done["same"])

    def _done_write(self, _: dict[str, Any], done: dict[str, Any]) -> None:
        self._everywhere = False
        self._unfinished |= {*done["written"]}
        self._ready.clear()
        self._cold |= self.site.open
        self._tell("")
        self.site.rewrite(done["written"])

    def _done_finish(self, _: dict[str, Any], done: dict[str, Any]) -> None:
        self._unfinished = set()
        self._faults.pop("", None)
        if done["warnings"]:
            self._faults[""] = done["warnings"]
        self.site.rewrite(done["written"])
        self._tell("")

    # The whole book ---------------------------------------------------------------------------------------------------

    def _build(self, why: str) -> None:
        """Build the whole book in a new process."""
        self._stop()
        found = (path for folder in self.folders for path in folder.rglob("*"))
        self._there = {path for path in found if self._matters(path)}
        folders = (self.source, self.out / "html", self.out / "doctrees")
        process = subprocess.Popen(  # noqa: S603 - this Python, and our own module
            [sys.executable, "-m", "fwdpass.serve.holder", *map(str, folders)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the desk, which ends it
        )
        holder = self._holder = Holder(process, monotonic())
        Thread(target=self._listen, args=(holder,), daemon=True).start()
        self._tell(f"{why}, so the whole book is built again." if why else "The book is being built.", aloud=True)

    def _listen(self, holder: Holder) -> None:
        assert holder.process.stdout is not None  # noqa: S101 - it was asked for
        for line in holder.process.stdout:
            self.events.put(("answer", (holder, json.loads(line))))
        self.events.put(("answer", (holder, None)))

    def _built(self, holder: Holder, answer: dict[str, Any]) -> None:
        holder.building = False
        holder.facts = {name: answer[name] for name in ("pages", "files", "modules", "needed", "suffixes")}
        self._stale, self._unfinished, self._urgent, self._everywhere = set(), set(), set(), False
        self._ready = set()
        self._faults = {"": answer["warnings"]} if answer["warnings"] else {}
        self._old = set()
        self.site.build(answer["files"])
        self._log(f"built in {text(monotonic() - holder.begun, '.1f')} s")
        self._tell("")

    def _gone(self, holder: Holder) -> None:
        """Go on without the process, which has ended though nobody asked for it."""
        self._holder = None
        if holder.building:
            self._faults = {"": [{"file": "", "line": None, "said": "Sphinx has ended without a word; see above"}]}
            self._old = {"", *self.site.pages}
            self._tell("")
        elif not self._whole:
            self._build("the process that held the book has ended")

    def _stop(self) -> None:
        """End the process that holds the book, and what it has started."""
        holder, self._holder = self._holder, None
        if holder is None:
            return
        with suppress(OSError, AttributeError):
            os.killpg(holder.process.pid, signal.SIGKILL)
        with suppress(OSError):
            holder.process.kill()
        holder.process.wait()

    # What is said -----------------------------------------------------------------------------------------------------

    def _tell(self, doing: str, *, aloud: bool = False) -> None:
        """Say in the terminal and in the pages what is done, and what is wrong."""
        faults = tuple(dict.fromkeys(self._sentence(fault) for found in self._faults.values() for fault in found))
        for said in faults:
            if said not in self.site.notice.faults:
                self._log(said)
        if self.site.notice.faults and not faults and not doing:
            self._log("all is well again")
        if aloud:
            self._log(doing)
        self.site.say(Notice(doing, faults, frozenset(self._old), frozenset(self._ready)))

    def _sentence(self, fault: dict[str, Any]) -> str:
        where = self._called(Path(fault["file"])) if fault["file"] else ""
        if fault["line"]:
            where += f", line {fault['line']}" if fault["line"] < CELL else f", {told(fault['line'])}"
        return f"{where}: {fault['said']}" if where else str(fault["said"])

    def _called(self, path: Path) -> str:
        with suppress(ValueError):
            return path.relative_to(self.source).as_posix()
        return path.name

    def _files(self, order: dict[str, Any]) -> str:
        return _listed(sorted(map(self._called, order["files"]))) or "after a change elsewhere"

    def _took(self, order: dict[str, Any]) -> str:
        return f"{text(monotonic() - order['begun'], '.1f')} s"

    def _log(self, said: str) -> None:
        say(f"fwdpass: {said}\n")
        with suppress(OSError, ValueError, AttributeError):
            sys.stdout.flush()


def _listed(names: Iterable[str]) -> str:
    *most, last = [*names] or [""]
    return f"{', '.join(most)} and {last}" if most else last


def watch(folders: Iterable[Path], tell: Callable[[set[Path]], None]) -> None:
    """Say which files change in folders, as the system tells it; return when it tells no more."""
    from watchfiles import watch as changes

    for found in changes(*folders, debounce=100, step=20, raise_interrupt=False, watch_filter=None):
        tell({Path(path).resolve() for _, path in found})

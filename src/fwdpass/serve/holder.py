"""The process that holds a built book: each change is tried in a fork of it, which takes over where it is good.

So a change that fails, or that takes too long and is stopped, leaves no trace. Orders come by standard input and
answers go by standard output, a line of JSON each; whoever gives the orders need not import Sphinx.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import io
import json
import os
import pickle
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time, time_ns
from typing import TYPE_CHECKING, Any, cast

from docutils import nodes
from sphinx.application import ENV_PICKLE_FILENAME, Sphinx
from sphinx.util.build_phase import BuildPhase
from sphinx.util.docutils import docutils_namespace, patch_docutils

from fwdpass import borrowed
from fwdpass.errors import FwdpassError, PageError
from fwdpass.numerals.catalog import speak
from fwdpass.page import Level
from fwdpass.page.lesson import Lesson, beside, broken, imported, searched
from fwdpass.page.lines import number
from fwdpass.page.record import Placing, Record, Seen, see
from fwdpass.sphinxext import fingerprint, live, records

if TYPE_CHECKING:
    from sphinx.builders.html import StandaloneHTMLBuilder

Fault = dict[str, Any]
"""What is wrong: its ``file``, its ``line`` if it has one, and what is ``said`` of it."""
LESSON = "fwdpass.lesson"
_WARNING = re.compile(
    r"^(?:(?P<file>.*?)(?::(?P<line>[0-9]+| cell [0-9]+, line [0-9]+))?: )?(?:WARNING|ERROR|CRITICAL): (?P<said>.*)$"
)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_KIND = re.compile(r" \[[\w.-]+\]$")


class Order(dict[str, Any]):
    """What the desk asks for; ``do`` is one of the keys of :data:`ORDERS`."""


class Channel:
    """Lines of JSON to and from the desk; what pages and libraries print goes to standard error."""

    def __init__(self) -> None:
        self._out = os.dup(1)
        os.dup2(2, 1)
        # Unbuffered: a line that is waiting is for whichever process will hold the book then.
        self._in = os.fdopen(os.dup(0), "rb", buffering=0)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        self.number = 0

    def receive(self) -> Order:
        """Wait for an order; end the process where nobody is left to give one."""
        line = self._in.readline()
        if not line:
            os._exit(0)
        order = Order(json.loads(line))
        self.number = order.get("number", self.number)
        return order

    def send(self, **said: Any) -> None:
        """Answer the order that was given last."""
        try:
            with os.fdopen(os.dup(self._out), "wb") as out:
                out.write(json.dumps({"number": self.number, **said}).encode() + b"\n")
        except OSError:
            os._exit(0)


@dataclass(frozen=True)
class Warm:
    """A page that is open in a browser: what its HTML is made of, and what its last reading gave."""

    record: Record
    seen: Seen
    body: str
    folder: Path
    least: Level


class Book:
    """A book that Sphinx has built in this process."""

    def __init__(self, source: Path, out: Path, doctrees: Path) -> None:
        self._said = io.StringIO()
        self._doctrees = doctrees
        self._tried = TemporaryDirectory(prefix="fwdpass-serve-")
        # The places of pages are marked; what changes with each picture of the lesson is not computed.
        places = {"fwdpass_live.array": ""}
        self.app = Sphinx(
            source, source, out, doctrees, "html", confoverrides=places, status=None, warning=self._said
        )  # fmt: skip
        self._begun = frozenset(sys.modules)
        self._warm: dict[str, Warm] = {}
        self._read: set[str] = set()
        self._written: dict[str, tuple[str, nodes.document]] = {}
        self.app.connect("source-read", self._note_read)
        self.app.connect("html-page-context", self._note_written, priority=849)  # the body before it is folded

    @property
    def _builder(self) -> StandaloneHTMLBuilder:
        return cast("StandaloneHTMLBuilder", self.app.builder)

    def build(self) -> None:
        """Build the whole book, as far as it has changed since it was built last."""
        self.app.build()
        self._keep_apart()
        sys.dont_write_bytecode = True  # the author's modules change more often than a second has passed

    def _keep_apart(self) -> None:
        """Keep the trees of all pages in memory: one that is tried, and is not good, must not be found on disk."""
        env = self.app.env
        kept = borrowed.doctrees(env)
        for page in sorted(env.found_docs):
            kept[page] = (self._doctrees / f"{page}.doctree").read_bytes()
            there = Path(self._tried.name) / f"{page}.doctree"
            there.parent.mkdir(parents=True, exist_ok=True)
            there.touch()  # without a file, Sphinx would read the page again
        self._builder.doctreedir = env.doctreedir = type(env.doctreedir)(self._tried.name)

    # Orders -----------------------------------------------------------------------------------------------------------

    def warm(self, order: Order) -> dict[str, Any]:
        """Make ready for changes of the numbers on a page that somebody has opened.

        A page that is ready stays so when another window opens it. To make it ready once more would hold its last
        writing against a reading of today's files, and these may be newer than the writing.
        """
        page = order["page"]
        if page not in self._warm:
            self._write({page})
            if made := self._made_ready(page):
                self._warm[page] = made
        return {"ready": page in self._warm}

    def patch(self, order: Order) -> dict[str, Any]:
        """Read open pages again, for a lesson or a module that has changed, and say which places change, and how.

        A page that is not ready for that, or that fails, is left as it is.
        """
        self._forget_modules()
        done: dict[str, Any] = {"patches": {}, "cold": [], "faults": {}}
        for page in order["pages"]:
            warm = self._warm.get(page)
            if warm is None:
                done["cold"].append(page)
                continue
            try:
                seen, wrong = self._see(warm.record, warm.folder, warm.least)
            except Exception as error:
                done["faults"][page] = [self._sentence(error, page)]
                continue
            if wrong:
                done["faults"][page] = [self._at(page, one) for one in wrong]
                continue
            done["patches"][page] = Placing(warm.record, live.drawing(self.app)).patch(warm.seen, seen)
            self._warm[page] = replace(warm, seen=seen)
        done["outdated"] = self._outdated()
        return done

    def read(self, order: Order) -> dict[str, Any]:
        """Read pages again, and whichever others depend on a file that has changed, and write them."""
        self._forget_modules()
        env = self.app.env
        before = self._contents()
        known = dict(env.all_docs)
        for page in known if order["pages"] else ():
            # Those that are asked for are read, and others that have become old wait until they are.
            env.all_docs[page] = 0 if page in order["pages"] else time_ns()
        self._read.clear()
        self._said.truncate(0)
        updated = self._builder.read()
        env.all_docs.update({page: read for page, read in known.items() if page not in self._read})
        # Numbers of sections and figures are counted here; which pages are to be written again is said, too.
        others = {*updated, *env.check_dependents(self.app, {*updated})} - self._read
        trees = borrowed.doctrees(env)
        for page in self._read:
            trees[page] = (Path(self._tried.name) / f"{page}.doctree").read_bytes()
        patched = {page: self._warm.pop(page) for page in self._read if page in self._warm}
        self._write(self._read)
        same = [page for page in order.get("expected", ()) if page in patched and self._is_as_patched(page, patched)]
        # What its patches have made of a page is what it is now: the next change of a number is a patch, too.
        self._warm |= {page: replace(patched[page], body=self._written[page][0]) for page in same}
        return {
            "read": sorted(self._read),
            "same": same,
            "others": sorted(others),
            "outdated": self._outdated(),
            "contents": self._contents() != before,
            "warnings": self._faults(),
            **self.facts(),
        }

    def write(self, _: Order) -> dict[str, Any]:
        """Write all pages, since one has changed what others say of it."""
        pages = set(self.app.env.found_docs)
        self._said.truncate(0)
        self._write(pages)
        self._warm.clear()
        return {"written": sorted(pages), "warnings": self._faults()}

    def finish(self, order: Order) -> dict[str, Any]:
        """Do what a build does in the end: write the pages that others have changed, search index, ledger, audit."""
        app, builder = self.app, self._builder
        pages = {*order["pages"]} & app.env.found_docs
        self._said.truncate(0)
        fingerprint.set_fingerprint(app, app.config)
        self._write(pages)
        builder.finish()
        builder.finish_tasks.join()
        app.events.emit("build-finished", None)
        environment = self._doctrees / ENV_PICKLE_FILENAME
        environment.unlink(missing_ok=True)  # which would not go with the trees while they are written
        for page, tree in borrowed.doctrees(app.env).items():
            (self._doctrees / f"{page}.doctree").write_bytes(tree)
        environment.write_bytes(pickle.dumps(app.env, pickle.HIGHEST_PROTOCOL))
        return {"written": sorted(pages), "warnings": self._faults()}

    # What the desk has to know ----------------------------------------------------------------------------------------

    def facts(self) -> dict[str, Any]:
        """Say which file is which page, which pages import a module, and which other files pages depend on."""
        env = self.app.env
        modules: dict[str, list[str]] = {}
        for page, kept in records.records(env).items():
            if kept.program is None or page not in env.found_docs:
                continue
            for path in self._modules(kept.program.cells, Path(env.doc2path(page)).parent):
                modules.setdefault(str(path), []).append(page)
        source = Path(self.app.srcdir)
        return {
            "pages": {str(Path(env.doc2path(page))): page for page in sorted(env.found_docs)},
            "files": {page: self._builder.get_target_uri(page) for page in sorted(env.found_docs)},
            "modules": modules,
            "needed": sorted({str((source / path).resolve()) for used in env.dependencies.values() for path in used}),
            "suffixes": [*self.app.config.source_suffix],
        }

    def _modules(self, cells: Sequence[str], folder: Path) -> Iterator[Path]:
        """Find the author's own modules that a page imports; one that conf.py imports, too, needs a whole build."""
        own = beside(cells, folder)
        names = {name.removesuffix(".py") for name in own}
        if any(name.partition(".")[0] == "fwdpass" for name in imported([*cells, *own.values()])):
            names.add(LESSON)
        with searched(folder):
            for name in sorted(names):
                spec = importlib.util.find_spec(name)
                if spec is not None and spec.origin and (name == LESSON or name not in self._begun):
                    yield Path(spec.origin).resolve()

    # Inside -----------------------------------------------------------------------------------------------------------

    def _note_read(self, _: Sphinx, page: str, __: object) -> None:
        self._read.add(page)

    def _note_written(
        self, _: Sphinx, page: str, __: str, context: dict[str, Any], tree: nodes.document | None
    ) -> None:
        if tree is not None and page in self._written:
            self._written[page] = context["body"], tree

    def _write(self, pages: Iterable[str]) -> None:
        """Write pages, and keep what is needed to change them."""
        builder, wanted = self._builder, set(pages)
        self._speak()
        self._written = dict.fromkeys(wanted, ("", nodes.document(None, None)))  # type: ignore[arg-type]
        builder.phase = BuildPhase.RESOLVING
        self.app.events.emit("write-started", builder)
        builder.prepare_writing(wanted)
        builder.write_documents(wanted)
        builder.copy_image_files()
        builder.copy_download_files()

    def _made_ready(self, page: str) -> Warm | None:
        kept = records.records(self.app.env).get(page)
        body, tree = self._written[page]
        if kept is None or kept.program is None or kept.ledger is None or not body:
            return None
        record = live.record_of(self.app, page, kept, body, tree)
        folder = Path(self.app.env.doc2path(page)).parent
        try:
            seen, wrong = self._see(record, folder, kept.held.least)
        except Exception:
            return None  # reading the page says why
        # A page that a reading does not give as it was built cannot be changed place by place.
        same = not wrong and Placing(record, live.drawing(self.app)).whole(seen) == body
        return Warm(record, seen, body, folder, kept.held.least) if same else None

    def _outdated(self) -> list[str]:
        """Give the pages that depend on files which have changed since they were read."""
        return sorted(self.app.env.get_outdated_files(config_changed=False)[1])

    def _is_as_patched(self, page: str, patched: dict[str, Warm]) -> bool:
        """Say whether a page that was read again is what its patches have made of it."""
        warm = patched[page]
        return Placing(warm.record, live.drawing(self.app)).whole(warm.seen) == self._written[page][0]

    def _see(self, record: Record, folder: Path, least: Level) -> tuple[Seen, list[PageError]]:
        with searched(folder):
            lesson = Lesson.of(self.app.config.fwdpass_live.get("module", LESSON))
            sources = {module: Lesson.of(module).source for module in record.scripts.values()}
        seen, wrong = see(record.program, lesson, folder, least)
        return replace(seen, sources={**sources, **seen.sources}), wrong

    def _speak(self) -> None:
        """Take the language of the book, which the end of a build has put back."""
        config = self.app.config
        speak(config.language or "en", [str(Path(self.app.srcdir) / folder) for folder in config.locale_dirs])

    def _forget_modules(self) -> None:
        """Let the author's modules be imported anew, from what is on disk now."""
        self._speak()
        source = Path(self.app.srcdir).resolve()
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            mine = name not in self._begun and file and Path(file).resolve().is_relative_to(source)
            if name == LESSON or mine:
                del sys.modules[name]
                package, _, child = name.rpartition(".")
                if package in sys.modules:
                    vars(sys.modules[package]).pop(child, None)
        importlib.invalidate_caches()

    def _contents(self) -> list[Any]:
        """Give what pages say of one another: titles, contents, numbers of sections and figures, labels."""
        env = self.app.env
        titles = {page: title.astext() for page, title in env.titles.items()}
        trees = {page: tree.pformat() for page, tree in env.tocs.items()}
        labels = dict(env.domains.standard_domain.labels)
        return [titles, trees, labels, dict(env.toc_secnumbers), dict(env.toc_fignumbers), dict(env.toctree_includes)]

    def _faults(self) -> list[Fault]:
        """Give what Sphinx has warned of since it was asked last."""
        found: list[Fault] = []
        for line in _COLOUR.sub("", self._said.getvalue()).splitlines():
            if told := _WARNING.match(line):
                found.append(
                    {
                        "file": told["file"] or "",
                        "line": told["line"] and number(told["line"]),
                        "said": _KIND.sub("", told["said"]),
                    }
                )
            elif found and line.strip():
                found[-1]["said"] += f" {line.strip()}"
        self._said.seek(0)
        self._said.truncate(0)
        return found

    def _at(self, page: str, error: PageError) -> Fault:
        return {"file": str(self.app.env.doc2path(page)), "line": error.line, "said": str(error)}

    def _sentence(self, error: Exception, page: str) -> Fault:
        """Say what is wrong where a reading could not even begin."""
        kept = records.record(self.app.env, page)
        cells = kept.program.cells if kept.program is not None else ()
        folder = Path(self.app.env.doc2path(page)).parent
        if isinstance(error, PageError):
            return self._at(page, error)
        if found := broken(error, (*cells, f"import {self.app.config.fwdpass_live.get('module', LESSON)}"), folder):
            file, line, said = found
            return {"file": str(file), "line": line, "said": said}
        said = str(error) if isinstance(error, FwdpassError) else f"{type(error).__name__}: {error}"
        return {"file": str(self.app.env.doc2path(page)), "line": None, "said": said}

    def ended(self, error: BaseException) -> list[Fault]:
        """Say why an order could not be carried out."""
        found = self._faults()
        if not found:
            said = str(error) if isinstance(error, FwdpassError | SystemExit) else f"{type(error).__name__}: {error}"
            found = [{"file": "", "line": None, "said": said}]
        return found


ORDERS: dict[str, Callable[[Book, Order], dict[str, Any]]] = {
    "warm": Book.warm,
    "patch": Book.patch,
    "read": Book.read,
    "write": Book.write,
    "finish": Book.finish,
}


def main(argv: Sequence[str]) -> None:
    """Build a book, and carry out orders until there is nobody to give them."""
    channel = Channel()
    source, out, doctrees = map(Path, argv)
    book = None
    with patch_docutils(str(source)), docutils_namespace():
        try:
            book = Book(source, out, doctrees)
            book.build()
        except BaseException as error:
            said = book.ended(error) if book is not None else [_unread(error, source)]
            channel.send(faults=said)
            return
        channel.send(built=True, warnings=book._faults(), **book.facts())
        if not hasattr(os, "fork"):
            return
        gc.collect()
        gc.freeze()
        while True:
            _take(book, channel)


def _take(book: Book, channel: Channel) -> None:
    """Wait for an order, and carry it out in a child; return in the process that holds the book from then on."""
    order = channel.receive()
    waiting, taking = os.pipe()
    if child := os.fork():
        os.close(taking)
        taken_over = os.read(waiting, 1)
        os.close(waiting)
        if taken_over:
            os._exit(0)
        os.waitpid(child, 0)
        channel.send(dropped=True)
        return
    os.close(waiting)
    channel.send(process=os.getpid())
    begun = process_time()
    try:
        done = ORDERS[order["do"]](book, order)
        done["cpu"] = process_time() - begun
    except BaseException as error:
        channel.send(faults=book.ended(error))
        os._exit(1)
    channel.send(done=done)
    channel.receive()  # whoever gave the order may have ended this process until here
    with suppress(OSError):
        os.write(taking, b"!")
    os.close(taking)


def _unread(error: BaseException, source: Path) -> Fault:
    """Say why Sphinx could not even begin."""
    said = str(error).strip().splitlines() or [type(error).__name__]
    return {"file": str(source / "conf.py"), "line": None, "said": " ".join(map(str.strip, said))}


if __name__ == "__main__":
    main(sys.argv[1:])

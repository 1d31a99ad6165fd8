"""Read a page for what its reader has changed: numbers, the script, cells; and say what stands where then."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from fwdpass.errors import FwdpassError, PageError
from fwdpass.live.drawing import DRAWING, LIGHT
from fwdpass.page.entries import restated, stated, stepped
from fwdpass.page.folded import as_folded
from fwdpass.page.lesson import Lesson, searched
from fwdpass.page.level import Level
from fwdpass.page.notebook import Words
from fwdpass.page.program import Cell, Program, Step, moved
from fwdpass.page.record import FOOT, Placing, Seen, see, within_frame
from fwdpass.page.recorded import from_json
from fwdpass.page.said import said_of


class Reader:
    """A page, and the reading that was built: what every other reading of it is held against.

    ``data`` is what the build wrote beside the page, ``page`` the page's own file, and ``folder`` where the files are
    that its cells read. ``alive`` is called before each cell, so that whoever waits knows that one takes long.
    """

    def __init__(
        self, data: Mapping[str, Any], page: str, folder: Path, alive: Callable[[], None] = lambda: None
    ) -> None:
        self._record = from_json(data, within_frame(page))
        self._least = Level.of(data["least"])
        self._array: str = data["array"]
        self._says: str = data["says"]
        with searched(folder):  # where the script may stand
            self._lesson = Lesson.of(data["module"])
        self._folder = folder
        self._alive = alive
        self._built, faults = see(self._record.program, self._lesson, folder, self._least, alive)
        if faults:  # before anything was changed: Python in the browser is another one than that of the build
            raise FwdpassError(f"line {faults[0].line}: {faults[0]}")
        self._placing = Placing(self._record, LIGHT if data["light"] else DRAWING)

    def source(self, state: Mapping[str, Any]) -> str:
        """Give the script with a reader's changes; raises FwdpassError for what is no number, or has no place."""
        source: str = state.get("script") or self._lesson.source
        numbers = dict(state.get("numbers", {}))
        if picture := state.get("picture"):
            keys = [one.key for one in stated(source) if one.array == self._array]
            numbers |= dict(zip(keys, picture, strict=True)) if len(keys) == len(picture) else {}
        return restated(source, numbers)

    def changed(self, state: Mapping[str, Any]) -> dict[str, Any]:
        """Say what a page is with a reader's changes.

        Parameters
        ----------
        state : mapping
            ``picture``, the pixels; ``numbers``, entry → how it is written; ``script``, its whole source; ``cells``,
            step → source. Each may be left out.

        Returns
        -------
        dict
            ``patch``, for the page as it was built; ``said``, about it; ``old``, the places that could not be read;
            ``false``, step of a claim → why nobody may say so now; ``faults``, what a build would say; ``numbers``, the
            entries of the script; or ``fault`` alone, where the script itself cannot be run.
        """
        try:
            lesson, _, seen, faults = self._read(state)
        except Exception as error:  # noqa: BLE001 - whatever a reader wrote
            return {"fault": _sentence(error, self._lesson.module)}
        patch = self._placing.patch(self._built, seen)
        untrue, stopped = _untrue(seen, faults), [fault for fault in faults if fault.kind != "claim"]
        if faults:
            patch.pop(FOOT, None)  # which says that all of it is certain
        said = said_of(patch, "" if stopped else self._says, lesson)
        return {
            "patch": as_folded(patch),
            "said": " ".join([said, *_more(untrue, stopped)]),
            "old": [*sorted(map(str, seen.old), key=int), *([FOOT] if faults else [])],
            "false": {one.step: one.why for one in untrue},
            "faults": list(map(str, stopped)),
            "numbers": {one.key: one.written for one in stated(lesson.source)},
        }

    def notebook(self, state: Mapping[str, Any], words: str) -> dict[str, Any]:
        """Write the page with a reader's changes as a notebook; ``words`` are what the build wrote for that."""
        try:
            lesson, program, seen, faults = self._read(state)
            note = ""
            if faults:
                untrue = _untrue(seen, faults)
                whys = {one.why for one in untrue}
                stopped = [_begun(fault) for fault in faults if str(fault) not in whys]
                said = [
                    *(f"{'No longer true' if one.decided else 'Not judged again'}: {one.why}" for one in untrue),
                    *stopped,
                ]
                note = f"The page as a reader has changed it. {'. '.join(said)}."
            return {"notebook": Words.from_json(words).notebook(self._record, program, seen, lesson, note)}
        except Exception as error:  # noqa: BLE001 - whatever a reader wrote
            return {"fault": _sentence(error, self._lesson.module)}

    def _read(self, state: Mapping[str, Any]) -> tuple[Lesson, Program, Seen, list[PageError]]:
        """Read the page with a reader's changes; what could not be read is as it was built."""
        lesson = replace(self._lesson, source=self.source(state))
        program = self._program(state.get("cells", {}))
        seen, faults = self._see(program, lesson)
        return lesson, program, seen.beyond(self._built) if faults else seen, faults

    def _see(self, program: Program, lesson: Lesson) -> tuple[Seen, list[PageError]]:
        """Read the page as strictly as its build did; what a reader wrote may leave exact arithmetic, and says so."""
        seen, faults = see(program, lesson, self._folder, self._least, self._alive)
        own = program != self._record.program or lesson.source != self._lesson.source
        if own and self._least > Level.EXECUTED and any(fault.kind == "exact" for fault in faults):
            lower = see(program, lesson, self._folder, Level.EXECUTED, self._alive)
            if len(lower[1]) < len(faults):
                return lower
        return seen, faults

    def _program(self, cells: Mapping[str, str]) -> Program:
        """Put other cells in the place of those of the page."""
        steps: list[Step] = list(self._record.program.steps)
        for step, source in cells.items():
            cell = steps[int(step)]
            if not isinstance(cell, Cell):
                raise FwdpassError(f"step {step} of the page is no cell")
            steps[int(step)] = replace(cell, source=source)
            longer = source.count("\n") - cell.source.count("\n")
            if longer:  # what is below stands further down in the page
                steps = [moved(one, cell.line, longer) for one in steps]
        return Program(self._record.program.page, tuple(steps))


class _Untrue(NamedTuple):
    """A claim of which nobody can say that it is true: it is false, or could not be decided."""

    step: str
    why: str
    decided: bool


def _untrue(seen: Seen, faults: list[PageError]) -> list[_Untrue]:
    """Find the claims that are not true, and what a build would say of each."""
    found = []
    for one in seen.ledger.entries:
        if one.kind == "claim" and one.text != "true":
            why = next((said for said in map(str, faults) if said.startswith(one.source)), one.source)
            found.append(_Untrue(str(one.step), why, one.text == "false"))
    return found


def _begun(fault: PageError) -> str:
    """Let a sentence begin with a capital; what begins with code is left as it is."""
    said = str(fault)
    return f"{said[:1].upper()}{said[1:]}" if fault.kind == "cell" else said


def _more(untrue: list[_Untrue], stopped: list[PageError]) -> list[str]:
    """Say what has become of the page beyond its numbers."""
    said = []
    for decided, one, several in (
        (True, "is no longer true", "are no longer true"),
        (False, "could not be judged again", "could not be judged again"),
    ):
        if marked := sum(each.decided is decided for each in untrue):
            said.append(f"A sentence of the page {one}: it is marked." if marked == 1 else
                        f"Sentences of the page {several}: they are marked.")  # fmt: skip
    if any("ModuleNotFoundError" in str(fault) for fault in stopped):
        said.append(
            "Python in the browser has NumPy and a part of its own library. This version, downloaded, runs with "
            "whatever a computer has."
        )
    if stopped:
        said.append(
            f"{_begun(stopped[0]).rstrip('.')}. What could not be read again is as it was, grey within a dotted line."
        )
    return said


def _sentence(error: Exception, module: str) -> str:
    """Say why a script cannot be run, and where."""
    said = str(error)
    if isinstance(error, FwdpassError):
        return f"{said[:1].upper()}{said[1:]}."
    line, trace = getattr(error, "lineno", None), error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == f"<{module}>":
            line = trace.tb_lineno
        trace = trace.tb_next
    where = f"Line {line} of the script" if line else "The script"
    told = error.msg if isinstance(error, SyntaxError) else said
    return f"{where} cannot be run: {type(error).__name__}: {told}. The page is as it was."


def asked(reader: Reader, question: str) -> str:
    """Answer a question of the page, which comes and goes as JSON."""
    data = json.loads(question)
    if data.get("step"):  # which field, from where, and whether up
        written, up = data["step"]
        try:
            answer: dict[str, Any] = {"number": stepped(written, up)}
        except FwdpassError as error:
            answer = {"fault": f"{error}."}
    elif data.get("notebook"):
        answer = reader.notebook(data["state"], data["notebook"])
    elif data.get("source"):
        answer = {"script": reader.source(data["state"])}
    else:
        answer = reader.changed(data["state"])
    return json.dumps(answer, ensure_ascii=False)

"""Read a page again in processes that round otherwise: what all of these readings say is *stable*.

Each further reading is a Python of its own, with another hash seed, another number of threads, another kernel of
OpenBLAS, and the page's code compiled so that results are nudged (:mod:`fwdpass.numerals.nudging`). They follow the
page a step at a time and at the same time. A digit that any of them changes depends on the computer, and is not shown.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import platform
import subprocess
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np

from fwdpass.errors import FwdpassError, NumeralError, PageError
from fwdpass.numerals.exact import SIGNIFICANT, Rounding
from fwdpass.numerals.nudged import READINGS
from fwdpass.numerals.nudging import nudging
from fwdpass.numerals.world import is_masked
from fwdpass.numerals.writing import LANGUAGE, PLACES, Medium, text
from fwdpass.page.digits import interval, significant
from fwdpass.page.lesson import own_modules
from fwdpass.page.program import Expression
from fwdpass.page.reading import TIMEOUT, Reading, summary
from fwdpass.page.verdict import short

LONGEST = 4096
"""Entries of an array whose digits are counted; of a longer one, its text alone is compared."""
_SLOWER = 4
"""How many times as long a cell may take in such a reading."""
_GONE = "gone"
_KERNELS = ("Prescott", "Nehalem", "Sandybridge")
"""Kernels of OpenBLAS that every processor of the family x86-64 has had for years."""

# A step and its reply: ("cell", Cell), ("number", Expression), ("claim", source, line), ("choose", Choice, Told), ...
_Asked = tuple[Any, ...]


@dataclass(frozen=True)
class Said:
    """What one reading says of a step: the text, and of a number its values, where it has any."""

    text: str
    values: tuple[float, ...] | None = None


@dataclass(frozen=True)
class Judged:
    """What the readings say of a number together: the text that stands on the page, and how many digits it has.

    ``digits`` are the significant ones of the entry that has the fewest; nothing where they cannot be counted.
    """

    text: str
    digits: int | None


class GoneError(FwdpassError):
    """A further reading that cannot go on, so that nothing is known to be stable."""


class Stable:
    """A page that is read in further processes, which round otherwise, alongside a plain reading.

    Parameters
    ----------
    page
        The name of the page.
    cells
        The sources of its cells, from which its author's own modules are known.
    folder
        Where the cells run.
    timeout
        Seconds that a cell may run.
    readings
        How many further processes there are.
    """

    def __init__(
        self,
        page: str,
        cells: Iterable[str] = (),
        *,
        folder: Path | None = None,
        timeout: float = TIMEOUT,
        readings: int = READINGS,
    ) -> None:
        self._readings = [_Other(seed, page, tuple(cells), folder, timeout) for seed in range(1, readings + 1)]

    def close(self) -> None:
        """End the processes."""
        for other in self._readings:
            other.close()

    def send(self, *asked: Any) -> None:
        """Take a step: ``"cell", Cell``, ``"choose", Choice, Told``, ``"ask", Question, Told`` or ``"asked"``.

        Gives nothing back and waits for nothing, so that a plain reading can take it at the same time.
        """
        for other in self._readings:
            other.send(asked)

    def shown(self, said: str) -> bool:
        """Say whether the cell that was run last shows the same in every reading."""
        return all(isinstance(one, Said) and one.text == digest(said) for one in self._replies())

    def number(self, expression: Expression, value: Any, said: str) -> Judged:
        """Judge a number: its value and text in the plain reading.

        Raises
        ------
        PageError
            Where a digit that would be shown is another in some reading: of a number that has a format, any of those
            that the format asks for, and of one without, the first.
        """
        self.send("number", expression)
        replies = list(self._replies())
        for one in replies:
            if isinstance(one, PageError):
                raise _unstable(f"{expression.source}: {one}, in a reading that rounds otherwise", expression.line)
        readings = [Said(said, _values(value)), *(one for one in replies if isinstance(one, Said))]
        return judged(expression, value, readings)

    def verdict(self, source: str, line: int, said: str) -> None:
        """Refuse a predicate that some reading decides otherwise."""
        self.send("verdict", source, line)
        others = [one.text if isinstance(one, Said) else str(one) for one in self._replies()]
        if other := next((one for one in others if one != said), None):
            what = f"it is {said} in one reading and {short(other)} in another"
            raise PageError(
                f"{source}: rounding decides it, {what}; compare with a margin, as math.isclose does, or exactly",
                line=line, kind="stable",
            )  # fmt: skip

    def _replies(self) -> Iterable[Said | PageError]:
        replies = [other.reply() for other in self._readings]
        for one in replies:
            if isinstance(one, PageError) and one.kind == _GONE:
                raise GoneError(str(one))
        return replies


def digest(said: str) -> str:
    """Give what a long text is compared by: a reply must fit into a pipe that nobody empties for a while."""
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


# What the readings say ------------------------------------------------------------------------------------------------


def judged(expression: Expression, value: Any, readings: Sequence[Said]) -> Judged:
    """Judge a number by its readings, of which the first is the plain one: see :meth:`Stable.number`."""
    first = readings[0]
    samples = [one.values for one in readings]
    # What has no numbers, or not as many in each reading, can be compared as a text and no more.
    if first.values is None or any(one is None or len(one) != len(first.values) for one in samples):
        if all(one.text == first.text for one in readings):
            return Judged(first.text, None)
        other = next(one.text for one in readings if one.text != first.text)
        raise _unstable(
            f"{expression.written}: it is {short(first.text)} in one reading and {short(other)} in another, "
            "which rounds otherwise",
            expression.line,
        )
    # A column has what one entry is worth in each of the readings.
    columns = list(zip(*(one for one in samples if one is not None), strict=True))
    widths = [interval(column) if _finite(column) else 0.0 for column in columns]
    counted = [significant(column) for column, width in zip(columns, widths, strict=True) if width]
    digits = int(min(counted, default=16.0))
    # An entry that is larger than its own noise is taken as a fraction, which rounding never takes for nothing.
    real = [width < abs(one) for one, width in zip(first.values, widths, strict=True)]
    # The texts are those of every reading, and of both ends of the interval in which the exact value is.
    noisy = [_like(value, one.values, real) for one in readings]
    noisy += [
        _like(value, [one + sign * width for one, width in zip(first.values, widths, strict=True)], real)
        for sign in (-1, 1)
    ]
    # The author's format has to give one text. Where there is none, places are left out until one is left.
    for spec in [expression.spec] if expression.spec else _fewer_digits():
        try:
            texts = {_text(one, spec, expression.medium) for one in noisy}
        except NumeralError:
            continue
        if len(texts) == 1:
            return Judged(texts.pop(), digits)
    said = {text(one.values[0] if len(one.values or ()) == 1 and one.values else value, "") for one in readings}
    shown = f"its format shows more than the {text(digits)} significant digits that it has"
    if digits < 1:
        shown = "none of its digits is significant"
    raise _unstable(
        f"{expression.written}: {shown}; readings that round otherwise give {short(', '.join(sorted(said)))}",
        expression.line,
    )


def _fewer_digits() -> Iterable[str]:
    """Give the formats of a number that has none, from the one with most digits down."""
    yield ""
    yield from (f".{places}f" for places in range(PLACES - 1, -1, -1))
    yield from (f".{places}e" for places in range(PLACES - 1, -1, -1))


def _text(value: Any, spec: str, medium: Medium) -> str:
    said = text(value, spec, medium)
    digits = [c for c in said if c.isdigit()]
    if spec.endswith("f") and not any(c != "0" for c in digits) and np.any(np.asarray(value) != 0):
        raise NumeralError("all digits are gone")  # what is not zero is not shown as zero
    return said


def _like(value: Any, values: Sequence[float] | None, real: Sequence[bool]) -> Any:
    """Give values in the shape of another; those that are no noise as fractions, which are never taken for nothing."""
    flat = [believed(one) if is_real else one for one, is_real in zip(values or (), real, strict=True)]
    if not np.shape(value):
        return flat[0]
    shaped = np.empty(len(flat), dtype=object)
    shaped[:] = flat
    return shaped.reshape(np.shape(value))


def believed(value: float) -> Any:
    """Give the decimal that a float stands for, without the digits that are noise; one that is no number as it is."""
    return Fraction(Decimal(f"{value:.{SIGNIFICANT - 1}e}")) if isfinite(value) else value


def vanishes(value: Any, said: str) -> bool:
    """Say whether a number that is not zero is shown as if it were."""
    return isinstance(value, float) and value != 0 and isfinite(value) and not any(c in "123456789" for c in said)


def _values(value: Any) -> tuple[float, ...] | None:
    """Give the numbers of a value, in order; nothing for what has none, or masks some, under which anything may be."""
    if is_masked(value):
        return None
    if isinstance(value, np.ndarray | list):
        with suppress(ValueError):
            array = np.asarray(value)
            if array.dtype.kind == "f" and 0 < array.size <= LONGEST:
                return tuple(array.ravel().tolist())
        return None
    return (float(value),) if isinstance(value, float | np.floating) else None


def _finite(column: Sequence[float]) -> bool:
    return all(map(isfinite, column))


def _unstable(said: str, line: int) -> PageError:
    return PageError(said, line=line, kind="stable")


# Another process ------------------------------------------------------------------------------------------------------


class _Other:
    """A reading in a process of its own."""

    def __init__(self, seed: int, page: str, cells: tuple[str, ...], folder: Path | None, timeout: float) -> None:
        threads = str(1 + seed % 2)
        environment = {
            **os.environ,
            "PYTHONHASHSEED": str(seed),
            **dict.fromkeys(("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"), threads),
        }
        if platform.machine().lower() in ("x86_64", "amd64"):
            environment["OPENBLAS_CORETYPE"] = _KERNELS[seed % len(_KERNELS)]
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from fwdpass.page.stable import serve; serve()"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment,
        )  # fmt: skip
        self._owed = 0
        self._gone: PageError | None = None
        self._post((sys.path, seed, page, cells, folder, _SLOWER * timeout, LANGUAGE.get()))

    def send(self, asked: _Asked) -> None:
        """Ask for a step; the reply is waited for when it is wanted, and those before it are forgotten then."""
        self._post(asked)
        self._owed += 1

    def reply(self) -> Said | PageError:
        """Give the reply to what was asked last."""
        said: Said | PageError = Said("")
        for _ in range(self._owed):
            try:
                said = pickle.load(self._pipe)  # noqa: S301 - our own process wrote it
            except (EOFError, OSError, pickle.UnpicklingError):
                said = PageError("the process that reads it again, rounding otherwise, ended", line=1, kind=_GONE)
            if isinstance(said, PageError) and said.kind == _GONE:
                self._gone = said  # nothing below it is known
                break
        if self._gone is not None:
            said = self._gone
        self._owed = 0
        return said

    @property
    def _pipe(self) -> BinaryIO:
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        return self._process.stdout  # type: ignore[return-value]

    def _post(self, asked: _Asked) -> None:
        assert self._process.stdin is not None  # noqa: S101 - it is a pipe
        with suppress(OSError):
            pickle.dump(asked, self._process.stdin)
            self._process.stdin.flush()

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.communicate()


def serve() -> None:
    """Be a further reading: take steps from standard input, and say on standard output what came of each."""
    replies = os.fdopen(os.dup(1), "wb")
    asked_for = os.fdopen(os.dup(0), "rb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)  # what libraries print by themselves is no reply
    os.dup2(nowhere, 0)
    sys.path[:], seed, page, cells, folder, timeout, language = pickle.load(asked_for)  # noqa: S301 - our own process wrote it
    LANGUAGE.set(language)
    with nudging(seed):
        reading = Reading(
            page, folder=folder, arithmetic=Rounding.NUDGED, timeout=timeout, drawn=False, strict=False,
            own=own_modules(cells, folder),
        )  # fmt: skip
        while True:
            try:
                asked = pickle.load(asked_for)  # noqa: S301 - our own process wrote it
            except EOFError:
                return
            pickle.dump(_taken(reading, asked), replies)
            replies.flush()


def _taken(reading: Reading, asked: _Asked) -> Said | PageError:
    """Take one step in a further reading."""
    how: Literal["cell", "number", "verdict", "choose", "ask", "asked"] = asked[0]
    try:
        match how:
            case "cell":
                try:
                    return Said(digest("".join(said for _, said in map(summary, reading.cell(asked[1])))))
                except PageError as error:
                    return PageError(f"read again, rounding otherwise, {error}", line=error.line, kind=_GONE)
            case "number":
                value, said = reading.preview(asked[1])
                return Said(said, _values(value))
            case "verdict":
                return Said(reading.verdict(asked[1], asked[2]))
            case "choose":
                reading.choose(asked[1], asked[2])
            case "ask":
                reading.ask(asked[1], asked[2])
            case "asked":
                reading.asked()
    except PageError as error:
        return error
    except FwdpassError as error:
        return PageError(str(error), line=1, kind="stable")
    return Said("")

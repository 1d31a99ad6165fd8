r"""The part of LaTeX that formulas with holes use, to MathML, as math-core writes it: for where only Python runs.

Whatever is beyond it raises :class:`UnreadError`. A build converts each formula that a reader may change both ways, and
lets nobody change the numbers of a page on which the two differ.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|\s+|.", re.DOTALL)
_WORDS = re.compile(r"[A-Za-z0-9 .,]+")
_RELATIONS = {"=": "=", "<": "&lt;", ">": "&gt;", r"\le": "≤", r"\ge": "≥", r"\to": "→", r"\in": "∈"}
_SIGNS = {"+": "+", "-": "−", r"\pm": "±"}
_TIMES = {r"\times": "×", r"\cdot": "⋅"}
_SPACES = {r"\,": "0.16666667em", r"\;": "0.2777778em", r"\quad": "1em", r"\:": "0.2222em"}
_BOLD = {letter: chr(base + at) for base, first in ((0x1D400, "A"), (0x1D41A, "a")) for at in range(26)
         for letter in (chr(ord(first) + at),)}  # fmt: skip
_SIDES = (
    "text-align: right;justify-items: end;padding-right: 0;",
    "text-align: left;justify-items: start;padding-left: 0;",
)
"""Of the columns of aligned lines, in turns."""
_SMALL = 2
"""The style of indices, exponents, and fractions in a line."""
_TIGHT = ' lspace="0" rspace="0"'
_BEFORE_SIGN = ("start", "relation", "sign", "open", "comma")
"""After which a sign is a number's own."""


_AFTER_MATRIX = ("", ")", "]", "}", ",", "&", r"\\", r"\end", r"\begin", "_", "^")
"""Where the space behind a matrix is known; so it is before relations and signs."""


class UnreadError(ValueError):
    """A formula has something that is not converted here."""


class _Part(NamedTuple):
    mathml: str
    kind: str


def converted(tex: str, *, display: bool) -> str:
    r"""Convert a formula to MathML.

    Parameters
    ----------
    tex : str
        LaTeX.
    display : bool
        Whether it stands on a line of its own.

    Raises
    ------
    UnreadError
        Where there is something in it that is not converted here.

    Examples
    --------
    >>> converted(r"w_0 = -0.5", display=False)
    '<math><msub><mi>w</mi><mn>0</mn></msub><mo>=</mo><mo lspace="0" rspace="0">−</mo><mn>0.5</mn></math>'
    """
    parser = _Parser([found[0] for found in _TOKEN.finditer(tex) if not found[0].isspace()], style=0 if display else 1)
    block = ' display="block"' if display else ""
    return f"<math{block}>{''.join(part.mathml for part in parser.row(('',), 'start'))}</math>"


@dataclass
class _Parser:
    tokens: list[str]
    at: int = 0
    style: int = 0
    """How small what is read is set: as a display, as text, or smaller, where signs have no space."""
    tables: int = 0
    """How many matrices and aligned lines stand around what is read."""

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def next(self) -> str:
        token = self.peek()
        self.at += 1
        return token

    def expect(self, token: str) -> None:
        if self.next() != token:
            raise UnreadError(token)

    def row(self, stops: tuple[str, ...], before: str) -> list[_Part]:
        """Read parts up to one of the stops."""
        parts: list[_Part] = []
        while self.peek() not in stops:
            if not self.peek():
                raise UnreadError("it ends early")
            parts += self.scripted(parts[-1].kind if parts else before)
        return parts

    def scripted(self, before: str) -> list[_Part]:
        """Read a part, and what stands below and above it."""
        parts = self.part(before)
        scripts: dict[str, str] = {}
        while self.peek() in ("_", "^"):
            where = self.next()
            scripts[where] = self.argument(_SMALL)
        if not scripts:
            return parts
        if len(parts) != 1:
            raise UnreadError("an index of more than one thing")
        (base, kind), below, above = parts[0], scripts.get("_"), scripts.get("^")
        if kind == "brace":
            return [_Part(f"<munder>{base}{below}</munder>", "plain")]
        if below and above:
            return [_Part(f"<msubsup>{base}{below}{above}</msubsup>", kind)]
        name = "msub" if below else "msup"
        return [_Part(f"<{name}>{base}{below or above}</{name}>", kind)]

    def argument(self, style: int = 0) -> str:
        """Read one element, or a group as one, which may be set smaller."""
        before, self.style = self.style, max(self.style, style)
        if self.peek() == "{":
            self.next()
            row = self.row(("}",), "start")
            self.next()
            self.style = before
            return _grouped(row)
        parts = self.part("start")
        self.style = before
        if len(parts) != 1:
            raise UnreadError("an argument of more than one thing")
        return parts[0].mathml

    def words(self) -> str:
        """Read letters in braces."""
        self.expect("{")
        said = ""
        while self.peek() != "}":
            if not _WORDS.fullmatch(self.peek()):
                raise UnreadError(self.peek())
            said += self.next()
        self.next()
        return said

    def part(self, before: str) -> list[_Part]:
        """Read what one token begins."""
        token = self.next()
        if token[0].isdigit():
            return [_Part(f"<mn>{token}</mn>", "plain")]
        if token.isalpha() and token.isascii():
            return [_Part(f"<mi>{token}</mi>", "plain")]
        if token in _RELATIONS:
            wide = ' stretchy="false"' if _RELATIONS[token] == "→" else ""
            if self.style >= _SMALL:
                if wide or before != "plain":
                    raise UnreadError("a relation that begins, or an arrow, in small letters")
                return [_Part(f'<mo lspace="0" rspace="0">{_RELATIONS[token]}</mo>', "relation")]
            first = ' lspace="0"' if before == "start" else ""
            return [_Part(f"<mo{wide}{first}>{_RELATIONS[token]}</mo>", "relation")]
        if token in _SIGNS:
            if before in _BEFORE_SIGN:
                return [_Part(f'<mo lspace="0" rspace="0">{_SIGNS[token]}</mo>', "own")]
            return [_Part(f"<mo{_TIGHT * (self.style >= _SMALL)}>{_SIGNS[token]}</mo>", "sign")]
        if token in _TIMES:
            space = _TIGHT if self.style >= _SMALL else ' lspace="0.2222em" rspace="0.2222em"'
            return [_Part(f"<mo{space}>{_TIMES[token]}</mo>", "sign")]
        if token in _SPACES:
            return [_Part(f'<mspace width="{_SPACES[token]}"/>', before)]
        match token:
            case r"\\" if not self.tables:  # the end of a line, where there are no lines
                return [_Part("", before)]
            case "(" | "[":
                return [_Part(f'<mo stretchy="false">{token}</mo>', "open")]
            case ")" | "]":
                return [_Part(f'<mo stretchy="false">{token}</mo>', "close")]
            case ",":
                return [_Part('<mo rspace="0">,</mo>' if self.style >= _SMALL else "<mo>,</mo>", "comma")]
            case ":":
                return [_Part('<mo lspace="0.2778em" rspace="0">:</mo>', "relation")]
            case "{":
                row = self.row(("}",), "start")
                self.next()
                return [_Part(_grouped(row), "plain")]
            case r"\frac":
                style = self.style + 1
                return [_Part(f"<mfrac>{self.argument(style)}{self.argument(style)}</mfrac>", "plain")]
            case r"\mathbf":
                if (letter := self.words()) not in _BOLD:
                    raise UnreadError(letter)
                return [_Part(f"<mi>{_BOLD[letter]}</mi>", "plain")]
            case r"\hat":
                return [_Part(f'<mover accent="true">{self.argument()}<mo stretchy="false">ˆ</mo></mover>', "plain")]
            case r"\text":
                return [_Part(f"<mtext>{self.words()}</mtext>", "plain")]
            case r"\underbrace":
                return [_Part(f'<munder accentunder="true">{self.argument()}<mo>⏟</mo></munder>', "brace")]
            case r"\big":
                kind = "open" if self.peek() in ("(", "[") else "close"
                return [_Part(f'<mo minsize="1.2em" maxsize="1.2em">{self.next()}</mo>', kind)]
            case r"\max" | r"\operatorname":
                return self.function({r"\max": "max"}.get(token) or self.words(), before)
            case r"\begin":
                return [self.environment(before)]
        raise UnreadError(token)

    def function(self, name: str, before: str) -> list[_Part]:
        """Read what a function is applied to; some space stands before it, where it is a factor."""
        if before == "inner" or self.style >= _SMALL or self.tables:
            raise UnreadError("a function in or behind a matrix, or a small one")
        head = f"<mrow><mspace/><mi>{name}</mi></mrow>"
        space = [_Part('<mspace width="0.1667em"/>', before)] * (before in ("plain", "close", "own"))
        if self.peek() == r"\big":
            return [*space, _Part(head, "plain"), _Part('<mspace width="0.1667em"/>', "plain")]
        self.expect("(")
        parts: list[_Part] = []
        depth = 1
        while depth := depth + (self.peek() == "(") - (self.peek() == ")"):
            if not self.peek():
                raise UnreadError("it ends early")
            nested = self.tokens[self.at - 1] == "(" and parts and self.peek() in _SIGNS
            if nested or self.peek() in (r"\begin", r"\max", r"\operatorname"):
                raise UnreadError("what math-core takes for the end of a function")
            parts += self.scripted(parts[-1].kind if parts else "open")
        self.next()
        inner = "".join(part.mathml for part in parts)
        opened, closed = '<mo stretchy="false">(</mo>', '<mo stretchy="false">)</mo>'
        applied = f"<mo>&ApplyFunction;</mo><mrow>{opened}{inner}{closed}</mrow>"
        return [*space, _Part(f"<mrow>{head}{applied}</mrow>", "plain")]

    def environment(self, before: str) -> _Part:
        """Read a matrix, or lines that are aligned."""
        kind = self.words()
        if kind not in ("bmatrix", "aligned"):
            raise UnreadError(kind)
        rows: list[list[str]] = [[]]
        first = "start"
        around, self.style = self.style, 0 if kind == "aligned" else 1
        self.tables += 1
        while True:
            rows[-1].append("".join(part.mathml for part in self.row(("&", r"\\", r"\end"), first)))
            stop = self.next()
            if stop == r"\end":
                break
            first = "plain" if stop == "&" else "start"
            if stop == r"\\":
                rows.append([])
        if self.words() != kind:
            raise UnreadError(r"\end")
        self.style = around
        self.tables -= 1
        if kind == "aligned":
            aligned = [[f'<mtd style="{_SIDES[at % 2]}">{cell}</mtd>' for at, cell in enumerate(row)] for row in rows]
            lines = "".join(f"<mtr>{''.join(cells)}</mtr>" for cells in aligned)
            return _Part(f'<mtable displaystyle="true" scriptlevel="0">{lines}</mtable>', "plain")
        if self.peek() not in (*_AFTER_MATRIX, *_RELATIONS, *_SIGNS, *_TIMES):
            raise UnreadError("what stands behind a matrix")
        body = "".join(f"<mtr>{''.join(f'<mtd>{cell}</mtd>' for cell in row)}</mtr>" for row in rows)
        left = ' lspace="0.1667em"' if before == "plain" else ""
        right = ' rspace="0.1667em"' if self.peek() == r"\begin" else ""
        table = f'<mtable displaystyle="false" scriptlevel="0">{body}</mtable>'
        return _Part(f"<mrow><mo{left}>[</mo>{table}<mo{right}>]</mo></mrow>", "inner")


def _grouped(row: list[_Part]) -> str:
    """Make one element of a row."""
    if len(row) == 1 and not row[0].mathml.startswith(("<mo>", "<mo ")):
        return row[0].mathml
    return f"<mrow>{''.join(part.mathml for part in row)}</mrow>"

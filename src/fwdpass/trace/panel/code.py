"""Python source, a line at a time, in pieces that a style sheet can colour; found by Python's own tokenizer."""

from __future__ import annotations

import builtins
import io
import keyword
import tokenize
from collections.abc import Iterator, Sequence

import htpy as h

# The same colours whatever Python it is: without a name that 3.13 has added, and one that only Windows has.
_BUILTINS = frozenset(name for name in vars(builtins) if not name.startswith("_")) - {
    "PythonFinalizationError",
    "WindowsError",
}
_TEXTS = {tokenize.COMMENT: "fp-c", tokenize.STRING: "fp-s"}
# A text with values in it is one token before Python 3.12, and many since, from a start to an end.
_STARTS, _ENDS = (
    frozenset(getattr(tokenize, f"{kind}STRING_{edge}") for kind in "FT" if hasattr(tokenize, f"{kind}STRING_{edge}"))
    for edge in ("START", "END")
)

Span = tuple[int, int, str]
"""From a column to another, and what is there."""


def highlighted(lines: Sequence[str]) -> list[h.Node]:
    """Give the nodes of each line; what Python cannot read is left plain.

    >>> print(*map(h.pre.__getitem__, highlighted(["if x:  # why"])))
    <pre><span class="fp-k">if</span> x:  <span class="fp-c"># why</span></pre>
    """
    spans: list[list[Span]] = [[] for _ in lines]
    try:
        for row, span in _spans(lines):
            spans[row].append(span)
    except (tokenize.TokenError, SyntaxError, IndexError):
        spans = [[] for _ in lines]
    return [_pieces(line, found) for line, found in zip(lines, spans, strict=True)]


def _spans(lines: Sequence[str]) -> Iterator[tuple[int, Span]]:
    defined = False
    for token in _tokens("\n".join(lines) + "\n"):
        kind = _TEXTS.get(token.type, "")
        if token.type == tokenize.NAME:
            kind = "fp-f" if defined else _kind(token.string)
            defined = token.string in ("def", "class")
        if not kind:
            continue
        (row, start), (last, end) = token.start, token.end
        for at in range(row, last + 1):
            line = lines[at - 1]
            yield at - 1, (start if at == row else 0, end if at == last else len(line), kind)


def _tokens(source: str) -> Iterator[tokenize.TokenInfo]:
    """Give Python's tokens, each text with values in it as one, with whatever stands in it."""
    begun: list[tuple[int, int]] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in _STARTS:
            begun.append(token.start)
        elif token.type in _ENDS:
            if len(begun) == 1:
                yield tokenize.TokenInfo(tokenize.STRING, "", begun[0], token.end, token.line)
            begun.pop()
        elif not begun:
            yield token


def _kind(name: str) -> str:
    if keyword.iskeyword(name):
        return "fp-k"
    return "fp-f" if name in _BUILTINS else ""


def _pieces(line: str, spans: Sequence[Span]) -> list[h.Node]:
    pieces: list[h.Node] = []
    at = 0
    for start, end, kind in spans:
        if start < end:
            pieces += [line[at:start], h.span(class_=kind)[line[start:end]]]
            at = end
    return [*pieces, line[at:]]

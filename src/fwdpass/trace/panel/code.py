"""Python source, a line at a time, in pieces that a style sheet can colour; found by Python's own tokenizer."""

from __future__ import annotations

import builtins
import io
import keyword
import tokenize
from collections.abc import Iterator, Sequence

import htpy as h

_BUILTINS = frozenset(name for name in vars(builtins) if not name.startswith("_"))
_TEXTS = {tokenize.COMMENT: "fp-c", tokenize.STRING: "fp-s"}
# f-strings have tokens of their own since Python 3.12; before, they are strings
_TEXTS |= {
    getattr(tokenize, name): "fp-s"
    for name in ("FSTRING_START", "FSTRING_MIDDLE", "FSTRING_END")
    if hasattr(tokenize, name)
}

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
    for token in tokenize.generate_tokens(io.StringIO("\n".join(lines) + "\n").readline):
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

"""What a style sheet makes a browser write: quoted texts, counters, and attributes that are otherwise unread."""

from __future__ import annotations

import re
from collections.abc import Iterator

_RULE = re.compile(
    r"""(?<![\w-])(?:content|quotes|list-style(?:-type)?)\s*:\s*((?:"[^"]*"|'[^']*'|[^;}"'])*)"""
    r"""|--(?!fa)[\w-]+\s*:\s*("[^"]*"|'[^']*')\s*(?=[;}]|$)|@counter-style([^}]*)""",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'", re.DOTALL)
_UNREAD = re.compile(r"attr\(\s*(?!data-|title\b|alt\b|aria-label\b)[^)]*\)", re.IGNORECASE)
_COUNTED = re.compile(r"(?<![\w-])counter-(?:reset|increment|set)\s*:([^;}]*)", re.IGNORECASE)
_WHOLE = re.compile(r"(?<![\w-])-?\d+(?![\w-])")
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.DOTALL)
_ADDRESS = re.compile(r"""url\((?:"[^"]*"|'[^']*'|[^)])*\)""", re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def css_texts(css: str) -> Iterator[str]:
    r"""Give what a style sheet makes a browser write.

    >>> list(css_texts("p::after { content: '\\30 .\\38 9' attr(class) } li { counter-increment: item 77 }"))
    ['0.89', '0, if need be, from attr(class)', '77']
    """
    css = _COMMENT.sub("", css)
    for match in _RULE.finditer(css):
        rule = _ADDRESS.sub("", match[1] or match[2] or match[3] or "")
        quoted = [_unescaped(one[1] or one[2] or "") for one in _QUOTED.finditer(rule)]
        if quoted:
            yield "".join(quoted)
        yield from (f"0, if need be, from {unread[0]}" for unread in _UNREAD.finditer(_QUOTED.sub("", rule)))
    for match in _COUNTED.finditer(css):
        yield from (step for step in _WHOLE.findall(match[1]) if step not in ("0", "1"))


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: _char(match[1]) if match[1] else match[2], text)


def _char(digits: str) -> str:
    code = int(digits, 16)
    return chr(code) if 0 < code < 0x110000 else ""

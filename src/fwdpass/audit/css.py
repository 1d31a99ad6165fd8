"""What a style sheet makes a browser write: quoted texts, counters, drawings, attributes that are otherwise unread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import tinycss2

from fwdpass.audit.address import embedded
from fwdpass.audit.tree import parse_xml

_WRITTEN = frozenset(("content", "quotes", "list-style", "list-style-type", "@counter-style"))
"""Declarations whose strings a browser writes."""
_COUNTED = frozenset(("counter-reset", "counter-increment", "counter-set"))
_TELLING = _WRITTEN | _COUNTED | {"unicode-bidi"}
_READ = ("data-", "title", "alt", "aria-label")
"""Attributes that the audit reads anyway, or how their names begin."""
_QUIET_DATA = (
    "data-bs-",
    "data-sd-",
    "data-pst-",
    "data-toggle",
    "data-target",
    "data-content_root",
    "data-mode",
    "data-theme",
    "data-default-mode",
)
IMPLIED = "0, "
"""Starts what holds no number itself, and has a browser write one."""
_REVERSED = frozenset(("bidi-override", "isolate-override"))


def is_quiet_data(name: str) -> bool:
    """Say whether an attribute is a theme's or a library's own, which says nothing to readers by itself."""
    return name.startswith(_QUIET_DATA) and not name.endswith(("title", "content", "hint"))  # a tooltip, a popover


def css_texts(css: str, *, own: bool = True) -> Iterator[str]:
    r"""Give what a style sheet, or an attribute ``style``, makes a browser write.

    Parameters
    ----------
    css
        The rules or declarations.
    own
        Whether they are the author's. Then a counter is a number of hers; a theme's counts the entries of a list.

    Examples
    --------
    >>> list(css_texts("p::after { content: '\\30 .\\38 9' attr(class) } li { counter-increment: item 77 }"))
    ['0.89', '0, if need be, from attr(class)', '77']
    """
    parsed = _parsed(css)
    for sheet in _imported(parsed):
        yield from css_texts(sheet, own=own)
    for name, value in _declared(parsed):
        if name in _WRITTEN or _is_text(name, value):
            if said := "".join(token.value for token in _flat(value) if token.type == "string"):
                yield said
            yield from (f"{IMPLIED}if need be, from attr({asked})" for asked in _asked(value) if not _is_read(asked))
            if own:
                yield from (f"{IMPLIED}or what {call} has counted" for call in _called(value, "counter", "counters"))
        if (
            name == "unicode-bidi"
            and own
            and any(token.type == "ident" and token.lower_value in _REVERSED for token in value)
        ):
            yield f"{IMPLIED}for a number whose digits are turned around"
        if name in _COUNTED:
            whole = (token.int_value for token in value if token.type == "number")
            yield from (str(step) for step in whole if step not in (0, 1))
            yield from (
                f"{IMPLIED}or what {call} says, for a counter" for call in _called(value, "var", "attr", "calc")
            )
        for address in _addresses(value):
            # Shapes are no text. A picture's text is, wherever the picture comes from.
            if (
                address.lstrip()[:5].lower() == "data:"
                and (said := parse_xml(embedded(address.strip())).text()).strip()
            ):
                yield said


def _parsed(css: str | Iterable[Any]) -> list[Any]:
    nodes: list[Any] = tinycss2.parse_blocks_contents(css, skip_comments=True, skip_whitespace=True)
    return nodes


def _imported(nodes: Iterable[Any]) -> Iterator[str]:
    """Give the style sheets that stand in the addresses of ``@import``."""
    for node in nodes:
        if node.type == "at-rule" and node.lower_at_keyword == "import":
            named = (one.value for one in node.prelude if one.type == "string")
            for address in (*_addresses(node.prelude), *named):
                if address.lstrip()[:5].lower() == "data:":
                    yield embedded(address.strip())


def _declared(nodes: Iterable[Any]) -> Iterator[tuple[str, list[Any]]]:
    """Give each declaration, however deep its rule is in others."""
    for node in nodes:
        if node.type == "declaration":
            yield node.name if node.name.startswith("--") else node.lower_name, node.value
        elif node.type == "at-rule" and node.lower_at_keyword == "counter-style":
            yield "@counter-style", node.content or []
        elif node.type in ("at-rule", "qualified-rule") and node.content and any(map(_may_write, node.content)):
            yield from _declared(_parsed(node.content))


def _may_write(token: Any) -> bool:
    """Say whether a token in a rule may make a browser write: most rules have colours and lengths alone."""
    if token.type == "ident":
        return token.value.startswith("--") or token.lower_value in _TELLING
    return token.type in ("url", "function", "{} block", "at-keyword")


def _is_text(name: str, value: list[Any]) -> bool:
    """Say whether a custom property is a text and nothing else; those of icons are signs."""
    tokens = [token.type for token in value if token.type not in ("whitespace", "comment")]
    return name.startswith("--") and not name.startswith("--fa") and tokens == ["string"]


def _flat(tokens: Iterable[Any]) -> Iterator[Any]:
    """Give tokens with those in functions and blocks; what stands in an address is none of the text."""
    for token in tokens:
        yield token
        if token.type == "function" and token.lower_name != "url":
            yield from _flat(token.arguments)
        elif token.type.endswith(" block"):
            yield from _flat(token.content)


def _is_read(attribute: str) -> bool:
    return attribute.startswith(_READ) and not is_quiet_data(attribute)


def _called(tokens: Iterable[Any], *names: str) -> Iterator[str]:
    """Give the functions of some names that are called."""
    for token in _flat(tokens):
        if token.type == "function" and token.lower_name in names:
            yield token.serialize()


def _asked(tokens: Iterable[Any]) -> Iterator[str]:
    """Give the names of the attributes that ``attr()`` asks for."""
    for token in _flat(tokens):
        if token.type == "function" and token.lower_name == "attr":
            yield next((one.lower_value for one in token.arguments if one.type == "ident"), "")


def _addresses(tokens: Iterable[Any]) -> Iterator[str]:
    for token in _flat(tokens):
        if token.type == "url":
            yield token.value
        elif token.type == "function" and token.lower_name == "url":
            yield from (one.value for one in token.arguments if one.type == "string")

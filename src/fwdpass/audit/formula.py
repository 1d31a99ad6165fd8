"""MathML as a line of text, in which an index belongs to its name and an exponent does not."""

from __future__ import annotations

from fwdpass.audit.tree import Element
from fwdpass.numerals.scan import numbers

_APART = frozenset(("msup", "munder", "mover", "munderover", "mfrac", "mtd", "mtr", "mroot"))


def formula_text(element: Element) -> str:
    """Write MathML as a line of text: what stands below belongs to its name, what stands above does not."""
    parts = [child if isinstance(child, str) else formula_text(child) for child in element.children]
    match element.tag:
        case "msub":
            return "_".join(part for part in parts if part.strip())
        case "msubsup":
            inner = [part for part in parts if part.strip()]
            return f"{'_'.join(inner[:2])} {' '.join(inner[2:])}"
        case "mover" | "munder" if parts and _is_accent(element.children[-1], parts[-1]):
            return "".join(parts[:-1])  # the name below a hat may have an index
        case tag if tag in _APART:
            return f" {' '.join(parts)} "
        case "mspace":
            return " "
        case "mo":
            return _operator("".join(parts))
        case _:
            return _row(element, parts)


def _is_accent(child: Element | str, said: str) -> bool:
    return isinstance(child, Element) and child.tag == "mo" and not any(numbers(said))


def _operator(said: str) -> str:
    if said in "[](),.":
        return said
    return f" {said}" if said in "-−+" else f" {said} "


def _row(element: Element, parts: list[str]) -> str:
    """Put parts side by side; a name and a number stay apart."""
    joined = ""
    for child, part in zip(element.children, parts, strict=True):
        tag = "" if isinstance(child, str) else child.tag
        apart = (tag == "mn" and joined[-1:].isalpha()) or (joined[-1:].isdigit() and part[:1].isalpha())
        joined += f" {part}" if apart else part
    return joined

"""Write a finished page as plain Markdown, as a notebook shows it: numbers in place, formulas as TeX, links in full."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from textwrap import indent

from docutils import nodes
from sphinx import addnodes

from fwdpass import borrowed
from fwdpass.page.notebook import Code, aligned, escaped, listed

Resolve = Callable[[str], str]
"""Takes an address as the page has it; gives the whole address, or nothing where there is none."""

_SILENT = (
    nodes.comment,
    nodes.meta,
    nodes.raw,
    nodes.target,
    nodes.system_message,
    nodes.substitution_definition,
    nodes.footnote_reference,
    addnodes.index,
    addnodes.toctree,
)


def pieces(node: nodes.Node, resolve: Resolve, level: int = 0) -> Iterator[str]:
    """Give what a node says, block by block; cells of code are :class:`~fwdpass.page.notebook.Code`."""
    match node:
        case nodes.Element() if isinstance(node, _SILENT) or "toctree-wrapper" in node["classes"]:
            return
        case nodes.container() if borrowed.is_code_cell(node):
            source = next(iter(node.findall(nodes.literal_block)), None)
            if source is not None and borrowed.is_code_of_cell(source.parent):
                yield Code(source.astext())
        case nodes.section():
            for child in node.children:
                yield from pieces(child, resolve, level + 1)
        case nodes.title() if isinstance(node.parent, nodes.section):
            yield f"{'#' * min(level, 6)} {inline(node, resolve)}"
        case nodes.literal_block() | nodes.doctest_block():
            yield listed(node.astext(), node.get("language", ""))
        case nodes.math_block():
            yield f"$$\n{aligned(node.astext())}\n$$"
        case nodes.bullet_list() | nodes.enumerated_list():
            yield "\n".join(_items(node, resolve))
        case nodes.definition_list_item():
            yield from _definition(node, resolve)
        case nodes.table():
            yield _table(node, resolve)
        case nodes.Admonition() | nodes.block_quote():
            said = "\n\n".join(piece for child in node.children for piece in pieces(child, resolve, level))
            yield indent(said, "> ", lambda _: True)
        case nodes.title() | nodes.rubric():
            yield f"**{inline(node, resolve)}**"
        case nodes.TextElement():
            if said := inline(node, resolve).strip():
                yield said
        case nodes.Element():
            for child in node.children:
                yield from pieces(child, resolve, level)
        case nodes.Text() if node.strip():
            yield escaped(node)


def inline(node: nodes.Node, resolve: Resolve) -> str:
    """Give what a node says within a line."""
    match node:
        case nodes.Text():
            return escaped(node)
        case nodes.Element() if isinstance(node, _SILENT):
            return ""
        case nodes.literal():
            fence = "``" if "`" in node.astext() else "`"
            space = " " if "`" in node.astext() else ""
            return f"{fence}{space}{node.astext()}{space}{fence}"
        case nodes.math():
            return f"${node.astext().strip()}$"
        case nodes.image():
            return f"*{escaped(node.get('alt', ''))}*" if node.get("alt") else ""
        case nodes.reference():
            return _link(node, resolve)
        case nodes.Element():
            sign = "*" if isinstance(node, nodes.emphasis) else "**" if isinstance(node, nodes.strong) else ""
            return f"{sign}{_children(node, resolve)}{sign}"
    return ""


def _children(node: nodes.Element, resolve: Resolve) -> str:
    return "".join(inline(child, resolve) for child in node.children)


def _link(node: nodes.reference, resolve: Resolve) -> str:
    said = _children(node, resolve)
    address = resolve(node.get("refuri") or f"#{node.get('refid', '')}")
    return f"[{said}]({address})" if address else said


def _items(node: nodes.Element, resolve: Resolve) -> Iterator[str]:
    for place, item in enumerate(node.children, node.get("start", 1)):
        sign = f"{place}. " if isinstance(node, nodes.enumerated_list) else "- "
        said = "\n\n".join(pieces(item, resolve))
        yield sign + indent(said, " " * len(sign)).lstrip()


def _definition(node: nodes.Element, resolve: Resolve) -> Iterator[str]:
    for child in node.children:
        if isinstance(child, nodes.term):
            yield f"**{inline(child, resolve).strip()}**"
        else:
            yield from pieces(child, resolve)


def _table(node: nodes.Element, resolve: Resolve) -> str:
    rows = [[_cell(entry, resolve) for entry in row.children] for row in node.findall(nodes.row)]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    lines.insert(1, "|" + " --- |" * max(map(len, rows), default=1))
    return "\n".join(lines)


def _cell(entry: nodes.Node, resolve: Resolve) -> str:
    return " ".join(" ".join(pieces(entry, resolve)).split()).replace("|", r"\|")

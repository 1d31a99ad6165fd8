"""Whose value a number in a sentence is: the name before it, which :mod:`fwdpass.page.named` reads.

It looks at the nodes that docutils has of the sentence, or of the table's row, so far, and changes none.
"""

from __future__ import annotations

from collections.abc import Iterator

from docutils import nodes

from fwdpass.page.named import beside, in_plain

_VALUE = frozenset(("value", "its value", "is", "=", "worth"))
"""Heads of a table's column that has the values of the names before it."""


def named_before(words: nodes.Element) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Find the name whose value a sentence goes on to say: as it is written, and how it is spelled."""
    if not len(words):
        if isinstance(cell := words.parent, nodes.entry):
            yield from _named_in_row(cell)
    elif not isinstance(last := words[-1], nodes.Text):
        return
    elif found := in_plain(last.astext()):
        above, entry, said = found
        yield entry, beside(entry, True, above, said)
    elif len(words) > 1 and isinstance(name := words[-2], nodes.literal | nodes.math):
        above = "".join(node.astext() for node in words[:-2])
        code = isinstance(name, nodes.literal)
        yield (f"`{name.astext()}`" if code else name.astext()), beside(name.astext(), code, above, last.astext())


def _named_in_row(cell: nodes.entry) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Find the name in the first column of a table whose second has the value, if its head says so."""
    row = cell.parent
    table = row.parent.parent
    heads = [head for each in table.findall(nodes.thead) for head in each.findall(nodes.entry)]
    if row.index(cell) != 1 or len(heads) < 2 or heads[1].astext().strip().lower() not in _VALUE:
        return
    first = row.children[0]
    for name in first.findall(lambda node: isinstance(node, nodes.literal | nodes.math)):
        if name.astext() == first.astext():
            yield name.astext(), beside(name.astext(), isinstance(name, nodes.literal), "", "is")

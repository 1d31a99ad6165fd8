"""On paper, in an EPUB and in plain text, put the answers of quick checks at the end, read by nobody by chance."""

from __future__ import annotations

from collections.abc import Iterable

from docutils import nodes
from sphinx.application import Sphinx

from fwdpass.numerals.catalog import _
from fwdpass.numerals.writing import text
from fwdpass.sphinxext.quiz import asked_question, choice, choice_label, quick_check

ROOM, LINES = 6, 1.5
"""Lines on paper that a question takes, and those that each of its options does."""


def put_answers_last(app: Sphinx, doctree: nodes.document, _docname: str) -> None:
    """Leave the question and its options where they are, and say behind all else which is right, and why."""
    if (app.builder.format == "html" and app.builder.name != "epub") or not app.builder.use_message_catalog:
        return  # a site answers itself, and who translates wants the page as it was written
    answers: list[nodes.Node] = []
    for place, asked in enumerate(list(doctree.findall(quick_check)), 1):
        named = next(asked.parent.findall(nodes.title))
        named.append(nodes.Text(f" {text(place)}"))
        answers += [nodes.paragraph("", "", nodes.strong("", named.astext())), _feedback(asked)]
        asked[:] = list(_question(asked))
        if app.builder.name == "latex":
            _keep_together(asked)
    if answers:
        heading = nodes.title if app.builder.name != "epub" else nodes.rubric  # a section there has its page's number
        last = nodes.section(
            "", heading("", _("Answers to the quick checks")), *answers, ids=["fp-answers"], names=["fp-answers"]
        )
        # A page has its own title above it; what LaTeX makes of all pages together has not.
        inside = next(doctree.findall(nodes.section), doctree) if app.builder.name != "latex" else doctree
        inside.append(last)


def _keep_together(asked: quick_check) -> None:
    """Have LaTeX begin a page rather than part a question from its options."""
    box, options = asked.parent, sum(1 for _each in asked.findall(nodes.list_item))
    room = rf"\needspace{{{ROOM + LINES * options}\baselineskip}}"
    box.parent.insert(box.parent.index(box), nodes.raw("", room, format="latex"))


def _question(asked: quick_check) -> Iterable[nodes.Node]:
    """Give the question, and its options as a list of letters."""
    for line in list(asked.findall(asked_question)):
        line.replace_self(nodes.paragraph("", "", *line.children))
    labels = [label for one in asked.findall(choice) for label in one.findall(choice_label)]
    yield from (child for child in asked.children if next(child.findall(choice), None) is None)
    yield _lettered([nodes.list_item("", nodes.paragraph("", "", *label.children)) for label in labels])


def _feedback(asked: quick_check) -> nodes.enumerated_list:
    """Give what is said of each option, in the same letters."""
    boxes = (next(one.findall(nodes.container)) for one in asked.findall(choice))
    return _lettered([nodes.list_item("", *box.children) for box in boxes])


def _lettered(items: list[nodes.list_item]) -> nodes.enumerated_list:
    return nodes.enumerated_list("", *items, enumtype="loweralpha", prefix="", suffix=".")

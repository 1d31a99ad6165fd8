"""What the build knows about its pages, the file that says so, and the audit at the end of the build."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

from fwdpass.audit import LEDGER, Facts, Passage, audit_site, dumped
from fwdpass.audit.page import formula_text
from fwdpass.audit.tree import canonical, code_digest, digest, parse
from fwdpass.numerals import text
from fwdpass.page import Cell, Expression, Program
from fwdpass.page.shell import Output, Printed, Raised, Shown
from fwdpass.sphinxext import maths, records

_LOGGER = logging.getLogger(__name__)
_IDENTIFIER = re.compile(r"[^\W\d]\w*\d\w*")


def collect(app: Sphinx, doctree: nodes.document) -> None:
    """Note what a page shows that was executed: formulas with holes, code that ran, signatures."""
    kept = records.record(app.env, app.env.docname)
    facts = kept.facts
    facts.source = app.env.doc2path(app.env.docname).relative_to(app.srcdir).as_posix()
    facts.ledger = kept.ledger
    facts.names = sorted(_names(kept.program)) if kept.program else []
    facts.formulas.update(_formulas(doctree))
    facts.listings += (code_digest(block.astext()) for block in doctree.findall(_ran))
    facts.counted += (code_digest(signature.astext()) for signature in doctree.findall(addnodes.desc_signature))
    section = next(doctree.findall(nodes.section), None)
    kept.title_ids = tuple(section["ids"]) if section is not None else ()


class MarkCounts(SphinxTransform):
    """Mark the words and minutes of a page, which MyST counts, before they are put in their places."""

    default_priority = 200

    def apply(self, **_: object) -> None:
        """Wrap what the names wordcount-words and wordcount-minutes stand for."""
        facts = records.record(self.env, self.env.docname).facts
        for name, definition in self.document.substitution_defs.items():
            if name.startswith("wordcount-"):
                said = definition.astext()
                definition.children = [nodes.inline(said, said, classes=["fp-counted"])]
                facts.counted.append(said)


def output_digests(output: Output) -> Iterator[str]:
    """Name what a cell shows, in each form in which it may stand in the page."""
    match output:
        case Printed(said):
            yield code_digest(said)
        case Shown(data):
            for mime, drawn in data.items():
                if mime in ("text/html", "image/svg+xml"):
                    yield digest(canonical(parse(drawn)))
                elif mime == "text/latex":
                    tex = drawn.strip().strip("$")
                    yield from (_mathml_digest(tex, display) for display in (True, False))
                else:
                    yield code_digest(drawn)
        case Raised(name, message):
            yield code_digest(f"{name}: {message}")


def write_ledger(app: Sphinx, exception: Exception | None) -> None:
    """Write what the build knows beside the pages."""
    if exception is None and app.builder.format == "html":
        (Path(app.outdir) / LEDGER).write_text(dumped(facts_of(app.env)), "utf-8", newline="\n")


def audit(app: Sphinx, exception: Exception | None) -> None:
    """Audit the site; every typed number is a warning at its line."""
    if exception is not None or app.builder.name != "html" or not app.config.fwdpass_audit:
        return
    report = audit_site(Path(app.outdir), Path(app.srcdir))
    for fault in report.faults:
        at = fault.page.removesuffix(".html")
        location = (at, fault.line or None) if fault.source else fault.page
        _LOGGER.warning(str(fault), location=location, type="fwdpass", subtype="typed")
    if len(report.typed) > app.config.fwdpass_exceptions:
        first = report.typed[-1]
        _LOGGER.warning(
            "%s with a reason, and conf.py allows %s: compute %r, or raise fwdpass_exceptions",
            text(len(report.typed), "count typed number"),
            text(app.config.fwdpass_exceptions),
            first[1],
            location=(first[0], first[3]),
            type="fwdpass",
            subtype="typed",
        )


def facts_of(env: BuildEnvironment) -> dict[str, Facts]:
    """Complete what is known of each page by what Sphinx has counted over all of them."""
    kept = records.records(env)
    for name, of_page in kept.items():
        of_page.facts.numbers = dict(_counted(env, name, of_page.title_ids))
        of_page.facts.ledger = of_page.ledger
    return {name: of_page.facts for name, of_page in kept.items() if name in env.found_docs}


def _counted(env: BuildEnvironment, docname: str, title_ids: Iterable[str]) -> Iterator[tuple[str, str]]:
    sections = env.toc_secnumbers.get(docname, {})
    yield from ((anchor, _dotted(number)) for anchor, number in sections.items())
    if title := sections.get(""):
        yield from ((f"#{anchor}", _dotted(title)) for anchor in title_ids)
    for figures in env.toc_fignumbers.get(docname, {}).values():
        yield from ((f"#{anchor}", _dotted(number)) for anchor, number in figures.items())
    for label, (name, equation) in env.domains.math_domain.equations.items():
        if name == docname and equation:
            yield f"#{nodes.make_id(f'equation-{label}')}", str(equation)


def _dotted(number: Iterable[int]) -> str:
    return ".".join(map(str, number))


def _ran(node: nodes.Node) -> bool:
    """Say whether a listing shows code that ran: a cell's, a script's, an example's of a docstring."""
    example = isinstance(node, nodes.literal_block) and node.astext().startswith(">>>")
    if example or isinstance(node, nodes.doctest_block):
        return "docstring of" in str(node.source or node.parent.source or "")
    if not isinstance(node, nodes.literal_block):
        return False
    return "fp-script" in node["classes"] or node.parent.get("nb_element") == "cell_code_source"


def _formulas(doctree: nodes.document) -> Iterator[tuple[str, Passage]]:
    for node in doctree.findall(lambda n: isinstance(n, nodes.math | nodes.math_block)):
        assert isinstance(node, nodes.Element)  # noqa: S101 - said above
        if skeleton := node.get("skeleton"):
            display = isinstance(node, nodes.math_block)
            tex = node.astext()
            shown = formula_text(parse(maths.to_mathml_or_source(skeleton, display=display)))
            yield _mathml_digest(tex, display), Passage(tex, shown, node.line or 0)


def _mathml_digest(tex: str, display: bool) -> str:
    root = parse(maths.to_mathml_or_source(tex, display=display))
    return digest(canonical(next(root.find("math"), root)))


def _names(program: Program) -> set[str]:
    """Find the names with digits that the page's code has."""
    sources = [step.source for step in program.steps if isinstance(step, Cell | Expression)]
    names: set[str] = set()
    for source in sources:
        try:
            tree = ast.parse(source)
        except SyntaxError:
            continue
        names.update(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
        names.update(node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute))
        names.update(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef))
    return {name for name in names if _IDENTIFIER.fullmatch(name)}

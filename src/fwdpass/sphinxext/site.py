"""What the build knows about its pages, for whoever audits them, and the file that says so."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform

from fwdpass import borrowed
from fwdpass.audit import LEDGER, Facts, dumped
from fwdpass.audit.counts import CITED
from fwdpass.audit.facts import Formula
from fwdpass.audit.formula import Stated, stated
from fwdpass.audit.page import digits_of
from fwdpass.audit.site import page_of
from fwdpass.audit.tree import canonical, code_digest, digest, parse, tex_digest
from fwdpass.page import Cell, Expression, Program
from fwdpass.page.outputs import Output, Printed, Raised, Shown
from fwdpass.sphinxext import foot, live, maths, records

WHOLE = ("html", "dirhtml")
"""Builders that write a file of HTML for each page."""
_IDENTIFIER = re.compile(r"\b[^\W\d]\w*\d\w*")
_RELEASE = re.compile(r"v?\d{1,3}(?:\.\d{1,3})*(?:\.?(?:dev|post|a|b|rc)\d{0,3})?|(?:19|20)\d\d(?:\.\d{1,2}){0,2}")
"""A release: parts of a few digits, or a year. No other may stand in titles unseen, such as a decimal."""
_TEXTS = frozenset((".md", ".rst", ".txt", ".inc", ".csv", ".tsv", ".py", ".toml", ".json", ".yaml", ".yml"))
_QUOTED = re.compile(r"#[^\n]*|(['\"]{3}|['\"]).*?\1", re.DOTALL)


def collect(app: Sphinx, doctree: nodes.document) -> None:
    """Note what a page shows that was executed: formulas with holes, code that ran, signatures."""
    kept = records.record(app.env, app.env.docname)
    facts = kept.facts
    facts.source = app.env.doc2path(app.env.docname).relative_to(app.srcdir).as_posix()
    facts.included = list(_included(app))
    facts.ledger = kept.ledger
    facts.names = sorted(_names(told)) if (told := kept.told()) else []
    for node in doctree.findall(nodes.Element):
        match node:
            case nodes.math() | nodes.math_block():
                skeleton = node.get("skeleton", "")
                if skeleton:
                    name, made_of = _formula(node, skeleton)
                    facts.formulas[name] = made_of.beside(facts.formulas.get(name))
                if app.config.html_math_renderer != "mathml":
                    name, made_of = tex_digest(node.astext()), _tex(node, skeleton)
                    facts.formulas[name] = made_of.beside(facts.formulas.get(name))
            case nodes.literal_block() | nodes.doctest_block() if _ran(node, kept.scripts, kept.opened):
                facts.listings.append(code_digest(node.astext()))
            case nodes.literal_block() if "linenostart" in (highlighted := dict(node.get("highlight_args") or ())):
                if len(node.astext().splitlines()) == 1:
                    facts.starts.append(code_digest(f"{highlighted['linenostart']}{node.astext()}"))
            case nodes.inline() if "fp-counted" in node["classes"] and isinstance(node, counted):
                facts.minutes.append(node.astext())
            case nodes.inline() if "pasted-text" in node["classes"] and node.astext() in kept.glued:
                facts.outputs.append(code_digest(node.astext()))
            case nodes.container() if node.get("mime_type") == "text/markdown":
                _take_markdown(facts, node)
            case addnodes.desc_signature() if _name_of(node) in kept.documented:
                facts.counted.append(code_digest(node.astext()))
            case nodes.section():
                kept.sections += (tuple(node["ids"]),)


def note_documented(app: Sphinx, _env: object, _docnames: object) -> None:
    """Let autodoc say what it documents, where it is there: the signatures of all else are typed on a page."""
    if "autodoc-process-docstring" in app.events.events:
        app.connect("autodoc-process-docstring", _note_documented)


def _note_documented(app: Sphinx, _what: str, name: str, *_: object) -> None:
    records.record(app.env, app.env.docname).documented.add(name)


def _name_of(signature: addnodes.desc_signature) -> str:
    return ".".join(part for part in (signature.get("module"), signature.get("fullname")) if part)


def _included(app: Sphinx) -> Iterator[str]:
    """Give the files of the book whose text stands on the page: included pages, code and tables."""
    root = Path(app.srcdir)
    for name in sorted(map(str, app.env.dependencies.get(app.env.docname, ()))):
        path = (root / name).resolve()
        if path.is_relative_to(root.resolve()) and path.suffix.lower() in _TEXTS and path.is_file():
            yield path.relative_to(root.resolve()).as_posix()


def _take_markdown(facts: Facts, output: nodes.container) -> None:
    """Mark and note what stands in Markdown that a cell has made: all of it was executed."""
    for node in list(output.findall(lambda one: isinstance(one, nodes.Text | nodes.math | nodes.math_block))):
        if isinstance(node, nodes.math | nodes.math_block):
            name = _digest_of(maths.to_mathml_if_any(node.astext(), display=isinstance(node, nodes.math_block)))
            facts.formulas[name] = facts.formulas[tex_digest(node.astext())] = Formula(node.astext(), "", ())
        elif isinstance(node.parent, nodes.TextElement) and not isinstance(node.parent, nodes.math | nodes.math_block):
            node.parent.replace(node, nodes.inline(str(node), str(node), classes=["text_markdown"]))
            facts.outputs.append(code_digest(node.astext()))


class counted(nodes.inline):
    """Words or minutes that MyST has counted; nobody writes such a node in Markdown."""


class MarkCounts(SphinxTransform):
    """Mark the words and minutes of a page, which MyST counts, before they are put in their places."""

    default_priority = 200

    def apply(self, **_: object) -> None:
        """Wrap what the names wordcount-words and wordcount-minutes stand for."""
        for name, definition in self.document.substitution_defs.items():
            if name.startswith("wordcount-"):
                said = definition.astext()
                definition.children = [counted(said, said, classes=["fp-counted"])]


def output_digests(output: Output) -> Iterator[str]:
    """Name what a cell shows, in the form that the page has of it: the first that there is, as MyST-NB chooses."""
    match output:
        case Printed(said):
            yield code_digest(said)
        case Shown(data):
            if drawn := data.get("text/html") or data.get("image/svg+xml"):
                yield digest(canonical(parse(drawn)))
            elif tex := data.get("text/latex", "").strip().strip("$"):
                yield from (_digest_of(maths.to_mathml_if_any(tex, display=display)) for display in (True, False))
            else:
                yield code_digest(output.text)
        case Raised(name, message):
            yield code_digest(f"{name}: {message}")


def copy_notebook_style(app: Sphinx, _env: BuildEnvironment) -> None:
    """Let MyST-NB copy its style sheet before pages are written, not after.

    Sphinx adds a checksum to the address of a style sheet that is there, so the pages of a first build would differ
    from those of a second one.
    """
    if app.builder.format == "html":
        borrowed.copy_notebook_style(app)


def write_ledger(app: Sphinx, exception: Exception | None) -> None:
    """Write what the build knows beside the pages."""
    if exception is None and app.builder.format == "html":
        release = app.config.release if _RELEASE.fullmatch(app.config.release) else ""
        title = f"{app.config.project} {release}" if release else ""
        facts = facts_of(app)
        for page, of_page in facts.items():
            file = Path(app.outdir) / (of_page.file or f"{page}.html")
            read = app.builder.name in WHOLE and file.is_file()
            of_page.digits = digits_of(page_of(file, keep=app.config.fwdpass_audit)) if read else ""
        written = dumped(facts, title, tuple(_own_files(app)))
        (Path(app.outdir) / LEDGER).write_text(written, "utf-8", newline="\n")


def _own_files(app: Sphinx) -> Iterator[str]:
    """Give the style sheets, scripts and pictures that the author has put beside the pages, as the site calls them."""
    for folder in app.config.html_static_path:
        root = Path(app.confdir) / folder
        if root.is_relative_to(app.confdir):
            found = (root,) if root.is_file() else root.rglob("*")
            yield from sorted(
                f"_static/{path.relative_to(root.parent if root.is_file() else root).as_posix()}"
                for path in found
                if path.suffix.lower() in (".css", ".js", ".mjs", ".svg")
            )


def facts_of(app: Sphinx) -> dict[str, Facts]:
    """Complete what is known of each page by what Sphinx has counted over all of them."""
    env, kept = app.env, records.records(app.env)
    entries = list(borrowed.cited(env))
    for name, of_page in kept.items():
        of_page.facts.numbers = dict(_counted(env, name, of_page.sections))
        of_page.facts.numbers |= {f"#{entry.anchor}": CITED for entry in entries if entry.page == name}
        of_page.facts.cited = [
            code_digest(one) for entry in entries if name in entry.by for one in (entry.said, entry.told)
        ]
        of_page.facts.ledger = of_page.ledger
        of_page.facts.file = _file(app, name)
        for cls, drawn in (
            ("fp-certificate", foot.foot(of_page.ledger, of_page.why)),
            ("fp-follow", live.control(app, name)),
        ):
            if drawn:
                shown = digest(canonical(next(parse(drawn).find(cls=cls))))
                of_page.facts.outputs = [*(known for known in of_page.facts.outputs if known != shown), shown]
    return {name: of_page.facts for name, of_page in kept.items() if name in env.found_docs}


def _file(app: Sphinx, name: str) -> str:
    """Give the file of a page's HTML where it is not called as the page is: in dirhtml, it is that of a folder."""
    uri = app.builder.get_target_uri(name)
    file = f"{uri}index.html" if uri == "" or uri.endswith("/") else uri
    return "" if file == f"{name}.html" else file


def _counted(env: BuildEnvironment, docname: str, sections: Sequence[Sequence[str]]) -> Iterator[tuple[str, str]]:
    numbered = env.toc_secnumbers.get(docname, {})
    yield from ((anchor, _dotted(number)) for anchor, number in numbered.items())
    for at, anchors in enumerate(sections):  # Sphinx counts a section by one of its names, and links lead to any
        named = [""] * (not at) + [f"#{anchor}" for anchor in anchors]
        if number := next((numbered[name] for name in named if numbered.get(name)), None):
            yield from ((name, _dotted(number)) for name in named if name)
    for label, (name, equation) in borrowed.equations(env).items():
        if name == docname and equation:
            yield f"#{nodes.make_id(f'equation-{label}')}", str(equation)
    for kind, figures in env.toc_fignumbers.get(docname, {}).items():
        if kind != "displaymath" or env.config.math_numfig:  # by section, which takes the place of the plain number
            yield from ((f"#{anchor}", _dotted(number)) for anchor, number in figures.items())


def _dotted(number: Iterable[int]) -> str:
    return ".".join(map(str, number))


def _ran(block: nodes.Element, scripts: Iterable[tuple[str, str]], opened: Container[Path]) -> bool:
    """Say whether a listing shows code that ran, a cell's, a script's, an example's of a docstring, or what it read."""
    if isinstance(block, nodes.doctest_block) or block.astext().startswith(">>>"):
        return "docstring of" in str(block.source or (block.parent and block.parent.source) or "")
    if borrowed.is_code_of_cell(block.parent):
        return True
    if "source" in block and (file := Path(str(block["source"]))) in opened:
        return code_digest(file.read_text("utf-8", "replace")) == code_digest(block.astext())
    return "fp-script" in block["classes"] and block.astext() in {source for _, source in scripts}


def _formula(node: nodes.Element, skeleton: str) -> tuple[str, Formula]:
    """Name a formula by its MathML, and note what its author wrote; whoever writes the page finds the MathML made."""
    display = isinstance(node, nodes.math_block)
    tex = node.astext()
    mathml = maths.to_mathml_if_any(tex, display=display)
    if mathml:
        node["mathml"] = mathml
    written = stated(parse(maths.to_mathml_if_any(skeleton, display=display) or skeleton))
    return _digest_of(mathml), Formula(tex, written.line, written.typed, node.get("at", 0))


def _tex(node: nodes.Element, skeleton: str) -> Formula:
    """Note what the author of a formula wrote that a script will draw."""
    tex, display = skeleton or node.astext(), isinstance(node, nodes.math_block)
    written = _stated(tex, display, maths.converter())
    return Formula(node.astext(), written.line, written.typed, node.get("at", 0))


@lru_cache(maxsize=4096)
def _stated(tex: str, display: bool, _converter: object) -> Stated:
    """Say what a formula states; a book writes most of its formulas more than once."""
    return stated(parse(maths.to_mathml_if_any(tex, display=display) or tex))


def _digest_of(mathml: str) -> str:
    root = parse(mathml)
    return digest(canonical(next(root.find("math"), root)))


def _names(program: Program) -> set[str]:
    """Find the names with digits that the page's code has."""
    sources = [step.source for step in program.steps if isinstance(step, Cell | Expression)]
    return {name for source in sources for name in _IDENTIFIER.findall(_QUOTED.sub("", source))}

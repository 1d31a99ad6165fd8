"""The directive ``script``: a module's source as the script that it is, to read and to download."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri

from fwdpass.errors import FwdpassError
from fwdpass.page import Lesson
from fwdpass.page.lesson import searched
from fwdpass.sphinxext import records
from fwdpass.sphinxext.client import client_of

FOLDER = "_downloads"


class ScriptDirective(SphinxDirective):
    """Show the source of a module with line numbers, and offer it under a file name."""

    required_arguments = 1
    has_content = False
    option_spec: ClassVar = {"filename": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Give the listing and the link."""
        module = self.arguments[0]
        try:
            source = source_of(self.env, module)
        except FwdpassError as error:
            records.fault(self.env, self.lineno, "page", f"script: {error}")
            return []
        name = self.options.get("filename", f"{module.rpartition('.')[2]}.py")
        listing = nodes.literal_block(source, source, language="python", linenos=True)
        listing["classes"] = ["fp-script"]
        client = client_of(self.state.document)
        if client is None:
            return [listing, *download(self.env, name, source)]
        return [*client.script(module, listing), *download(self.env, name, source)]


def source_of(env: BuildEnvironment, module: str) -> str:
    """Give the source of a module, which may stand beside the page; a change of it reads the page again.

    It is not run: it may fail, and what it imports need not be there.
    """
    with searched(Path(env.doc2path(env.docname)).parent):
        source = Lesson.of(module).source
        spec = importlib.util.find_spec(module)
    if spec is not None and spec.origin is not None:
        env.note_dependency(spec.origin)
    return source


def download(env: BuildEnvironment, name: str, source: str) -> list[nodes.Node]:
    """Offer a script as a file, and give the link to it."""
    kept = records.record(env, env.docname)
    kept.scripts = (*kept.scripts, (name, source))
    link = nodes.reference("", "", refuri=f"{FOLDER}/{name}", classes=["fp-download"])
    link += nodes.Text(f"Download {name}")
    return [nodes.paragraph("", "", link)]


def link_scripts(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Turn the links to downloads into links from the page, which each builder puts elsewhere."""
    if app.builder.format != "html":
        return
    for link in doctree.findall(nodes.reference):
        if "fp-download" in link["classes"]:
            link["refuri"] = relative_uri(app.builder.get_target_uri(docname), link["refuri"])


def write_scripts(app: Sphinx, exception: Exception | None) -> None:
    """Write the downloads beside the pages that offer them."""
    if exception is not None or app.builder.format != "html":
        return
    for kept in records.records(app.env).values():
        for name, source in kept.scripts:
            target = Path(app.outdir) / FOLDER / name
            target.parent.mkdir(exist_ok=True)
            target.write_text(source, "utf-8", newline="\n")

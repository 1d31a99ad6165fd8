"""The Sphinx extension: pages of MyST-NB, executed in the build, with every number in its place.

Add ``"fwdpass.sphinxext"`` to ``extensions``, after ``"myst_nb"``. What makes a site light, and what it says about
itself, is another extension: ``"fwdpass.theme"``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fwdpass import figures
from fwdpass.numerals.catalog import speak

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.util.typing import ExtensionMetadata

STATIC = Path(__file__).parent / "static"
_EXECUTED = "jupyter_execute"
"""The folder into which MyST-NB writes each page's notebook; it makes it beside the folder of the build."""


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register everything; fail with a sentence where MyST-NB is not as we know it."""
    from sphinx.config import ENUM

    from fwdpass.borrowed import checked, tell_lines
    from fwdpass.page.lines import located
    from fwdpass.sphinxext import (
        answers,
        audited,
        check,
        claims,
        elements,
        epub,
        exceptions,
        fingerprint,
        folds,
        foot,
        latex,
        lines,
        live,
        maths,
        notebook,
        places,
        plain,
        python,
        quiz,
        records,
        renderer,
        roles,
        script,
        search,
        seen,
        site,
        themes,
        trace,
        translated,
    )

    app.setup_extension("myst_nb")
    checked("MyST-NB", "Sphinx")
    tell_lines(located)
    app.add_source_parser(renderer.parser(), override=True)

    check.add_config(app)
    app.add_config_value("fwdpass_depends", [], "env", list)
    app.add_config_value("fwdpass_warnings", "error", "env", ENUM("error", "show"))
    app.add_config_value("fwdpass_audit", True, "", bool)
    app.add_config_value("fwdpass_exceptions", 0, "", int)
    app.add_config_value("fwdpass_notebooks", True, "html", bool)
    app.add_config_value("fwdpass_live", {}, "env", dict)
    app.add_config_value("fwdpass_fingerprint", "", "env", str)
    app.connect("config-inited", records.refuse_silence)
    app.connect("config-inited", fingerprint.set_fingerprint)
    app.connect("config-inited", themes.know_theme)
    app.connect("config-inited", _add_static)
    app.connect("config-inited", _leave_out_executed)
    app.connect("config-inited", _speak)
    app.connect("config-inited", maths.leave_renderer)
    app.connect("config-inited", latex.know_characters)
    app.connect("builder-inited", themes.stay_light)
    app.connect("source-read", records.note_held, priority=900)
    app.connect("source-read", fingerprint.note_loaded)
    app.connect("env-get-outdated", fingerprint.stale)

    app.add_role("n", roles.NumberRole())
    app.add_role("executed", roles.ExecutedRole())
    for kind in ("claim", "cases", "when"):
        app.add_role(kind, claims.ClaimRole(kind))
    app.add_directive("claim", claims.ClaimDirective)
    app.add_directive("when", claims.WhenDirective)
    app.add_directive("cases", claims.CasesDirective)
    app.add_directive("otherwise", claims.OutsideDirective)
    app.add_directive("code-cell", claims.CellDirective, override=True)
    app.add_directive("math", roles.MathWithHoles, override=True)
    app.add_directive("image", roles.ImageWithHoles, override=True)
    app.add_directive("figure", roles.FigureWithHoles, override=True)
    app.add_directive("script", script.ScriptDirective)
    app.add_directive("trace", trace.TraceDirective)
    app.add_directive("line", trace.LineDirective)
    app.add_post_transform(lines.LinkLines)
    app.add_post_transform(plain.PreferText)
    app.add_role("typed", roles.TypedRole())
    maths.setup_maths(app)
    epub.setup_epub(app)
    quiz.setup_quiz(app)
    places.setup_places(app)
    live.setup_live(app)
    python.setup_python(app)

    app.add_env_collector(records.RecordCollector)
    app.connect("env-before-read-docs", site.note_documented)
    app.connect("doctree-read", seen.note, priority=900)
    app.connect("env-updated", seen.refuse_unseen)
    app.connect("env-updated", audited.audit_unwritten_pages, priority=600)
    app.connect("env-updated", records.refuse_faulty_pages, priority=700)
    app.connect("env-updated", elements.write, priority=900)
    app.connect("env-updated", site.copy_notebook_style, priority=900)
    app.connect("doctree-resolved", script.link_scripts)
    app.connect("doctree-resolved", latex.describe_pictures)
    app.connect("doctree-resolved", latex.fit_formulas)
    app.connect("doctree-resolved", translated.show_written)
    app.connect("doctree-resolved", answers.put_answers_last)
    app.add_transform(site.MarkCounts)
    app.add_node(exceptions.here)
    app.add_directive("typed-numbers", exceptions.TypedNumbersDirective)
    app.connect("env-updated", exceptions.pages_with_list)
    app.connect("doctree-resolved", exceptions.put_lists)
    app.connect("html-page-context", foot.add_foot)
    app.connect("html-page-context", elements.load, priority=900)
    app.connect("html-page-context", folds.fold, priority=950)
    app.connect("html-page-context", notebook.offer_notebook)
    app.connect("doctree-read", lines.note_lines)
    app.connect("doctree-read", site.collect, priority=900)
    app.connect("build-finished", script.write_scripts)
    app.add_search_language(search.SearchNumbers)
    app.connect("doctree-resolved", search.read_cells_apart)
    app.connect("build-finished", search.forget_stale_words)
    app.connect("build-finished", site.write_ledger, priority=800)
    app.connect("build-finished", audited.audit, priority=900)
    return {
        "env_version": fingerprint.env_version(),
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }


def _add_static(app: Sphinx, config: Config) -> None:
    """Give pages the look of the figures, from this package."""
    config.html_static_path += [str(STATIC), str(figures.STYLE)]
    app.add_css_file("fwdpass.css")


def _leave_out_executed(app: Sphinx, config: Config) -> None:
    """Take no notebook for a page that MyST-NB wrote: with ``sphinx BOOK BOOK/_build``, they lie beside the pages.

    The name is the same for every builder, so that none makes the environment of another one stale.
    """
    if _EXECUTED not in config.exclude_patterns:
        config.exclude_patterns.append(_EXECUTED)


def _speak(app: Sphinx, config: Config) -> None:
    """Write numbers and our own words as the book's language does, while it is built."""
    speak(config.language or "en", [str(Path(app.srcdir) / folder) for folder in config.locale_dirs])
    app.connect("build-finished", lambda *_: speak("en"), priority=999)

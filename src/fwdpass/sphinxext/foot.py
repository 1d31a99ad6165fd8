"""The foot of a page, put at its end."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sphinx.application import Sphinx

from fwdpass.page import Ledger
from fwdpass.page import foot as drawing
from fwdpass.page.record import FOOT, edges
from fwdpass.sphinxext import maths, places, records


def add_foot(app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Put the foot at the end of the page."""
    kept = records.records(app.env).get(page)
    if app.builder.format == "html" and kept is not None and (drawn := foot(kept.ledger, kept.why)):
        before, after = edges(FOOT) if places.is_live(app.env) else ("", "")
        context["body"] = f"{context.get('body', '')}{before}{drawn}{after}"


@lru_cache(maxsize=256)
def foot(ledger: Ledger | None, why: tuple[tuple[int, str], ...] = ()) -> str:
    """Draw the foot once: the page shows it, and the audit asks for it again."""
    return drawing.foot(ledger, why, lambda tex: maths.to_mathml_if_any(tex, display=False))

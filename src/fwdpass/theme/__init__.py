"""A light site: one style sheet, scripts that hold nothing up, helpers for readers, and what a site says about itself.

Add ``"fwdpass.theme"`` to ``extensions``. It needs nothing else of fwdpass, and overwrites nothing of yours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the repairs, and what makes pages light."""
    from fwdpass.borrowed import checked
    from fwdpass.theme import assets, entries, helpers, publish, repairs

    checked("Sphinx")
    repairs.setup_theme(app)
    helpers.setup_helpers(app)
    publish.setup_publish(app)
    entries.setup_entries(app)
    assets.setup_assets(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

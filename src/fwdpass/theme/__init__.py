"""A light site: one style sheet, scripts that hold nothing up, and repairs to sphinx-book-theme.

Add ``"fwdpass.theme"`` to ``extensions``. It needs nothing else of fwdpass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the repairs, and what makes pages light."""
    from fwdpass.theme import assets, repairs

    repairs.setup_theme(app)
    assets.setup_assets(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

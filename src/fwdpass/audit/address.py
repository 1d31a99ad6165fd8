"""What stands in an address itself: ``data:text/html,…``."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import unquote

_WITHOUT_TEXT = ("data:image/png", "data:image/jpeg", "data:image/gif", "data:image/webp", "data:font/")


def embedded(address: str) -> str:
    """Give the text of what stands in its own address; pixels and fonts have none.

    >>> embedded("data:text/html,%3Cp%3E7"), embedded("data:text/html;base64,PHA+Nw=="), embedded("data:image/png,7")
    ('<p>7', '<p>7', '')
    """
    head, _, body = address.partition(",")
    if head.lower().startswith(_WITHOUT_TEXT):
        return ""
    body = unquote(body)
    if not head.lower().endswith(";base64"):
        return body
    try:
        return base64.b64decode(body).decode("utf-8", "replace")
    except (ValueError, binascii.Error):
        return body

"""A PNG out of levels, in two colours that are seen on white and on black, the more solid the larger."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Sequence

POSITIVE, NEGATIVE = (20, 136, 163), (204, 106, 43)
TOP = 127
"""The level of the largest number."""


def data_url(rows: int, columns: int, levels: Sequence[int]) -> str:
    """Give a picture as a URL that holds it; ``levels`` are from -127 to 127, row by row.

    >>> data_url(1, 2, (127, -127))[:22]
    'data:image/png;base64,'
    """
    return "data:image/png;base64," + base64.b64encode(png(rows, columns, levels)).decode("ascii")


def png(rows: int, columns: int, levels: Sequence[int]) -> bytes:
    """Write a picture: a palette of shades, each level a byte, as in https://www.w3.org/TR/png-3."""
    points = bytes(level + TOP for level in levels)
    lines = b"".join(b"\0" + points[at : at + columns] for at in range(0, len(points), columns))
    shades = range(-TOP, TOP + 1)
    header = struct.pack(">IIBBBBB", columns, rows, 8, 3, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", header),
            _chunk(b"PLTE", bytes(part for shade in shades for part in (POSITIVE if shade > 0 else NEGATIVE))),
            _chunk(b"tRNS", bytes(255 * abs(shade) // TOP for shade in shades)),
            _chunk(b"IDAT", _stored(lines)),
            _chunk(b"IEND", b""),
        )
    )


def _stored(data: bytes) -> bytes:
    """Wrap bytes as they are: a compressor's output is another from one version of zlib to the next.

    The format: https://www.rfc-editor.org/rfc/rfc1950 and https://www.rfc-editor.org/rfc/rfc1951
    """
    blocks = [data[at : at + 0xFFFF] for at in range(0, len(data), 0xFFFF)]
    last = len(blocks) - 1
    parts = (struct.pack("<BHH", i == last, len(b), 0xFFFF - len(b)) + b for i, b in enumerate(blocks))
    return b"\x78\x01" + b"".join(parts) + struct.pack(">I", zlib.adler32(data))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

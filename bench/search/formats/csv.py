"""One column with the head ``prime``, one number per row."""

from __future__ import annotations

from bench.search.formats import _lines

encode, first, last, count = _lines.encode, _lines.first, _lines.last, _lines.count


def head(count: int) -> bytes:
    """Return the row that names the column."""
    return b"prime\n"


def is_head(data: bytes) -> bool:
    """Say whether a file of this format, perhaps cut short, can begin so."""
    return b"prime\n".startswith(data)

"""One column with the head ``prime``, one number per row."""

from __future__ import annotations

from bench.search.formats import _lines

encode, numbers = _lines.encode, _lines.numbers
whole, check_rest, check_claim = _lines.whole, _lines.check_rest, _lines.check_claim
skip, GRAIN_BYTES = _lines.skip, _lines.GRAIN_BYTES


def head(count: int) -> bytes:
    """Return the row that names the column."""
    return b"prime\n"


def is_head(data: bytes) -> bool:
    """Say whether a file of this format, perhaps cut short, can begin so."""
    return b"prime\n".startswith(data)

"""How many columns of a terminal a text takes: signs of East Asian scripts take two.

Source: Unicode Standard Annex 11, "East Asian Width": signs that are wide or fullwidth take two columns.
"""

from __future__ import annotations

from unicodedata import east_asian_width

_FILLER = "\U0010fffd"  # the last sign for private use, which no text has


def display_width(text: str) -> int:
    """Return the number of columns."""
    return len(text) if text.isascii() else len(text) + sum(map(_is_wide, text))


def stretched(text: str) -> str:
    """Return the text with as many signs as it takes columns, for code that counts signs; `shrunk` undoes it."""
    return text if text.isascii() else "".join(sign + _FILLER if _is_wide(sign) else sign for sign in text)


def shrunk(text: str) -> str:
    """Return the text that was stretched."""
    return text if text.isascii() else text.replace(_FILLER, "")


def is_cut(text: str, at: int) -> bool:
    """Return whether a stretched text would be cut there within a sign."""
    return text[at : at + 1] == _FILLER


def _is_wide(sign: str) -> bool:
    return east_asian_width(sign) in ("W", "F")

"""How many columns a text takes."""

from __future__ import annotations

import pytest

from bench.core.display_width import display_width, shrunk, stretched


@pytest.mark.parametrize(
    ("text", "columns"),
    [("", 0), ("pool", 4), ("µs é", 4), ("素数", 4), ("プール", 6), ("ﾌﾟ", 2), ("\uff211", 3), ("소수", 4)],
)
def test_wide_signs_take_two_columns(text, columns):
    """Han, Hiragana, Katakana, Hangul and fullwidth letters do by UAX 11; halfwidth ones and all others take one."""
    assert (columns, columns, text) == (display_width(text), len(stretched(text)), shrunk(stretched(text)))

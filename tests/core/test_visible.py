"""Text from elsewhere cannot steer what it is printed on."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from bench.core.visible import visible, visible_lines


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, µs, 中文, 👍🏽", "plain, µs, 中文, 👍🏽"),
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("a\nb\rc\td", r"a\nb\rc\td"),
        ("\x00\x7f\x85\x9b", r"\x00\x7f\x85\x9b"),
        ("\u202ecod.exe\u202c", r"\u202ecod.exe\u202c"),
        ("a\u2028b", r"a\u2028b"),
        ("\ud800", r"\ud800"),
        ("::error::no", r":\:error::no"),
        ("x ::stop-commands::y", r"x :\:stop-commands::y"),
        ("std::vector", "std::vector"),
        ("a##[add-path]b", r"a#\#[add-path]b"),
        ("", ""),
    ],
)
def test_what_is_made_visible(text, shown):
    """Escapes as Python writes them; a command of GitHub's runner is broken up; all else stays as it is."""
    assert shown == visible(text)


def test_every_sign_of_unicode():
    """No control character, surrogate, separator of lines or mark of direction is left, in all of Unicode."""
    marks = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    bad = [
        sign
        for sign in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp")
        or unicodedata.bidirectional(sign) in marks
        or sign in "\u200e\u200f\u061c"
    ]
    assert 2048 < len(bad)
    assert visible("".join(bad)).isascii() and visible("".join(bad)).isprintable()


def test_our_own_newlines():
    """Where newlines are ours they stay, and no line begins with a command."""
    assert "a\n :\\:error::\n\\x1b" == visible_lines("a\n ::error::\n\x1b")


def test_once_is_enough():
    """What is visible already stays as it is, so that no layer has to know whether another one was there."""
    once = visible("\x1b ::a ##[b] \u202e")
    assert once == visible(once)

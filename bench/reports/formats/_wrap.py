"""Lines of a given width: texts wrap at words, and a word is broken only where it is longer than a line."""

from __future__ import annotations

import re
import textwrap

from bench.core.display_width import is_cut, shrunk, stretched

_COMMAND = re.compile(r":(?=:)")
_SOFT = re.compile(r"(?<=\w)[-/_,=.](?=\w)")


def wrap(text: str, width: int | None, indent: str = "") -> list[str]:
    """Return the lines of a text that is visible already; those behind the first have an indent.

    Args:
        text: one line.
        width: the most columns of a line; None for as many as it takes.
        indent: left out where it would leave less than half of the width.
    """
    return list(map(shrunk, wrapped(stretched(text), width, indent)))


def wrapped(text: str, width: int | None, indent: str = "") -> list[str]:
    """Return the lines of a text that is stretched already, see `bench.core.display_width`; so are they."""
    if width is None or len(text) <= width:
        return [text]
    if not text.strip():  # what has no word may have got no room either
        return [""]
    indent = indent if 2 * len(indent) <= width else ""
    longest = width - len(indent)
    whole = re.sub(rf"[^ ]{{{longest + 1},}}", lambda word: " ".join(_pieces(word[0], longest)), text)
    return textwrap.wrap(
        whole,
        width,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
        fix_sentence_endings=False,
    ) or [""]


def _pieces(word: str, width: int) -> list[str]:
    """Break a word, behind punctuation where that is possible.

    No piece begins with two colons, which would be a command to the runner of GitHub Actions.
    """
    word, pieces = _COMMAND.sub(r":\\", word), []
    while len(word) > width:
        ends = [match.end() for match in _SOFT.finditer(word, 0, width)]
        size = ends[-1] if ends else width
        size -= size > 1 and is_cut(word, size)
        pieces.append(word[:size])
        word = word[size:]
    return [*pieces, word]


def longest_word(text: str) -> int:
    """Return the length of the longest word of a stretched text."""
    return max(map(len, text.split(" ")))


def longest_part(text: str) -> int:
    """Return the length of the longest part of a word up to the next punctuation, in a stretched text."""
    return max(map(len, _SOFT.sub(lambda match: f"{match[0]} ", text).split(" ")))

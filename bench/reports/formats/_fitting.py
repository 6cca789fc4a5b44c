"""Which columns of a table a line has room for, and how wide each of them may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.reports.formats._wrap import longest_part, longest_word
from bench.reports.report import ESSENTIAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.reports.report import Column

GAP = 2
"""Blanks between two columns."""

_COMFORTABLE = 24
"""Characters a line below which a cell of words is tiring to read; wider costs columns, narrower makes tables tall."""

_NARROWEST = 8
"""Characters a line of a cell whose words are broken; below it, a row is better read as one line per cell."""


@dataclass(frozen=True, slots=True)
class Fitting:
    """What a line has room for.

    Attributes:
        widths: index of a column -> its width.
        enough: the width at which no column gives way.
    """

    widths: dict[int, int]
    enough: int


def fitting(columns: Sequence[Column], grid: Sequence[Sequence[str]], width: int | None) -> Fitting | None:
    """Find the columns and their widths; the first row of the grid are the heads.

    Words wrap first. Then columns give way, the least important first and of these the last one. Where the others need
    more than there is, words are broken, behind punctuation if possible. None if not even that is enough.
    """
    longest = [max(len(row[index]) for row in grid) for index in range(len(columns))]
    if width is None or _total(longest) <= width:
        return Fitting(dict(enumerate(longest)), _total(longest))
    words = [max(longest_word(row[index]) for row in grid) for index in range(len(columns))]
    fixed = [
        max([longest_word(grid[0][index]), *(len(row[index]) for row in grid[1:] if column.numeric)])
        for index, column in enumerate(columns)
    ]
    tight = [size if column.numeric else word for size, word, column in zip(fixed, words, columns, strict=True)]
    easy = [
        size if column.numeric else max(size, min(most, _COMFORTABLE))
        for size, most, column in zip(tight, longest, columns, strict=True)
    ]
    parts = [
        size if column.numeric else max(longest_word(grid[0][index]), *(longest_part(row[index]) for row in grid))
        for index, (size, column) in enumerate(zip(tight, columns, strict=True))
    ]
    broken = [size if column.numeric else min(size, _NARROWEST) for size, column in zip(parts, columns, strict=True)]
    for least in (easy, tight, parts, broken):
        kept = _kept(columns, grid, least, width)
        if kept:
            return Fitting(_shared({index: least[index] for index in kept}, longest, width), _total(easy))
    return None


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + GAP * (len(widths) - 1)


def _kept(columns: Sequence[Column], grid: Sequence[Sequence[str]], least: Sequence[int], width: int) -> list[int]:
    """Return the columns that stay at these widths, or none if those that must stay need more."""
    kept = list(range(len(columns)))
    while _total([least[index] for index in kept]) > width:
        keys = [index for index in kept if columns[index].key]
        leaving = [
            index
            for index in kept[1:]
            if columns[index].importance < ESSENTIAL and not (index in keys and _needed(index, keys, grid))
        ]
        if not leaving:
            return []
        kept.remove(min(leaving, key=lambda index: (columns[index].importance, -index)))
    return kept


def _needed(key: int, keys: Sequence[int], grid: Sequence[Sequence[str]]) -> bool:
    """Return whether rows that the first column and the keys tell apart would be alike without this key."""
    whole = {tuple(row[place] for place in (0, *keys)) for row in grid[1:]}
    return len({tuple(row[place] for place in (0, *keys) if place != key) for row in grid[1:]}) < len(whole)


def _shared(least: dict[int, int], longest: Sequence[int], width: int) -> dict[int, int]:
    """Return the widths when the room that is left goes to those who want it, the modest ones first."""
    widths, room = dict(least), width - _total(list(least.values()))
    asking = sorted(least, key=lambda index: longest[index] - least[index])
    for place, index in enumerate(asking):
        given = min(longest[index] - least[index], room // (len(asking) - place))
        widths[index] += given
        room -= given
    return widths

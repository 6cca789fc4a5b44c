"""Bars beside the numbers of a column, as long as the numbers are large."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.reports.formats._fitting import GAP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.reports.report import Cell, Table

_SHORTEST, _LONGEST = 8, 24
"""Characters of the longest bar: one below the least tells nothing, and the eye compares no better beyond the most."""


def bars(table: Table, room: int | None, signs: str) -> list[str] | None:
    """Return a bar for each row, or None where the table has no column for bars or the line no room for them.

    Args:
        table: at most one of its columns is drawn.
        room: the characters that are left of a line; None for any number.
        signs: what a bar is made of, from the smallest part of a character to a whole one.
    """
    column = next((index for index, one in enumerate(table.columns) if one.drawn), None)
    length = _LONGEST if room is None else min(_LONGEST, room - GAP)
    if not signs or column is None or length < _SHORTEST:
        return None
    return _scaled([_amount(row[column]) for row in table.rows], length, signs)


def _amount(cell: Cell) -> float:
    return cell.value if isinstance(cell.value, int | float) and cell.value > 0 else 0.0


def _scaled(amounts: Sequence[float], length: int, signs: str) -> list[str] | None:
    most = max(amounts, default=0.0)
    if most == 0:
        return None
    return [_bar(max(1, round(amount / most * length * len(signs))) if amount else 0, signs) for amount in amounts]


def _bar(parts: int, signs: str) -> str:
    whole, rest = divmod(parts, len(signs))
    return signs[-1] * whole + (signs[rest - 1] if rest else "")

"""What all rows of a table share is said once, above it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.reports.report import Table


def settle(table: Table) -> tuple[str, Table]:
    """Return what all rows share, as one line or an empty text, and the table without it.

    The first column says what a row is about, and stays; so does every column of a table with a single row.
    """
    same = [
        index
        for index, column in enumerate(table.columns)
        if index and column.movable and len(table.rows) > 1 and len({row[index] for row in table.rows}) == 1
    ]
    if not same:
        return "", table
    said = ", ".join(f"{table.columns[index].head} {table.rows[0][index]}" for index in same)
    kept = [index for index in range(len(table.columns)) if index not in same]
    return said, replace(
        table,
        columns=tuple(table.columns[index] for index in kept),
        rows=tuple(tuple(row[index] for index in kept) for row in table.rows),
    )

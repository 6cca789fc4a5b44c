"""Tables before they have a format.

A view makes a `Report`; a format turns it into text. A view knows nothing of formats and a format nothing of views, so
that m views and n formats cost m + n files.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Table:
    """A table of finished texts.

    Attributes:
        head: column heads.
        rows: one tuple of texts per row, as long as `head`.
        title: a line above, or empty.
        numeric: indexes of the columns that are aligned to the right.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""
    numeric: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Report:
    """What is shown to people, and the same as data for programs.

    Attributes:
        heading: lines that hold for everything below.
        tables: in the order in which they are read.
        notes: plain sentences that end the report.
        data: the same content for ``--format json``; keys are part of the public interface.
        tidy: (column names, rows) with one row per value, for ``--format csv``.
    """

    heading: tuple[str, ...]
    tables: tuple[Table, ...]
    notes: tuple[str, ...]
    data: Mapping[str, Any]
    tidy: tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]] = field(default=((), ()))

"""What a family's times teach beyond a row per case."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bench.core import catalog

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.core.record import Record
    from bench.reports.report import Chart, Table
    from bench.samples.rows import Row

PACKAGE = "bench.reports.insights"


@dataclass(frozen=True, slots=True)
class Insight:
    """What is said below a family's table.

    Attributes:
        tables: for people.
        charts: for people, where they are drawn.
        notes: plain sentences: what a reader should take home.
        footnotes: what marks in the table mean.
        data: the same for programs; joins the family's name in ``--format json``.
    """

    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    notes: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)


def insight_of(family: str, record: Record, rows: Sequence[Row]) -> Insight:
    """Return what the family's file in the insights folder finds in its rows; nothing when it has no file."""
    if family not in catalog.names(PACKAGE):
        return Insight()
    found: Insight = catalog.load(PACKAGE, family, needs=("insight",)).insight(record, rows)
    return found

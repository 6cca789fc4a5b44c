"""Backends: the best one and the worst one in a plain sentence, and why numbers must not travel one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.reports.insight import Insight
from bench.reports.sentences import footnotes, sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.core.record import Record
    from bench.samples.rows import Row


def insight(record: Record, rows: Sequence[Row]) -> Insight:
    """Return the sentences."""
    return Insight(notes=sentences(record, rows), footnotes=footnotes(record, rows))

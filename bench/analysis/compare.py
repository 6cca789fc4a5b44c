"""Two samples side by side: how many times as long the other one takes.

Each process is summarised by its minimum. A minimum over more values is lower by mere chance, so both sides are first
cut to the same number of values per process, the earliest ones; otherwise a record with six values per process would
look faster than one with three from the same machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.analysis import evidence
from bench.analysis.errors import BadSample
from bench.analysis.evidence import Evidence
from bench.analysis.hodges_lehmann import point_from_groups, point_from_pairs
from bench.analysis.summary import medians, minima, rows_of
from bench.core.reason import Kind, Reason


@dataclass(frozen=True, slots=True)
class Comparison:
    """Other against base.

    Attributes:
        evidence: ratio of per-process minima, interval and p-values.
        median_ratio: the same ratio taken from per-process medians, which do not hide intermittent stalls.
        sd: standard deviation of a pair's log-ratio, from which the gate plans; none if not paired or a single pair.
        values: values per process that were used on both sides.
        notes: what the reader must know about the numbers.
        spreads: standard deviation of the logarithms of both sides, base first; none below two processes a side.
    """

    evidence: Evidence
    median_ratio: float
    sd: float | None
    values: int
    notes: tuple[Reason, ...]
    spreads: tuple[float, float] | None = None


def compare(
    base: Sequence[Sequence[float]],
    other: Sequence[Sequence[float]],
    *,
    paired: bool = False,
    confidence: float = 0.95,
) -> Comparison:
    """Compare two samples (rows = processes, columns = values, seconds per operation).

    Args:
        base: the sample that is divided by.
        other: the sample that is judged.
        paired: row i of both sides was measured in the same round of the same session.
        confidence: of the two-sided interval.

    Raises:
        BadSample: a value is not a finite time above zero, or paired sides differ in their number of rows.
    """
    if paired and len(base) != len(other):
        raise BadSample(f"{len(base)} and {len(other)} processes cannot be paired; compare them unpaired")
    values, left, right, notes = _equal_values(base, other)
    base_logs, other_logs = np.log(minima(left)), np.log(minima(right))
    base_medians, other_medians = np.log(medians(left)), np.log(medians(right))
    if paired:
        ratios = other_logs - base_logs
        found = evidence.from_pairs(ratios.tolist(), confidence)
        middle = point_from_pairs((other_medians - base_medians).tolist())
        sd = float(ratios.std(ddof=1)) if len(ratios) > 1 else None
    else:
        found = evidence.from_groups(base_logs.tolist(), other_logs.tolist(), confidence)
        middle, sd = point_from_groups(base_medians.tolist(), other_medians.tolist()), None
    if found.low is None:
        notes = (*notes, Reason.of(Kind.FEW_FOR_INTERVAL, confidence=confidence))
    spreads = None
    if min(base_logs.size, other_logs.size) > 1:
        spreads = float(base_logs.std(ddof=1)), float(other_logs.std(ddof=1))
    return Comparison(found, middle, sd, values, notes, spreads)


def log_ratios(base: Sequence[Sequence[float]], other: Sequence[Sequence[float]]) -> list[float]:
    """Return log(other) - log(base) of the per-process minima, pair by pair, as the gate takes them.

    Raises:
        BadSample: the sides differ in their number of rows, or a value is not a finite time above zero.
    """
    if len(base) != len(other):
        raise BadSample(f"{len(base)} and {len(other)} processes cannot be paired; compare them unpaired")
    _, left, right, _ = _equal_values(base, other)
    differences: list[float] = (np.log(minima(right)) - np.log(minima(left))).tolist()
    return differences


def _equal_values(
    base: Sequence[Sequence[float]], other: Sequence[Sequence[float]]
) -> tuple[int, list[list[float]], list[list[float]], tuple[Reason, ...]]:
    """Cut every row to the length of the shortest one; return that length, both sides and what was left out."""
    left, right = rows_of(base), rows_of(other)
    lengths = {row.size for row in (*left, *right)}
    shortest = min(lengths)
    cut = Reason.of(Kind.VALUES_LEFT_OUT, used=shortest, longest=max(lengths))
    notes = (cut,) if len(lengths) > 1 else ()
    return shortest, [row[:shortest].tolist() for row in left], [row[:shortest].tolist() for row in right], notes

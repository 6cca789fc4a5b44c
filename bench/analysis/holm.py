"""Holm's adjustment: many cells judged at once, and still at most alpha false alarms in the whole family.

Source: S. Holm, "A simple sequentially rejective multiple test procedure", 1979.
"""

from __future__ import annotations

from collections.abc import Sequence

from bench.analysis.errors import BadSample


def adjust(p_values: Sequence[float]) -> list[float]:
    """Return the adjusted p-values in the order given; those below alpha are rejected by Holm's step-down procedure.

    Raises:
        BadSample: a p-value lies outside 0 .. 1.
    """
    for p in p_values:
        if not 0 <= p <= 1:
            raise BadSample(f"{p} is no p-value; it must lie between 0 and 1")
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        highest = max(highest, min(1.0, p_values[index] * (len(p_values) - rank)))
        adjusted[index] = highest
    return adjusted

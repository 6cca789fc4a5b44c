"""The one estimator of a time and of a speed-up: every table, sentence and format takes its numbers from here.

The time of a case is the median over its processes of the least value of each. Noise of work that keeps all CPUs busy
only adds time, so the minimum locates a process; the median over processes then ignores a process that was unlucky as a
whole. A speed-up is one such time divided by another one, so that whoever divides two printed times finds the printed
speed-up. The interval of a speed-up is the exact one of Hodges and Lehmann, widened where it does not hold the quotient
of the medians. The spread says how far processes were apart: the distance of the quartiles of their least values,
divided by the time. The interval of a time is that of a median, and holds the time that is shown.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, isfinite, log

from bench.analysis import hodges_lehmann
from bench.analysis.errors import BadSample, TooFew

LEAST_PROCESSES = 4
"""Processes on each side below which a speed-up has no interval. With three the widest exact one has 90 % confidence,
and a bootstrap interval that claims 95 % holds the truth in 67 to 93 % of all cases."""

_TAIL = 40  # of the chances, one may lie beyond each end of a 95 % interval


@dataclass(frozen=True, slots=True)
class Quotient:
    """A speed-up, or any other quotient of two times.

    Attributes:
        value: time of the one divided by time of the other.
        low: lower end of its interval; none if a side has too few processes for it.
        high: upper end, or none.
    """

    value: float
    low: float | None
    high: float | None

    def scaled(self, factor: float) -> Quotient:
        """Return the quotient times a number that is known exactly."""
        return Quotient(
            self.value * factor,
            None if self.low is None else self.low * factor,
            None if self.high is None else self.high * factor,
        )


def least(samples: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """Return the least value of each process; rows are processes, and a row without values is left out."""
    return tuple(min(row) for row in samples if row)


def time(minima: Sequence[float]) -> float:
    """Return the time of a case from the least value of each of its processes.

    Raises:
        BadSample: there is no process, or a time is not finite and above zero.
    """
    if not minima or not all(isfinite(value) and value > 0 for value in minima):
        raise BadSample("times must be a row of at least one finite number above zero")
    return median(minima)


def median(values: Sequence[float]) -> float:
    """Return the median; halved before they are added, two values near the largest float have one too."""
    ordered = sorted(values)
    return float(ordered[(len(ordered) - 1) // 2] / 2 + ordered[len(ordered) // 2] / 2)


def ends(minima: Sequence[float]) -> tuple[float | None, float | None]:
    """Return the ends of the exact interval of the median, with 95 % confidence at least; none below 6 processes.

    They are the k-th least and the k-th largest value: the median lies below the one, or above the other, as often as
    fewer than k of n coins show heads. The least and the largest of 5 values have 93.75 % and are not given.

    Source: H. A. David, H. N. Nagaraja, "Order statistics", 2003, section 7.1.
    """
    ordered, beyond, depth = sorted(minima), 0, 0
    for heads in range(len(ordered) // 2):
        beyond += comb(len(ordered), heads)
        if beyond * _TAIL > 2 ** len(ordered):
            break
        depth = heads + 1
    return (ordered[depth - 1], ordered[-depth]) if depth else (None, None)


def spread(minima: Sequence[float]) -> float | None:
    """Return the distance of the quartiles of the processes' least values over their median; none below 2 processes.

    Quartiles interpolate linearly (Hyndman and Fan, 1996, definition 7).
    """
    if len(minima) < 2:
        return None
    middle = time(minima)
    first, _, third = statistics.quantiles([value / middle for value in minima], n=4, method="inclusive")
    return third - first


def quotient(dividend: Sequence[float], divisor: Sequence[float], confidence: float = 0.95) -> Quotient:
    """Return how many times as long the dividend takes; of the serial loop over a backend it is the speed-up.

    Args:
        dividend: the least value of each process.
        divisor: the same of the other side; processes are not paired.
        confidence: of the two-sided interval.

    Raises:
        BadSample: a side has no process, or a time is not finite and above zero.
    """
    value = time(dividend) / time(divisor)
    if min(len(dividend), len(divisor)) < LEAST_PROCESSES:
        return Quotient(value, None, None)
    try:
        found = hodges_lehmann.from_groups(list(map(log, divisor)), list(map(log, dividend)), confidence)
    except TooFew:
        return Quotient(value, None, None)
    return Quotient(value, min(found.low, value), max(found.high, value))

"""How far it scales: speed-up, efficiency, share of the ceiling, and the serial fraction seen from outside.

Speed-up is measured against the serial loop, never against the backend with one worker, and efficiency both against P
and against the ceiling: what P pinned independent copies reach together on this machine. Limits of the hardware (shared
caches, turbo, stolen time) are thereby not blamed on a backend.

Sources: A. H. Karp, H. P. Flatt, "Measuring parallel processor performance", 1990; the ceiling is the "rate" run of
SPEC CPU, J. L. Henning, "SPEC CPU2006 benchmark descriptions", 2006.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.analysis import estimator
from bench.analysis.errors import BadSample

_NOISE = 0.05
"""By how much a speed-up may exceed the possible where its interval is unknown or wide. Larger lets more inconsistent
baselines pass; smaller doubts sound ones, whose processes are 2 to 5 % apart on a machine that does nothing else."""

_NEGLIGIBLE = 0.02
"""The same where the whole interval lies above the possible: caches and memory layout alone make so much."""


@dataclass(frozen=True, slots=True)
class Point:
    """One worker count of a scaling curve.

    Attributes:
        workers: P.
        speed_up: serial time / parallel time.
        low: lower end of its interval, or none if there are too few processes.
        high: upper end, or none.
        efficiency: speed_up / P.
        limit: speed-up of P pinned independent copies, or none if it was not measured.
        share: speed_up / limit, or none; the serial time cancels.
        share_low: lower end of its interval, or none.
        share_high: upper end, or none.
        serial_fraction: Karp-Flatt, or none for P = 1. Constant over P it is serial work; rising with P, overhead.
        fraction_low: lower end of its interval, from the upper end of the speed-up's; or none.
        fraction_high: upper end, or none.
    """

    workers: int
    speed_up: float
    low: float | None
    high: float | None
    efficiency: float
    limit: float | None
    share: float | None
    share_low: float | None
    share_high: float | None
    serial_fraction: float | None
    fraction_low: float | None
    fraction_high: float | None


def curve(
    baseline_s: Sequence[float],
    parallel_s: Mapping[int, Sequence[float]],
    limit_s: Mapping[int, Sequence[float]] | None = None,
    confidence: float = 0.95,
) -> tuple[Point, ...]:
    """Return one point per worker count, ascending.

    Args:
        baseline_s: seconds of the serial loop, one number (the minimum) per process.
        parallel_s: the same work with P workers: P -> one number per process.
        limit_s: seconds in which P pinned copies each do the *whole* serial work, so that P times as much is done.
        confidence: of the exact two-sided interval of each speed-up.

    Raises:
        BadSample: a time is not finite and above zero, a sample is empty, or P is below 1.
    """
    points = []
    for workers in sorted(parallel_s):
        _check_workers(workers)
        found = estimator.quotient(baseline_s, parallel_s[workers], confidence)
        copies = limit_s.get(workers) if limit_s else None
        share = estimator.quotient(copies, parallel_s[workers], confidence).scaled(1 / workers) if copies else None
        points.append(
            Point(
                workers=workers,
                speed_up=found.value,
                low=found.low,
                high=found.high,
                efficiency=efficiency(found.value, workers),
                limit=limit(estimator.time(baseline_s), estimator.time(copies), workers) if copies else None,
                share=share.value if share else None,
                share_low=share.low if share else None,
                share_high=share.high if share else None,
                serial_fraction=karp_flatt(found.value, workers),
                fraction_low=None if found.high is None else karp_flatt(found.high, workers),
                fraction_high=None if found.low is None else karp_flatt(found.low, workers),
            )
        )
    return tuple(points)


def impossible(speed_up: float, low: float | None, most: float) -> bool:
    """Return whether a speed-up is above what can be reached: then the serial time is not what it should be.

    Args:
        speed_up: the estimate.
        low: lower end of its interval, or none.
        most: the largest speed-up that the workers, or the CPUs, allow.
    """
    clearly = low is not None and low > most and speed_up > most * (1 + _NEGLIGIBLE)
    return clearly or speed_up > most * (1 + _NOISE)


def speed_up(baseline_s: float, parallel_s: float) -> float:
    """Return how many times faster than the serial loop the same work was done."""
    if not baseline_s > 0 or not parallel_s > 0:
        raise BadSample(f"times {baseline_s} s and {parallel_s} s must both be above zero")
    return baseline_s / parallel_s


def efficiency(speed_up: float, workers: int) -> float:
    """Return the speed-up per worker: 1 is perfect."""
    _check_workers(workers)
    return speed_up / workers


def limit(baseline_s: float, copies_s: float, workers: int) -> float:
    """Return the speed-up the machine itself allows: P copies of the whole work done in `copies_s` seconds."""
    _check_workers(workers)
    return workers * speed_up(baseline_s, copies_s)


def karp_flatt(speed_up: float, workers: int) -> float | None:
    """Return the experimentally determined serial fraction (1/S - 1/P) / (1 - 1/P), or none for P = 1.

    It is negative for a speed-up above P. At P = 2 it doubles any error of 1/S.
    """
    _check_workers(workers)
    if not speed_up > 0:
        raise BadSample(f"a speed-up of {speed_up} is impossible; it must be above zero")
    if workers == 1:
        return None
    return (1 / speed_up - 1 / workers) / (1 - 1 / workers)


def _check_workers(workers: int) -> None:
    if workers < 1:
        raise BadSample(f"{workers} workers cannot work; at least 1 is needed")

"""What may come beyond the largest measured worker count, if nothing new begins there: a range, not a fitted curve.

A fitted law is one curve through the measured points, and its bootstrap interval takes for granted that it is the true
one: of a curve by the Universal Scalability Law, Amdahl's "95 %" interval at twice the measured count holds the truth
in one case of ten, or in none. Here every law with a fixed cost, contention and coherency is admitted that passes
through the measured intervals, all at once:

    P / S(P) = a + b (P - 1) + c P (P - 1),  with a, b and c not negative.

Amdahl's law and the Universal Scalability Law are of this form. The smallest and the largest speed-up that such a law
gives are the solutions of two linear programs in three unknowns, found at the corners of the admitted region. The
measured intervals are exact and hold all true speed-ups together with the confidence asked for (Bonferroni), so the
range holds the true one at least as often, whenever the true curve is of this form. A limit that begins beyond what
was measured, such as the bandwidth of the memory, is of another form, and nobody can foresee it.

Source: G. B. Dantzig, "Linear programming and extensions", 1963, chapter 7 (an optimum lies at a corner).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from bench.analysis import estimator
from bench.analysis.bootstrap import Array

_MOST_COUNTS = 16
"""Worker counts that limit a range. Corners grow with the cube of their number, and fewer only make it wider."""

_SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Range:
    """The speed-ups that are possible with so many workers, and how many there are."""

    workers: int
    low: float
    high: float


def intervals(
    baseline_s: Sequence[float],
    parallel_s: Mapping[int, Sequence[float]],
    confidence: float = 0.95,
    *,
    together: bool = True,
) -> dict[int, tuple[float, float]] | None:
    """Return P -> interval of the speed-up; none where a count has too few processes.

    Args:
        baseline_s: the least value of each process of the serial loop.
        parallel_s: P -> the same for the same work with P workers.
        confidence: of each interval.
        together: whether the confidence is that of all intervals at once.
    """
    single = 1 - (1 - confidence) / (len(parallel_s) if together else 1)
    found = {}
    for workers, times in parallel_s.items():
        quotient = estimator.quotient(baseline_s, times, single)
        if quotient.low is None or quotient.high is None:
            return None
        found[workers] = quotient.low, quotient.high
    return found


def ranges(measured: Mapping[int, tuple[float, float]], counts: Sequence[int]) -> tuple[Range, ...] | None:
    """Return the range at each count; none where no law of the form passes through all measured intervals.

    Args:
        measured: P -> interval of the speed-up; at least one P above 1.
        counts: worker counts.
    """
    corners = _corners(measured)
    if not len(corners):
        return None
    found = []
    for workers in counts:
        ratios = corners @ _terms(workers)
        found.append(Range(workers, workers / float(ratios.max()), workers / float(ratios.min())))
    return tuple(found)


def _terms(workers: int) -> Array:
    return np.array([1.0, workers - 1.0, workers * (workers - 1.0)])


def _corners(measured: Mapping[int, tuple[float, float]]) -> Array:
    """Return the corners of the region of (a, b, c), shape (corners, 3)."""
    kept = _spread_out(sorted(measured))
    terms = np.array([_terms(workers) for workers in kept])
    most = np.array([workers / measured[workers][0] for workers in kept])
    fewest = np.array([workers / measured[workers][1] for workers in kept])
    # Each line of left @ x <= right is a wall of the region.
    left = np.concatenate((terms, -terms, -np.eye(3)))
    right = np.concatenate((most, -fewest, np.zeros(3)))
    chosen = np.array(list(combinations(range(len(left)), 3)))
    walls, ends = left[chosen], right[chosen]
    sound = np.abs(np.linalg.det(walls)) > _SLACK
    points = np.linalg.solve(walls[sound], ends[sound][..., None])[..., 0]
    inside = (points @ left.T <= right + _SLACK * (1 + np.abs(right))).all(axis=1)
    corners: Array = points[inside]
    return corners


def _spread_out(counts: Sequence[int]) -> list[int]:
    if len(counts) <= _MOST_COUNTS:
        return list(counts)
    return sorted({counts[round(i * (len(counts) - 1) / (_MOST_COUNTS - 1))] for i in range(_MOST_COUNTS)})

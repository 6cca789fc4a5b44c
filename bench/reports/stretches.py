"""When one worker was inside items, as stretches to be drawn whose sum is the time that it spent there.

Where every item was kept and items lie far enough apart to be drawn, a stretch is one item. Elsewhere the time from the
worker's first item to its last is cut into equal bins, and of each bin as much is drawn as was spent inside items.
Where only a share of the items was kept, what is known of the bins is scaled to what the worker spent inside in all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bench.core.observation import Observation, Span

_APART = 1e-3
"""Share of the body below which two items of a worker are drawn as one: a page is 1,000 points wide."""

_HIDDEN = 0.01
"""Share of the body by which what is drawn as one may exceed the time inside items: a hundredth is seen by nobody."""

_BINS = 100
"""Bins of a worker: with more, a page of 1,000 points shows none of them; with fewer, less of when."""

_KEPT = 5
"""Items kept per bin, on average, where only a share was: with fewer, bins are empty by chance."""

_STEPS = 60  # of a bisection: as many as a float has digits


@dataclass(frozen=True, slots=True)
class Stretches:
    """What is drawn of a worker.

    Attributes:
        ends: begin and end of each stretch.
        whole: whether each is an item, or items without a gap that could be seen; else they are shares of bins.
    """

    ends: tuple[tuple[float, float], ...]
    whole: bool


def stretches(seen: Observation, worker: int, wall_s: float) -> Stretches:
    """Return when a worker was inside items."""
    spans = [one for one in seen.spans if one.worker == worker]
    total = next((one for one in seen.totals if one.worker == worker), None)
    merged = tuple(_merged(spans, _APART * wall_s))
    if total is None or total.first is None or total.last is None or total.last <= total.first:
        return Stretches(merged, whole=True)
    sampled = len(spans) < total.spans
    if not sampled and _length(merged) - total.inside < _HIDDEN * wall_s:
        return Stretches(merged, whole=True)
    shares = (
        _shares(spans, total.first, total.last, total.inside) if sampled else _known(spans, total.first, total.last)
    )
    return Stretches(tuple(_drawn(total.first, total.last, shares)), whole=False)


def _merged(spans: Iterable[Span], apart_s: float) -> Iterable[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    for span in spans:
        if found and span.begin - found[-1][1] < apart_s:
            found[-1] = (found[-1][0], max(found[-1][1], span.end))
        else:
            found.append((span.begin, span.end))
    return found


def _length(ends: Iterable[tuple[float, float]]) -> float:
    return sum(end - begin for begin, end in ends)


def _shares(spans: Sequence[Span], first: float, last: float, inside: float) -> list[float]:
    """Return the share of each bin that was spent inside items, of which only some are known."""
    count = max(1, min(_BINS, len(spans) // _KEPT))
    known, wanted = _known(spans, first, last, count), inside / (last - first) * count
    while count > 1 and wanted > sum(share > 0 for share in known):  # there are bins of which nothing is known
        count //= 2
        known, wanted = _known(spans, first, last, count), inside / (last - first) * count
    return _scaled(known, min(wanted, count))


def _known(spans: Iterable[Span], first: float, last: float, count: int = _BINS) -> list[float]:
    """Return the share of each bin that was spent inside these items."""
    found, width = [0.0] * count, (last - first) / count
    for span in spans:
        low, high = (min(count - 1, max(0, int((at - first) / width))) for at in (span.begin, span.end))
        for index in range(low, high + 1):
            begin = first + index * width
            found[index] += max(0.0, min(span.end, begin + width) - max(span.begin, begin))
    return [min(1.0, inside / width) for inside in found]


def _scaled(known: Sequence[float], wanted: float) -> list[float]:
    """Return the shares times a factor, none above 1, so that they add up to what is wanted."""
    low, high = 0.0, max([1.0, *(1 / share for share in known if share > 0)])
    for _ in range(_STEPS):
        factor = (low + high) / 2
        if sum(min(1.0, factor * share) for share in known) < wanted:
            low = factor
        else:
            high = factor
    return [min(1.0, high * share) for share in known]


def _drawn(first: float, last: float, shares: Sequence[float]) -> Iterable[tuple[float, float]]:
    """Return a stretch in the middle of each bin; of full neighbours, one."""
    width = (last - first) / len(shares)
    found: list[tuple[float, float]] = []
    for index, share in enumerate(shares):
        middle = first + (index + 0.5) * width
        begin, end = middle - share * width / 2, middle + share * width / 2
        if found and begin - found[-1][1] < _HIDDEN * width:
            found[-1] = (found[-1][0], end)
        elif share > 0:
            found.append((begin, end))
    return found

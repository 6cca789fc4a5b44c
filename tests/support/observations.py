"""Observed bodies built by hand: exact stamps, no process started."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bench.core.observation import Observation, Span, WorkerTotal

Stamps = tuple[float, ...]


def observation(
    *spans: list[Stamps],
    called: float = 0.0,
    answered: float = 0.0,
    able: Sequence[float] = (),
    **told: Any,
) -> Observation:
    """Return the observation of a body.

    Args:
        spans: of each worker: (begin, end), with CPU seconds, run delay and items behind them; by default the whole
            span is CPU time, without delay, of one item. A worker without a span is one that never reported.
        called: when the parent handed over the items.
        answered: when it had all answers; by default with the last end.
        able: when each worker could work; by default when it was called.
        told: what differs from a body that only calls.
    """
    every = [[_span(worker, *stamps) for stamps in own] for worker, own in enumerate(spans)]
    ready = able or [called] * len(spans)
    totals = tuple(_total(worker, ready[worker], own) for worker, own in enumerate(every) if own)
    answered = answered or max(total.last for total in totals)
    facts: dict[str, Any] = {
        "workers": len(spans),
        "whole": False,
        "begun": called,
        "ready": called,
        "called": called,
        "answered": answered,
        "gone": answered,
        "totals": totals,
        "spans": tuple(span for own in every for span in own),
        "items": sum(one.items for one in totals),
    }
    return Observation(**facts | told)


def _span(worker: int, begin: float, end: float, cpu: float | None = None, delay: float = 0.0, items: int = 1) -> Span:
    return Span(worker, begin, end, end - begin if cpu is None else cpu, delay, int(items), None)


def _total(worker: int, ready: float, spans: list[Span]) -> WorkerTotal:
    return WorkerTotal(
        worker,
        ready=ready,
        first=min(span.begin for span in spans),
        last=max(span.end for span in spans),
        inside=sum(span.end - span.begin for span in spans),
        cpu=sum(span.cpu for span in spans),
        delay=sum(span.delay or 0.0 for span in spans),
        items=sum(span.items for span in spans),
        spans=len(spans),
    )


def back_to_back(start: float, durations: Iterable[float], gap: float = 0.0) -> list[Stamps]:
    """Return spans one after the other, with a gap before each."""
    found = []
    for seconds in durations:
        found.append((start + gap, start + gap + seconds))
        start = found[-1][1]
    return found

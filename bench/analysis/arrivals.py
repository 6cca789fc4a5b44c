"""How much of the time between items passes until a message comes, where a backend shows when that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.core.observation import Observation


def arriving(found: Observation) -> float | None:
    """Return the worker seconds from the end of an item, or from when a worker could work, until the next message.

    What is left of the time between items is spent in the worker: unpickling the rest of a message, and pickling and
    sending results. None where messages are hidden, where spans are missing between those that were kept, and where
    the body did not end.
    """
    if found.rate < 1 or found.called is None or not any(span.received is not None for span in found.spans):
        return None
    able = {total.worker: max(total.ready or 0.0, found.called) for total in found.totals}
    waited = 0.0
    for span in sorted(found.spans, key=lambda span: span.begin):
        if span.received is not None:
            waited += max(0.0, min(span.received, span.begin) - able.get(span.worker, found.called))
        able[span.worker] = span.end
    return waited

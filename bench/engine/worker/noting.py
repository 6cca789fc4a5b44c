"""What it costs a worker to note an item, beside what stands in the item's span: measured with items that do nothing.

It lies between the items of an observed body, and of items of a microsecond it is most of what lies there.
"""

from __future__ import annotations

import os
import tempfile
from threading import Thread
from time import perf_counter

from bench.engine.worker import notes
from bench.engine.worker.observed_task import Observed, opened

_TRIES = 2  # of which the least counts: what else ran meanwhile is no cost of noting
_FEWEST, _MOST = 64, 4096  # calls of a try; the more items a worker has, the fewer of them are measured in full


def noting_s(items: int) -> float | None:
    """Return the seconds an item where a worker has so many; None where there is no room for notes."""
    found: list[float] = []
    for _ in range(_TRIES):
        with tempfile.TemporaryDirectory(prefix="primebench-") as folder:
            thread = Thread(target=_measure, args=(folder, min(max(items, _FEWEST), _MOST), found))
            thread.start()  # whose notes are its own
            thread.join()
    return min(found, default=None)


def _measure(folder: str, calls: int, found: list[float]) -> None:
    own = opened(folder)
    if not isinstance(own, notes.Notes):
        return
    task, begin = Observed(_nothing, folder), perf_counter()
    for _ in map(task, range(calls)):
        pass
    took = perf_counter() - begin
    found.append(max(0.0, took - own.view[notes.INSIDE] / 1e9) / calls)
    if own.file >= 0:
        os.close(own.file)


def _nothing(_item: int) -> None:
    """Do nothing."""

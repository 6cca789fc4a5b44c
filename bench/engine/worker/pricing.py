"""What one way to distribute costs, measured with tasks that do nothing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bench.contract.backend import Crew
from bench.core import jobs
from bench.core.errors import UsageError
from bench.families.backends import _backend
from bench.families.backends._family import warm_up
from bench.families.backends._tasks import Ready, cpu_s

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from bench.contract.backend import Mapper
    from bench.core.case import Case

_ROUNDS = 2  # of which the fastest counts
_SLOW_S = 0.3  # to make workers, from which on they are made once
_LONG_S = 0.03  # a row of messages that takes less is doubled
_MOST = 4096  # messages of a row
_BYTES = 1 << 17  # of an item that shows what bytes cost
_HEAVY = 16  # such items
_TOGETHER = ("threads", "interpreters")  # whose CPU time is that of this process


def price(case: Case) -> dict[str, float]:
    """Return what the way of a case costs, in seconds; see `bench.analysis.cost_model.Price`."""
    backend = _backend.load(case.member)
    crew = Crew(int(case["workers"]), str(case["start"]))
    kind = jobs.of(dict(case.params))
    if kind is None:
        raise UsageError(f"{case.id} distributes nothing; name a job.")
    job = kind.make(case, crew.workers)
    job.warm()
    ready = Ready(job.task, job.warm)
    opened, closed, found = [], [], {}
    for turn in range(_ROUNDS):
        begin = time.perf_counter()
        with backend.open_mapper(crew) as mapper:
            _meet(mapper, crew, ready, standing=backend.standing)
            opened.append(time.perf_counter() - begin)
            last = turn == _ROUNDS - 1 or opened[-1] > _SLOW_S
            if last:
                found = _travel(
                    mapper, crew.workers, plain=backend.fixed_width, apart=backend.parallelism not in _TOGETHER
                )
            begin = time.perf_counter()
        closed.append(time.perf_counter() - begin)
        if last:
            break
    return {"workers": crew.workers, "open_s": min(opened), "close_s": min(closed), **found}


def _meet(mapper: Mapper, crew: Crew, ready: Ready, *, standing: bool) -> None:
    """Return when all workers have answered, or, where they are made for each job, when one job of no work is done."""
    if standing:
        warm_up(mapper, crew, ready)
    else:
        mapper(bool, range(crew.workers), 1)


def _travel(mapper: Mapper, workers: int, *, plain: bool, apart: bool) -> dict[str, float]:
    few = _least(mapper, bool, range(workers), 1)
    count, row_s = 64, 0.0
    parent = 0.0
    while count <= _MOST:
        began = time.process_time()
        row_s = _least(mapper, bool, range(count), 1)
        parent = (time.process_time() - began) / _ROUNDS / count
        if row_s > _LONG_S:
            break
        count *= 2
    count = min(count, _MOST)
    message_s = max(0.0, (row_s - few) / count)
    many = 4 * count
    items_s = max(0.0, (_least(mapper, bool, range(many), max(1, many // (4 * workers))) - few) / many)
    # Each an object of its own: of one that is there many times pickle sends the bytes once.
    sent_s = _least(mapper, bool, [bytes(_BYTES) for _ in range(_HEAVY)], 1)
    received_s, worked = 0.0, message_s
    if not plain:
        received_s = _least(mapper, bytes, [_BYTES] * _HEAVY, 1)
        if apart:
            seen: dict[int, list[float]] = {}
            for pid, spent in mapper(cpu_s, range(count), 1):
                seen.setdefault(pid, []).append(spent)
            worked = sum(max(spent) - min(spent) for spent in seen.values()) / count
    light_s = _least(mapper, bool, range(_HEAVY), 1)
    return {
        "message_s": message_s,
        "message_cpu_s": parent + (worked if apart else 0.0),
        "item_s": items_s,
        "item_byte_s": max(0.0, sent_s - light_s) / (_BYTES * _HEAVY),
        "result_byte_s": max(0.0, received_s - light_s) / (_BYTES * _HEAVY),
    }


def _least(mapper: Mapper, task: Callable[[Any], Any], items: Any, chunksize: int) -> float:
    found = []
    for _ in range(_ROUNDS):
        begin = time.perf_counter()
        mapper(task, items, chunksize)
        found.append(time.perf_counter() - begin)
    return min(found)

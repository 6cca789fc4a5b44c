"""What items cost in the plain loop, on a sample: time and its spread over the job, CPU time, lock, and bytes."""

from __future__ import annotations

import pickle
import reprlib
import time
from dataclasses import dataclass
from itertools import islice
from math import ceil
from operator import length_hint
from pathlib import Path
from random import Random
from threading import Thread
from typing import TYPE_CHECKING, Any

from bench.core import jobs
from bench.core.errors import UsageError
from bench.core.python import gil_enabled, is_free_threaded
from primes.user_code import said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bench.core.case import Case

_LEAST_S = 50e-6  # what is timed at once: less is mostly the clock, more hides how costs are spread
_MOST = 2000  # samples: enough for the spread of costs, few enough to be handed on
_SCHEDULED = Path("/proc/thread-self/schedstat")
_THREADS = 2
_THREADED = 0.25  # of the time: for two threads, whose speed-up shows whether the lock is held
_ONCE = 5  # times as long as that a single item may take: a visit of threads, which would tell it too, does all items
_LATE, _LATE_S = 10, 1.0  # as many times that, and so much more, is waited for the threads
_PICKLED = 20  # items and results whose size is looked at


class ItemFailed(Exception):
    """The task raises in the plain loop; the message names the item."""


def survey(case: Case, seconds: float, *, in_threads: bool = True) -> dict[str, object]:
    """Return what the items of a case cost.

    Args:
        case: whose job is looked at; one that cuts a range into items must cut it finely.
        seconds: how long that may take; one item is done in any case.
        in_threads: whether it is looked at in threads as well, in which some functions end the process.
    """
    kind = jobs.of(dict(case.params))
    if kind is None:
        raise UsageError(f"{case.id} distributes nothing; name a job.")
    job = kind.make(case, 1)
    job.warm()
    task, items = job.task, job.items
    if not len(items):
        raise UsageError("the job has no items; there is nothing to distribute.")
    begin = time.perf_counter()
    if len(items) > 1:
        _do(task, items[:1], 0)  # it may load what others find
    use = Use()
    block, first = _first(task, items)
    blocks = ceil(len(items) / block)
    places, costs, results = [], [], []
    for at in _spread(blocks):
        part = items[at * block : (at + 1) * block]
        taken_s, result = _timed(task, part, at * block) if at else first
        costs.append(taken_s / len(part))
        places.append((at + 0.5) / blocks)
        results.append(result)
        if len(costs) >= _MOST or time.perf_counter() - begin > (1 - _THREADED) * seconds:
            break
    alone = use.shares()
    threads, fails = None, ""
    if in_threads:
        threads, fails = _threads(task, items, sum(costs) / len(costs), _THREADED * seconds, alone)
    taken = [items[int(place * len(items))] for place in places[:_PICKLED]]
    order = sorted(range(len(places)), key=places.__getitem__)
    return {
        "count": len(items),
        "block": block,
        "places": [places[at] for at in order],
        "costs_s": [costs[at] * (1 - alone.kept) for at in order],
        "kept": alone.kept,
        "cpu": 1 - alone.slept,
        "threads": threads,
        "threads_fail": fails,
        "lock_on": is_free_threaded() and gil_enabled(),
        "item_bytes": _bytes(taken),
        "result_bytes": _bytes(results[:_PICKLED]),
    }


@dataclass(frozen=True, slots=True)
class Shares:
    """What became of the time of a thread.

    Attributes:
        kept: the share in which it was kept from a CPU by others.
        slept: the share of the rest in which it waited for something.
    """

    kept: float
    slept: float


class Use:
    """How the calling thread uses its time from now on.

    Where the system does not tell how long a thread was kept from a CPU, that counts as waiting.
    """

    def __init__(self) -> None:
        """Begin."""
        self._begin = self._read()

    def shares(self) -> Shares:
        """Return what became of the time since."""
        wall, ran, kept = (now - then for now, then in zip(self._read(), self._begin, strict=True))
        kept = max(0.0, min(kept, wall - ran))
        own = max(1e-9, wall - kept)
        return Shares(kept / max(wall, 1e-9), max(0.0, 1 - ran / own))

    @staticmethod
    def _read() -> tuple[float, float, float]:
        try:  # proc(5): nanoseconds on a CPU and in the queue for one
            kept = int(_SCHEDULED.read_text(encoding="ascii").split()[1]) / 1e9
        except (OSError, ValueError, IndexError):
            kept = 0.0
        return time.perf_counter(), time.thread_time(), kept


def _do(task: Callable[[Any], Any], part: Sequence[Any], first: int) -> Any:
    """Do the task for some items, the first of which is the one of this number, and return the last result.

    Raises:
        ItemFailed: it raises for one of them.
    """
    item = result = None
    rest = iter(part)
    try:
        for item in rest:
            result = task(item)
    except Exception as error:
        at = first + len(part) - length_hint(rest) - 1  # counting them would cost each item time
        raise ItemFailed(f"item {at} ({reprlib.repr(item)}): {said(error)}.") from error
    return result


def _timed(task: Callable[[Any], Any], part: Sequence[Any], first: int) -> tuple[float, Any]:
    """Return the seconds that some items take, and the last result; raises `ItemFailed`."""
    start = time.perf_counter()
    result = _do(task, part, first)
    return time.perf_counter() - start, result


def _first(task: Callable[[Any], Any], items: Sequence[Any]) -> tuple[int, tuple[float, Any]]:
    """Return how many items are timed at once, and what came of the first of these: seconds, and the last result."""
    block = 1
    while True:
        found = _timed(task, items[:block], 0)
        if found[0] >= _LEAST_S or block >= len(items):
            return min(block, len(items)), found
        block *= 2


def _spread(count: int) -> Iterator[int]:
    """Yield each number below ``count`` once, so that those yielded so far are spread over all, and follow no pattern.

    The numbers are halved again and again; each half that has none yet gets one by chance, the same in each run. Costs
    with a period, as of each file with and without an option, would be seen in one class alone at even distances.

    Source: A. B. Owen, "Randomly permuted (t,m,s)-nets and (t,s)-sequences", 1995; here of one dimension in base 2.
    """
    chance = Random(count)
    length = 1 << (count - 1).bit_length()
    found = [0]
    yield 0
    while length > 1:
        length //= 2
        for at in found[:]:
            other = (at // length ^ 1) * length + int(chance.random() * length)
            found.append(other)
            if other < count:
                yield other


def _threads(
    task: Callable[[Any], Any], items: Sequence[Any], mean_s: float, seconds: float, alone: Shares
) -> tuple[float | None, str]:
    """Return how many times as much two threads do as one, if both have a CPU, and why the function fails in threads.

    None where it fails, where an item takes too long to be done again, where there is only one, and where the threads
    take far longer than the sample promised. It fails only if neither is done with a single item by then.

    A thread that waits for the interpreter lock sleeps. How much more both sleep than one alone does shows how often
    that is, however busy the CPUs are.
    """
    if len(items) == 1 or mean_s > _ONCE * seconds:
        return None, ""
    most = len(items) // _THREADS
    many = max(1, min(most, int(seconds / 2 / mean_s) if mean_s else most))
    rests = [iter([items[at] for at in part]) for part in _divided(most, many)]
    wrong: list[BaseException] = []
    slept: list[float] = []

    def work(rest: Iterator[Any]) -> None:
        use = Use()
        try:
            for item in rest:
                task(item)
        except BaseException as error:
            wrong.append(error)
        slept.append(use.shares().slept)

    threads = [Thread(target=work, args=(rest,), daemon=True) for rest in rests]
    for thread in threads:
        thread.start()
    until = time.monotonic() + _LATE * seconds + _LATE_S
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    if wrong:
        return None, said(wrong[0])
    if any(thread.is_alive() for thread in threads):
        none_done = not slept and all(length_hint(rest) >= many - 1 for rest in rests)
        return None, "it does not end in threads" if none_done else ""
    worked = 1 - sum(slept) / len(slept)
    return max(1.0, _THREADS * min(1.0, worked / max(1e-9, 1 - alone.slept))), ""


def _divided(pairs: int, many: int) -> list[list[int]]:
    """Return the items of each of two threads, so many of each pair of neighbours.

    No item is done by two threads at once: neither is it in any backend, and the item might be changed. Which of two
    neighbours a thread gets is chance, as dear items may be every other one.
    """
    chance = Random(many)
    chosen = [(pair * _THREADS, chance.getrandbits(1)) for pair in islice(_spread(pairs), many)]
    return [[at + (own ^ swapped) for at, swapped in chosen] for own in range(_THREADS)]


def _bytes(values: Sequence[Any]) -> float:
    """Return the pickled bytes of a value among others, 0 where they cannot be pickled."""
    try:
        return len(pickle.dumps(list(values), pickle.HIGHEST_PROTOCOL)) / len(values)
    except Exception:
        return 0.0

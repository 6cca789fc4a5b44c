"""How long a job takes with so many workers and items per message, from what items and messages cost.

The makespan is the time to make and end workers, and between them the longest of four things that go on at once:

- the dispatcher, which is one thread and sends one message after the other;
- the workers, who take the next message when they are done with one (list scheduling), so that the last one to finish
  decides;
- the CPUs, fewer of which there may be than workers, and on which the parent works as well;
- the interpreter lock, under which threads take turns for as long as a function holds it.

A model of a few constants knows what is too small or too uneven, not the last tenth: what is advised is measured.

Sources: R. L. Graham, "Bounds on multiprocessing timing anomalies", 1969 (list scheduling); C. P. Kruskal and A. Weiss,
"Allocating independent subtasks on parallel processors", IEEE Transactions on Software Engineering 11(10), 1985 (how
large chunks should be).
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile
from math import ceil, log, sqrt

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_MOST_ITEMS = 20_000
"""Items whose costs are kept one by one. More are taken together in groups, which are even enough by then."""

_LAST = 512
"""Messages at the end that are given out one by one. Those before keep all workers busy, whatever their order."""

_WINDOW = 16
"""Into how many parts the items are divided, in each of which sampled costs stand for each other: more follow a trend
more closely, fewer know better how costs are spread."""

_STEP = 1.15
"""How many times as large as the last the next chunk size is that is looked at."""

_GOOD = 0.01
"""What a chunk size may lose and still be a good one: less follows what the model happens to say, more gives away."""

LOSS = 0.02
"""What the ends of the range of chunk sizes that is told lose at most."""

_UNEVEN, _DEAR = 0.1, 0.25
"""Shares of the time from which on uneven items, or making the workers, are called what limits a job."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a job costs without any parallelism.

    Attributes:
        count: how many items there are.
        places: where sampled items stand, from 0 to 1, rising.
        costs_s: seconds of each of them.
        cpu: the share of that time in which a CPU works, from 0 to 1; the rest is waiting.
        lock: the share of the CPU time in which the interpreter lock is held, from 0 to 1; None where nobody knows.
            Then none is expected, so that threads are measured and not ruled out.
        item_bytes: pickled bytes of an item.
        result_bytes: those of its result.
        handed: whether each item travels by itself; where only the ends of a range do, items in a message cost nothing.
    """

    count: int
    places: tuple[float, ...]
    costs_s: tuple[float, ...]
    cpu: float
    lock: float | None
    item_bytes: float
    result_bytes: float
    handed: bool = True

    @property
    def mean_s(self) -> float:
        """Seconds of an item on average."""
        return sum(self.costs_s) / len(self.costs_s)

    @property
    def serial_s(self) -> float:
        """Seconds of all items one after the other."""
        return self.mean_s * self.count


@dataclass(frozen=True, slots=True)
class Price:
    """What one way to distribute costs on this machine, in seconds.

    Attributes:
        workers: with how many workers that was measured.
        open_s: until all workers have answered.
        close_s: until they have ended.
        message_s: between two messages that do nothing.
        message_cpu_s: CPU time of a message, of parent and worker together.
        item_s: of one more item in a message.
        item_byte_s: of one more byte of an item; a forked worker has the items already, and needs none sent.
        result_byte_s: of one more byte of a result.
        threads: whether the workers share an interpreter lock.
    """

    workers: int
    open_s: float
    close_s: float
    message_s: float
    message_cpu_s: float
    item_s: float
    item_byte_s: float
    result_byte_s: float
    threads: bool = False


@dataclass(frozen=True, slots=True)
class Host:
    """The machine.

    Attributes:
        cpus: how many CPUs may be used; a quota may grant a fraction.
        slower: how many times as long a CPU takes for the same when all of them work.
    """

    cpus: float
    slower: float = 1.0


@dataclass(frozen=True, slots=True)
class Prediction:
    """How long it takes, and what most of the loss is due to.

    Attributes:
        seconds: of the whole job, workers made and ended.
        crew_s: of that, for making and ending workers.
        limit: ``cpus``, where little is lost, or the part of `bench.analysis.decomposition` in which most is:
            ``startup``, ``between`` (the dispatcher), ``waiting`` (for the last worker) or ``blocked``.
    """

    seconds: float
    crew_s: float
    limit: str


def predict(load: Load, price: Price, host: Host, workers: int, chunksize: int) -> Prediction:
    """Return how long a job takes with so many workers and items per message."""
    messages = ceil(load.count / chunksize)
    bytes_s = load.item_bytes * price.item_byte_s + load.result_bytes * price.result_byte_s
    traffic_s = load.count * (bytes_s + (price.item_s if load.handed else 0.0))
    dispatch_s = messages * price.message_s + traffic_s
    at_once = min(workers, messages)
    slower = _slower(host, at_once)
    computed_s = load.serial_s * load.cpu * slower
    cpus_s = (computed_s + messages * price.message_cpu_s + traffic_s) / host.cpus
    # Whoever waits needs no CPU; of what is computed at the same time each gets a share.
    crowded = max(1.0, at_once * load.cpu / host.cpus)
    stretch = (1 - load.cpu) + load.cpu * slower * crowded
    extra_s = price.message_cpu_s / 2 + (traffic_s / messages) / 2
    finish_s = _list_schedule(load, chunksize, workers, stretch, extra_s)
    lock_s = computed_s * (load.lock or 0.0) + dispatch_s if price.threads else 0.0
    crew_s = (price.open_s + price.close_s) * workers / price.workers
    busy_s = max(dispatch_s, finish_s, cpus_s, lock_s)
    even_s = load.serial_s * stretch / workers
    return Prediction(crew_s + busy_s, crew_s, _limit(load, crew_s, busy_s, dispatch_s, finish_s, lock_s, even_s))


def _limit(
    load: Load, crew_s: float, busy_s: float, dispatch_s: float, finish_s: float, lock_s: float, even_s: float
) -> str:
    if crew_s > _DEAR * (crew_s + busy_s):
        return "startup"
    if lock_s >= busy_s and lock_s > dispatch_s:
        return "blocked"
    if dispatch_s >= busy_s:
        return "between"
    if finish_s >= busy_s and finish_s > (1 + _UNEVEN) * even_s:
        return "waiting"
    return "cpus" if load.cpu > 0.5 else "blocked"


def _slower(host: Host, at_once: int) -> float:
    """Return how much slower a CPU is when so many work; in between one and all of them it grows evenly."""
    if host.cpus <= 1:
        return 1.0
    return 1 + (host.slower - 1) * min(1.0, (at_once - 1) / (host.cpus - 1))


def item_costs(load: Load) -> tuple[Array, int]:
    """Return the cost of each item, or of each group of items, and how many items a group has.

    Where fewer were sampled than there are, each gets the cost of one that was sampled in the same part of the job.
    """
    costs, places = np.array(load.costs_s), np.array(load.places)
    if len(costs) == load.count:
        return costs, 1
    size = ceil(load.count / _MOST_ITEMS)
    groups = ceil(load.count / size)
    order = np.random.default_rng(0)
    at = (np.arange(groups) + 0.5) / groups
    parts = min(_WINDOW, max(1, len(costs) // 4))
    found = np.empty(groups)
    part_of = np.minimum((at * parts).astype(int), parts - 1)
    sampled = np.minimum((places * parts).astype(int), parts - 1)
    for part in range(parts):
        mine, theirs = part_of == part, costs[sampled == part]
        if not theirs.size:
            theirs = costs
        many = int(mine.sum())
        drawn = theirs[order.integers(0, theirs.size, size=(many, min(size, 64)))].mean(axis=1)
        found[mine] = drawn * (theirs.mean() / drawn.mean() if drawn.size and drawn.mean() > 0 else 1.0)
    found *= size
    found *= load.serial_s / found.sum() if found.sum() > 0 else 1.0
    return found, size


def _list_schedule(load: Load, chunksize: int, workers: int, stretch: float, extra_s: float) -> float:
    """Return when the last worker is done, if each takes the next message as soon as it is free."""
    ahead, many, last = _chunk_costs(load, chunksize)
    free = [(ahead * stretch + many * extra_s) / workers] * workers
    for cost in last:
        heapq.heapreplace(free, free[0] + cost * stretch + extra_s)
    return max(free)


@lru_cache(1024)
def _chunk_costs(load: Load, chunksize: int) -> tuple[float, int, tuple[float, ...]]:
    """Return the seconds and the number of the messages before the last ones, and the seconds of each of those."""
    ends, size = _ends(load)
    messages = ceil(load.count / chunksize)
    ahead = max(0, messages - _LAST)
    at = np.minimum(np.arange(ahead, messages + 1) * (chunksize / size), len(ends) - 1)
    found = np.interp(at, np.arange(len(ends)), ends)
    return float(found[0]), ahead, tuple(np.diff(found).tolist())


@lru_cache(16)
def _ends(load: Load) -> tuple[Array, int]:
    costs, size = item_costs(load)
    return np.concatenate(([0.0], np.cumsum(costs))), size


# --- what follows from it ------------------------------------------------------------------------------------------


def chunk_sizes(count: int, workers: int) -> tuple[int, ...]:
    """Return the sizes worth a look, ascending: each a seventh larger than the last, up to a fair share."""
    share = max(1, ceil(count / workers))
    steps = ceil(log(share) / log(_STEP))
    return tuple(sorted({min(share, max(1, round(_STEP**step))) for step in range(steps + 1)}))


@lru_cache(256)
def best_chunk(load: Load, price: Price, host: Host, workers: int) -> tuple[int, Prediction]:
    """Return a chunk size that is good, and whose neighbours are: the middle of the widest range of good ones."""
    sizes = chunk_sizes(load.count, workers)
    found = [predict(load, price, host, workers, size) for size in sizes]
    least = min(one.seconds for one in found)
    runs: list[list[int]] = [[]]
    for at, one in enumerate(found):
        if one.seconds <= (1 + _GOOD) * least:
            runs[-1].append(at)
        elif runs[-1]:
            runs.append([])
    widest = max(runs, key=lambda run: log(sizes[run[-1]] / sizes[run[0]]) if run else -1.0)
    middle = sqrt(sizes[widest[0]] * sizes[widest[-1]])
    chosen = min(widest, key=lambda at: abs(log(sizes[at] / middle)))
    return sizes[chosen], found[chosen]


def chunk_range(
    load: Load, price: Price, host: Host, workers: int, chunksize: int, loss: float = LOSS
) -> tuple[int, int]:
    """Return the least and the largest chunk size around a given one that lose at most so much against it."""
    most = (1 + loss) * predict(load, price, host, workers, chunksize).seconds
    sizes = chunk_sizes(load.count, workers)

    def furthest(way: Sequence[int]) -> int:
        good = takewhile(lambda size: predict(load, price, host, workers, size).seconds <= most, way)
        return ([chunksize, *good])[-1]

    return (
        furthest([size for size in reversed(sizes) if size < chunksize]),
        furthest([size for size in sizes if size > chunksize]),
    )


def serial_below(load: Load, price: Price, host: Host, workers: int) -> int | None:
    """Return how many of such items are too few to be distributed; none where even all of them are."""

    def pays(count: int) -> bool:
        fewer = replace(load, count=count, places=(0.5,), costs_s=(load.mean_s,))
        return best_chunk(fewer, price, host, workers)[1].seconds < fewer.serial_s

    few, enough = 0, 1
    while not pays(enough):
        few, enough = enough, 2 * enough
        if few >= load.count:
            return None
    while enough - few > max(1, few // 50):
        middle = (few + enough) // 2
        few, enough = (few, middle) if pays(middle) else (middle, enough)
    return enough if enough <= load.count else None

"""Tasks on the workers of a cluster, with what Dask leaves out: an end of waiting when nobody is left to answer."""

from __future__ import annotations

from asyncio import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from bench.cluster.errors import ClusterFailed, WorkerLost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_LOOK_S = 0.1  # between two looks at whether anybody is left, while nothing comes
GONE = "the scheduler has gone: the connection to it has ended; what was under way is lost."


class Watch:
    """What a scheduler tells of its workers as it happens.

    Attributes:
        alive: addresses of the workers that are there now.
        lost: those that were there and have gone, in their order.
    """

    def __init__(self, client: Any, workers: Iterable[str]) -> None:
        """Begin with the workers that are there."""
        self._client = client
        self.alive = set(workers)
        self.lost: list[str] = []

    def hear(self, event: tuple[float, Any]) -> None:
        """Take what Dask logs under the topic ``all``."""
        _, message = event
        address = message.get("worker")
        if message.get("action") == "add-worker":
            self.alive.add(address)
        elif message.get("action") == "remove-worker":
            self.alive.discard(address)
            self.lost.append(address)

    def check(self, crew: Iterable[str] = ()) -> None:
        """Raise when the scheduler has gone, or one of these workers.

        Raises:
            WorkerLost: one of the crew has gone.
            ClusterFailed: the scheduler has.
        """
        if self._client.status != "running":
            raise ClusterFailed(GONE)
        if gone := [address for address in crew if address in self.lost]:
            raise WorkerLost(f"the worker {gone[0]} has gone before it had answered")


@contextmanager
def watching(client: Any) -> Iterator[Watch]:
    """Yield what is known of the workers, kept up to date."""
    watch = Watch(client, ())
    client.subscribe_topic("all", watch.hear)
    watch.alive |= set(client.scheduler_info(n_workers=-1)["workers"])
    yield watch
    if client.status == "running":
        client.unsubscribe_topic("all")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a task.

    Attributes:
        index: of its input.
        result: what it returned.
        error: what it raised, or what Dask says of it, for example that its worker died; None if it returned.
    """

    index: int
    result: Any
    error: BaseException | None


def answers(
    client: Any, submit: Callable[[Any], Any], inputs: Iterable[Any], in_flight: int, check: Callable[[], None]
) -> Iterator[Answer]:
    """Submit a task for each input, so many at a time, and yield what came of each, in any order, as it is done.

    Args:
        client: whose tasks they are.
        submit: input -> future.
        inputs: taken as room becomes free: what has been yielded makes room once the next answer is asked for.
        in_flight: how many may be under way.
        check: called while nothing comes; raises when waiting is in vain.

    Raises:
        ClusterFailed: the scheduler has gone.
    """
    from distributed import as_completed

    rest = enumerate(inputs)
    places: dict[str, int] = {}
    running = as_completed(loop=client.loop, with_results=True, raise_errors=False)

    def hand_over(count: int) -> None:
        futures = []
        for at, each in islice(rest, count):
            future = submit(each)
            places[future.key] = at
            futures.append(future)
        running.update(futures)

    hand_over(in_flight)
    while places:
        with running.thread_condition:  # looked at inside, so that no wake-up is missed
            if not running.has_ready():
                running.thread_condition.wait(_LOOK_S)
        if not running.has_ready():
            check()
            continue
        future, result = next(running)
        if isinstance(result, CancelledError):  # which is what becomes of them when the scheduler has gone
            check()
            raise ClusterFailed(GONE)
        at = places.pop(future.key)
        yield Answer(at, None, result[1]) if future.status == "error" else Answer(at, result, None)
        hand_over(1)

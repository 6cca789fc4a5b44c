"""Pieces of work for the workers of a cluster, given to each as it has room, and done again where a worker was lost.

Each piece is given to one worker by name. Dask would hand tasks out by its own estimates of their length, which a mean
of pieces of unlike sizes is none of, and do those of a lost worker again without telling how often they end one.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any

from bench.cluster.errors import ClusterFailed, WorkerLost
from bench.cluster.timed import Timed
from bench.cluster.watch import GONE
from bench.core.errors import PrimebenchError, reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bench.cluster.opened import Cluster

    Task = Callable[[Any], Any]
    Take = Callable[[str, int], "Piece | None"]

DEPTH = 2  # pieces per thread of a worker: one under way, and one that waits there, so that the way costs nothing
_DEATHS = 3  # of workers, before a piece is what ends them
_LOOK_S = 0.1  # between two looks at who is there, while nothing comes
_ERROR_PARTS = 3  # kind, error and traceback, where Dask hands on what a task has raised; what `Timed` returns has two
_NOBODY_S = 10.0  # for workers to come back; a nanny takes some seconds to make another one


@dataclass(slots=True, eq=False)
class Piece:
    """What one worker is to do.

    Attributes:
        task: does it.
        item: what it is called with.
        about: what whoever gave it knows it by.
        deaths: how many workers have gone while they had it.
        future: Dask's, while it is under way.
    """

    task: Task
    item: Any
    about: Any = None
    deaths: int = 0
    future: Any = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a piece.

    Attributes:
        piece: which one.
        worker: who did it.
        result: of its task.
        seconds: how long that took, there.
        error: what the task raised, or that it has ended too many workers; None if it returned.
    """

    piece: Piece
    worker: str
    result: Any
    seconds: float
    error: BaseException | None


def spread(cluster: Cluster, take: Take, admit: Callable[[str], bool] = lambda _: True) -> Iterator[Done]:
    """Yield what comes of each piece, in any order, as it is done.

    Args:
        cluster: whose workers do them. Others that come join in, as long as there are not more than `Cluster.most`.
        take: (worker, how many workers there are now) -> its next piece, or None when there is none for now. The worker
            is empty where nobody is there, and the piece waits for one. It ends when there is none and nothing is
            under way.
        admit: worker -> whether it can do this work; asked of one that has come later, again and again until it can.

    Raises:
        ClusterFailed: the scheduler has gone, or all workers have.
    """
    work = None
    try:
        work = _Work(cluster, take, admit)
        while work.give():
            yield from work.answers()
            work.miss()
            yield from work.poisoned()
    except PrimebenchError:
        raise
    except Exception as error:
        if cluster.client.status != "running":
            raise ClusterFailed(GONE) from error
        if isinstance(error, OSError):  # of Dask, of a connection that has ended just now
            raise ClusterFailed(f"the scheduler gives no answer ({type(error).__name__}: {reason(error)}).") from error
        raise
    finally:
        if work:
            work.drop()


class _Work:
    """Who is at which pieces."""

    def __init__(self, cluster: Cluster, take: Take, admit: Callable[[str], bool]) -> None:
        from distributed import as_completed

        self._cluster, self._take, self._admit = cluster, take, admit
        self._running = as_completed(loop=cluster.client.loop, with_results=True, raise_errors=False)
        self._given: dict[str, list[Piece]] = {worker: [] for worker in cluster.workers}
        self._threads = self._ask_threads(cluster.workers)
        self._again: deque[Piece] = deque()
        self._poisoned: list[Done] = []
        self._heard = len(cluster.watch.lost)
        self._seen_s = monotonic()  # when somebody was there
        for worker in set(self._given) - cluster.watch.alive:
            del self._given[worker]

    def give(self) -> bool:
        """Give pieces to all workers that have room, to idle ones first; say whether anything is left to wait for."""
        if not self._given and not self._again and (piece := self._take("", 0)):  # who may come back
            self._again.append(piece)
        for waiting in range(DEPTH * max(self._threads.values(), default=1)):
            for worker, pieces in self._given.items():
                if len(pieces) == waiting and self._has_room(worker) and (piece := self._next(worker)):
                    self._submit(worker, piece)
        return any(self._given.values()) or bool(self._again)

    def _has_room(self, worker: str) -> bool:
        """Whatever has ended a worker gets one of its own, so that the next time it alone can be to blame."""
        pieces = self._given[worker]
        if any(piece.deaths for piece in pieces) or (pieces and self._again):
            return False
        return len(pieces) < DEPTH * self._threads.get(worker, 1)

    def _next(self, worker: str) -> Piece | None:
        return self._again.popleft() if self._again else self._take(worker, len(self._given))

    def _submit(self, worker: str, piece: Piece) -> None:
        client = self._cluster.client
        piece.future = client.submit(Timed(piece.task), piece.item, workers=[worker], pure=False, retries=0)
        self._given[worker].append(piece)
        self._running.add(piece.future)

    def answers(self) -> Iterator[Done]:
        """Wait a moment, and yield what has come."""
        running = self._running
        with running.thread_condition:  # looked at inside, so that no wake-up is missed
            if not running.has_ready():
                running.thread_condition.wait(_LOOK_S)
        self._cluster.watch.check()
        while running.has_ready():
            future, result = next(running)
            found = self._whose(future)
            if found is None:  # it was given to another one meanwhile
                continue
            if isinstance(result, BaseException):  # cancelled, as they are when the scheduler has gone
                self._cluster.watch.check()
                raise ClusterFailed(GONE)
            # The status of the future is not that of the result: it is lost once its worker has gone, which is later.
            error = result[1] if len(result) == _ERROR_PARTS else None
            if error is not None and _is_killed(error):  # the watch says who
                continue
            worker, piece = found
            self._given[worker].remove(piece)
            piece.future = None
            value, seconds = result if error is None else (None, 0.0)
            yield Done(piece, worker, value, seconds, error)

    def _whose(self, future: Any) -> tuple[str, Piece] | None:
        for worker, pieces in self._given.items():
            for piece in pieces:
                if piece.future is not None and piece.future.key == future.key:
                    return worker, piece
        return None

    def miss(self) -> None:
        """Take back what lost workers were given, and let others in for them.

        Raises:
            ClusterFailed: nobody has been there for a while.
        """
        watch = self._cluster.watch
        lost, self._heard = watch.lost[self._heard :], len(watch.lost)
        for worker in lost:
            self._take_back(worker)
        most = self._cluster.most
        for worker in sorted(watch.alive - self._given.keys()):
            if (most is None or len(self._given) < most) and self._admit(worker):
                self._threads |= self._ask_threads([worker])
                self._given[worker] = []
        if self._given:
            self._seen_s = monotonic()
        elif monotonic() - self._seen_s > _NOBODY_S:
            raise ClusterFailed(f"all workers have gone, and none has come for {_NOBODY_S:g} s.")

    def _take_back(self, worker: str) -> None:
        pieces = self._given.pop(worker, [])
        for piece in pieces:
            piece.future.release()
            piece.future = None
            # Of one that only waited there, too: the one before it may have been done, and nobody has heard of that.
            # Each gets a worker of its own now, which an innocent one ends no more.
            piece.deaths += 1
            if piece.deaths < _DEATHS:
                self._again.append(piece)
                continue
            error = WorkerLost(f"it has ended {_DEATHS} workers, the last one {worker}")
            self._poisoned.append(Done(piece, worker, None, 0.0, error))

    def _ask_threads(self, workers: Any) -> dict[str, int]:
        return {worker: max(1, count) for worker, count in self._cluster.client.nthreads(list(workers)).items()}

    def poisoned(self) -> Iterator[Done]:
        """Yield the pieces that are not tried again."""
        found, self._poisoned = self._poisoned, []
        yield from found

    def drop(self) -> None:
        """Let go of what is under way."""
        if self._cluster.client.status == "running":
            for pieces in self._given.values():
                for piece in pieces:
                    piece.future.release()


def _is_killed(error: BaseException) -> bool:
    from distributed import KilledWorker

    return isinstance(error, KilledWorker)

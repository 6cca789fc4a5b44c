"""The workers of a cluster as those of a search: who can take part, windows for each, and their results in order."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bench.cluster.errors import WorkerLost
from bench.cluster.lacking import lacking
from bench.cluster.opened import opened
from bench.cluster.ready import ready
from bench.cluster.spread import Done, Piece, spread
from bench.cluster.users_code import modules
from bench.core import kernels
from bench.search import shortage
from bench.search.errors import SearchFailed
from bench.search.signals import deaf_workers, termination, termination_later
from bench.search.stream import Found, Order, Windows
from primes.tasks import ChunkFlags, Warm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bench.cluster.access import Access
    from bench.cluster.opened import Cluster
    from bench.contract.backend import Task
    from bench.search.search import Search, Tally


@dataclass(frozen=True, slots=True)
class Choice:
    """Kernels that a search may run with.

    Attributes:
        kernels: what it needs on every worker: the one that searches, and the one that verifies.
        seconds: what the whole search costs with it on one worker, in proportion to other choices.
    """

    kernels: tuple[str, ...]
    seconds: float = 1.0


class Workers:
    """The workers of a cluster that take part in a search: a mapper, and a stream of windows."""

    def __init__(self, cluster: Cluster, choice: Choice) -> None:
        """Have these workers search with these kernels."""
        self.cluster, self.choice = cluster, choice

    @property
    def count(self) -> int:
        """How many they are."""
        return len(self.cluster.workers)

    def warm_up(self) -> None:
        """Let each worker load the kernels."""
        waiting = {worker: [Piece(_Warm(self.choice.kernels), None)] for worker in self.cluster.workers}
        for _ in self._done(lambda worker: waiting[worker].pop() if waiting.get(worker) else None):
            pass

    def __call__(self, task: Task, items: Sequence[Any], _chunksize: int | None) -> list[Any]:
        """Return the results in the order of the items, as a mapper does."""
        rest = iter([Piece(task, item, about=at) for at, item in enumerate(items)])
        results = {done.piece.about: done.result for done in self._done(lambda _: next(rest, None))}
        return [results[at] for at in range(len(items))]

    def stream(
        self, search: Search, tally: Tally, kind: Callable[[str], Task], end: Callable[[], int]
    ) -> Iterator[Found]:
        """Yield what comes of window after window, in order, from where the tally stands.

        Args:
            search: what is searched.
            tally: how far it has come.
            kind: kernel -> task.
            end: says where the search is expected to end.
        """
        pieces, order = _Pieces(search, tally.complete_to, self.count, kind), Order()
        for done in self._done(pieces.take):
            found = pieces.complete(done)
            if found is None:
                continue
            for each in order.add(found.window.number, found):
                pieces.windows.end(each.window)
                yield each
            pieces.windows.soft_end = end()

    def _done(self, take: Callable[[str], Piece | None]) -> Iterator[Done]:
        for done in spread(self.cluster, take, self._admit):
            if isinstance(done.error, WorkerLost):
                raise SearchFailed(f"{_named(done.piece.item)} cannot be searched: {done.error}.")
            if done.error is not None:
                raise SearchFailed(f"the workers failed: {shortage.describe(done.error)}") from done.error
            yield done

    def _admit(self, worker: str) -> bool:
        return not lacking(self.cluster, self.choice.kernels, [worker])[worker]


class _Pieces:
    """The windows of a search as pieces of work: one each, and two where a sample is to be verified."""

    def __init__(self, search: Search, at: int, workers: int, kind: Callable[[str], Task]) -> None:
        self.windows = Windows(search.kernel, at, search.hi, workers, flags=kind is ChunkFlags)
        self._kind, self._task = kind, kind(search.kernel.code)
        self._samples = [sample for sample in search.samples if sample.lo >= at]
        self._verifying: list[Piece] = []  # pieces that are the next to be given
        self._half: dict[int, dict[bool, Any]] = {}  # window -> whether it is the second search -> result

    def take(self, worker: str) -> Piece | None:
        """Return the next piece for a worker."""
        if self._verifying:
            return self._verifying.pop()
        sample = self._samples[0] if self._samples else None
        inside = sample is not None and sample.lo <= self.windows.at
        stop = self.windows.hi if sample is None else sample.hi if inside else sample.lo
        window = self.windows.next(worker, stop)
        if window is None:
            return None
        chunk = window.lo, window.hi
        if sample is None or not inside:
            return Piece(self._task, chunk, (window, None, False))
        if window.hi == sample.hi:
            self._samples.pop(0)
        self._verifying.append(Piece(self._kind(sample.judge.name), chunk, (window, sample, True)))
        return Piece(self._task, chunk, (window, sample, False))

    def complete(self, done: Done) -> Found | None:
        """Return what came of a window, once all of it has come."""
        window, sample, is_second = done.piece.about
        if not is_second:
            self.windows.learn(done.worker, window, done.seconds)
        if sample is None:
            return Found(window, done.result)
        half = self._half.setdefault(window.number, {})
        half[is_second] = done.result
        if len(half) < 2:
            return None
        del self._half[window.number]
        return Found(window, half[False], sample, half[True])


class _Warm:
    """Task: load kernels."""

    def __init__(self, kernels: tuple[str, ...]) -> None:
        self.kernels = kernels

    def __call__(self, _item: None) -> None:
        for kernel in self.kernels:
            Warm(kernel)()


def _named(item: Any) -> str:
    return f"the window from {item[0]} to below {item[1]}" if isinstance(item, tuple) else f"the kernel ({item})"


@contextmanager
def open_workers(
    access: Access | None,
    workers: int | None,
    choices: Sequence[Choice],
    warn: Callable[[str], None],
    note: Callable[[str], None],
) -> Iterator[Workers]:
    """Reach a cluster or make one, and have those of its workers search that can; each has loaded its kernels then.

    SIGTERM ends the body as Ctrl-C does, with KeyboardInterrupt.

    Args:
        access: how a scheduler is reached; None makes a cluster of this machine.
        workers: how many to use; None takes all.
        choices: kernels that the search can run with.
        warn: takes a sentence on what may be of harm.
        note: takes a sentence on what is sent, and on workers that cannot take part.

    Raises:
        ClusterFailed: it cannot be reached, or is not as it was asked for.
        SearchFailed: no worker can search.
    """
    with ExitStack() as stack:
        stack.enter_context(termination())
        with termination_later(), deaf_workers():
            cluster = stack.enter_context(opened(access, workers))
        code = modules(f"{kernel}:" for choice in choices for kernel in choice.kernels if kernel not in kernels.names())
        stack.enter_context(ready(cluster, warn, note, code))
        found = _able(cluster, choices, note)
        found.warm_up()
        yield found


def _able(cluster: Cluster, choices: Sequence[Choice], note: Callable[[str], None]) -> Workers:
    """Return the workers and kernels that are fastest together, and say who is left out."""
    names = sorted({kernel for choice in choices for kernel in choice.kernels})
    lacks = lacking(cluster, names, cluster.workers)

    def able(choice: Choice) -> tuple[str, ...]:
        return tuple(worker for worker in cluster.workers if not lacks[worker].keys() & {*choice.kernels})

    best = max(choices, key=lambda choice: len(able(choice)) / choice.seconds)
    those = able(best)
    out = [worker for worker in cluster.workers if worker not in those]
    if out:
        kernel = next(name for name in best.kernels if name in lacks[out[0]])
        more = f" and {len(out) - 1} more" if len(out) > 1 else ""
        sentence = f"the worker {out[0]}{more} cannot run the kernel {kernel}: {lacks[out[0]][kernel]}"
        if not those:
            raise SearchFailed(f"no worker of the cluster can search: {sentence}")
        note(f"Left out, {len(out)} of {len(cluster.workers)} workers: {sentence}")
    if best is not choices[0]:
        note(f"The kernel is {best.kernels[0]}: too few workers of the cluster can run {choices[0].kernels[0]}.")
    return Workers(replace(cluster, workers=those), best)

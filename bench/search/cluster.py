"""The workers of a cluster as those of a search: who can take part, windows for each, and their results in order."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bench.cluster.errors import ClusterFailed, WorkerLost
from bench.cluster.lacking import lacking
from bench.cluster.newcomers import Newcomers
from bench.cluster.opened import opened
from bench.cluster.ready import ready
from bench.cluster.spread import Done, Piece, spread
from bench.cluster.users_code import modules
from bench.core import kernels
from bench.core.errors import PrimebenchError
from bench.search import shortage
from bench.search.errors import SearchFailed
from bench.search.signals import deaf_workers, termination, termination_later
from bench.search.stream import Found, Order, Windows
from primes.tasks import ChunkFlags, Warm
from primes.user_code import said

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

    def __init__(
        self,
        cluster: Cluster,
        choice: Choice,
        compare: Callable[[str], Sequence[str]] = lambda _: (),
        note: Callable[[str], None] = lambda _: None,
        refused: Sequence[str] = (),
    ) -> None:
        """Have these workers search with these kernels.

        Args:
            cluster: whose workers they are.
            choice: the kernels.
            compare: see `bench.cluster.ready.ready`; of workers that come later.
            note: takes a sentence on these.
            refused: workers that are there and cannot search.
        """
        self.cluster, self.choice = cluster, choice
        self._compare_sides = compare
        self._newcomers = Newcomers(cluster.watch, self._compare, note, refused)

    @property
    def count(self) -> int:
        """How many they are at the beginning."""
        return len(self.cluster.workers)

    def warm_up(self) -> None:
        """Let each worker load the kernels."""
        waiting = {worker: [Piece(_Warm(self.choice.kernels), None)] for worker in self.cluster.workers}
        for _ in self._done(lambda worker, _: waiting[worker].pop() if waiting.get(worker) else None):
            pass

    def __call__(self, task: Task, items: Sequence[Any], _chunksize: int | None) -> list[Any]:
        """Return the results in the order of the items, as a mapper does."""
        rest = iter([Piece(task, item, about=at) for at, item in enumerate(items)])
        results = {done.piece.about: done.result for done in self._done(lambda *_: next(rest, None))}
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

    def _done(self, take: Callable[[str, int], Piece | None]) -> Iterator[Done]:
        admit = (lambda _: True) if self.cluster.is_local else self._newcomers.may_work
        for done in spread(self.cluster, take, admit):
            if isinstance(done.error, WorkerLost):
                raise SearchFailed(f"{_failed(done.piece)}: {done.error}.")
            if done.error is not None:
                # What another machine lacks is not what this one does.
                why = shortage.describe(done.error) if self.cluster.is_local else f"{said(done.error)}."
                raise SearchFailed(f"the workers failed: {why}") from done.error
            yield done

    def _compare(self, worker: str) -> Sequence[str]:
        told = self._compare_sides(worker)
        for kernel, why in lacking(self.cluster, self.choice.kernels, [worker])[worker].items():
            raise ClusterFailed(f"the worker {worker} cannot run the kernel {kernel}: {why}")
        return told


class _Pieces:
    """The windows of a search as pieces of work: one each, and two where a sample is to be verified."""

    def __init__(self, search: Search, at: int, workers: int, kind: Callable[[str], Task]) -> None:
        self.windows = Windows(search.kernel, at, search.hi, workers, flags=kind is ChunkFlags)
        self._kind, self._task = kind, kind(search.kernel.code)
        self._samples = [sample for sample in search.samples if sample.lo >= at]
        self._verifying: list[Piece] = []  # pieces that are the next to be given
        self._half: dict[int, dict[bool, Any]] = {}  # window -> whether it is the second search -> result

    def take(self, worker: str, workers: int) -> Piece | None:
        """Return the next piece for a worker, one of so many."""
        self.windows.workers = max(1, workers)
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


def _failed(piece: Piece) -> str:
    if isinstance(piece.task, _Warm):
        return f"{' and '.join(piece.task.kernels)} cannot be loaded"
    lo, hi = piece.item
    return f"the window from {lo} to below {hi} cannot be searched"


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
        with _told(access):
            with termination_later(), deaf_workers():
                cluster = stack.enter_context(opened(access, workers))
            own = {kernel for choice in choices for kernel in choice.kernels if kernel not in kernels.names()}
            code = modules(f"{kernel}:" for kernel in sorted(own))
            compare = stack.enter_context(ready(cluster, warn, note, code))
            found = _able(cluster, choices, compare, note)
            found.warm_up()
        yield found


@contextmanager
def _told(access: Access | None) -> Iterator[None]:
    """Let whatever Dask makes of a cluster that comes and goes, or of a limit of this machine, be told in one line."""
    try:
        yield
    except PrimebenchError:
        raise
    except Exception as error:
        # Only a cluster that is made here takes locks, which are shared memory.
        lack = shortage.named(error) if access is None else None
        raise SearchFailed(f"the cluster cannot be made ready: {lack or f'{said(error)}.'}") from error


def _able(
    cluster: Cluster,
    choices: Sequence[Choice],
    compare: Callable[[str], Sequence[str]],
    note: Callable[[str], None],
) -> Workers:
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
    return Workers(replace(cluster, workers=those), best, compare, note, out)

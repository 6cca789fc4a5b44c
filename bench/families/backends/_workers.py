"""Worker processes that a backend makes itself: starting them, hearing of their death, ending them.

Every worker that has a pipe is the only process that holds its end of it: the parent closes its own copy before it
starts the next worker. So the death of a worker ends the stream, and a parent that waits for an answer hears of it
with every start method, which no shared queue can do. Loaded in worker processes.
"""

from __future__ import annotations

import select
from contextlib import contextmanager, suppress
from multiprocessing.reduction import ForkingPickler
from time import monotonic

from bench.families.backends._pin import pin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess
    from typing import Any

    from bench.contract.backend import Crew

_GRACE_S = 5.0  # for a dismissed worker to end by itself; only one that is stuck, which then is killed, needs it all


class WorkerLost(RuntimeError):
    """A worker ended before it had answered; why is told by its traceback on stderr, if it had the time."""


class Worker:
    """A worker process and our end of its pipe."""

    __slots__ = ("pipe", "process")

    def __init__(self, process: BaseProcess, pipe: Connection) -> None:
        """Join the two."""
        self.process, self.pipe = process, pipe

    def send(self, message: Any) -> None:
        """Send a message; `WorkerLost` when nobody is there to take it."""
        self.send_pickled(ForkingPickler.dumps(message))

    def send_pickled(self, message: bytes | memoryview) -> None:
        """Send a message that was pickled before, once for several workers."""
        try:
            self.pipe.send_bytes(message)
        except (BrokenPipeError, ConnectionResetError):
            raise self._lost() from None

    def receive(self) -> Any:
        """Return the next answer; `WorkerLost` when there will be none."""
        try:
            return self.pipe.recv()
        except (EOFError, ConnectionResetError):
            raise self._lost() from None

    def _lost(self) -> WorkerLost:
        self.process.join(_GRACE_S)
        code = self.process.exitcode
        how = f"was ended by signal {-code}" if code is not None and code < 0 else f"ended with exit code {code}"
        return WorkerLost(f"{self.process.name} {how} before it had answered")


def ready(pipes: Iterable[Connection]) -> list[Connection]:
    """Wait until at least one of the pipes has something to receive, and return those that have."""
    found = {pipe.fileno(): pipe for pipe in pipes}
    poll = _poll(found)
    return [found[descriptor] for descriptor, _ in poll.poll()]


def gather(workers: Iterable[Worker]) -> list[Any]:
    """Return one answer of each worker, in the order in which they come; `WorkerLost` as soon as one cannot."""
    pending = {worker.pipe.fileno(): worker for worker in workers}
    poll = _poll(pending)
    answers: list[Any] = []
    while pending:
        for descriptor, _ in poll.poll():
            answers.append(pending.pop(descriptor).receive())
            poll.unregister(descriptor)
    return answers


def _poll(descriptors: Iterable[int]) -> select.poll:
    """Return what waits until one of them has something to receive, or its other end is closed.

    The selectors that multiprocessing.connection.wait makes for each call take as long as the messages themselves.
    """
    poll = select.poll()
    for descriptor in descriptors:
        poll.register(descriptor, select.POLLIN)
    return poll


@contextmanager
def open_workers(
    crew: Crew, work: Callable[..., None], shares: Iterable[tuple[Any, ...]], dismiss: Callable[[], None]
) -> Iterator[list[BaseProcess]]:
    """Start one process for each share, which calls ``work(*share)``; end them all on leaving.

    After a search that went well ``dismiss`` is called, which tells the workers to end, and they are waited for. When
    the body raised they are killed: they may be dead, stuck, or in the middle of something.
    """
    processes: list[BaseProcess] = []
    try:
        for index, share in enumerate(shares):
            args = (index, crew.cpus, work, share)
            # Daemonic, so that the interpreter ends them should it exit without coming by here.
            process = crew.context.Process(target=_run, args=args, daemon=True)  # type: ignore[attr-defined]
            process.start()
            processes.append(process)
        yield processes
        dismiss()
        end = monotonic() + _GRACE_S
        for process in processes:
            process.join(max(0.0, end - monotonic()))
    finally:
        for process in processes:
            if process.exitcode is None:
                process.kill()
            process.join()
            process.close()


@contextmanager
def open_piped(crew: Crew, work: Callable[..., None], shares: Iterable[tuple[Any, ...]]) -> Iterator[list[Worker]]:
    """Start one process for each share, which calls ``work(pipe, *share)``; end them all on leaving.

    The pipes go both ways. On leaving, None is sent through each, which a standing worker takes for its dismissal.
    """
    pipes: list[Connection] = []

    def farewell() -> None:
        for pipe in pipes:
            with suppress(OSError):  # a worker without further orders has ended, and its end of the pipe with it
                pipe.send(None)

    try:
        with open_workers(crew, work, _with_pipes(crew, shares, pipes), farewell) as processes:
            yield list(map(Worker, processes, pipes))
    finally:
        for pipe in pipes:
            pipe.close()


def _with_pipes(
    crew: Crew, shares: Iterable[tuple[Any, ...]], ours: list[Connection]
) -> Iterator[tuple[Connection | Any, ...]]:
    for share in shares:
        our_end, their_end = crew.context.Pipe()
        ours.append(our_end)
        with their_end:  # closed here once the worker has started, before the next one could inherit it
            yield their_end, *share


def _run(index: int, cpus: tuple[int, ...] | None, work: Callable[..., None], share: tuple[Any, ...]) -> None:
    pin(index, cpus)
    work(*share)

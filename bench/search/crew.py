"""Make the workers of a search, which ignore Ctrl-C, end with it, and whose death ends it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
import threading
from contextlib import ExitStack, contextmanager, suppress
from threading import Event, Thread, get_ident
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from bench.contract import backend as contract
from bench.core import catalog
from bench.core.errors import PrimebenchError, UsageError
from bench.families.backends import _backend
from bench.families.backends._claims import NoRoom
from bench.families.backends._tasks import Barrier
from bench.search import shortage
from bench.search.enlist import Enlist, enlisting
from bench.search.errors import SearchFailed, TooLittleRoom
from bench.search.signals import deaf_workers, termination
from primes.tasks import Warm

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.context import BaseContext
    from multiprocessing.process import BaseProcess

    from bench.contract.backend import Mapper, Task
    from bench.families.backends._backend import Backend
    from bench.search.signals import Interruption

_PATIENCE_S = 5.0  # for the program to end by itself after its backend has failed to notice a death
_POLL_S = 0.25  # how often the watch looks around
_GRACE_POLLS = 8  # how often it looks again before it interrupts a backend that has not noticed a death by itself
# What workers may take to end by themselves before they are killed, because one that is stopped never does: after a
# search that was interrupted or failed, and after one that went well.
_HURRIED_S, _LEISURELY_S = 0.5, 5.0
_TO_REMOVE = 3  # descriptors that shutil.rmtree has open at a time, and one more
INTERRUPTED = 130  # the exit code


class Crew(contract.Crew):
    """A crew whose processes end with the search."""

    __slots__ = ()

    @property
    def context(self) -> BaseContext:
        """The multiprocessing context that makes such processes."""
        return enlisting(self.start)


def choose(name: str, workers: int) -> tuple[Backend, Crew]:
    """Return the backend of this name and its crew of so many workers.

    Raises:
        UnknownName: there is no such backend.
        UsageError: it cannot share a search among these workers.
        SearchFailed: it cannot run on this machine.
    """
    catalog.check_name(_backend.PACKAGE, name, "backend", "primebench list backends")
    backend = _backend.load(name)
    if backend.missing:
        raise SearchFailed(f"the backend {name} cannot run here: {backend.missing}")
    if backend.copies:
        raise UsageError(f"with the backend {name} every worker searches everything; choose one that shares the work.")
    start = _start() if backend.parallelism == "processes" else "none"
    crew = Crew(int(backend.fixed.get("workers", workers)), start)
    refusal = backend.refuse(crew)
    if refusal:
        raise UsageError(f"the backend {name} refuses: {refusal}")
    return backend, crew


def _start() -> str:
    """Return the start method of a search: fork, except where not even older Pythons do it unasked, as on macOS.

    A search makes its workers before it has any thread, so that nothing speaks against it; and a fork server, which is
    a process between it and its workers, fails in words of its own, and is stopped and ended apart from them.
    """
    methods = multiprocessing.get_all_start_methods()
    return "fork" if methods[0] == "forkserver" else methods[0]


@contextmanager
def open_crew(backend: Backend, crew: Crew, kernel: str) -> Iterator[Mapper]:
    """Make the workers, wait until each has loaded the kernel, and yield a mapper that raises `SearchFailed`.

    On leaving no worker is left. SIGTERM ends the body as Ctrl-C does, with KeyboardInterrupt.
    """
    watch, done = _Watch(), False
    outcome: BaseException | None = None  # of the body, which a backend that cannot end must not replace
    try:
        with ExitStack() as stack:
            watch.interruption = stack.enter_context(termination())
            stack.enter_context(watch)  # to the end: a pool may wait for a dead worker when it is to end, too
            try:
                with _telling("the workers cannot be made"), deaf_workers():
                    mapper = stack.enter_context(backend.open_mapper(crew))
                    watch.start()  # not before: a process with threads should not fork
                    if backend.standing:
                        _warm_up(mapper, crew, kernel)
                    watch.see()
                yield _Telling(mapper)
                done = True
            except BaseException as error:
                outcome = None if watch.interrupted else error
                raise
            finally:
                watch.limit(_LEISURELY_S if done else _HURRIED_S)
    except BaseException as error:
        if error is outcome or not (outcome or watch.interrupted):
            raise
        if done:
            return
        failure = outcome or SearchFailed(watch.lost or "the workers are gone.")
        Thread(target=_last_resort, args=(getattr(failure, "exit_code", INTERRUPTED),), daemon=True).start()
        raise failure from None


class _Telling:
    """A mapper whose every failure is one that a user is meant to read."""

    def __init__(self, mapper: Mapper) -> None:
        self.mapper = mapper

    def __call__(self, task: Task, items: Sequence[Any], chunksize: int | None) -> list[Any]:
        try:
            return self.mapper(task, items, chunksize)
        except NoRoom as error:
            raise TooLittleRoom(f"not even a small window fits: {shortage.describe(error)}") from error
        except Exception as error:
            raise SearchFailed(f"the workers failed: {shortage.describe(error)}") from error


@contextmanager
def _telling(what: str) -> Iterator[None]:
    """Let whatever fails be one line that a user is meant to read."""
    try:
        yield
    except PrimebenchError:
        raise
    except Exception as error:
        raise SearchFailed(f"{what}: {shortage.describe(error)}") from error


def _warm_up(mapper: Mapper, crew: Crew, kernel: str) -> None:
    with _meeting_place() as folder:
        _Telling(mapper)(Barrier(folder, crew.workers, Enlist(Warm(kernel))), range(crew.workers), 1)


@contextmanager
def _meeting_place() -> Iterator[str]:
    """Lend an empty folder, and keep back the descriptors that removing it takes: workers may use up all others."""
    spare = [os.open(os.devnull, os.O_RDONLY) for _ in range(_TO_REMOVE)]
    with tempfile.TemporaryDirectory(prefix="primebench-") as folder:
        try:
            yield folder
        finally:
            for descriptor in spare:
                os.close(descriptor)


def _last_resort(code: int) -> None:
    """End a process that cannot end: an executor waits at exit for the rest of a message that a dead worker began."""
    sleep(_PATIENCE_S)
    os._exit(code)


class _Watch:
    """A thread that misses workers: a backend such as a pool waits for ever for the answer of one that was killed."""

    def __init__(self) -> None:
        self.lost: str | None = None  # who, and how
        self._fallen: str | None = None  # what ended a thread of the backend, such as those of a pool
        self.interruption: Interruption | None = None  # of the search
        self.interrupted = False  # whether it had to end the search
        self._seen: dict[int, BaseProcess] = {}
        self._done = Event()
        self._until_s: float | None = None  # when workers that have not ended are killed
        self._main = get_ident()
        self._thread = Thread(target=self._look, daemon=True)

    def __enter__(self) -> None:
        self._hook, threading.excepthook = threading.excepthook, self._note

    def start(self) -> None:
        self.see()
        self._thread.start()

    def see(self) -> None:
        """Remember who is there: a pool replaces a dead worker at once, and nobody would miss the old one."""
        self._seen |= {id(process): process for process in multiprocessing.active_children()}

    def limit(self, seconds: float) -> None:
        """Kill the workers that are still there after so many seconds."""
        self._until_s = monotonic() + seconds

    def __exit__(self, *_: object) -> None:
        self._done.set()
        threading.excepthook = self._hook
        if self._thread.is_alive():
            self._thread.join()

    def _look(self) -> None:
        polls = 0
        while not self._done.wait(_POLL_S):
            self.see()
            self.lost = self._fallen or next(filter(None, map(_obituary, [*self._seen.values()])), None)
            polls += self.lost is not None
            overdue = self._until_s is not None and monotonic() > self._until_s
            if overdue:
                self._kill()
            if polls > _GRACE_POLLS or (overdue and polls > 1):
                polls = 0
                self.interrupted = True
                if self.interruption:
                    self.interruption.listen()
                signal.pthread_kill(self._main, signal.SIGTERM)  # a real signal: it ends the wait for a lock

    def _note(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self._fallen = f"a thread of the backend failed: {shortage.describe(args.exc_value)}"

    def _kill(self) -> None:
        for process in self._seen.values():
            with suppress(ValueError, OSError):  # closed, or gone
                process.kill()


def _obituary(process: BaseProcess) -> str | None:
    """Say how the process came to a bad end, or return None."""
    with suppress(ValueError):  # closed: its backend has looked after it
        code = process.exitcode
        if code is not None and code < 0:
            return f"{process.name} was ended by signal {-code} in the middle of the search."
        if code:
            return f"{process.name} ended with exit code {code} in the middle of the search."
    return None

"""Write one window in a thread while the next one is searched."""

from __future__ import annotations

from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.search.numbers import Numbers

    Piece = tuple[bytes, int, int]  # flags, lo, hi

_PATIENCE_S = 5.0  # for the block being written when a search is interrupted; a pipe that nobody reads takes longer


class Writer:
    """A thread that turns flags into numbers and hands them on, in order; leaving it waits until all are through.

    When the body raises, what waits is dropped and the block being written is finished.
    """

    def __init__(self, take: Callable[[Numbers, int], None]) -> None:
        """Call ``take(primes, the number before which they are all)`` for block after block."""
        self._take = take
        # Waiting for either is not Python code, which KeyboardInterrupt could leave with a lock half released.
        self._queue: SimpleQueue[list[Piece] | None] = SimpleQueue()
        self._occupied = Lock()  # while a window waits
        self._stopped = False
        self._failure: BaseException | None = None
        self._thread = Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        """Start the thread."""
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Wait for the thread; raise what went wrong in it, unless the body raised before."""
        if kind is None:
            self.put(None)
            self._thread.join()
            self._raise()
            return
        self._stopped = True
        with suppress(Empty):
            self._queue.get_nowait()
        self._queue.put(None)
        self._thread.join(_PATIENCE_S)

    def put(self, window: list[Piece] | None) -> None:
        """Hand over a window's flags, waiting for the last but one to be written; raise what went wrong with it."""
        self._raise()
        self._occupied.acquire()
        self._queue.put(window)

    def _raise(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        from bench.search.numbers import blocks

        while (window := self._queue.get()) is not None:
            self._occupied.release()
            for flags, lo, hi in window:
                if self._failure is None and not self._stopped:
                    try:
                        for primes, complete_to in blocks(flags, lo, hi):
                            self._take(primes, complete_to)
                            if self._stopped:
                                break
                    except BaseException as error:  # the main thread raises it
                        self._failure = error

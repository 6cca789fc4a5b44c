"""What every worker of a search does first. Loaded in worker processes."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

    from primes.tasks import RollCall

_watching = False


class Enlist:
    """Task: see to it that this worker ends with the search, then answer the roll call."""

    __slots__ = ("roll",)

    def __init__(self, roll: RollCall) -> None:
        """Answer ``roll``."""
        self.roll = roll

    def __reduce__(self) -> tuple[type[Enlist], tuple[RollCall]]:
        """Pickle as the roll call."""
        return Enlist, (self.roll,)

    def __call__(self, item: int) -> bool:
        """Return True once all workers are there; TimeoutError when they are not within the deadline."""
        _end_with_parent()
        return self.roll(item)


def _end_with_parent() -> None:
    """End this process, if it is a worker, as soon as the process that searches has ended in whatever way.

    A worker may wait for ever for an order from a process that was killed, because its siblings hold copies of the
    pipe's other end.
    """
    global _watching  # one thread for each process, however often the roll is called
    import signal
    from multiprocessing import parent_process
    from threading import Thread

    parent = parent_process()
    if parent is not None and not _watching:
        _watching = True
        signal.signal(signal.SIGTERM, signal.SIG_DFL)  # ends at once, where a handler waits for the kernel to return
        Thread(target=_outlive, args=(parent,), daemon=True).start()


def _outlive(parent: BaseProcess) -> None:
    import os

    parent.join()
    os._exit(1)  # from a thread that is not the main one nothing else ends a process

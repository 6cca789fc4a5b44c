"""A job one of whose tasks does harm, which shows what a backend makes of that: see ``primebench check --faults``.

All other tasks take a moment and answer rightly. Each task says in a file when it begins and ends, so that what became
of the others is known. Loaded in worker processes, so it imports next to nothing.
"""

from __future__ import annotations

import os
import sys
import time

AXES = {
    "fault": ("none", "What the harmful task does."),
    "log": ("none", "The file in which tasks say when they begin and end."),
}
ITEMS = 24
FATAL = 9  # in the middle: there are tasks before it, beside it and behind it
SAID = "faulty task:"  # how a line on stderr begins that announces the harm
_PACE_S = 0.01  # of a harmless task; enough for others to be pending when harm is done


class Task:
    """Task: a number -> whether three divides it; or harm."""

    __slots__ = ("fault", "log")

    def __init__(self, fault: str, log: str) -> None:
        """Do this harm, and keep a log in this file."""
        self.fault, self.log = fault, log

    def __reduce__(self) -> tuple[type[Task], tuple[str, str]]:
        """Pickle as what the constructor takes."""
        return Task, (self.fault, self.log)

    def __call__(self, item: int) -> bool:
        """Answer, or do harm."""
        self._note("begins", item)
        answer = item % 3 == 0
        if item == FATAL and self.fault != "none":
            # In one write, so that it is told even by a process that ends the next moment.
            os.write(2, f"{SAID} {self.fault}\n".encode())
            answer = _HARMS[self.fault](answer)
        else:
            time.sleep(_PACE_S)
        self._note("ends", item)
        return answer

    def _note(self, word: str, item: int) -> None:
        if self.log == "none":
            return
        descriptor = os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, f"{time.monotonic_ns()} {word} {item}\n".encode())
        finally:
            os.close(descriptor)


class Unreadable(Exception):
    """Pickles as a call with one argument, and needs two."""

    def __init__(self, item: int, reason: str) -> None:
        """Keep one of the two."""
        super().__init__(f"{item}: {reason}")


def _kill(_answer: bool) -> bool:
    import signal

    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def _exit(_answer: bool) -> bool:
    os._exit(3)


def _hang(answer: bool) -> bool:
    time.sleep(3600)
    return answer


def _raise(_answer: bool) -> bool:
    raise ValueError(f"{FATAL} is not liked here")


def _raise_unreadable(_answer: bool) -> bool:
    raise Unreadable(FATAL, "not liked here")


def _raise_unsendable(_answer: bool) -> bool:
    raise ValueError(lambda: FATAL)  # a function without a name that could be looked up


def _lie(answer: bool) -> bool:
    return not answer


def _kill_maker(answer: bool) -> bool:
    """End the process that made this one, as a system short of memory may do."""
    import signal
    from contextlib import suppress
    from multiprocessing import parent_process

    maker = parent_process()  # not os.getppid(): an orphan's parent is a stranger
    if maker and maker.pid:
        with suppress(ProcessLookupError):
            os.kill(maker.pid, signal.SIGKILL)
    return answer


def _leave_segment(answer: bool) -> bool:
    """Leave a segment of shared memory that bears the session's name."""
    with open(f"/dev/shm/primebench-{os.getsid(0)}-left", "wb") as file:
        file.write(b"left")
    return answer


def _leave_orphan(answer: bool) -> bool:
    """Leave a process behind that nobody waits for."""
    import subprocess

    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
    return answer


_HARMS = {
    "killed": _kill,
    "exits": _exit,
    "hangs": _hang,
    "raises": _raise,
    "unreadable": _raise_unreadable,
    "unsendable": _raise_unsendable,
    "lies": _lie,
    "kills-maker": _kill_maker,
    "leaves-segment": _leave_segment,
    "leaves-orphan": _leave_orphan,
}


class _Faulty:
    def __init__(self, fault: str, log: str) -> None:
        self.task = Task(fault, log)
        self.items = range(ITEMS)

    def check(self, results: list[bool]) -> str | None:
        """Name the first wrong answer."""
        wrong = [item for item, answer in zip(self.items, results, strict=True) if answer != (item % 3 == 0)]
        return f"the answer to item {wrong[0]} is {results[wrong[0]]}" if wrong else None


def make(params: dict[str, int | float | str], _workers: int) -> _Faulty:
    """Return the job."""
    return _Faulty(str(params["fault"]), str(params["log"]))

"""What one worker notes while it is observed, in a file that outlives the worker however it ends.

The file is mapped into memory: what is written there survives a process that is killed, without a flush, and nothing
travels with the results. Each thread of each process has a file of its own. Loaded in worker processes, and only while
an untimed body is observed.

Every item is counted and timed. Its CPU time and delay cost ten times as much to read as the clock, so that among many
short items only every so many are measured in full, and the CPU time of the others follows from these.
"""

from __future__ import annotations

import os
from _thread import get_native_id
from mmap import mmap
from time import monotonic_ns, thread_time_ns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from bench.contract.backend import Task

# --- layout: whole numbers of 64 bits, times in nanoseconds of the monotonic clock --------------------------------

PROCESS, THREAD, FORKED, ALIVE, RECEIVED, COUNT, FIRST, LAST = range(8)
INSIDE, CPU, DELAY, MEASURED, SHORT_INSIDE, SHORT_CPU, MESSAGES, STRIDE = range(8, 16)
"""Where in the file stands what.

``MEASURED`` is the time inside items whose CPU time was read, ``CPU`` the sum of that; ``SHORT_INSIDE`` and
``SHORT_CPU`` are the same of short items that were chosen evenly. ``DELAY`` is -1 where the system does not tell.
"""
HEAD = 16
COLUMNS = BEGIN, END, ROW_CPU, ROW_DELAY, ROW_RECEIVED = range(5)
ROWS = 512  # evenly chosen items that are kept of each worker; more cost room, and time when they are thinned out
LONGEST = 8  # the longest items, which are kept as well
SIZE = HEAD + len(COLUMNS) * (ROWS + LONGEST)
UNKNOWN = -1
SET_UP = 2  # in the place of FORKED: ALIVE is when the worker had done what its job's set-up asks for

_LONG = 50_000  # ns; below, reading delays would take a noticeable part of an item's time
_CLEAR = 5_000  # ns of an item's time off the CPU that are worth asking for their reason


class Notes:
    """The notes of one thread."""

    __slots__ = (
        "count",
        "due",
        "file",
        "floor",
        "folder",
        "inside",
        "lengths",
        "long",
        "seen",
        "short",
        "stride",
        "sums",
        "view",
    )

    def __init__(self, folder: str, born: int, *, forked: bool) -> None:
        """Open the file; OSError where there is no room for it."""
        self.folder = folder
        process, thread = os.getpid(), get_native_id()
        descriptor = os.open(os.path.join(folder, f"{process}-{thread}"), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            if hasattr(os, "posix_fallocate"):  # room that is missing would end the process when it is written to
                os.posix_fallocate(descriptor, 0, 8 * SIZE)
            else:
                os.ftruncate(descriptor, 8 * SIZE)
            self.view = memoryview(mmap(descriptor, 8 * SIZE)).cast("B").cast("q")
        finally:
            os.close(descriptor)
        self.file = _schedstat(thread)
        self.count, self.due, self.stride, self.long = 0, 0, 1, False  # ``due`` is the next item that is kept
        self.inside = 0
        self.sums = [0, 0, 0]  # CPU, measured, delay
        self.short = [0, 0]
        self.lengths, self.floor = [0] * LONGEST, 0
        self.seen = self._delayed()
        view = self.view
        view[PROCESS], view[THREAD], view[FORKED], view[ALIVE], view[STRIDE] = process, thread, forked, born, 1
        view[DELAY] = UNKNOWN if self.file < 0 else 0

    def ready(self) -> None:
        """Note that this worker has been set up just now, and was not able to take items before."""
        self.view[FORKED], self.view[ALIVE] = SET_UP, monotonic_ns()

    def _delayed(self) -> int:
        """Return for how long this thread has been ready without running, in all; see proc(5), schedstat."""
        return int(os.pread(self.file, 64, 0).split()[1]) if self.file >= 0 else 0

    def run(self, task: Task, item: Any) -> Any:
        """Call the task with an item, and note it."""
        count = self.count
        if count == self.due or self.long:
            return self.run_in_full(task, item, 0)
        begin = monotonic_ns()
        result = task(item)
        end = monotonic_ns()
        self.count = count + 1
        length = end - begin
        if length < _LONG:
            self.inside += length
        else:  # something came between: whatever was no delay was work
            delay = self._since(length)
            self._add(begin, end, length - max(delay, 0), delay, 0)
            self.long = True
        view = self.view
        view[INSIDE], view[LAST], view[COUNT] = self.inside, end, count + 1
        return result

    def run_in_full(self, task: Task, item: Any, received: int) -> Any:
        """Call the task with an item, and note its CPU time and delay, too; ``received`` is when its message came."""
        count, view = self.count, self.view
        if received:
            view[MESSAGES] += 1
            view[RECEIVED] = view[RECEIVED] or received
            if count != self.due and not self.long:
                return self.run(task, item)
        if (self.long or not count) and self.file >= 0:  # what went before, a worker's start too, is nobody's
            self.seen = self._delayed()
        used = thread_time_ns()
        begin = monotonic_ns()
        result = task(item)
        end = monotonic_ns()
        length = end - begin
        cpu = min(thread_time_ns() - used, length)
        idle = length - cpu
        delay = self._since(idle) if idle > _CLEAR or self.file < 0 else 0
        self._add(begin, end, cpu, delay, received)
        self.long = length >= _LONG
        if not self.long:
            self.short[0] += length
            self.short[1] += cpu
            view[SHORT_INSIDE], view[SHORT_CPU] = self.short
        if count == self.due:
            self._keep(count // self.stride, begin, end, cpu, delay, received)
            self.due = count - count % self.stride + self.stride
        if not count:
            view[FIRST] = begin
        self.count = count + 1
        view[INSIDE], view[LAST], view[COUNT] = self.inside, end, count + 1
        return result

    def _since(self, most: int) -> int:
        """Return the delay since it was read last, as far as it fits into so much time."""
        if self.file < 0:
            return UNKNOWN
        before, self.seen = self.seen, self._delayed()
        return min(self.seen - before, most)

    def _add(self, begin: int, end: int, cpu: int, delay: int, received: int) -> None:
        view, sums, length = self.view, self.sums, end - begin
        self.inside += length
        sums[0] += cpu
        sums[1] += length
        view[CPU], view[MEASURED] = sums[0], sums[1]
        if delay > 0:
            sums[2] += delay
            view[DELAY] = sums[2]
        if length > self.floor:
            at = self.lengths.index(self.floor)
            self.lengths[at] = length
            self.floor = min(self.lengths)
            self._write(ROWS + at, begin, end, cpu, delay, received)

    def _keep(self, at: int, begin: int, end: int, cpu: int, delay: int, received: int) -> None:
        self._write(at, begin, end, cpu, delay, received)
        if at == ROWS - 1:  # full: every second one goes, and of those to come every second one is not kept
            for column in COLUMNS:
                place = HEAD + column * (ROWS + LONGEST)
                self.view[place : place + ROWS // 2] = self.view[place : place + ROWS : 2]
            self.stride *= 2
            self.view[STRIDE] = self.stride

    def _write(self, at: int, *row: int) -> None:
        view, place = self.view, HEAD + at
        for value in row:
            view[place] = value
            place += ROWS + LONGEST


def _schedstat(thread: int) -> int:
    try:
        return os.open(f"/proc/self/task/{thread}/schedstat", os.O_RDONLY)
    except OSError:
        return -1

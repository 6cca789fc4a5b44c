"""What this process and all below it use: CPU time, memory, context switches; read from the system, seldom enough.

Where there is a /proc, CPU time is that of each process's own clock, and memory the proportional set size, in which
pages that several processes share count once. Elsewhere both are what psutil finds, memory being the resident set.
"""

from __future__ import annotations

import os
import resource
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LINUX = Path("/proc/self/stat").exists()
_CPU_CLOCK = 2  # linux/posix-timers.h, CPUCLOCK_SCHED: the clock of a process is (~pid << 3) | 2
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Use:
    """What one process has used so far, and what those have that it has collected."""

    parent: int
    cpu_s: float
    collected_s: float


@dataclass(slots=True)
class Tree:
    """The processes from this one downwards, from now on.

    Attributes:
        seen: the numbers of all processes that were ever seen.
    """

    seen: set[int] = field(default_factory=set)
    _began: dict[int, Use] = field(default_factory=dict)
    _last: dict[int, Use] = field(default_factory=dict)
    _switches: dict[int, tuple[int, int]] = field(default_factory=dict)
    _ended_s: float = 0.0
    _most_s: float = 0.0

    def begin(self) -> None:
        """Let everything count from now on."""
        self._began = {pid: use for pid in _below(os.getpid()) if (use := _use(pid))}
        self._last, self.seen = dict(self._began), set(self._began)
        self._switches = {pid: switches(pid) for pid in self._began if pid != os.getpid()}
        self._switches[os.getpid()] = _own_switches()
        self._ended_s, self._most_s = _ended_s(), 0.0

    def look(self) -> tuple[float, int | None]:
        """Return the CPU seconds since the beginning, and the bytes of memory now; None where nobody tells."""
        alive = {pid: use for pid in _below(os.getpid()) if (use := _use(pid))}
        self._last |= alive
        self.seen |= set(alive)
        sizes = [size for pid in alive if (size := memory_bytes(pid)) is not None]
        # A process that ends between two looks takes what it used last with it, unless its parent was told.
        self._most_s = max(self._most_s, self._cpu_s(alive))
        return self._most_s, sum(sizes) if sizes else None

    def _cpu_s(self, alive: Iterable[int]) -> float:
        me, living = os.getpid(), set(alive)
        zero = Use(0, 0.0, 0.0)
        used = {pid: use.cpu_s - self._began.get(pid, zero).cpu_s for pid, use in self._last.items()}
        total = sum(used[pid] for pid in living) + _ended_s() - self._ended_s
        total -= sum(
            self._began[pid].cpu_s for pid in self._began if pid not in living and self._last[pid].parent == me
        )
        for parent in {use.parent for use in self._last.values()} - {me}:
            gone_s = sum(used[pid] for pid, use in self._last.items() if use.parent == parent and pid not in living)
            collected_s = self._last.get(parent, zero).collected_s - self._began.get(parent, zero).collected_s
            total += max(gone_s, collected_s) if parent in living else gone_s
        return total

    def switches(self) -> tuple[int, int] | None:
        """Return voluntary and involuntary context switches since the beginning; None where not all are known."""
        own, living = os.getpid(), _below(os.getpid())
        if any(pid not in living and use.parent != own for pid, use in self._last.items()):
            return None  # it ended elsewhere, and told nobody
        now = [switches(pid) for pid in living if pid != own] + [_own_switches()]
        totals = [sum(pair[at] for pair in now) - sum(pair[at] for pair in self._switches.values()) for at in (0, 1)]
        return max(0, totals[0]), max(0, totals[1])


def _ended_s() -> float:
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime


def _own_switches() -> tuple[int, int]:
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_nvcsw for one in both), sum(one.ru_nivcsw for one in both)


def _below(pid: int) -> list[int]:
    """Return a process and all its descendants."""
    found = [pid]
    for one in found:
        found += _children(one)
    return found


def _children(pid: int) -> list[int]:
    if not LINUX:
        import psutil

        with suppress(psutil.Error):
            return [child.pid for child in psutil.Process(pid).children()]
        return []
    listed: list[int] = []
    with suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with suppress(OSError):
                listed += map(int, Path(f"/proc/{pid}/task/{thread}/children").read_bytes().split())
    return listed


def _use(pid: int) -> Use | None:
    if not LINUX:
        import psutil

        with suppress(psutil.Error):
            process = psutil.Process(pid)
            spent = process.cpu_times()
            return Use(process.ppid(), spent.user + spent.system, 0.0)
        return None
    try:
        spent_s = time.clock_gettime(~pid << 3 | _CPU_CLOCK)
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    words = text.rpartition(")")[2].split()  # proc(5): the name in brackets may hold blanks
    return Use(int(words[1]), spent_s, (int(words[13]) + int(words[14])) * _TICK_S)


def memory_bytes(pid: int) -> int | None:
    """Return the proportional set size of a process, or the resident one where the system tells no other."""
    if not LINUX:
        import psutil

        with suppress(psutil.Error):
            return int(psutil.Process(pid).memory_info().rss)
        return None
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_bytes().splitlines()
        return int(next(line for line in lines if line.startswith(b"Pss:")).split()[1]) * 1024
    with suppress(OSError, IndexError):
        return int(Path(f"/proc/{pid}/statm").read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return None


def switches(pid: int) -> tuple[int, int]:
    """Return voluntary and involuntary context switches of the threads that a process has now."""
    voluntary = involuntary = 0
    with suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with suppress(OSError):
                for line in Path(f"/proc/{pid}/task/{thread}/status").read_bytes().splitlines():
                    name, _, value = line.partition(b":")
                    voluntary += int(value) if name == b"voluntary_ctxt_switches" else 0
                    involuntary += int(value) if name == b"nonvoluntary_ctxt_switches" else 0
    return voluntary, involuntary

"""Read how much CPU time other programs use on the CPUs that are measured on.

The load average cannot tell, because it counts our own workers as well. What all programs used less what we and our
children used is what is left for the others. Sources: proc(5) for the lines ``cpuN`` of /proc/stat; getrusage(2).
Where there is no such file the answer is zero, which reads "nothing was seen".
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path("/")


@dataclass(frozen=True, slots=True)
class Moment:
    """Counters at one moment, all in seconds.

    Attributes:
        at_s: monotonic clock.
        busy_s: CPU time spent on anything, over the CPUs that are measured on.
        own_s: CPU time spent by this process and by its children that have ended.
    """

    at_s: float
    busy_s: float
    own_s: float


def look(cpus: tuple[int, ...], root: Path = _ROOT) -> Moment:
    """Read the counters."""
    times = os.times()
    return Moment(time.monotonic(), _busy_s(cpus, root), sum(times[:4]))


def others_cpus(before: Moment, after: Moment) -> float:
    """Return how many CPUs others kept busy on average between two moments; never below zero."""
    span = max(after.at_s - before.at_s, 1e-9)
    return round(max(0.0, (after.busy_s - before.busy_s) - (after.own_s - before.own_s)) / span, 4)


def _busy_s(cpus: tuple[int, ...], root: Path) -> float:
    try:
        text = (root / "proc/stat").read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return 0.0
    names = {f"cpu{number}" for number in cpus}
    ticks = 0
    for line in text.splitlines():
        name, *fields = line.split() or [""]
        if name in names and len(fields) >= 7:
            user, nice, system, _idle, _iowait, irq, softirq = map(int, fields[:7])
            ticks += user + nice + system + irq + softirq
    return ticks / os.sysconf("SC_CLK_TCK")

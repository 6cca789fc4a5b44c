"""Read how quiet the machine is: load, stolen time and throttling, as values taken before and after.

Sources: proc(5) for /proc/stat and /proc/loadavg; Linux kernel documentation "Control Group v2" and "CFS Bandwidth
Control" for cpu.stat. Where a file does not exist the value is zero, which reads "nothing was seen".
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from bench.core import cpus

_ROOT = Path("/")


@dataclass(frozen=True, slots=True)
class Reading:
    """Counters at one moment, all in seconds.

    Attributes:
        at_s: monotonic clock.
        steal_s: CPU time the hypervisor gave to somebody else.
        throttled_s: time control groups kept tasks waiting.
        load: runnable tasks, averaged over a minute.
    """

    at_s: float
    steal_s: float
    throttled_s: float
    load: float


def read(root: Path = _ROOT) -> Reading:
    """Take a reading."""
    return Reading(time.monotonic(), _stolen(root), _throttled(root), _load())


def disturbance(before: Reading, after: Reading) -> dict[str, float]:
    """Return what happened between two readings, as scalars that belong into a process's metadata.

    ``steal_ratio`` and ``throttled_ratio`` are parts of one CPU's time; ``load_before`` counts runnable tasks. Counters
    that have gone back, as when a virtual machine moves or a group is made anew, have told nothing.
    """
    span = max(after.at_s - before.at_s, 1e-9)
    return {
        "steal_ratio": round(max(0.0, after.steal_s - before.steal_s) / span, 5),
        "throttled_ratio": round(max(0.0, after.throttled_s - before.throttled_s) / span, 5),
        "load_before": round(before.load, 2),
    }


def _stolen(root: Path) -> float:
    fields = _text(root / "proc/stat").partition("\n")[0].split()[1:]
    return int(fields[7]) / os.sysconf("SC_CLK_TCK") if len(fields) >= 8 else 0.0


def _throttled(root: Path) -> float:
    """Return the longest of all groups up to the root: who is held back by an outer group does not run inside."""
    return max((_throttled_in(folder / "cpu.stat") for _, folder in cpus.cgroups(root)), default=0.0)


def _throttled_in(stat: Path) -> float:
    fields = dict(line.split(" ", 1) for line in _text(stat).splitlines() if " " in line)
    if "throttled_usec" in fields:  # version 2
        return int(fields["throttled_usec"]) / 1e6
    return int(fields.get("throttled_time", 0)) / 1e9  # version 1


def _load() -> float:
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""

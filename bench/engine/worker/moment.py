"""What a measuring process tells of itself and of the moment, under pyperf's names; what takes no time to find out.

Nothing here grows with the number of CPUs. What is the same in all visits is told once: `bench.engine.description`.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bench.core.case import Value

_LOAD = Path("/proc/loadavg")


def moment() -> dict[str, Value]:
    """Return scalars that belong to this process, and that may differ in the next one."""
    now = time.time()
    found: dict[str, Value] = {
        "date": f"{time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(now))}.{int(now % 1 * 1e6):06}",
        **_load(),
        **_affinity(),
        **_memory(),
    }
    if hasattr(time, "CLOCK_BOOTTIME"):
        found["uptime"] = time.clock_gettime(time.CLOCK_BOOTTIME)
    if not gc.isenabled():
        found["python_gc"] = "disabled"
    return found


def ranges(numbers: Iterable[int]) -> str:
    """Write numbers as pyperf and the kernel do: ``0-3,6``."""
    parts: list[list[int]] = []
    for number in sorted(numbers):
        if parts and number == parts[-1][-1] + 1:
            parts[-1][1:] = [number]
        else:
            parts.append([number])
    return ",".join("-".join(map(str, part)) for part in parts)


def _load() -> dict[str, Value]:
    try:
        fields = _LOAD.read_text(encoding="ascii").split()  # proc(5): load of 1, 5, 15 minutes, runnable/all threads
        return {"load_avg_1min": float(fields[0]), "runnable_threads": int(fields[3].partition("/")[0])}
    except (OSError, ValueError, IndexError):
        return {"load_avg_1min": os.getloadavg()[0]} if hasattr(os, "getloadavg") else {}


def _affinity() -> dict[str, Value]:
    if not hasattr(os, "sched_getaffinity"):
        return {}
    cpus = os.sched_getaffinity(0)
    everywhere = cpus == set(range(os.sysconf("SC_NPROCESSORS_ONLN")))
    return {} if everywhere else {"cpu_affinity": ranges(cpus)}


def _memory() -> dict[str, Value]:
    try:
        import resource
    except ImportError:  # Windows
        return {}
    unit = 1 if sys.platform == "darwin" else 1024  # getrusage(2) of each
    return {"mem_max_rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit}

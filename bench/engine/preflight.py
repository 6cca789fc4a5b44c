"""What can be known to go wrong before anything is started, as sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.core.limits import SHM, limits

if TYPE_CHECKING:
    from bench.core.case import Case
    from bench.core.job import Work
    from bench.core.plan import Plan

# Seen with Pool, ProcessPoolExecutor and a manager on Linux: about 2.75 descriptors per worker, and a few dozen for
# Python, pyperf, the resource tracker and the fork server.
_PER_WORKER, _FIXED = 3, 32
_SPARE_BYTES = 2**20  # semaphores and the resource tracker's own needs


def warnings(plan: Plan, usable_cpus: float) -> tuple[str, ...]:
    """Return a sentence for each limit of this machine that a plan will meet."""
    counts = [int(value) for case in plan.cases for axis, value in case.params if axis == "workers" and value != "none"]
    most = max(counts, default=1)
    found = []
    if most > usable_cpus:
        found.append(f"{most} workers are more than the {usable_cpus:g} usable CPUs; such rows are marked with *.")
    known = limits()
    found += _descriptors(most, known["open_files"])
    found += _shared_memory(plan, known["shm_free_bytes"])
    return tuple(found)


def _descriptors(workers: int, allowed: int | None) -> list[str]:
    needed = _PER_WORKER * workers + _FIXED
    if allowed is None or needed <= allowed:
        return []
    return [f"{workers} workers need about {needed} file descriptors, but only {allowed} are allowed; see ulimit -n."]


def _shared_memory(plan: Plan, free_bytes: int | None) -> list[str]:
    needed = _SPARE_BYTES + max((_segment_bytes(case, plan.work.get(case.id)) for case in plan.cases), default=0)
    if free_bytes is None or needed <= free_bytes:
        return []
    return [f"{SHM} has {free_bytes:,} bytes left, and up to {needed:,} will be needed; shared memory may fail."]


def _segment_bytes(case: Case, work: Work | None) -> int:
    if "shared" in case.member and work is not None:
        return work.result_bytes
    size = dict(case.params).get("size")
    return size if isinstance(size, int) else 0

"""From the processes of a record to what the statistics of pairs read: their values, and what disturbed them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.analysis import gate, paired
from bench.analysis.paired import Measured
from bench.core.stamps import OTHERS, STEAL, THROTTLED, TURNS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bench.analysis.gate import Reading
    from bench.core.reason import Reason
    from bench.core.record import Process


def measured(process: Process) -> Measured:
    """Return what a process has measured."""
    told = process.metadata
    return Measured(
        process.values,
        in_turns=bool(told.get(TURNS)),
        others_cpus=float(told.get(OTHERS, 0.0)),
        steal_ratio=float(told.get(STEAL, 0.0)),
        throttled_ratio=float(told.get(THROTTLED, 0.0)),
    )


def readings(processes: Iterable[Process], logical_cpus: int) -> list[Reading]:
    """Return what disturbed these processes, each on average over them."""
    return paired.readings([measured(process) for process in processes], logical_cpus)


def disturbed(processes: Iterable[Process], logical_cpus: int) -> list[Reason]:
    """Return why the times of these processes cannot be trusted; those without times are left out."""
    return gate.exceeded(readings([process for process in processes if process.values], logical_cpus))

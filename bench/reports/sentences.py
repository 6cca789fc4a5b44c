"""Plain sentences that say what a table means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.core import jobs
from bench.core.case import NONE
from bench.core.chunks import per_message
from bench.core.reference import Role
from bench.core.units import format_percent, format_seconds
from bench.reports.columns import varying
from bench.samples.parallelism import on_cluster
from bench.samples.rows import Row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.core.record import Record


_ALIKE = 1.05  # a smaller difference is mostly noise, and would be rounded to "1.0 times as long"


def sentences(record: Record, rows: Sequence[Row]) -> tuple[str, ...]:
    """Return what a reader should take home; nothing is said of a row whose figures are in doubt."""
    timed = [row for row in rows if row.status == "ok" and row.role is None]
    compared = [row for row in timed if row.speedup and not row.doubts]
    found = []
    if compared:
        best = max(compared, key=lambda row: row.speedup or 0)
        worst = min(compared, key=lambda row: row.speedup or 0)
        apart = [axis for axis in varying(row.case for row in compared) if axis != "workers"]
        found.append(_compared(best, apart, record))
        if worst is not best and (worst.speedup or 1) < 1 / _ALIKE:
            found.append(_compared(worst, apart, record))
        found += _dispatch(worst, rows, record)
    return tuple(found)


def footnotes(record: Record, rows: Sequence[Row]) -> tuple[str, ...]:
    """Return what marks in the table mean."""
    if not any(row.oversubscribed and row.status == "ok" and row.role is None for row in rows):
        return ()
    return (f"* more workers than the {record.machine.usable_cpus:g} usable CPUs.",)


def _compared(row: Row, apart: Sequence[str], record: Record) -> str:
    workers = row.case.workers
    with_workers = f" with {workers} worker{'s' if workers != 1 else ''}" if workers else ""
    params = dict(row.case.params)
    place = ", ".join(f"{axis} {params[axis]}" for axis in apart if params.get(axis, NONE) != NONE)
    with_workers += f" ({place})" if place else ""
    speedup = row.speedup or 0.0
    if 1 / _ALIKE < speedup < _ALIKE:
        claim = f"{row.case.member}{with_workers} is about as fast as the serial loop"
    elif speedup >= 1:
        claim = f"{row.case.member}{with_workers} is {speedup:.2f} times as fast as the serial loop"
    else:
        claim = f"{row.case.member}{with_workers} takes {1 / speedup:.1f} times as long as the serial loop"
    share = ""
    if row.of_ceiling and row.of_ceiling <= 1 and speedup >= _ALIKE:  # more than all is nothing to tell of
        place = "the cluster" if on_cluster(record, row.case) else "this machine"
        share = f", {format_percent(row.of_ceiling)} of what {place} can give"
    return f"{claim}{share}."


def _dispatch(row: Row, rows: Sequence[Row], record: Record) -> list[str]:
    """Explain the textbook's surprise: when items travel one by one, the journey costs more than the work."""
    work = record.plan.work.get(row.case.id)
    baseline_id = record.plan.reference(row.case.id, Role.BASELINE)
    baseline = next((other for other in rows if other.case.id == baseline_id), None)
    if (row.speedup or 1) >= 1 or work is None or not work.size or work.tasks != work.size:
        return []
    if not row.typical_s or not baseline or not baseline.typical_s:
        return []
    length = per_message(dict(row.case.params).get("chunksize", NONE), work.tasks, row.case.workers or 1)
    if length is not None and length > 1:  # they travel in messages of many
        return []
    each_s, work_s = row.typical_s / work.size, baseline.typical_s * work.times / work.size
    kind = jobs.ours(dict(row.case.params))
    ways = [kind.bundling] if kind and kind.bundling else []
    return [
        f"Each {work.unit} travels by itself: {format_seconds(each_s)} per {work.unit} for {format_seconds(work_s)} of "
        f"work. Send many at once: {', or '.join([*ways, 'a larger --chunksize'])}."
    ]

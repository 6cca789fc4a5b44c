"""Why the figures of a case cannot be trusted: a busy machine, processes far apart, a speed-up that is impossible.

A doubt stands in the row it belongs to, and no sentence, step or law is drawn from a row that has one.
"""

from __future__ import annotations

from dataclasses import replace
from statistics import fmean
from typing import TYPE_CHECKING

from bench.analysis import gate, scaling
from bench.core.reason import said
from bench.core.record import key_of
from bench.core.reference import Role
from bench.core.stamps import ADDS_RATES
from bench.samples.attainable import Limit, attainable
from bench.samples.parallelism import lock_switched_on, on_cluster
from bench.samples.rows import Row, rows_of
from bench.store.identity import PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bench.core.record import Record

SPREAD_LIMIT = 0.25
"""Distance of the quartiles of the processes, relative to the time, above which a time is in doubt. On a machine that
does nothing else it is 0.01 to 0.06 for searches, and up to 0.17 for nine of ten channels and primitives. Larger lets
times pass that are a matter of luck; smaller doubts what is merely short."""

SHARE_LIMIT = 0.1
"""By how much a share of the ceiling without an interval may exceed 100 %: as two times of two processes each do."""

APART_LIMIT = 1.25
"""How many times as long the slowest copy of a ceiling may take as the fastest, before the CPUs count as unlike."""

APART = f"{PREFIX}ceiling_apart"

_LIMITS = {
    Limit.WORKERS: "the number of workers",
    Limit.CPUS: "the number of CPUs ({workers} workers)",
    Limit.LOCK: "the most that threads reach while one of them holds the interpreter lock",
}

INCONSISTENT = "the serial baseline is inconsistent, measure it again"


def doubted(record: Record) -> tuple[Row, ...]:
    """Return a row for every point of the plan and behind them one for every skip, each with its doubts.

    Where sides measure in rounds, a case is compared with what its own side has measured.
    """
    parts = record.apart
    if parts == (("", record),):
        return with_doubts(record, rows_of(record))
    found = {
        (row.case.id, name): replace(row, side=name) for name, part in parts for row in with_doubts(part, rows_of(part))
    }
    skips = (Row(skip.case, skip.kind, reason=said(skip.reason)) for skip in record.plan.skips)
    return (*(found[case.id, side] for case, side in record.points), *skips)


def of_times(record: Record) -> Mapping[str, tuple[str, ...]]:
    """Return key -> why a time is in doubt: for itself, and that of a serial loop for what it makes of others, too."""
    found: dict[str, tuple[str, ...]] = {}
    for name, part in record.apart:
        for row in with_doubts(part, rows_of(part)):
            found[key_of(row.case, name or row.side)] = (
                row.doubts if row.role is Role.BASELINE else tuple(of_time(part, row))
            )
    return found


def with_doubts(record: Record, rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return the rows, each with its doubts."""
    by_id = {row.key: row for row in rows}
    own = {row.key: list(of_time(record, row)) for row in rows}
    impossible = {row.key: _impossible(record, row) for row in rows}
    baselines = {record.plan.reference(key, Role.BASELINE) for key, said in impossible.items() if said}
    found = []
    for row in rows:
        said = [*own[row.key], *impossible[row.key]]
        baseline, limit = (record.plan.reference(row.key, role) for role in Role)
        if row.key in baselines:
            said.append(f"a speed-up against it is impossible: {INCONSISTENT}")
        elif row.speedup is not None and row.key != baseline:
            if baseline in baselines and not impossible[row.key]:
                said.append(f"a speed-up elsewhere is impossible: {INCONSISTENT}")
            if own.get(baseline):
                said.append("the serial loop is in doubt")
        if row.of_ceiling is not None and row.key != limit:
            said += ["the ceiling is in doubt"] if own.get(limit) else []
            said += _above_limit(record, row, by_id.get(limit))
        found.append(replace(row, doubts=tuple(said)))
    return tuple(found)


def adds_rates(record: Record, key: str) -> bool:
    """Return whether a ceiling is the sum of its copies' rates; in older records the slowest copy decides."""
    result = record.results.get(key)
    return result is not None and any(process.metadata.get(ADDS_RATES) for process in result.processes)


def old_ceiling(record: Record) -> bool:
    """Return whether a record holds a ceiling of the older kind."""
    roles = record.plan.roles
    return any(
        roles.get(result.case.id) is Role.LIMIT and not adds_rates(record, key)
        for key, result in record.results.items()
    )


def of_time(record: Record, row: Row) -> Iterable[str]:
    """Say why a time alone is in doubt."""
    if row.spread is not None and row.spread > SPREAD_LIMIT:
        yield f"processes {100 * row.spread:.0f} % apart"
    result = record.results.get(row.key)
    if row.status != "ok" or result is None:
        return
    noise = [process.metadata for process in result.processes if process.values]
    others = _mean(noise, "others_cpus")
    if others > gate.LOAD_LIMIT:
        yield f"other programs used {others:.1f} CPUs"
    stolen = _mean(noise, "steal_ratio") / max(1, record.machine.logical_cpus or 1)
    if stolen > gate.STEAL_LIMIT:
        yield f"the host took {100 * stolen:.0f} % of the CPU time"
    throttled = _mean(noise, "throttled_ratio")
    if throttled > gate.THROTTLED_LIMIT:
        yield f"a quota kept tasks waiting for {100 * throttled:.0f} % of the time"
    if module := lock_switched_on(row.case, result.processes):
        yield f"{module} switched the interpreter lock on again, which threads share"
    apart = _mean(noise, APART.removeprefix(PREFIX))
    # Workers of a cluster may well be unlike, and each copy counts for itself.
    if row.role is Role.LIMIT and apart > APART_LIMIT and not (record.others and on_cluster(record, row.case)):
        yield f"the slowest copy takes {apart:.1f} times as long as the fastest: CPUs unlike, or disturbed"


def _mean(metadata: Sequence[Mapping[str, object]], key: str) -> float:
    told = [float(value) for one in metadata if isinstance(value := one.get(PREFIX + key), int | float)]
    return fmean(told) if told else 0.0


def _impossible(record: Record, row: Row) -> list[str]:
    most = attainable(record, row.case) if row.speedup is not None and row.role is not Role.BASELINE else None
    if most is None or row.speedup is None or not scaling.impossible(row.speedup, row.speedup_ends[0], most.speedup):
        return []
    why = _LIMITS[most.limit].format(workers=row.case.workers)
    return [f"{row.speedup:.2f} is above {most.speedup}, {why}: {INCONSISTENT}"]


def _above_limit(record: Record, row: Row, limit: Row | None) -> list[str]:
    low, share = row.of_ceiling_ends[0], row.of_ceiling
    if limit is None or share is None or not (low > 1 if low is not None else share > 1 + SHARE_LIMIT):
        return []
    if not adds_rates(record, limit.case.id):
        return ["above the ceiling, which is that of its slowest copy in this older record"]
    return ["above what the CPUs can give: they changed their speed, or the ceiling was disturbed; measure again"]

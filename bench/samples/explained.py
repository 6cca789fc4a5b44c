"""From a record to where the time of each observed case went."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from bench.analysis.bottleneck import bottleneck
from bench.analysis.decomposition import decompose
from bench.analysis.errors import BadSample
from bench.analysis.pop import factors
from bench.core.case import NONE
from bench.core.chunks import per_message
from bench.core.errors import reason
from bench.core.reason import Kind, Reason, said
from bench.core.record import key_of
from bench.core.reference import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.analysis.bottleneck import Bottleneck
    from bench.analysis.decomposition import Decomposition
    from bench.analysis.pop import Factors
    from bench.core.case import Case, Value
    from bench.core.observation import Observation
    from bench.core.record import Record


@dataclass(frozen=True, slots=True)
class Explained:
    """One case whose time is divided.

    Attributes:
        case: the case.
        side: who measured, where several sides did; else empty.
        role: what the case is to others, if it plays a role.
        seen: its observed body.
        made: where the time of that body went.
        factors: its efficiency as a product.
        worst: what costs most.
        usable_cpus: of the machine on which it was measured.
        chunk: how many numbers an item holds where items are chunks themselves; None where each is a single one.
    """

    case: Case
    side: str
    role: Role | None
    seen: Observation
    made: Decomposition
    factors: Factors
    worst: Bottleneck
    usable_cpus: float
    chunk: int | None = None

    @property
    def key(self) -> str:
        """What the case's times are called in its record."""
        return key_of(self.case, self.side)


def explained(record: Record) -> tuple[tuple[Explained, ...], Mapping[str, tuple[Reason, ...]]]:
    """Return the cases that were observed, in the plan's order, and key -> why there is nothing of the others."""
    roles, cases = record.plan.roles, {case.id: case for case in record.plan.cases}
    found: list[Explained] = []
    why: dict[str, tuple[Reason, ...]] = {}
    for case, side in record.points:
        key = key_of(case, side)
        seen = record.observations.get(key)
        if seen is None:
            failure = record.failures.get(key)
            failed = Reason.of(Kind.FAILED, how=failure.kind, message=failure.message) if failure else None
            why[key] = (failed or Reason(Kind.NOT_OBSERVED),)
        elif unseen := _unseen(seen):
            why[key] = unseen
        else:
            try:
                baseline = cases.get(record.plan.reference(case.id, Role.BASELINE))
                found.append(_explain(record, case, side, roles.get(case.id), baseline, seen))
            except BadSample as error:
                why[key] = (said(reason(error)),)
    return tuple(found), why


def _unseen(seen: Observation) -> tuple[Reason, ...]:
    """Return why nothing can be made of an observed body; nothing where something can."""
    if seen.answered is None:
        return tuple(Reason.of(Kind.UNSEEN, code=code) for code in dict.fromkeys(one.why for one in seen.missing))
    return (Reason.of(Kind.UNSEEN, code="no-job"),) if seen.why("spans") == "no-job" else ()


def _explain(
    record: Record, case: Case, side: str, role: Role | None, baseline: Case | None, seen: Observation
) -> Explained:
    made = decompose(seen)
    copies = seen.workers if role is Role.LIMIT else 1  # each worker of it does all the work
    alone_s = _alone(record, case, side, baseline, copies) if baseline else None
    worst = bottleneck(seen, made, _messages(record, case, seen), alone_s)
    chunk = _chunk(record, case, seen)
    return Explained(case, side, role, seen, made, factors(made, alone_s), worst, record.machine.usable_cpus, chunk)


def _messages(record: Record, case: Case, seen: Observation) -> int:
    """Return how many messages were handed out: as many as the case asks for, or more if they were seen."""
    work, items = record.plan.work.get(case.id), sum(one.items for one in seen.totals)
    length = per_message(_chunksize(case), seen.items, seen.workers)
    if work is not None and work.size != seen.items:  # items are chunks themselves
        length = 1
    asked = ceil(items / length) if length else 0
    return max(asked, sum(one.messages for one in seen.totals)) or items or 1


def _chunk(record: Record, case: Case, seen: Observation) -> int | None:
    """Return how many numbers an item holds where items are chunks themselves, else None."""
    work = record.plan.work.get(case.id)
    if work is None or not seen.items or work.tasks != seen.items or work.size <= seen.items:
        return None
    return per_message(_chunksize(case), work.size, seen.workers) or ceil(work.size / seen.items)


def _chunksize(case: Case) -> Value:
    return dict(case.params).get("chunksize", NONE)


def _alone(record: Record, case: Case, side: str, baseline: Case, copies: int) -> float | None:
    """Return the CPU seconds that the serial loop spends inside as much work as this body did, or None."""
    loop = record.observations.get(key_of(baseline, side))
    work, reference = record.plan.work.get(case.id), record.plan.work.get(baseline.id)
    if loop is None or work is None or reference is None or not (work.size and reference.size):
        return None
    return sum(one.cpu for one in loop.totals) * copies * work.size / reference.size

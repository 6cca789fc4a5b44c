"""A duel: one record in which several sides took the same cases in pairs, and the verdict that follows from it.

Every visit of a duel is stamped: with its side (an axis of its case), with the number of its pair and with its batch.
The verdict is a pure function of that record, so it can be had again from the file. Batch 0 is judged; batch 1
confirms it if it is red, and each batch is paired with itself only.

The control is one case that the *same* installation measures in both places. Whatever moves it is no change of code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import log
from statistics import fmean
from typing import TYPE_CHECKING

from bench.analysis import design, gate
from bench.analysis.compare import log_ratios
from bench.analysis.errors import TooFew
from bench.analysis.hodges_lehmann import point_from_pairs
from bench.core.case import Case

if TYPE_CHECKING:
    from bench.analysis.design import Design
    from bench.analysis.gate import Reading, Verdict
    from bench.core.record import Process, Record

SIDE = "side"  # the axis that tells who measured
PAIR, BATCH = "primebench_pair", "primebench_batch"
TURNS = "primebench_turns"  # 1 where value i of all sides of the pair was taken in turn i
OTHERS, STEAL, THROTTLED = "primebench_others_cpus", "primebench_steal_ratio", "primebench_throttled_ratio"
BASE, HEAD = "base", "head"
CONTROL, AGAIN = "control", "control-again"

PILOT = 4
"""Pairs that tell the standard deviation. Fewer tell nothing, more are wasted where six in all would do."""

POWER = 0.95
"""Chance to find the threshold that the number of pairs is planned for, both batches together."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What is declared before anything is measured.

    Attributes:
        alpha: false alarms allowed in the family of cells.
        margin: slowdown below which nothing is called regressed.
        threshold: slowdown that must be ruled out for ok, and that the number of pairs is planned for.
    """

    alpha: float = gate.ALPHA
    margin: float = gate.MARGIN
    threshold: float = gate.THRESHOLD


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch of pairs, ready to be judged.

    Attributes:
        cells: cell -> log(head) - log(base) of its pairs, in their order.
        controls: the same of the control.
        readings: what disturbed it.
    """

    cells: Mapping[str, Sequence[float]]
    controls: Mapping[str, Sequence[float]] = field(default_factory=dict)
    readings: Sequence[Reading] = ()


def sided(case: Case, side: str) -> Case:
    """Return the case as that side measures it."""
    return Case.of(case.family, case.member, {**dict(case.params), SIDE: side})


def cell_of(case: Case) -> Case:
    """Return the case that all sides have in common."""
    return Case.of(case.family, case.member, {axis: value for axis, value in case.params if axis != SIDE})


def side_of(case: Case) -> str:
    """Return the side that measures the case; empty when it belongs to no sitting."""
    return str(dict(case.params).get(SIDE, ""))


def failed_cells(record: Record, *sides: str) -> dict[str, str]:
    """Return the cells of which a side (any, unless some are named) has failed: id -> which side, how and why."""
    return {
        cell_of(failure.case).id: f"{side_of(failure.case)} {failure.kind}: {failure.message}"
        for failure in record.failures.values()
        if not sides or side_of(failure.case) in sides
    }


def batch(record: Record, number: int, base: str = BASE, head: str = HEAD) -> Batch:
    """Return a batch as the pairs of two sides; cells that failed, or have no whole pair in it, are left out."""
    return Batch(
        cells=_pairs(record, number, base, head),
        controls=_pairs(record, number, CONTROL, AGAIN),
        readings=readings(_processes(record, number), record.machine.logical_cpus),
    )


def _pairs(record: Record, number: int, base: str, head: str) -> dict[str, list[float]]:
    failed = failed_cells(record)
    rows: dict[str, dict[str, dict[int, Process]]] = {}
    for result in record.results.values():
        cell, side = cell_of(result.case).id, side_of(result.case)
        if side in (base, head) and cell not in failed:
            rows.setdefault(cell, {})[side] = {
                process.metadata[PAIR]: process for process in result.processes if _belongs(process, number)
            }
    found = {}
    for cell, sides in rows.items():
        left, right = sides.get(base, {}), sides.get(head, {})
        whole = sorted(left.keys() & right.keys())
        if whole:
            found[cell] = [log_ratio(left[pair], right[pair]) for pair in whole]
    return found


def log_ratio(base: Process, head: Process) -> float:
    """Return log(head) - log(base) of one pair.

    Of sides that took turns it is the Hodges-Lehmann estimate over the turns: inside a turn both met the same machine.
    Of others it is taken between their minima, because what they met besides has nothing in common.
    """
    return _log_ratio(base.values, head.values, bool(base.metadata.get(TURNS) and head.metadata.get(TURNS)))


@cache
def _log_ratio(base: tuple[float, ...], head: tuple[float, ...], in_turns: bool) -> float:
    # Kept, because every verdict that is drawn from the same record asks for it again.
    if in_turns:
        return log(point_from_pairs([log(right) - log(left) for left, right in zip(base, head, strict=False)]))
    return log_ratios([base], [head])[0]


def _belongs(process: Process, number: int) -> bool:
    return bool(process.values) and process.metadata.get(BATCH) == number


def _processes(record: Record, number: int) -> list[Process]:
    return [process for result in record.results.values() for process in result.processes if _belongs(process, number)]


def readings(processes: Sequence[Process], logical_cpus: int) -> list[Reading]:
    """Return what disturbed these processes, each on average over them.

    Load averages would count our own workers. Instead the CPU time that others used is what all used less what we
    used ourselves, see `bench.engine.bystanders`.
    """
    if not processes:
        return []

    def mean(key: str) -> float:
        return fmean(float(process.metadata.get(key, 0.0)) for process in processes)

    return [
        gate.Reading("share of CPU time stolen by the host", mean(STEAL) / max(1, logical_cpus), gate.STEAL_LIMIT),
        gate.Reading("CPU time throttled by a quota, in CPUs,", mean(THROTTLED), gate.THROTTLED_LIMIT),
        gate.Reading("CPU time used by other programs, in CPUs,", mean(OTHERS), gate.LOAD_LIMIT),
    ]


def plan_pairs(pilot: Batch, rule: Rule, cells: int, cap: int) -> Design:
    """Plan the number of pairs from a pilot's spread, never from its direction; the noisiest cell decides.

    The spread is an upper bound (80 %), because four pairs that happen to agree would promise too much. Since the
    spread says nothing about who is faster, the pilot's pairs may be judged together with the later ones
    (J. Wittes, E. Brittain, "The role of internal pilot studies in increasing the efficiency of clinical trials",
    1990).

    Raises:
        TooFew: the pilot has no cell with two pairs.
    """
    spreads = [design.pilot_sd_bound(ratios) for ratios in pilot.cells.values()]
    if not spreads:
        raise TooFew("no cell has a pair; nothing can be planned")
    return design.plan(
        max(spreads),
        effect=rule.threshold,
        alpha=rule.alpha,
        cells=cells,
        power=POWER,
        margin=rule.margin,
        batches=2,
        cap=max(cap, 1),
    )


def judge(first: Batch, second: Batch | None, rule: Rule) -> Verdict:
    """Return the verdict on the first batch, in which red cells stay red only if the second batch confirms them.

    Raises:
        TooFew: the first batch cannot reach alpha.
        BadSample: it has no cell.
    """
    verdict = judge_one(first, rule)
    if verdict.void or verdict.verdict != "regressed":
        return verdict
    return gate.confirm(verdict, _confirmation(second, verdict, rule))


def judge_one(one: Batch, rule: Rule) -> Verdict:
    """Return the verdict on a batch alone."""
    return gate.judge_pairs(
        one.cells,
        controls=one.controls,
        readings=one.readings,
        alpha=rule.alpha,
        margin=rule.margin,
        threshold=rule.threshold,
    )


def red_cells(verdict: Verdict) -> set[str]:
    """Return the cells that a confirmation has to measure."""
    return set() if verdict.void else {cell.id for cell in verdict.cells if cell.verdict == "regressed"}


def _confirmation(second: Batch | None, first: Verdict, rule: Rule) -> Verdict:
    nothing = gate.Verdict("inconclusive", False, (), ())
    if second is None:
        return nothing
    red = red_cells(first)
    cells = {name: ratios for name, ratios in second.cells.items() if name in red}
    try:
        return judge_one(Batch(cells, second.controls, second.readings), rule) if cells else nothing
    except TooFew:  # it was interrupted
        return nothing

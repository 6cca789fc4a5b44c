"""Pairs of two sides: how many are needed, and the verdict of a batch of them and of its confirmation."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from math import ceil, log
from statistics import NormalDist, fmean
from typing import TYPE_CHECKING

from bench.analysis import design, gate, tail
from bench.analysis.compare import log_ratios
from bench.analysis.errors import TooFew
from bench.analysis.hodges_lehmann import point_from_pairs

if TYPE_CHECKING:
    from bench.analysis.design import Design
    from bench.analysis.gate import Reading, Verdict
    from bench.analysis.tail import Tail

PILOT = 4
"""Pairs that tell the standard deviation. Fewer tell nothing, more are wasted where six in all would do."""

FIRST = 24
"""Most pairs that are measured before the plan is made anew: so many show how pairs spread, which four cannot."""

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
class Measured:
    """What one process of a pair has measured, and what disturbed it meanwhile.

    Attributes:
        values: seconds per operation.
        in_turns: whether value i was taken in turn i, together with that of the other side.
        others_cpus: CPUs that other programs kept busy.
        steal_ratio: CPU seconds per second that the host took, of all CPUs together.
        throttled_ratio: seconds per second in which a quota kept tasks waiting.
    """

    values: tuple[float, ...]
    in_turns: bool = False
    others_cpus: float = 0.0
    steal_ratio: float = 0.0
    throttled_ratio: float = 0.0


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch of pairs, ready to be judged.

    Attributes:
        cells: cell -> log(head) - log(base) of its pairs, in their order.
        controls: the same of the control.
        readings: what disturbed it.
        tails: cell -> what typical times hide.
    """

    cells: Mapping[str, Sequence[float]]
    controls: Mapping[str, Sequence[float]] = field(default_factory=dict)
    readings: Sequence[Reading] = ()
    tails: Mapping[str, Tail] = field(default_factory=dict)


def tail_of(pairs: Sequence[tuple[Measured, Measured]]) -> Tail:
    """Return the second look at pairs of processes, base and head."""
    return tail.look([base.values for base, _ in pairs], [head.values for _, head in pairs])


def log_ratio(base: Measured, head: Measured) -> float:
    """Return log(head) - log(base) of one pair.

    Of sides that took turns it is the Hodges-Lehmann estimate over the turns: inside a turn both met the same machine.
    Of others it is taken between their minima, because what they met besides has nothing in common.
    """
    return _log_ratio(base.values, head.values, base.in_turns and head.in_turns)


@cache
def _log_ratio(base: tuple[float, ...], head: tuple[float, ...], in_turns: bool) -> float:
    # Kept, because every verdict that is drawn from the same record asks for it again.
    if in_turns:
        return log(point_from_pairs([log(right) - log(left) for left, right in zip(base, head, strict=False)]))
    return log_ratios([base], [head])[0]


def readings(processes: Sequence[Measured], logical_cpus: int) -> list[Reading]:
    """Return what disturbed these processes, each on average over them.

    Load averages would count our own workers. Instead the CPU time that others used is what all used less what we
    used ourselves, see `bench.engine.background_load`.
    """
    if not processes:
        return []
    stolen = fmean(one.steal_ratio for one in processes) / max(1, logical_cpus)
    throttled = fmean(one.throttled_ratio for one in processes)
    others = fmean(one.others_cpus for one in processes)
    return [
        gate.Reading("share of CPU time stolen by the host", stolen, gate.STEAL_LIMIT),
        gate.Reading("CPU time throttled by a quota, in CPUs,", throttled, gate.THROTTLED_LIMIT),
        gate.Reading("CPU time used by other programs, in CPUs,", others, gate.LOAD_LIMIT),
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


def replan(seen: Batch, rule: Rule, cells: int, most: int) -> int:
    """Return how many pairs a batch needs that has decided nothing, by what its pairs show; the noisiest cell decides.

    Either batch must find the threshold, so each is given the root of the power. Since what was seen may itself be
    lucky, the batch is at least doubled; pairs for a bound of the mean are counted in.
    """
    wanted = [2 * len(ratios) for ratios in seen.cells.values()]
    wanted += [_pairs_for_mean(seen.tails[cell], len(ratios), rule) for cell, ratios in seen.cells.items()]
    for ratios in seen.cells.values():
        wanted.append(
            design.pairs_by_resampling(
                ratios,
                effect=rule.threshold,
                alpha=rule.alpha / cells,
                power=POWER**0.5,
                margin=rule.margin,
                least=len(ratios),
                most=most,
            )
        )
    return min(most, max(wanted))


def only(one: Batch, names: Collection[str]) -> Batch:
    """Return the batch with these cells alone."""
    return replace(one, cells={name: ratios for name, ratios in one.cells.items() if name in names})


def _around(ratios: Sequence[float]) -> list[float]:
    middle = log(point_from_pairs(ratios))
    return [ratio - middle for ratio in ratios]


def _pairs_for_mean(seen: Tail, pairs: int, rule: Rule) -> int:
    """Return the pairs with which the mean of equal sides stays below its limit with the planned power."""
    needed = 2 * NormalDist().inv_cdf(POWER) * seen.mean_error / log(1 + gate.MEAN * rule.threshold)
    return ceil(pairs * needed**2)


def power(seen: Batch, rule: Rule) -> float | None:
    """Return the chance with which a slowdown of the threshold is found in a cell, confirmation included, or None.

    It is that of pairs that spread around their own ratio as those of this batch; the noisiest cell has the least.
    """
    found = [
        design.power_by_resampling(
            len(ratios),
            _around(ratios),
            effect=rule.threshold,
            alpha=rule.alpha / len(seen.cells),
            margin=rule.margin,
        )
        for ratios in seen.cells.values()
    ]
    return min(found) ** 2 if found else None


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
        tails=one.tails,
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
    again = only(second, red_cells(first))
    try:
        return judge_one(again, rule) if again.cells else nothing
    except TooFew:  # it was interrupted
        return nothing

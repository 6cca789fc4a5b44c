"""The gate: is head slower than base? A verdict of three states, with its reasons.

A cell is *regressed* if its Holm-adjusted exact p-value is below alpha **and** its ratio exceeds the margin: noise
alone must not raise the alarm, and a slowdown too small to matter must not either. It is *ok* if the upper bound of its
one-sided 95 % interval lies below the threshold: being fast enough has to be shown, not assumed. Everything else is
*inconclusive*. A second look at means and upper quantiles may take `ok` away (`bench.analysis.tail`).

Whatever disturbed the run makes the verdict void, which is inconclusive with a reason. Only a slowdown that load
does not explain survives load: a measured control stayed still, and the interval lies above the threshold and above
all that the interval of the control allows.

The rule follows C. Laaber, J. Scheuner, P. Leitner, "Software microbenchmarking in the cloud", 2019 (rank test, both
versions on one host), A. Abedi, T. Brecht, "Conducting repeatable experiments in highly variable cloud computing
environments", 2017 (randomised interleaving), and S. Holm, "A simple sequentially rejective multiple test procedure",
1979, for the family of cells.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bench.analysis import evidence, hodges_lehmann, holm, signed_rank
from bench.analysis.design import pairs_to_reach
from bench.analysis.errors import BadSample, TooFew
from bench.analysis.evidence import Evidence
from bench.analysis.tail import Tail
from bench.core.reason import Kind, Reason

State = Literal["regressed", "ok", "inconclusive", "not comparable"]

ALPHA = 0.01
"""False alarms per family of cells: larger finds more and gives more false alarms."""

MARGIN = 0.02
"""Slowdown below which nothing is called regressed; two fifths of the 5 % to be found gave the best balance of alarms
and detections in a simulated noisy machine (0.7 % and 90 % with 20 pairs)."""

THRESHOLD = 0.05
"""Slowdown that must be ruled out before a cell is ok."""

MEAN, SLOWEST = 2, 4
"""How many times the threshold must be ruled out of the mean before a cell is ok, since means are known less well; and
how many times it the slowest tenth of the values may be slower, since more spread alone makes a tenth slower."""

CONTROL_LIMIT = 0.01
"""Movement of a control cell, which does not touch the code under test, that voids a verdict."""

CONTROL_ALPHA = 0.01
"""A control cell counts as moved only if noise alone makes such a movement this rarely; at 0.05 it alone voided up to
3 % of sound batches in simulation."""

STEAL_LIMIT = 0.05
"""Share of CPU time taken by other guests of the host that voids a verdict."""

THROTTLED_LIMIT = 0.05
"""Part of one CPU's time that a quota kept tasks waiting, on average over the run, that voids a verdict: a little
meets both sides alike, since pairs are adjacent; a twentieth is as large as what is to be found."""

LOAD_LIMIT = 0.5
"""CPUs that other programs kept busy, on average over the run, that void a verdict."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One disturbance as it was read during the run: steal, throttling, load, a clock that changed.

    Attributes:
        name: what was read, as the reason will call it.
        value: the reading, in any unit.
        limit: the largest value that still lets a verdict stand.
    """

    name: str
    value: float
    limit: float


@dataclass(frozen=True, slots=True)
class CellVerdict:
    """What the gate says of one cell.

    Attributes:
        id: the cell's name.
        evidence: ratio, interval and raw p-values.
        p: one-sided p-value against "not slower", adjusted for the family.
        verdict: the state.
        reason: why.
        improved: whether head is as surely faster as it would have to be slower for an alarm.
        tail: means and upper quantiles, where they were looked at.
    """

    id: str
    evidence: Evidence
    p: float
    verdict: State
    reason: Reason
    improved: bool
    tail: Tail | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says of the whole family.

    Attributes:
        verdict: regressed if any cell is, else inconclusive if any cell is, else ok.
        void: whether a disturbance took the verdict away; it is then inconclusive.
        reasons: why it is void, or the reasons of all cells that are not ok.
        cells: one verdict per cell, in the order given.
    """

    verdict: State
    void: bool
    reasons: tuple[Reason, ...]
    cells: tuple[CellVerdict, ...]


def judge_pairs(
    cells: Mapping[str, Sequence[float]],
    *,
    controls: Mapping[str, Sequence[float]] | None = None,
    readings: Sequence[Reading] = (),
    tails: Mapping[str, Tail] | None = None,
    alpha: float = ALPHA,
    margin: float = MARGIN,
    threshold: float = THRESHOLD,
    control_limit: float = CONTROL_LIMIT,
) -> Verdict:
    """Judge paired cells, each given as log(head) - log(base) of its pairs.

    Args:
        cells: log-ratios per gated cell.
        controls: log-ratios of cells that do not touch the code under test.
        readings: disturbances seen during the run.
        tails: means and upper quantiles per gated cell.
        alpha: false alarms allowed in the family.
        margin: slowdown below which nothing is called regressed.
        threshold: slowdown that must be ruled out for ok.
        control_limit: movement of a control that voids the verdict.

    Raises:
        TooFew: a cell has so few pairs that even the clearest slowdown could not reach alpha.
        BadSample: no cell, a log-ratio that is not finite, or limits out of order.
    """
    found = {name: evidence.from_pairs(log_ratios) for name, log_ratios in cells.items()}
    verdict = judge(found, alpha=alpha, margin=margin, threshold=threshold)
    verdict = look_again(verdict, tails or {}, alpha=alpha, threshold=threshold)
    shaken, loud = moved(controls or {}, control_limit), exceeded(readings)
    spared = {cell.id for cell in verdict.cells if _survives_load(cell, controls or {}, threshold)} if loud else set()
    return void(verdict, [*shaken, *loud], () if shaken else spared)


def look_again(verdict: Verdict, tails: Mapping[str, Tail], *, alpha: float, threshold: float) -> Verdict:
    """Return the verdict after a second look: an ok cell stays ok only if its mean and its upper quantiles are."""
    cells = []
    for found in verdict.cells:
        tail = tails.get(found.id)
        cell = found if tail is None else replace(found, tail=tail, reason=_with_mean(found, tail))
        doubt = _doubt(tail, alpha, threshold) if tail is not None and found.verdict == "ok" else None
        if doubt:
            why = Reason.of(Kind.TYPICALLY, change=found.evidence.ratio - 1, why=doubt)
            cell = replace(cell, verdict="inconclusive", reason=why, improved=False)
        cells.append(cell)
    return replace(overall(cells), void=verdict.void)


def _with_mean(found: CellVerdict, tail: Tail) -> Reason:
    return Reason.of(Kind.WITH_MEAN, why=found.reason, mean=tail.mean - 1)


def _doubt(tail: Tail, alpha: float, threshold: float) -> Reason | None:
    """Return what the second look finds against ok, or None."""
    limit = MEAN * threshold
    if tail.p_upper < alpha and tail.upper > 1 + SLOWEST * threshold:
        return Reason.of(Kind.SOME_SLOWER, mean=tail.mean - 1, slowest=tail.upper - 1)
    if tail.mean_upper is None or not tail.mean_upper < 1 + limit:
        most = None if tail.mean_upper is None else tail.mean_upper - 1
        return Reason.of(Kind.MEAN_OPEN, mean=tail.mean - 1, most=most, limit=limit)
    return None


def _survives_load(cell: CellVerdict, controls: Mapping[str, Sequence[float]], threshold: float) -> bool:
    """Tell whether no load explains that the cell is slower: it is so by more than a measured control allows."""
    if cell.verdict != "regressed" or cell.evidence.low is None or not controls:
        return False
    still = [evidence.from_pairs(log_ratios) for log_ratios in controls.values()]
    allowed = [1 + threshold]
    for one in still:
        if one.low is None or one.high is None:
            return False
        allowed += [one.high, 1 / one.low]
    return cell.evidence.low > max(allowed)


def judge(
    cells: Mapping[str, Evidence],
    *,
    alpha: float = ALPHA,
    margin: float = MARGIN,
    threshold: float = THRESHOLD,
    refuse: bool = True,
) -> Verdict:
    """Judge cells by their evidence, paired or not.

    With `refuse` false, a cell that cannot reach alpha is judged all the same and can never be regressed: right for
    records that somebody else measured, wrong for a gate, which would never fail.

    Raises:
        TooFew: `refuse` is set, and a cell cannot reach alpha even if every pair is slower.
        BadSample: there is no cell, or not 0 <= margin < threshold and 0 < alpha < 1.
    """
    if not cells:
        raise BadSample("there is no cell to judge; measure at least one")
    if not 0 < alpha < 1 or not 0 <= margin < threshold:
        raise BadSample(
            f"alpha {alpha}, margin {margin}, threshold {threshold}: alpha must lie between 0 and 1, "
            "and the margin from 0 to below the threshold"
        )
    if refuse:
        for name, found in cells.items():
            _refuse_hopeless(name, found, alpha, len(cells))
    slower = holm.adjust([found.p_slower for found in cells.values()])
    faster = holm.adjust([found.p_faster for found in cells.values()])
    verdicts = []
    for (name, found), p_slower, p_faster in zip(cells.items(), slower, faster, strict=True):
        state, reason = _state(found, p_slower, alpha, margin, threshold)
        improved = p_faster < alpha and found.ratio < 1 / (1 + margin)
        verdicts.append(CellVerdict(name, found, p_slower, state, reason, improved))
    return overall(verdicts)


def void(verdict: Verdict, reasons: Sequence[Reason], spared: Collection[str] = ()) -> Verdict:
    """Return the verdict made void for these reasons, or as it was if there are none.

    No cell keeps its own verdict either, but those spared: whoever reads the cells alone must not take for regressed
    what is not.
    """
    if not reasons:
        return verdict
    cells = tuple(
        cell if cell.id in spared else replace(cell, verdict="inconclusive", reason=_void_else(cell), improved=False)
        for cell in verdict.cells
    )
    if spared:
        found = overall(cells)
        return replace(found, reasons=(*found.reasons, *(Reason.of(Kind.IN_SPITE, why=one) for one in reasons)))
    return Verdict("inconclusive", True, tuple(Reason.of(Kind.VOID, why=one) for one in reasons), cells)


def _void_else(cell: CellVerdict) -> Reason:
    return Reason.of(Kind.VOID_ELSE, state=cell.verdict, why=cell.reason)


def undecided(reason: Reason) -> Verdict:
    """Return the verdict on what was not measured, or not enough to be judged."""
    return Verdict("inconclusive", False, (reason,), ())


def lacking(verdict: Verdict | None, names: Sequence[str]) -> Verdict:
    """Return the verdict in sight of cells that should have been judged and were not: it is not ok any more."""
    reasons = tuple(Reason.of(Kind.OF_CASE, name, why=Reason(Kind.UNMEASURED)) for name in names)
    if verdict is None:
        return Verdict("inconclusive", False, reasons, ())
    worst: State = "regressed" if verdict.verdict == "regressed" else "inconclusive"
    return replace(verdict, verdict=worst, reasons=(*verdict.reasons, *reasons))


def confirm(first: Verdict, second: Verdict) -> Verdict:
    """Return the first verdict, in which a red cell stays red only if an independent second batch is red too.

    The second batch measures the red cells of the first anew. A cell that it does not confirm becomes inconclusive,
    never ok: the two batches contradict each other. A void second batch confirms nothing.
    """
    if first.void or first.verdict != "regressed":
        return first
    again = {cell.id: cell for cell in second.cells}
    cells = []
    for found in first.cells:
        cell = found
        if cell.verdict == "regressed":
            other = again.get(cell.id)
            if other is None or second.void or other.verdict != "regressed":
                state = "void" if second.void else "missing" if other is None else other.verdict
                why = other.reason if other is not None and not second.void else None
                cell = replace(cell, verdict="inconclusive", reason=Reason.of(Kind.UNCONFIRMED, second=state, why=why))
            else:
                cell = replace(cell, reason=Reason.of(Kind.CONFIRMED, why=cell.reason, again=other.reason))
        cells.append(cell)
    result = overall(cells)
    # Of a confirmation under load, what it was disturbed by is told as well.
    told = (one for one in second.reasons if second.void or one.kind is Kind.IN_SPITE)
    return replace(result, reasons=(*result.reasons, *told))


def moved(controls: Mapping[str, Sequence[float]], limit: float = CONTROL_LIMIT) -> list[Reason]:
    """Return a reason for each control cell that moved, in either direction.

    A control has moved if its ratio is off by more than the limit and its two-sided p-value is below `CONTROL_ALPHA`,
    or, where its pairs are too few for that, if all of them moved to the same side: without the second half, mere
    noise would void many sound verdicts.
    """
    reasons = []
    for name, log_ratios in controls.items():
        ratio = hodges_lehmann.point_from_pairs(log_ratios)
        test = signed_rank.compare(log_ratios)
        clear = test.p_two_sided < CONTROL_ALPHA or test.p_two_sided <= 2 * signed_rank.smallest_p(test.n)
        if clear and max(ratio, 1 / ratio) > 1 + limit:
            reasons.append(Reason.of(Kind.CONTROL_MOVED, name, change=ratio - 1, limit=limit))
    return reasons


def exceeded(readings: Sequence[Reading]) -> list[Reason]:
    """Return a reason for each reading above its limit; a reading that is no number counts as above."""
    return [
        Reason.of(Kind.EXCEEDED, what=reading.name, value=reading.value, limit=reading.limit)
        for reading in readings
        if not reading.value <= reading.limit
    ]


def _state(found: Evidence, p: float, alpha: float, margin: float, threshold: float) -> tuple[State, Reason]:
    """Return the state of one cell and why."""
    change = found.ratio - 1
    if p < alpha and found.ratio > 1 + margin:
        return "regressed", Reason.of(Kind.SLOWER, change=change, margin=margin, drift=0.0, p=p, alpha=alpha)
    if found.upper is None:
        return "inconclusive", Reason.of(Kind.NO_BOUND, change=change, n=found.n, unit=found.unit)
    most = found.upper - 1
    if most < threshold:
        return "ok", Reason.of(Kind.FAST_ENOUGH, change=change, most=most, drift=0.0, limit=threshold)
    if p < alpha:
        return "inconclusive", Reason.of(Kind.WITHIN_MARGIN, change=change, margin=margin, most=most)
    return "inconclusive", Reason.of(Kind.OPEN, change=change, p=p, most=most, unit=found.unit)


def overall(cells: Sequence[CellVerdict]) -> Verdict:
    """Sum the cells up: the worst state wins."""
    states = {cell.verdict for cell in cells}
    worst: State = next((state for state in _WORST_FIRST if state in states), "ok")
    reasons = tuple(Reason.of(Kind.OF_CASE, cell.id, why=cell.reason) for cell in cells if cell.verdict != "ok")
    return Verdict(worst, False, reasons, tuple(cells))


_WORST_FIRST: tuple[State, ...] = ("regressed", "inconclusive")


def _refuse_hopeless(name: str, found: Evidence, alpha: float, cells: int) -> None:
    """Raise if the cell could not be called regressed whatever happened: Holm's worst case asks for alpha / cells."""
    if found.smallest_p * cells < alpha:
        return
    needed = f"at least {pairs_to_reach(alpha / cells)} pairs" if found.paired else "more processes on each side"
    raise TooFew(
        f"{name}: {found.n} {found.unit} cannot reach alpha {alpha:.2g} over {cells} case{'s' if cells != 1 else ''} "
        f"(smallest p {min(1.0, found.smallest_p * cells):.2g}); measure {needed}, gate fewer cases, or raise alpha"
    )

"""Verdicts on times of two sessions: a control must show that the machine was the same, and an allowance is stated.

Times that were measured on different occasions differ by more than the code: frequency, placement in memory and
neighbours stay what they are for a whole session, so that no test over its processes can see them. Therefore

- a control, the serial loop that both sides hold, has to show that the machine was the same: its whole interval lies
  within the allowance, or 5 % if less is allowed. Without one nothing is called regressed or ok. A control that has not
  moved, but scatters too far to show it, leaves regressed only what is slower than its upper end and the allowance.
- what the control cannot show is met by the allowance ``drift``: *regressed* needs a lower end above 1 + drift, with
  the p-value and the margin of the gate; *ok* an upper end that, multiplied by 1 + drift, lies below 1 + threshold.
- from `SESSIONS` sessions a side on, each session counts once, by the median of its processes. The test then sees how
  far sessions differ, and the allowance falls.

A rank test takes both sides to be alike but for a shift. A few processes that scatter far more, or far less, than those
of the other side are not; there the answer is inconclusive (E. Brunner, U. Munzel, "The nonparametric Behrens-Fisher
problem", 2000).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from math import inf
from statistics import median

from bench.analysis import compare as processes
from bench.analysis import gate, holm
from bench.analysis.compare import Comparison
from bench.analysis.gate import CellVerdict, State, Verdict
from bench.analysis.rank_sum import smallest_p
from bench.core.reason import Kind, Reason

DRIFT = 0.07
"""By how much two sessions on one machine may differ without any change. Where sessions spread by 2 %, two of them
differ by more than this in 1 % of all cases."""

THRESHOLD = 0.10
"""Slowdown that must be ruled out for ok where the allowance is made: the gate's 5 % are less than the allowance."""

SESSIONS = 5
"""Sessions a side from which on they are the units of the test: with four a side no p-value lies below 1 %."""

FEW, UNLIKE = 5, 3.0
"""Processes on the smaller side below which spreads that differ by more than this factor make a case inconclusive."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is declared before stored times are judged.

    Attributes:
        alpha: false alarms allowed in all cases together.
        margin: slowdown below which nothing is called regressed.
        drift: by how much two sessions may differ without any change.
        threshold: slowdown that must be ruled out for ok; None for `THRESHOLD`, or the gate's once the allowance falls.
    """

    alpha: float = gate.ALPHA
    margin: float = gate.MARGIN
    drift: float = DRIFT
    threshold: float | None = None

    def limit(self, drift: float) -> float:
        """Return the slowdown to rule out where this much is allowed for drift."""
        return self.threshold if self.threshold is not None else THRESHOLD if drift else gate.THRESHOLD


@dataclass(frozen=True, slots=True)
class Group:
    """The cases of one head against one base.

    Attributes:
        cells: label -> what is judged.
        controls: id -> what is the same code on both sides; None where all times were divided by the serial loop's,
            which takes the speed of the machine out of them.
    """

    cells: Mapping[str, Comparison]
    controls: Mapping[str, Comparison] | None


def compare(
    base: Sequence[Sequence[float]],
    other: Sequence[Sequence[float]],
    base_sizes: Sequence[int] = (),
    other_sizes: Sequence[int] = (),
) -> Comparison:
    """Compare two sides by their processes, or by their sessions where both have enough of them.

    Args:
        base: one row of values per process.
        other: the same of the side that is judged.
        base_sizes: how many of the rows, in their order, belong to each session.
        other_sizes: the same of the other side.

    Raises:
        BadSample: a value is no time.
    """
    plain = processes.compare(base, other)
    if min(len(base_sizes), len(other_sizes)) < SESSIONS:
        return plain
    found = []
    for summary in (min, median):
        sides = [
            [[median(summary(row[: plain.values]) for row in islice(rows, size))] for size in sizes]
            for rows, sizes in ((iter(base), base_sizes), (iter(other), other_sizes))
        ]
        found.append(processes.compare(*sides))
    lowest, middle = found
    evidence = replace(lowest.evidence, counted="sessions")
    return replace(
        lowest, evidence=evidence, median_ratio=middle.evidence.ratio, values=plain.values, notes=plain.notes
    )


def judge(groups: Sequence[Group], rule: Allowance) -> Verdict:
    """Return the verdict on all cases of all groups, in their order.

    Never raises for lack of processes: what cannot be told is inconclusive.
    """
    cells = [found for group in groups for found in group.cells.values()]
    if not cells:
        return Verdict("inconclusive", False, (Reason(Kind.ONLY_CONTROL),), ())
    slower = iter(holm.adjust([found.evidence.p_slower for found in cells]))
    faster = iter(holm.adjust([found.evidence.p_faster for found in cells]))
    parts = []
    for group in groups:
        judged = [
            _cell(name, found, next(slower), next(faster), rule, len(cells)) for name, found in group.cells.items()
        ]
        parts.append(_controlled(gate.overall(judged), group.controls, rule))
    return Verdict(
        gate.overall([cell for part in parts for cell in part.cells]).verdict,
        any(part.void for part in parts),
        tuple(reason for part in parts for reason in part.reasons),
        tuple(cell for part in parts for cell in part.cells),
    )


def _controlled(verdict: Verdict, controls: Mapping[str, Comparison] | None, rule: Allowance) -> Verdict:
    """Return the verdict as far as the controls bear it out."""
    if controls is None or not verdict.cells:
        return verdict
    if not controls:
        cells = tuple(
            replace(
                cell,
                verdict="inconclusive",
                reason=Reason.of(Kind.BUT_UNSHOWN, change=cell.evidence.ratio - 1, p=cell.p),
                improved=False,
            )
            for cell in verdict.cells
        )
        return Verdict("inconclusive", False, (Reason(Kind.UNSHOWN),), cells)
    found = [(_moved(name, one, rule), _unshown(name, one, rule)) for name, one in controls.items()]
    moved = [reason for reason, _ in found if reason]
    unshown = [reason for _, reason in found if reason]
    void = gate.void(verdict, moved or unshown)
    if moved or not unshown:
        return void
    # What is slower than the control can be explains itself by no movement of the machine that the control leaves open.
    most = max(inf if _unlike(one) else one.evidence.high or inf for one in controls.values()) * (1 + rule.drift)
    kept = tuple(
        cell if cell.verdict == "regressed" and (cell.evidence.low or 0.0) > most else hidden
        for cell, hidden in zip(verdict.cells, void.cells, strict=True)
    )
    red = gate.overall(kept)
    return replace(red, reasons=(*red.reasons, *unshown)) if red.verdict == "regressed" else void


def _moved(name: str, found: Comparison, rule: Allowance) -> Reason | None:
    """Return that a control moved by more than the allowance, or return None."""
    one = found.evidence
    limit = gate.CONTROL_LIMIT if one.counted == "sessions" else max(rule.drift, gate.CONTROL_LIMIT)
    if one.p < gate.CONTROL_ALPHA and max(one.ratio, 1 / one.ratio) > 1 + limit:
        return Reason.of(Kind.CONTROL_MOVED, name, change=one.ratio - 1, limit=limit)
    return None


def _unshown(name: str, found: Comparison, rule: Allowance) -> Reason | None:
    """Return why a control does not show that the machine was the same, or None."""
    one = found.evidence
    if one.low is None or one.high is None:
        return Reason.of(Kind.CONTROL_TOO_FEW, name, n=one.n, unit=one.unit)
    if unlike := _unlike(found):
        return Reason.of(Kind.CONTROL_UNLIKE, name, why=unlike)
    within = max(rule.drift, gate.THRESHOLD)
    if one.low < 1 / (1 + within) or one.high > 1 + within:
        return Reason.of(Kind.CONTROL_WIDE, name, low=one.low - 1, high=one.high - 1, within=within)
    return None


def _cell(name: str, found: Comparison, slower: float, faster: float, rule: Allowance, cells: int) -> CellVerdict:
    one = found.evidence
    drift = 0.0 if one.counted == "sessions" else rule.drift
    state, reason = _state(found, slower, rule, drift, cells)
    improved = (
        state == "ok"
        and faster < rule.alpha
        and one.high is not None
        and one.ratio < 1 / (1 + rule.margin)
        and one.high < 1 / (1 + drift)
    )
    return CellVerdict(name, one, slower, state, reason, improved)


def _state(found: Comparison, p: float, rule: Allowance, drift: float, cells: int) -> tuple[State, Reason]:
    """Return the state of one case and why."""
    one = found.evidence
    change = one.ratio - 1
    if unlike := _unlike(found):
        return "inconclusive", Reason.of(Kind.UNLIKE, change=change, why=unlike)
    if one.low is None or one.high is None:
        return "inconclusive", Reason.of(Kind.NO_INTERVAL, change=change, n=one.n, unit=one.unit)
    if p < rule.alpha and one.ratio > 1 + rule.margin and one.low > 1 + drift:
        why = Reason.of(
            Kind.SLOWER, change=change, margin=rule.margin, drift=drift, least=one.low - 1, p=p, alpha=rule.alpha
        )
        return "regressed", why
    limit, most = rule.limit(drift), one.high * (1 + drift) - 1
    if most < limit:
        return "ok", Reason.of(Kind.FAST_ENOUGH, change=change, most=most, drift=drift, limit=limit)
    if one.smallest_p * cells >= rule.alpha:
        needed = _needed(rule.alpha / cells)
        return "inconclusive", Reason.of(
            Kind.CANNOT_REACH,
            change=change,
            n=one.n,
            unit=one.unit,
            alpha=rule.alpha,
            cases=cells,
            needed=needed,
            counted=one.counted,
        )
    low, high = one.low - 1, one.high - 1
    return "inconclusive", Reason.of(Kind.OPEN_BETWEEN, change=change, p=p, low=low, high=high, drift=drift)


def _needed(alpha: float) -> int:
    size = 1
    while smallest_p(size, size) >= alpha:
        size += 1
    return size


def _unlike(found: Comparison) -> Reason | None:
    """Return that few processes scatter unlike those of the other side, or None."""
    one = found.evidence
    if one.n >= FEW or found.spreads is None:
        return None
    least, most = sorted(found.spreads)
    if most <= UNLIKE * least:
        return None
    return Reason.of(Kind.SPREADS_APART, n=one.n, unit=one.unit, times=most / least if least else None)

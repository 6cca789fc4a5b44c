"""Pairs of cells judged: ratio, interval and verdict for each, and one verdict for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.analysis import estimator, gate, stored
from bench.analysis.compare import compare
from bench.analysis.errors import BadSample
from bench.analysis.relation import relate
from bench.core import jobs
from bench.core.errors import reason
from bench.core.reason import Kind, Reason, said
from bench.core.reference import Role
from bench.samples.pairing import FILE, Unmatched, controls

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.analysis.compare import Comparison
    from bench.analysis.gate import CellVerdict
    from bench.samples.dataset import Cell, Dataset
    from bench.samples.pairing import Pair, Pairing

DRIFT = (
    "Times of two sessions carry the drift of the machine between them. To judge a change, measure both sides in one "
    "session: primebench gate."
)

CONTROL = "control"
"""What stands in place of a verdict where both sides are the same code."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """One pair and what is said of it.

    Attributes:
        pair: the two cells.
        found: ratio other / base with its interval, and the ratio of medians.
        p: adjusted for all pairs; one-sided ("not slower") along the axis file, two-sided along all others.
        verdict: along the axis file regressed, ok, inconclusive or control; along all others slower, faster, alike
            or inconclusive.
        reasons: why, and what must be known of the numbers.
        doubts: why the times of a side cannot be trusted.
    """

    pair: Pair
    found: Comparison
    p: float
    verdict: str
    reasons: tuple[Reason, ...]
    doubts: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Contrasts:
    """All pairs of a comparison.

    Attributes:
        axis: along which cells were paired.
        normalised: the member that plays the serial loop, where times were divided by its first; else empty.
        contrasts: in the order of the plan.
        unmatched: what found no partner.
        verdict: regressed, inconclusive or ok; always ok along an axis other than file, where nobody is at fault.
        reasons: why it is not ok: of single pairs, and failures.
        failures: those reasons that are cases of the base that failed elsewhere.
        void: those reasons that are what disturbed the machine, so that the verdict is taken away.
    """

    axis: str
    normalised: str
    contrasts: tuple[Contrast, ...]
    unmatched: tuple[Unmatched, ...]
    verdict: str
    reasons: tuple[Reason, ...]
    failures: tuple[Reason, ...] = ()
    void: tuple[Reason, ...] = ()


def contrast(
    pairing: Pairing,
    *,
    normalised: str = "",
    rule: stored.Allowance | None = None,
    control: str | None = None,
) -> Contrasts:
    """Judge the pairs of a pairing.

    Along the axis file the rule for stored times is used, see `bench.analysis.stored`. Too few processes for it are
    inconclusive. A case with times in the base that failed in another file makes the verdict inconclusive at best, and
    a file that was taken on a disturbed machine makes it void. Along all other axes nothing is concluded from times in
    doubt.

    Args:
        pairing: the pairs.
        normalised: the member by whose times they were divided, if they were, which leaves no control and needs none.
        rule: what was declared before; None for the usual allowance.
        control: what is the same code on both sides, see `bench.samples.pairing.controls`.
    """
    rule = rule or stored.Allowance()
    unmatched = list(pairing.unmatched)
    judged: list[tuple[Pair, Comparison]] = []
    for pair in pairing.pairs:
        if pair.other.id == pair.base.id and pair.base.adds_rates != pair.other.adds_rates:
            unmatched.append(Unmatched(pair.other.id, str(pair.other_value), Reason(Kind.TWO_LIMITS)))
            continue
        try:
            judged.append((pair, _compared(pair, across=pairing.across)))
        except BadSample as error:
            why = Reason.of(Kind.NOT_COMPARABLE, why=said(reason(error)))
            unmatched.append(Unmatched(pair.other.id, str(pair.other_value), why, failed=True))
    if not judged or pairing.axis != FILE:
        drift = rule.drift if pairing.across else 0.0
        return _related(pairing.axis, normalised, judged, unmatched, drift)
    still = set() if normalised else controls([pair for pair, _ in judged], control, jobs.code_axes())
    groups = []
    for value in dict.fromkeys(pair.other_value for pair, _ in judged):
        own = [(pair, found) for pair, found in judged if pair.other_value == value]
        groups.append(
            stored.Group(
                {_label(pair, pairing.pairs): found for pair, found in own if pair.other.id not in still},
                None if normalised else {pair.other.id: found for pair, found in own if pair.other.id in still},
            )
        )
    verdict = stored.judge(groups, rule)
    void = gate.void(verdict, pairing.disturbed) if verdict.cells else verdict
    whys, verdict = void.reasons if void is not verdict else (), void
    cells = {cell.id: cell for cell in verdict.cells}
    contrasts = tuple(_contrast(pair, found, cells.get(_label(pair, pairing.pairs))) for pair, found in judged)
    fallen = _fallen(unmatched, {str(pair.base_value) for pair in pairing.pairs})
    overall = "inconclusive" if fallen and verdict.verdict == "ok" else verdict.verdict
    reasons = (*verdict.reasons, *fallen)
    return Contrasts(FILE, normalised, contrasts, tuple(unmatched), overall, reasons, fallen, whys)


def _compared(pair: Pair, *, across: bool) -> Comparison:
    if across:
        return stored.compare(pair.base.samples, pair.other.samples, pair.base.sessions, pair.other.sessions)
    return compare(pair.base.samples, pair.other.samples, paired=pair.paired)


def _contrast(pair: Pair, found: Comparison, cell: CellVerdict | None) -> Contrast:
    doubts = _doubts(pair)
    if cell is None:
        return Contrast(pair, found, found.evidence.p, CONTROL, found.notes, doubts)
    improved = [Reason(Kind.IMPROVED)] if cell.improved else []
    return Contrast(pair, found, cell.p, cell.verdict, (cell.reason, *improved, *found.notes), doubts)


def _doubts(pair: Pair) -> tuple[Reason, ...]:
    """Return what is in doubt about the times of a pair; what holds for both sides is said once."""
    base, other = frozenset(pair.base.doubts), frozenset(pair.other.doubts)
    of = {"both sides": base & other, "base": base - other, "other": other - base}
    ordered = dict.fromkeys((*pair.base.doubts, *pair.other.doubts))
    sides = {side: [one for one in ordered if one in found] for side, found in of.items()}
    return tuple(Reason.of(Kind.IN_DOUBT, where=side, why=", ".join(whys)) for side, whys in sides.items() if whys)


def _fallen(unmatched: Sequence[Unmatched], bases: set[str]) -> tuple[Reason, ...]:
    """Return a reason for each case that works in the base and failed elsewhere."""
    absent = {entry.id for entry in unmatched if entry.where in bases}
    return tuple(
        Reason.of(Kind.FAILED_ELSEWHERE, entry.id, where=entry.where, why=entry.reason)
        for entry in unmatched
        if entry.failed and entry.id not in absent
    )


def _related(
    axis: str, normalised: str, judged: Sequence[tuple[Pair, Comparison]], unmatched: Sequence[Unmatched], drift: float
) -> Contrasts:
    relations = relate([found.evidence for _, found in judged], drift)
    contrasts = []
    for (pair, found), relation in zip(judged, relations, strict=True):
        doubts = _doubts(pair)
        said_of_it = (*filter(None, [relation.reason]), *found.notes)
        contrasts.append(
            Contrast(pair, found, relation.p, "inconclusive" if doubts else relation.word, said_of_it, doubts)
        )
    return Contrasts(axis, normalised, tuple(contrasts), tuple(unmatched), "ok", ())


def _label(pair: Pair, pairs: Sequence[Pair]) -> str:
    alone = sum(other.other.id == pair.other.id for other in pairs) == 1
    return pair.other.id if alone else f"{pair.other.id} ({pair.other_value})"


def typical(cell: Cell, values: int | None = None) -> float:
    """Return the time of a cell, as every table shows it, from the first so many values of each process or from all."""
    return estimator.time(estimator.least([row[:values] for row in cell.samples]))


def travelling(cell: Cell, datasets: Mapping[str, Dataset]) -> dict[str, Any]:
    """Return what a normalised cell tells of itself: speed-up, efficiency, share of the ceiling (None if unknown).

    They are those of ``show``: quotients of times. What was divided round by round is for intervals and tests.
    """
    if cell.case is None:
        raise BadSample(f"{cell.id} is a plain benchmark, which knows no serial loop")
    own = estimator.time(estimator.least(cell.undivided)) / (cell.work.times if cell.work else 1)
    speedup = estimator.time(estimator.least(cell.baseline)) / own
    workers = cell.case.workers
    top = datasets[cell.dataset].cells.get(cell.references.get(Role.LIMIT, ""))
    return {
        "speedup": speedup,
        "efficiency": speedup / workers if workers else None,
        "of_ceiling": estimator.time(estimator.least(top.undivided)) / own if top else None,
    }


def ratio(one: Contrast, *, normalised: bool, datasets: Mapping[str, Dataset]) -> estimator.Quotient:
    """Return the ratio that follows from what is printed of both sides, with the interval of the test.

    The interval is widened where it does not hold the ratio.
    """
    if normalised:
        base, other = (travelling(cell, datasets)["speedup"] for cell in (one.pair.base, one.pair.other))
        value = base / other
    else:
        value = typical(one.pair.other, one.found.values) / typical(one.pair.base, one.found.values)
    low, high = one.found.evidence.low, one.found.evidence.high
    return estimator.Quotient(
        value, None if low is None else min(low, value), None if high is None else max(high, value)
    )

"""A law of scaling fitted to a sweep of worker counts, with intervals, residuals and an honest reach.

Each worker count enters once, by its speed-up (see `bench.analysis.estimator`); intervals come from drawing processes
with replacement, serial ones included, and need four processes at every count. Worker counts above the usable CPUs
measure oversubscription, not scaling, and never enter a fit.

A law fits where it passes through all measured intervals, which hold together with the confidence asked for. One that
does not predicts nothing. Beyond the largest measured count a law is one curve among many, so its value there stands
beside the range of all laws that fit as well (see `bench.analysis.law_range`), up to twice that count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor

import numpy as np

from bench.analysis import law_range
from bench.analysis.bootstrap import RESAMPLES, Array, median_draws
from bench.analysis.errors import BadSample, TooFew
from bench.analysis.estimator import LEAST_PROCESSES
from bench.analysis.laws import USL, Law, peak
from bench.core.reason import Kind, Reason

REACH = 2
"""Predictions end at this multiple of the largest measured worker count; beyond it every law is fiction."""

_LIMITS = {0.0: Kind.ALL_PARALLEL, 1.0: Kind.ALL_SERIAL}
"""Serial fractions at which a fit ends without describing what was measured; draws that end there too have no spread,
and an interval of no width would claim the opposite of what is known."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A fitted parameter.

    Both ends are none if a worker count has too few processes, the law does not fit, or ends at the value.
    """

    name: str
    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the law says for one worker count.

    Attributes:
        workers: P.
        speed_up: by the law.
        low: lower end of its interval within what was measured; none beyond, where no interval of one law is true.
        high: upper end, or none.
        speculative: whether it lies beyond the largest measured count.
    """

    workers: int
    speed_up: float
    low: float | None
    high: float | None
    speculative: bool


@dataclass(frozen=True, slots=True)
class Peak:
    """Worker count at which the law turns down, not rounded, and the ends of its interval.

    Each is none where it lies beyond the largest measured count, or nowhere: it would be a guess.
    """

    workers: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Fit:
    """A law fitted to a sweep.

    Attributes:
        law: name of the law.
        formula: the law in one line.
        parameters: fitted values with intervals.
        workers: worker counts that entered the fit, ascending.
        speed_ups: observed speed-ups at these counts.
        residuals: observed minus fitted, in units of speed-up.
        rms: root of the mean squared residual.
        excluded: worker counts above the usable CPUs.
        misfits: worker counts at which the measured interval excludes the law.
        predictions: the curve from 1 to the largest measured count, and to twice that where a range is known; empty if
            the law does not fit.
        peak: where it turns down; none for laws that never do, or do not fit.
        confidence: of all intervals.
        notes: what the reader must know.
    """

    law: str
    formula: str
    parameters: tuple[Parameter, ...]
    workers: tuple[int, ...]
    speed_ups: tuple[float, ...]
    residuals: tuple[float, ...]
    rms: float
    excluded: tuple[int, ...]
    misfits: tuple[int, ...]
    predictions: tuple[Prediction, ...]
    peak: Peak | None
    confidence: float
    notes: tuple[Reason, ...]


def fit(
    law: Law,
    baseline_s: Sequence[float],
    parallel_s: Mapping[int, Sequence[float]],
    usable_cpus: float,
    *,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Fit:
    """Fit one law.

    Args:
        law: `AMDAHL`, `USL`, or `GUSTAFSON` for a weak run.
        baseline_s: seconds of the serial loop for the work of one worker, one number (the minimum) per process.
        parallel_s: P -> seconds, one per process; of the same work, or in a weak run of P times that work.
        usable_cpus: CPUs this process may use, a fraction if a quota says so; larger P are left out.
        confidence: of all intervals.
        resamples: bootstrap draws.
        seed: starts the bootstrap.

    Raises:
        TooFew: fewer distinct usable P than the law needs (USL: 6), or none above 1.
        BadSample: a time is not finite and above zero, or a sample is empty.
    """
    used = [workers for workers in sorted(parallel_s) if workers <= usable_cpus]
    excluded = tuple(workers for workers in sorted(parallel_s) if workers > usable_cpus)
    _refuse_short(law, used, excluded, usable_cpus)
    groups = [
        _times(baseline_s, "the serial loop"),
        *(_times(parallel_s[workers], f"{workers} workers") for workers in used),
    ]
    counts = np.array(used, dtype=np.float64)
    observed = _speed_ups(np.array([[np.median(group) for group in groups]]), counts, law)
    best = law.fit(counts, observed)
    residuals = (observed - law.value(best, counts))[0]
    smallest = min(group.size for group in groups)
    limit = float(best[0, 0]) if best.shape[1] == 1 and best[0, 0] in _LIMITS else None
    misfits = _misfits(law, best, groups, used, confidence)
    told = smallest >= LEAST_PROCESSES and limit is None and not misfits
    draws = _draws(law, groups, counts, resamples, seed) if told else None
    reach = _reach(law, groups, used, confidence)
    return Fit(
        law=law.name,
        formula=law.formula,
        parameters=_parameters(law, best, draws, confidence),
        workers=tuple(used),
        speed_ups=tuple(observed[0].tolist()),
        residuals=tuple(residuals.tolist()),
        rms=float(np.sqrt(np.mean(residuals**2))),
        excluded=excluded,
        misfits=misfits,
        predictions=() if misfits else _predictions(law, best, draws, reach, used[-1], confidence),
        peak=_peak(best, draws, used[-1], confidence) if law is USL and not misfits else None,
        confidence=confidence,
        notes=(
            *([] if limit is None else [Reason(_LIMITS[limit])]),
            *_notes(law, used, excluded, misfits, usable_cpus, smallest),
        ),
    )


def _draws(law: Law, groups: Sequence[Array], counts: Array, resamples: int, seed: int) -> Array:
    medians = median_draws([group.tolist() for group in groups], resamples, seed)
    return law.fit(counts, _speed_ups(medians, counts, law))


def _reach(law: Law, groups: Sequence[Array], used: Sequence[int], confidence: float) -> Array:
    # Without intervals that hold together nothing says how far the law may be trusted: it ends with what was measured.
    last = REACH * used[-1] if not law.weak and _intervals(law, groups, used, confidence) else used[-1]
    return np.arange(1, last + 1, dtype=np.float64)


def _parameters(law: Law, best: Array, draws: Array | None, confidence: float) -> tuple[Parameter, ...]:
    return tuple(
        Parameter(name, float(best[0, i]), *_ends(None if draws is None else draws[:, i], confidence))
        for i, name in enumerate(law.parameters)
    )


def _intervals(
    law: Law, groups: Sequence[Array], used: Sequence[int], confidence: float, *, together: bool = True
) -> dict[int, tuple[float, float]] | None:
    """Return P -> interval of the measured speed-up; none from too few processes."""
    baseline, *others = (group.tolist() for group in groups)
    found = law_range.intervals(baseline, dict(zip(used, others, strict=True)), confidence, together=together)
    if found is None or not law.weak:
        return found
    return {workers: (workers * low, workers * high) for workers, (low, high) in found.items()}


def _misfits(law: Law, best: Array, groups: Sequence[Array], used: Sequence[int], confidence: float) -> tuple[int, ...]:
    values = law.value(best, np.array(used, dtype=np.float64))[0].tolist()
    known = _intervals(law, groups, used, confidence)
    known = known or _intervals(law, groups, used, confidence, together=False) or {}
    said = dict(zip(used, values, strict=True))
    return tuple(workers for workers, (low, high) in known.items() if not low <= said[workers] <= high)


def _refuse_short(law: Law, used: Sequence[int], excluded: Sequence[int], usable_cpus: float) -> None:
    if any(workers < 1 for workers in (*used, *excluded)):
        raise BadSample("a worker count below 1 was given; at least 1 is needed")
    beyond = f" ({len(excluded)} more lie above the {usable_cpus:g} usable CPUs)" if excluded else ""
    if not used or used[-1] < 2:
        raise TooFew(f"{law.name} needs a worker count above 1 within the usable CPUs{beyond}; measure --workers 1-2")
    if len(used) < law.points:
        raise TooFew(
            f"{law.name} needs {law.points} distinct worker counts, {len(used)} were measured{beyond}; "
            "measure more counts on a larger machine, or use Amdahl"
        )


def _times(times_s: Sequence[float], name: str) -> Array:
    times = np.asarray(times_s, dtype=np.float64)
    if times.ndim != 1 or times.size == 0 or not (np.isfinite(times) & (times > 0)).all():
        raise BadSample(f"{name}: times must be at least one finite number above zero")
    return times


def _speed_ups(medians: Array, counts: Array, law: Law) -> Array:
    """Return speed-ups (sets, points) from medians (sets, 1 + points), whose first column is the serial loop."""
    plain = medians[:, :1] / medians[:, 1:]
    return plain * counts if law.weak else plain


def _ends(draws: Array | None, confidence: float) -> tuple[float | None, float | None]:
    if draws is None:
        return None, None
    low, high = np.quantile(draws, ((1 - confidence) / 2, (1 + confidence) / 2))
    return float(low), float(high)


def _predictions(
    law: Law, best: Array, draws: Array | None, reach: Array, measured: int, confidence: float
) -> tuple[Prediction, ...]:
    values = law.value(best, reach)[0]
    curves = None if draws is None else law.value(draws, reach)
    return tuple(
        Prediction(
            int(workers),
            float(values[i]),
            *_ends(None if curves is None or workers > measured else curves[:, i], confidence),
            bool(workers > measured),
        )
        for i, workers in enumerate(reach)
    )


def _peak(best: Array, draws: Array | None, measured: int, confidence: float) -> Peak:
    top = _within(peak(float(best[0, 1]), float(best[0, 2])), measured)
    if draws is None or top is None:
        return Peak(top, None, None)
    tops = np.sort([peak(float(sigma), float(kappa)) for sigma, kappa in draws[:, 1:]])
    # Whole order statistics: between a finite peak and none at all there is nothing to interpolate.
    skip = floor((len(tops) - 1) * (1 - confidence) / 2)
    return Peak(top, _within(float(tops[skip]), measured), _within(float(tops[-1 - skip]), measured))


def _within(workers: float, measured: int) -> float | None:
    return workers if workers <= measured else None


def _notes(
    law: Law,
    used: Sequence[int],
    excluded: Sequence[int],
    misfits: Sequence[int],
    usable_cpus: float,
    smallest: int,
) -> tuple[Reason, ...]:
    notes = []
    if excluded:
        notes.append(Reason.of(Kind.COUNTS_LEFT_OUT, counts=_listed(excluded), usable_cpus=usable_cpus))
    if misfits:
        notes.append(Reason.of(Kind.DOES_NOT_FIT, counts=_listed(misfits)))
    if sum(workers > 1 for workers in used) <= len(law.parameters):
        notes.append(Reason(Kind.PROVES_NOTHING))
    if smallest < LEAST_PROCESSES:
        notes.append(Reason.of(Kind.FEW_AT_SOME, processes=smallest, needed=LEAST_PROCESSES))
    return tuple(notes)


def _listed(counts: Sequence[int]) -> str:
    return ", ".join(map(str, counts))

"""A law fitted to a sweep: exclusion, refusal, intervals and reach."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from bench.analysis.errors import BadSample, TooFew
from bench.analysis.law_fit import Fit, fit
from bench.analysis.laws import AMDAHL, GUSTAFSON, USL
from bench.core.reason import Kind, Reason

EIGHT = (1, 2, 3, 4, 5, 6, 7, 8)


def sweep(
    speed_up: dict[int, float], processes: int = 12, noise: float = 0.01, seed: int = 0
) -> tuple[list[float], dict[int, list[float]]]:
    """Return serial times and parallel times per worker count, with a true speed-up each."""
    generator = np.random.default_rng(seed)

    def drawn(seconds: float) -> list[float]:
        times: list[float] = (seconds * np.exp(generator.normal(0, noise, processes))).tolist()
        return times

    return drawn(1.0), {workers: drawn(1 / s) for workers, s in speed_up.items()}


def by_amdahl(serial: float, counts: tuple[int, ...] = EIGHT) -> dict[int, float]:
    """Return speed-ups by Amdahl's law."""
    return {p: 1 / (serial + (1 - serial) / p) for p in counts}


def by_usl(sigma: float, kappa: float, counts: tuple[int, ...] = EIGHT) -> dict[int, float]:
    """Return speed-ups by Gunther's law."""
    return {n: n / (1 + sigma * (n - 1) + kappa * n * (n - 1)) for n in counts}


def residuals_add_up(found: Fit) -> bool:
    """Return whether observed minus predicted are the residuals, and rms their root mean square."""
    curve = {point.workers: point.speed_up for point in found.predictions}
    expected = [seen - curve[p] for p, seen in zip(found.workers, found.speed_ups, strict=True)]
    return bool(np.allclose(expected, found.residuals) and np.isclose(np.sqrt(np.mean(np.square(expected))), found.rms))


def test_amdahl_finds_the_serial_fraction() -> None:
    """The true fraction lies inside the interval, which is narrow; residuals are observed minus fitted."""
    found = fit(AMDAHL, *sweep(by_amdahl(0.1)), usable_cpus=8)
    (fraction,) = found.parameters
    assert fraction.low is not None and fraction.high is not None
    assert 0.09 < fraction.low <= 0.1 <= fraction.high < 0.11
    assert residuals_add_up(found)
    assert found.peak is None


@pytest.mark.parametrize(("speed_up", "limit"), [(lambda p: 0.8, 1.0), (lambda p: 1.1 * p, 0.0)])
def test_a_fit_at_its_limit_has_no_interval(speed_up: Callable[[int], float], limit: float) -> None:
    """Slower than the serial loop, or faster than P of it, is no serial fraction: all draws agree on what is not so."""
    found = fit(AMDAHL, *sweep({p: speed_up(p) for p in EIGHT}), usable_cpus=8)
    (fraction,) = found.parameters
    assert (limit, None, None) == (fraction.value, fraction.low, fraction.high)
    assert all(one.low is None for one in found.predictions)
    assert {0: Kind.ALL_PARALLEL, 1: Kind.ALL_SERIAL}[limit] is found.notes[0].kind


def test_gustafson_uses_scaled_speed_up() -> None:
    """In a weak run, P times the work in T seconds is a speed-up of P / T; the true fraction comes out of it."""
    scaled = {p: p - 0.2 * (p - 1) for p in EIGHT}
    serial, parallel = sweep({p: s / p for p, s in scaled.items()}, noise=1e-9)
    found = fit(GUSTAFSON, serial, parallel, usable_cpus=8)
    assert 0.2 == pytest.approx(found.parameters[0].value, abs=1e-6)
    assert [scaled[p] for p in EIGHT] == pytest.approx(found.speed_ups, abs=1e-6)


def test_usl_finds_parameters_and_peak() -> None:
    """Contention, coherency and the peak at sqrt((1 - sigma) / kappa) = 4.873 lie inside their intervals."""
    found = fit(USL, *sweep(by_usl(0.05, 0.04), processes=20, noise=0.005), usable_cpus=8)
    values = {parameter.name: parameter for parameter in found.parameters}
    for name, truth in (("gamma", 1.0), ("sigma", 0.05), ("kappa", 0.04)):
        low, high = values[name].low, values[name].high
        assert low is not None and high is not None and low <= truth <= high
    assert found.peak is not None and found.peak.low is not None and found.peak.high is not None
    assert found.peak.low <= 4.873 <= found.peak.high
    assert residuals_add_up(found)


@pytest.mark.parametrize("kappa", [0.0, 0.01])
def test_a_peak_beyond_what_was_measured_is_not_named(kappa: float) -> None:
    """A curve that turns down at 9.7 workers, or never, has no peak to report after 8."""
    found = fit(USL, *sweep(by_usl(0.05, kappa), noise=1e-6), usable_cpus=8)
    assert found.peak is not None
    assert (None, None, None) == (found.peak.workers, found.peak.low, found.peak.high)


def test_a_law_that_was_not_measured_predicts_nothing() -> None:
    """Amdahl's law cannot turn down: a sweep that does excludes it, and leaves no prediction and no interval."""
    found = fit(AMDAHL, *sweep(by_usl(0.05, 0.04)), usable_cpus=8)
    assert found.misfits and () == found.predictions
    assert (None, None) == (found.parameters[0].low, found.parameters[0].high)
    assert Kind.DOES_NOT_FIT in {note.kind for note in found.notes}


def test_no_interval_of_one_law_reaches_beyond_what_was_measured() -> None:
    """Up to 8 workers each prediction has an interval, from 9 on none: there other laws fit as well."""
    found = fit(AMDAHL, *sweep(by_amdahl(0.1)), usable_cpus=8)
    assert [one.workers <= 8 for one in found.predictions] == [one.low is not None for one in found.predictions]


@pytest.mark.parametrize("counts", [(1, 2), (1, 2, 4, 8), (1, 2, 3, 4, 5)])
def test_usl_refuses_fewer_than_six_counts(counts: tuple[int, ...]) -> None:
    """Five distinct worker counts or fewer are no basis for three parameters."""
    with pytest.raises(TooFew, match="needs 6 distinct worker counts"):
        fit(USL, *sweep(by_usl(0.05, 0.01, counts)), usable_cpus=8)


def test_counts_above_the_usable_cpus_never_enter() -> None:
    """P above the usable CPUs, a fraction included, is left out and named; USL counts only what is left."""
    serial, parallel = sweep(by_amdahl(0.1))
    spoiled = parallel | {3: [99.0] * 12, 4: [99.0] * 12}
    found = fit(AMDAHL, serial, {p: spoiled[p] for p in (1, 2, 3, 4)}, usable_cpus=2.5)
    assert ((1, 2), (3, 4)) == (found.workers, found.excluded)
    assert fit(AMDAHL, serial, {p: parallel[p] for p in (1, 2)}, usable_cpus=2.5).parameters == found.parameters
    assert Reason.of(Kind.COUNTS_LEFT_OUT, counts="3, 4", usable_cpus=2.5) in found.notes
    with pytest.raises(TooFew, match="3 more lie above the 5 usable CPUs"):
        fit(USL, serial, parallel, usable_cpus=5)


def test_predictions_end_at_twice_the_measured_count() -> None:
    """The curve covers 1 to 2 x 8, is marked from 9 on, and follows the law there."""
    found = fit(AMDAHL, *sweep(by_amdahl(0.1), noise=1e-9), usable_cpus=8)
    assert list(range(1, 17)) == [point.workers for point in found.predictions]
    assert [workers > 8 for workers in range(1, 17)] == [point.speculative for point in found.predictions]
    assert 1 / (0.1 + 0.9 / 16) == pytest.approx(found.predictions[-1].speed_up)


def test_one_informative_count_is_admitted() -> None:
    """On two CPUs Amdahl's fit is Karp-Flatt at P = 2, and a note says that the residuals prove nothing."""
    found = fit(AMDAHL, *sweep({1: 1.0, 2: 1.6}, noise=1e-9), usable_cpus=2)
    assert (1 / 1.6 - 1 / 2) / (1 - 1 / 2) == pytest.approx(found.parameters[0].value)
    assert Reason(Kind.PROVES_NOTHING) in found.notes


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_no_interval_from_fewer_than_four_processes(processes: int) -> None:
    """The fit stands, its intervals do not, and no prediction goes beyond what was measured."""
    found = fit(AMDAHL, *sweep(by_amdahl(0.1), processes=processes), usable_cpus=8)
    assert (None, None) == (found.parameters[0].low, found.predictions[3].high)
    assert 8 == found.predictions[-1].workers
    assert Kind.FEW_AT_SOME in {note.kind for note in found.notes}


def test_the_seed_decides() -> None:
    """The same seed gives the same fit to the last bit, another one another interval."""
    data = sweep(by_amdahl(0.1))
    assert fit(AMDAHL, *data, usable_cpus=8, seed=1) == fit(AMDAHL, *data, usable_cpus=8, seed=1)
    assert fit(AMDAHL, *data, usable_cpus=8, seed=1) != fit(AMDAHL, *data, usable_cpus=8, seed=2)


def test_intervals_cover_the_truth_in_simulation() -> None:
    """In 200 simulated sweeps of 20 processes the 95 % interval holds the true fraction in at least 88 %.

    At most 15 sweeps exclude the law that made them: 10 are expected at 95 %, or fewer.

    A percentile bootstrap of medians is known to cover slightly less than it says; this bounds by how much.
    """
    hits = fitting = 0
    for seed in range(200):
        found = fit(AMDAHL, *sweep(by_amdahl(0.1, (1, 2, 4, 8)), processes=20, seed=seed), usable_cpus=8, resamples=400)
        low, high = found.parameters[0].low, found.parameters[0].high
        fitting += not found.misfits
        hits += low is not None and high is not None and low <= 0.1 <= high
    assert fitting >= 185
    assert hits >= 0.88 * fitting


def test_impossible_sweeps_are_refused() -> None:
    """Nothing above one worker, worker counts below one, and times that are not above zero raise an error."""
    with pytest.raises(TooFew, match="above 1"):
        fit(AMDAHL, [1.0], {1: [1.0]}, usable_cpus=8)
    with pytest.raises(TooFew, match="above 1"):
        fit(AMDAHL, [1.0], {2: [1.0]}, usable_cpus=1)
    with pytest.raises(BadSample):
        fit(AMDAHL, [1.0], {0: [1.0], 2: [1.0]}, usable_cpus=8)
    with pytest.raises(BadSample):
        fit(AMDAHL, [1.0], {1: [1.0], 2: [0.0]}, usable_cpus=8)

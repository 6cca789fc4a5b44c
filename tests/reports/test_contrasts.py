"""Judged pairs: what holds for any times whatsoever."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.reports.contrasts import contrast, travelling
from bench.reports.wording import word
from bench.samples import dataset, pairing
from tests.support.records import backend, record

POOL, SERIAL, CEILING = backend("pool", 4), backend("serial"), backend("ceiling", 4)
ROWS = st.lists(st.lists(st.floats(0.01, 10.0), min_size=1, max_size=3), min_size=1, max_size=12)


def contrasts(base, other, axis="file", *, normalise=False, **settings):
    """Compare two records of the same cases and judge them."""
    datasets = [dataset.from_record(record(base), "a"), dataset.from_record(record(other, **settings), "b")]
    if normalise:
        datasets = [dataset.relative_to_baseline(one) for one in datasets]
    return contrast(pairing.between(axis, datasets), normalised=normalise), {one.name: one for one in datasets}


def evidence(base, other):
    """Return the evidence about the pool."""
    (one,) = contrasts({POOL: base}, {POOL: other})[0].contrasts
    return one.found.evidence, one


@given(ROWS)
@settings(max_examples=25)
def test_a_record_against_itself_is_never_regressed(rows):
    """Equal times have the ratio 1, and are ok or inconclusive."""
    found, one = evidence(rows, rows)
    assert 1.0 == pytest.approx(found.ratio)
    assert one.verdict in ("ok", "inconclusive")


@given(ROWS, ROWS, st.floats(0.1, 10.0))
@settings(max_examples=25)
def test_scaling_all_times_scales_the_ratio(base, other, factor):
    """Times of the other side taken c times as long have c times the ratio and c times the interval."""
    plain, _ = evidence(base, other)
    scaled, _ = evidence(base, [[factor * time for time in row] for row in other])
    assert factor * plain.ratio == pytest.approx(scaled.ratio)
    if plain.low is not None:
        assert (factor * plain.low, factor * plain.high) == pytest.approx((scaled.low, scaled.high))


@given(ROWS, ROWS)
@settings(max_examples=25)
def test_exchange_inverts_ratio_and_interval(base, other):
    """Whatever other / base is, base / other is one over it, and so are the ends."""
    there, _ = evidence(base, other)
    back, _ = evidence(other, base)
    assert there.ratio == pytest.approx(1 / back.ratio)
    if there.low is not None:
        assert (there.low, there.high) == pytest.approx((1 / back.high, 1 / back.low))


def test_a_case_that_failed_in_the_other_file_is_never_ok():
    """All times are equal, but a case of the base crashed in the other file: inconclusive, with the reason."""
    steady = [1 + i / 1000 for i in range(20)]
    executor = backend("executor", 4)
    head = {POOL: steady, SERIAL: steady}
    found, _ = contrasts({**head, executor: steady}, head, failures={executor: ("crashed", "why")})
    assert "ok" == found.contrasts[0].verdict
    assert "inconclusive" == found.verdict
    assert f"{executor.id}: failed in b (crashed: why)" == word(found.reasons[0])


def test_a_case_that_failed_in_the_base_too_is_no_change():
    """What has never worked, or works only since, is listed and spoils no verdict."""
    steady = [1 + i / 1000 for i in range(20)]
    executor = backend("executor", 4)
    failed = {executor: ("crashed", "why")}
    both = [dataset.from_record(record({POOL: steady, SERIAL: steady}, failures=failed), name) for name in ("a", "b")]
    fixed = [both[0], dataset.from_record(record({POOL: steady, executor: steady, SERIAL: steady}), "b")]
    for datasets in (both, fixed):
        found = contrast(pairing.between("file", datasets))
        assert "ok" == found.verdict and executor.id in {entry.id for entry in found.unmatched}


def test_across_machines_nobody_regresses():
    """A machine of half the speed is slower, and the overall verdict stays ok."""
    steady = [1 + i / 1000 for i in range(20)]
    found, _ = contrasts({POOL: steady}, {POOL: [2 * time for time in steady]}, "machine", machine={"cpu_model": "B"})
    assert ("slower", "ok") == (found.contrasts[0].verdict, found.verdict)


def test_normalised_what_travels_is_compared():
    """A machine of half the speed whose pool gains as much has the ratio 1: speed-up 3.2, 80 % of the ceiling."""
    base = {SERIAL: [8.0 + i for i in range(20)]}
    base |= {CEILING: [time / 4 for time in base[SERIAL]], POOL: [time / 3.2 for time in base[SERIAL]]}
    other = {case: [2 * time for time in times] for case, times in base.items()}
    found, datasets = contrasts(base, other, normalise=True)
    one = next(each for each in found.contrasts if each.pair.other.id == POOL.id)
    assert 1.0 == pytest.approx(one.found.evidence.ratio)
    assert "ok" == one.verdict
    assert {"speedup": 3.2, "efficiency": 0.8, "of_ceiling": 0.8} == pytest.approx(travelling(one.pair.other, datasets))

"""A row per case: times, and how they compare with the serial loop and the ceiling."""

from __future__ import annotations

import pytest

from bench.core.reason import Kind, Reason, said
from bench.core.record import Skip
from bench.samples.rows import rows_of
from tests.support.records import backend, record

SERIAL, CEILING, POOL = backend("serial"), backend("ceiling", 4), backend("pool", 4)


def by_member(made):
    """Return member -> row; the records here have each member once."""
    return {row.case.member: row for row in rows_of(made)}


def test_speedup_efficiency_and_share_follow_from_the_times():
    """Serial 8 s, pool 2.5 s, ceiling 2 s on 4 workers: speed-up 3.2, efficiency 80 %, share of the ceiling 80 %."""
    rows = by_member(record({SERIAL: 8.0, CEILING: 2.0, POOL: 2.5}))
    assert (3.2, 0.8, 0.8) == pytest.approx((rows["pool"].speedup, rows["pool"].efficiency, rows["pool"].of_ceiling))
    assert (4.0, 1.0) == pytest.approx((rows["ceiling"].speedup, rows["ceiling"].of_ceiling))
    assert rows["serial"].of_ceiling is None


def test_typical_is_the_median_of_the_minima():
    """Processes with minima 1, 2 and 9 have the typical time 2: one unlucky process moves nothing."""
    made = record({POOL: [[1.0, 50.0], [2.0, 3.0], [9.0, 9.5]]})
    row = by_member(made)["pool"]
    assert 2.0 == row.typical_s
    assert (1.0, 2.0, 9.0) == row.minima_s
    assert 1.0 == row.min_s
    assert 6.0 == row.median_s  # of 1, 2, 3, 9, 9.5 and 50


def test_spread_is_the_quartile_distance_of_the_minima():
    """Minima 1, 2, 3, 4, 5 have quartiles 2 and 4 and median 3; one process alone has no spread."""
    assert 2 / 3 == pytest.approx(by_member(record({POOL: [1.0, 2.0, 3.0, 4.0, 5.0]}))["pool"].spread)
    assert by_member(record({POOL: 1.0}))["pool"].spread is None


def test_without_references_there_is_no_speedup():
    """A case that knows no serial loop has a time and nothing else."""
    row = by_member(record({SERIAL: 8.0, POOL: 2.5}, references=False))["pool"]
    assert "ok" == row.status
    assert row.speedup is None and row.efficiency is None and row.of_ceiling is None


def test_what_has_no_time_is_a_row_with_its_reason():
    """Failed, pending and skipped cases stand in the table, each with its state and reason."""
    skip = Skip(backend("threads"), "missing", "no threads here")
    made = record({SERIAL: 1.0}, failures={POOL: ("crashed", "no memory")}, pending=[backend("executor")], skips=[skip])
    rows = by_member(made)
    assert ("crashed", said("no memory")) == (rows["pool"].status, rows["pool"].reason)
    assert ("pending", Reason(Kind.NOT_REACHED)) == (rows["executor"].status, rows["executor"].reason)
    assert ("missing", said("no threads here")) == (rows["threads"].status, rows["threads"].reason)


def test_more_workers_than_usable_cpus_are_marked():
    """4 workers on 2.5 usable CPUs are oversubscribed, 2 are not."""
    made = record({backend("pool", 2): 1.0, POOL: 1.0}, machine={"usable_cpus": 2.5})
    assert [False, True] == [row.oversubscribed for row in rows_of(made)]


def test_weak_scaling_counts_the_work_of_all_workers():
    """4 workers that need 10 s for 4 times the work of 8 serial seconds are 3.2 times as fast, 80 % of the ceiling.

    The ceiling's time is that of one copy: 8 s of wall time for 4 copies are 2 s.
    """
    serial, ceiling, pool = (backend(name, 4, workload="weak") for name in ("serial", "ceiling", "pool"))
    row = by_member(record({serial: 8.0, ceiling: 2.0, pool: 10.0}))["pool"]
    assert (3.2, 0.8, 0.8) == pytest.approx((row.speedup, row.efficiency, row.of_ceiling))


@pytest.mark.parametrize(
    ("case", "times"),
    [
        (backend("pool", 4, workload="weak"), 4),
        (backend("ceiling", 4, workload="weak"), 1),
        (backend("pool", 4), 1),
        (backend("pool", 4, workload="10:20"), 1),
        (backend("pool", 4, workload="from-another-version"), 1),
    ],
)
def test_growth(case, times):
    """Only a workload that grows multiplies the work, and never that of a copy; an unknown name does not."""
    assert times == record({case: 1.0}).plan.times(case.id)


def test_facts_are_the_median_over_processes():
    """A number that the family measured beside the time is the median, a text the last one."""
    made = record({POOL: [1.0, 1.0, 1.0]})
    result = made.results[POOL.id]
    for process, (delay, word) in zip(result.processes, [(3.0, "a"), (2.0, "b"), (1.0, "c")], strict=True):
        process.metadata["primebench_backends_delay_s"] = delay
        process.metadata["primebench_backends_word"] = word
    assert {"delay_s": 2.0, "word": "c"} == by_member(made)["pool"].facts


def test_facts_of_one_member_are_its_own():
    """What begins with the member's name is told apart from what the family measured, and no axis is a fact."""
    case = backend("loky-reusable", loky_reusable_axis=1)
    made = record({case: 1.0})
    (process,) = made.results[case.id].processes
    process.metadata["primebench_loky_reusable_idle_timeout_s"] = "none"
    process.metadata["primebench_loky_reusable_axis"] = 1
    process.metadata["primebench_backends_delay_s"] = 2.0
    row = by_member(made)["loky-reusable"]
    assert ({"delay_s": 2.0}, {"loky_reusable_idle_timeout_s": "none"}) == (row.facts, row.own_facts)

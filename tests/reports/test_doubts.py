"""Why figures cannot be trusted: where it is said, and where it is not."""

from __future__ import annotations

import pytest

from bench.core.case import Case
from bench.core.stamps import ADDS_RATES
from bench.reports.doubts import APART, old_ceiling, with_doubts
from bench.samples.attainable import attainable
from bench.samples.rows import rows_of
from tests.support.records import backend, record

SERIAL, CEILING, POOL = backend("serial"), backend("ceiling", 4), backend("pool", 4)
THREADS = backend("thread-pool", 4, kernel="trial-division", answer="flags", start="none")


def doubts(made):
    """Return member -> doubts; the records here have each member once."""
    return {row.case.member: row.doubts for row in with_doubts(made, rows_of(made))}


def noisy(made, case, **noise):
    """Return the record with these readings in every process of a case."""
    for process in made.results[case.id].processes:
        process.metadata.update({f"primebench_{key}": value for key, value in noise.items()})
    return made


def test_a_quiet_record_has_no_doubts():
    """A speed-up of 3.2 with four workers, 80 % of the ceiling: nothing to say."""
    assert {(), ()} == set(doubts(record({SERIAL: [8.0, 8.1], CEILING: [2.0, 2.0], POOL: [2.5, 2.6]})).values())


@pytest.mark.parametrize(("third", "doubtful"), [(1.4, False), (1.7, True)])
def test_processes_far_apart(third, *, doubtful):
    """Minima 1, 1.1 and 1.4 have quartiles 18 % of the median apart; 1, 1.1 and 1.7 have 32 %."""
    assert doubtful == any("apart" in said for said in doubts(record({POOL: [1.0, 1.1, third]}))["pool"])


@pytest.mark.parametrize(
    ("noise", "said"),
    [
        ({"others_cpus": 0.9}, "other programs used 0.9 CPUs"),
        ({"steal_ratio": 0.8}, "the host took 10 % of the CPU time"),  # of one CPU, where there are eight
        ({"throttled_ratio": 0.2}, "a quota kept tasks waiting for 20 % of the time"),
    ],
)
def test_a_busy_machine(noise, said):
    """What other programs, the host or a quota took stands in the row that was measured meanwhile."""
    found = doubts(noisy(record({SERIAL: 8.0, POOL: 2.5}), POOL, **noise))
    assert {"serial": (), "pool": (said,)} == found


def test_a_doubtful_serial_loop_spoils_what_is_divided_by_it():
    """Whoever is compared with a serial loop in doubt is in doubt too."""
    found = doubts(noisy(record({SERIAL: 8.0, POOL: 2.5}), SERIAL, others_cpus=1.0))
    assert ("the serial loop is in doubt",) == found["pool"]


@pytest.mark.parametrize(
    ("case", "seconds"),
    [
        (THREADS, 8 / 2.0),  # threads that win under the lock
        (POOL, 8 / 4.3),  # four workers, 4.3 times as fast
        (backend("pool", 1), 8 / 1.1),  # one worker, a tenth faster than the loop it runs
        (backend("pool", 16), 8 / 9.0),  # sixteen workers on eight CPUs
    ],
)
def test_an_impossible_speedup_is_the_fault_of_the_baseline(case, seconds):
    """It is named where it stands, and at the serial loop, and at all others that are divided by it."""
    other = backend("executor", 2)
    found = doubts(record({SERIAL: 8.0, case: seconds, other: 5.0}))
    assert all(any("inconsistent, measure it again" in said for said in each) for each in found.values())


def test_what_is_possible_is_not_doubted():
    """Exactly four times with four workers, threads that reach 1.03, and threads without a lock that reach 3.9."""
    assert {()} == set(doubts(record({SERIAL: 8.0, POOL: 2.0, THREADS: 8 / 1.03})).values())
    assert () == doubts(record({SERIAL: 8.0, THREADS: 8 / 3.9}, machine={"gil": False}))["thread-pool"]


def test_a_lock_that_a_module_has_switched_on_again():
    """In a build without the lock threads that had it on are in doubt, and may not win; processes do not share it."""
    free = record({SERIAL: 8.0, THREADS: 8 / 3.9, POOL: 2.5}, machine={"gil": False})
    found = doubts(noisy(noisy(free, THREADS, gil=1, gil_module="gmpy2.gmpy2"), POOL, gil=1))
    assert "gmpy2.gmpy2 switched the interpreter lock on again, which threads share" == found["thread-pool"][0]
    assert any("is above 1" in said for said in found["thread-pool"])
    assert not any("lock" in said for said in found["pool"])
    assert (
        ()
        == doubts(noisy(record({SERIAL: 8.0, THREADS: 8 / 3.9}, machine={"gil": False}), THREADS, gil=0))["thread-pool"]
    )


@pytest.mark.parametrize(
    ("family", "member", "doubted"),
    [
        ("primitives", "thread-counter", True),
        ("channels", "thread-queue", True),
        ("primitives", "value-lock", False),
        ("channels", "queue", False),
    ],
)
def test_the_lock_is_shared_by_threads_of_every_family(family, member, doubted):
    """A number and a queue of threads are in doubt with the lock on again; those of processes do not share it."""
    case = Case.of(family, member, {"workers": 2})
    found = doubts(noisy(record({case: 1.0}, machine={"gil": False}), case, gil=1, gil_module="gmpy2.gmpy2"))
    assert any("interpreter lock" in said for said in found[member]) == doubted


def test_threads_may_win_where_the_kernel_lets_go_of_the_lock():
    """A compiled kernel runs beside itself; an unknown one might."""
    for name in ("numpy-sieve", "somebodys.kernel"):
        case = backend("thread-pool", 4, kernel=name, answer="flags", start="none")
        assert 4 == attainable(record({case: 1.0}), case).speedup


def test_nothing_but_backends_has_a_largest_speedup():
    """A channel has no workers that could share anything."""
    pipe = Case.of("channels", "pipe", {"size": 64})
    assert attainable(record({pipe: 1.0}), pipe) is None


def adding_rates(times):
    """Return a record whose ceiling adds rates."""
    return noisy(record(times), CEILING, **{ADDS_RATES.removeprefix("primebench_"): 1})


def test_more_than_the_ceiling_is_a_fault():
    """115 % without an interval, and 103 % whose whole interval is above: doubts; 105 % of few processes is noise."""
    seven = [1 + i / 10_000 for i in range(7)]
    for ceiling, pool, doubtful in (
        (1.15, 1.0, True),
        (1.05, 1.0, False),
        ([1.03 * one for one in seven], seven, True),
        ([1.0001 * one for one in seven], seven, False),
    ):
        said = doubts(adding_rates({SERIAL: 3.5, CEILING: ceiling, POOL: pool}))["pool"]
        assert doubtful == any("above what the CPUs can give" in one for one in said)


def test_an_older_ceiling_is_told_apart():
    """Records of the slowest copy are shown as what they are."""
    old = record({SERIAL: 3.5, CEILING: 1.2, POOL: 1.0})
    assert old_ceiling(old) and not old_ceiling(adding_rates({SERIAL: 3.5, CEILING: 1.2, POOL: 1.0}))
    assert ("above the ceiling, which is that of its slowest copy in this older record",) == doubts(old)["pool"]


def test_unlike_cpus_are_named():
    """A copy that takes twice as long as another one says so, and a share of that ceiling is in doubt."""
    made = noisy(
        adding_rates({SERIAL: 8.0, CEILING: 3.0, POOL: 3.5}), CEILING, **{APART.removeprefix("primebench_"): 2.0}
    )
    found = doubts(made)
    assert "slowest copy takes 2.0 times as long as the fastest" in found["ceiling"][0]
    assert ("the ceiling is in doubt",) == found["pool"]

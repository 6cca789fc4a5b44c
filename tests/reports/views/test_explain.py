"""The view of where the time went."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.analysis.decomposition import PARTS
from bench.core.job import Work
from bench.core.observation import Observation, Unseen
from bench.core.reference import Role
from bench.reports.formats import text
from bench.reports.report import Chart
from bench.reports.views.explain import explain
from bench.samples.explained import explained
from tests.support.observations import back_to_back, observation
from tests.support.records import backend, record

SERIAL, POOL, THREADS = backend("serial"), backend("pool", 2), backend("thread-pool", 2)
OPEN = backend("pool", 2, phase="open")
TINY = back_to_back(0, [3e-6] * 1000, gap=28e-6)
HUGE = observation([(0, 0.8)], back_to_back(0, [0.01] * 16))


def seen(bodies, **told):
    """Return the report of a record whose cases were observed."""
    made = replace(
        record(dict.fromkeys(bodies, 1.0), **told), observations={case.id: one for case, one in bodies.items()}
    )
    return explain(made, *explained(made))


def column(report, name):
    """Return row -> text of the column of a case."""
    found = next(table for table in report.tables if name in table.head)
    return {row[0]: row[found.head.index(name)] for row in found.texts}


def test_a_case_is_a_column_whose_parts_are_shares():
    """0.96 s of work in 2 x 0.8 s: 60 % useful, 40 % waiting, load balance 0.48 / 0.8."""
    shown = column(seen({POOL: HUGE}), "pool")
    assert ("800 ms", "1.60 s") == (shown["wall time"], shown["wall time x workers"])
    assert "1.00 s" == shown["time, unobserved"]
    assert ("60 %", "40 %", "0 %") == (
        shown["└ CPU time inside items"],
        shown["└ waiting at the end"],
        shown["└ unexplained"],
    )
    assert ("60 %", "60 %") == (shown["efficiency"], shown["└ x load balance"])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            observation(TINY, TINY),
            "pool: 90 % of the workers' time passes between items: an item takes 3.00 µs and handing one over 28.0 µs. "
            "From chunks of 180 on it is below 5 % (--chunksize).",
        ),
        (
            observation(TINY[:100], TINY[:100]),
            "pool: 90 % of the workers' time passes between items: an item takes 3.00 µs and handing one over 28.0 µs. "
            "A single chunk of 100 for each worker leaves 9 %; for less, give more work at once.",
        ),
        (
            HUGE,
            "pool: 40 % of the workers' time is waiting at the end: the longest item takes 800 ms, and a worker's even "
            "share of all work is 480 ms. No way of handing out balances that: cut the longest item into several.",
        ),
        (
            observation([(0, 1)], [], items=1),
            "pool: 50 % of the workers' time is waiting at the end: 1 of 2 workers did not get the only item. "
            "Use 1 worker, or cut the work into smaller chunks (--chunksize).",
        ),
        (
            observation([(0, 1, 0.1)], [(0, 1, 0.1)]),
            "pool: 90 % of the workers' time is blocked inside items: an item takes 1.00 s, of which 100 ms CPU time. "
            "Items sleep, read, write or wait for locks: more workers than CPUs use that time, or threads, or asyncio.",
        ),
        (
            observation([(0, 1, 0.5, 0.5)], [(0, 1, 0.5, 0.5)]),
            "pool: 50 % of the workers' time is stolen: an item takes 1.00 s, of which it waits 500 ms for a CPU. "
            "Other programs have the CPUs: end them, or wait until they are done.",
        ),
        (
            observation(
                back_to_back(0, [1e-3] * 100, gap=1e-3), bytes_out=100 * 2**20, bytes_back=0, pickling_s=0.01, workers=1
            ),
            "pool: 50 % of the workers' time passes between items: an item takes 1.00 ms and handing one over 1.00 ms. "
            "Larger chunks do not help, because each item travels: sending one takes 1.00 ms and 1.00 MiB. Send "
            "less, or use shared memory.",
        ),
        (
            observation([(0.5, 1.0)], called=0.5, whole=True, begun=0.0, gone=1.0),
            "pool: 50 % of the workers' time goes into making workers: making and ending one takes 500 ms. Keep "
            "the workers for several jobs (--phase map shows what is then left); it is below 5 % of a job that takes "
            "10.0 s.",
        ),
        (
            observation([(0, 1)], [], lost=7),
            "pool: 50 % of the workers' time is unexplained: no stamp tells what it was, and 7 items of ended workers "
            "are lost. Measure it again, on a machine that does nothing else.",
        ),
    ],
)
def test_what_costs_most_is_a_sentence_with_its_figure(body, said):
    """The largest loss, the figure behind it, and what helps."""
    assert said in seen({POOL: body}).notes


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (
            64_000,
            "pool: 90 % of the workers' time passes between items: a chunk of 64 takes 3.00 µs and handing one over "
            "28.0 µs. From chunks of 12,000 on it is below 5 % (--chunksize).",
        ),
        (
            1000,
            "pool: 90 % of the workers' time passes between items: an item takes 3.00 µs and handing one over 28.0 µs. "
            "From chunks of 180 on it is below 5 % (--chunksize).",
        ),
    ],
)
def test_chunks_are_advised_in_what_chunksize_counts(size, said):
    """178 times as much to a message is little: 178 numbers, or where an item is 64 of them 178 x 64 = 11,392."""
    case = backend("pool", 1, chunksize=64 if size == 64_000 else 1)
    made = replace(record({case: 1.0}), observations={case.id: observation(TINY)})
    made = replace(made, plan=replace(made.plan, work={case.id: Work("range", size, "number", 1000)}))
    assert said in explain(made, *explained(made)).notes


def test_what_ends_late_in_chunks_is_cut_by_smaller_chunks():
    """Of 16 + 1 chunks of 64 numbers the longest takes most of the time: no number of it needs to be cut."""
    case = backend("pool", 2, chunksize=64)
    made = replace(record({case: 1.0}), observations={case.id: HUGE})
    made = replace(made, plan=replace(made.plan, work={case.id: Work("range", 17 * 64, "number", 17)}))
    assert any("Use smaller chunks (--chunksize)" in note for note in explain(made, *explained(made)).notes)


@pytest.mark.parametrize(
    ("member", "said"),
    [
        ("pool", "Keep the workers for several jobs (--phase map shows"),
        ("someones-own", "Keep the workers for several jobs (--phase map shows"),
        ("process", "Use a backend whose workers stay for several jobs (--backend pool --phase map shows"),
        ("shared-array", "Use a backend whose workers stay for several jobs (--backend pool --phase map shows"),
        ("pool-apply", "Use a backend whose workers stay for several jobs (--backend pool --phase map shows"),
    ],
)
def test_what_shows_workers_that_stay_is_a_command_that_works(member, said):
    """Of a backend without a warm crew, --phase map is refused, so that another one is named."""
    making = observation([(0.5, 1.0)], called=0.5, whole=True, begun=0.0, gone=1.0)
    assert any(said in note for note in seen({backend(member, 2): making}).notes)


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (
            observation(back_to_back(0, [1.0] * 4, gap=1.0), back_to_back(1, [1.0] * 4, gap=1.0), answered=9.0),
            "between items",
        ),
        (observation([(0, 1)], [(1, 9)]), "at the end"),
    ],
)
def test_a_caller_that_waits_for_each_call_is_told_so(body, where):
    """Of pool-apply only one worker ever has work, and no chunk of any size changes that."""
    said = next(note for note in seen({backend("pool-apply", 2): body}).notes if note.startswith("pool-apply: "))
    assert f"passes {where}: pool-apply waits for each call, so that only one worker ever has work." in said
    assert "such as pool, pool-apply-async or executor" in said
    assert "--chunksize" not in said


def test_workers_that_are_replaced_too_often_are_no_reason_to_keep_them_for_several_jobs():
    """They stood when the job came; of 0.7 s, 0.4 went into making two more."""
    body = observation([(0.0, 0.1)], [(0.3, 0.4)], [(0.6, 0.7)], able=(0.0, 0.3, 0.6), workers=1)
    said = (
        "pool: 57 % of the workers' time goes into making workers: making and ending one takes 200 ms. Replace workers "
        "less often (--tasks-per-child)."
    )
    assert said in seen({backend("pool", 1, phase="map", tasks_per_child=1): body}).notes


@pytest.mark.parametrize(
    ("member", "cpu_s", "in_turns"),
    [("thread-pool", 0.45, True), ("thread-pool", 0.6, False), ("interpreter-executor", 0.45, False)],
)
def test_threads_take_turns_where_they_use_one_cpu(member, cpu_s, *, in_turns):
    """Two threads that use 0.9 CPUs wait for their interpreter; with 1.2 they do not, nor do interpreters with 0.9."""
    notes = seen({backend(member, 2): observation([(0, 1, cpu_s)], [(0, 1, cpu_s)])}).notes
    assert in_turns == any("run one at a time: use processes, or a free-threaded Python" in said for said in notes)


def test_cases_that_lose_nothing_share_a_sentence():
    """Two busy workers: nothing is to be won, and no remedy is offered."""
    report = seen({POOL: observation([(0, 1)], [(0, 1)]), THREADS: observation([(0, 1)], [(0, 1)])})
    assert "pool, thread-pool: no part costs more than 5 % of the workers' time." in report.notes


def test_computation_is_held_against_the_serial_loop():
    """The loop takes 1.5 CPU seconds for what two workers take 2 for: 0.75, in the tree and as the largest loss."""
    made = record({SERIAL: 1.0, POOL: 1.0})
    work = {SERIAL.id: Work("w", 10, "number", 1), POOL.id: Work("w", 10, "number", 2)}
    plan = replace(made.plan, work=work, references={POOL.id: {Role.BASELINE: SERIAL.id}})
    bodies = {SERIAL.id: observation([(0, 1.5)]), POOL.id: observation([(0, 1)], [(0, 1)])}
    made = replace(made, plan=plan, observations=bodies)
    report = explain(made, *explained(made))
    assert "75 %" == column(report, "pool")["└ x computation"]
    assert any(
        "25 % of the workers' time is CPU time that the serial loop does not need" in note for note in report.notes
    )


def test_each_worker_has_a_bar_and_the_longest_items_are_named():
    """0.8 s are 50 signs: 0.16 s of work are 10 of them, and the rest is waiting."""
    report = seen({POOL: HUGE})
    bars = next(table for table in report.tables if "pool: its workers" == table.title)
    assert ["#" * 50, "#" * 10 + "." * 40] == [row[1] for row in bars.texts]
    longest = next(table for table in report.tables if "pool: the longest items" == table.title)
    assert ["800 ms", *["10.0 ms"] * 4] == [row[2] for row in longest.texts]


def test_many_cases_are_cut_into_tables_that_fit_a_line():
    """Ten cases, none wider than 80 signs, none left out, and their workers only on demand."""
    bodies = {backend(f"backend-{number}", 2): HUGE for number in range(10)}
    report = seen(bodies)
    shown = text.fit(report, 80)
    assert all(len(line) <= 80 for line in shown.splitlines()) and "Not shown" not in shown
    assert 10 == sum(f"backend-{number}" in table.head for table in report.tables for number in range(10))
    assert "A bar for each worker and the longest items of a case: --case NAME." in report.notes


def test_worker_counts_stand_side_by_side():
    """A sweep has one column per count."""
    report = seen({backend("pool", count): observation(*[[(0, 1)]] * count) for count in (1, 2, 4)})
    assert ("where the time goes", "pool workers=1", "pool workers=2", "pool workers=4") == report.tables[0].head


def test_lanes_of_which_items_were_left_out_say_what_is_drawn():
    """1,000 items of 3 us in 31 ms, of which every tenth was kept: 3 ms are drawn, and called a share of the time."""
    body = observation(TINY)
    (pool, *_) = [
        block
        for block in seen({POOL: replace(body, spans=body.spans[::10], rate=0.1)}).blocks
        if isinstance(block, Chart)
    ][1:]
    share = next(series for series in pool.series if "share of the time that is inside items" == series.name)
    assert 3e-3 == pytest.approx(sum(mark.high - mark.low for mark in share.marks), rel=1e-3)


def test_charts_hold_the_same_shares_and_the_lanes():
    """The stacked bars of a case add up to 1; neighbouring items are drawn as one stretch."""
    stacked, lanes = (block for block in seen({POOL: HUGE}).blocks if isinstance(block, Chart))
    assert 1.0 == pytest.approx(sum(series.marks[0].y for series in stacked.series))
    inside = next(series for series in lanes.series if "inside items" == series.name)
    assert [("worker 0", 0.8), ("worker 1", 0.16)] == [(mark.x, pytest.approx(mark.high)) for mark in inside.marks]


def test_data_keeps_its_promises():
    """Parts add up to wall time x workers, and the product of the first four factors is the fifth."""
    (case,) = seen({POOL: HUGE}).data["cases"]
    assert ("pool", 2, "waiting") == (case["member"], case["workers"], case["worst"])
    assert list(PARTS) == list(case["parts"])
    assert case["wall_s"] * case["workers"] == pytest.approx(sum(case["parts"].values()))
    *four, product = case["factors"].values()
    assert product == pytest.approx(four[0] * four[1] * four[2] * four[3]) and case["remedy"].startswith("No way")


def test_tidy_has_a_row_per_part():
    """One case is eight rows."""
    head, rows = seen({POOL: HUGE}).tidy
    assert (8, "part") == (len(rows), head[-3])


def test_what_was_not_observed_says_why():
    """A case that only makes workers, one whose observed body failed, and one that crashed before."""
    failed = Observation(workers=2, whole=True, missing=(Unseen("totals", "timed-out"),))
    no_job = replace(HUGE, totals=(), spans=(), missing=(Unseen("spans", "no-job"),))
    report = seen({POOL: HUGE, THREADS: failed, OPEN: no_job}, failures={SERIAL: ("crashed", "no memory")})
    assert f"Not explained, the observed body did not end in time: {THREADS.id}." in report.notes
    assert f"Not explained, this kind of experiment hands out no items: {OPEN.id}." in report.notes
    assert f"Not explained, crashed: no memory: {SERIAL.id}." in report.notes


def test_what_cannot_be_told_apart_is_said():
    """No run delay, a backend that hides its messages, spans that were sampled."""
    total = replace(HUGE.totals[0], delay=None)
    body = replace(HUGE, totals=(total, HUGE.totals[1]), rate=0.1, missing=(Unseen("spans.received", "hidden"),))
    said = " ".join(seen({POOL: body}).notes)
    for part in ("stolen time is part of what is blocked", "is hidden by pool", "10 % of the spans are kept"):
        assert part in said


def test_what_workers_of_one_process_share_is_said():
    """Nothing is sent to threads; of the plain loop that needs no saying."""
    body = replace(HUGE, missing=(Unseen("spans.received", "same-process"),))
    made = record({SERIAL: 1.0, POOL: 1.0, THREADS: 1.0})
    plan = replace(made.plan, references={THREADS.id: {Role.BASELINE: SERIAL.id}})
    made = replace(made, plan=plan, observations={SERIAL.id: body, POOL.id: HUGE, THREADS.id: body})
    said = [note for note in explain(made, *explained(made)).notes if "share one process" in note]
    assert [True] == [note.startswith("Workers of thread-pool share one process: ") for note in said]


def test_an_efficiency_in_doubt_says_so():
    """A speed-up of 8 with two workers is impossible, so that the loop was disturbed: nothing divided by it is sure."""
    made = record({SERIAL: 8.0, POOL: 1.0})
    bodies = {SERIAL: observation([(0, 8)]), POOL: observation([(0, 1)], [(0, 1)])}
    made = replace(made, observations={case.id: body for case, body in bodies.items()})
    report = explain(made, *explained(made))
    cells = {row[0].shown: row[-1] for row in report.tables[0].rows}
    assert "8.00 is above 2, the number of workers" in str(cells["efficiency"])
    assert cells["└ x computation"].reasons == cells["efficiency"].reasons
    assert () == cells["└ x load balance"].reasons
    assert any("above 2" in doubt for doubt in report.data["cases"][-1]["doubts"])


def test_an_efficiency_without_doubts_has_no_mark():
    """A speed-up of 1.9 with two workers, on a quiet machine."""
    shown = column(seen({POOL: HUGE}), "pool")
    assert "60 %" == shown["efficiency"]

"""Plain sentences below a record's table."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.core.job import Work
from bench.reports.doubts import with_doubts
from bench.reports.sentences import footnotes, sentences
from bench.samples.rows import rows_of
from tests.support.records import backend, record


def said(times, **settings):
    """Return all sentences of a record as one text."""
    made = record(times, **settings)
    return "\n".join(sentences(made, with_doubts(made, rows_of(made))))


@pytest.mark.parametrize(
    ("seconds", "claim"),
    [
        (2.5, "pool with 4 workers is 3.20 times as fast as the serial loop."),
        (7.9, "pool with 4 workers is about as fast as the serial loop."),
        (8.1, "pool with 4 workers is about as fast as the serial loop."),
        (8.8, "pool with 4 workers takes 1.1 times as long as the serial loop."),
        (80.0, "pool with 4 workers takes 10.0 times as long as the serial loop."),
    ],
)
def test_one_backend_in_words(seconds, claim):
    """Against 8 s of the serial loop; within 5 % nobody is called faster or slower."""
    assert claim == said({backend("serial"): 8.0, backend("pool", 4): seconds})


def test_one_worker_is_no_crew():
    """The singular is used for one worker."""
    assert "pool with 1 worker takes" in said({backend("serial"): 1.0, backend("pool", 1): 2.0})


def test_share_of_the_ceiling_is_named_for_the_best():
    """A pool that takes 2.5 s where the machine allows 2 s has 80 % of it."""
    times = {backend("serial"): 8.0, backend("ceiling", 4): 2.0, backend("pool", 4): 2.5}
    assert "3.20 times as fast as the serial loop, 80 % of what this machine can give." in said(times)


def test_nothing_is_said_of_an_impossible_speedup():
    """Two threads under the lock that take a third of the serial time: a busy serial loop, and nothing to tell."""
    threads = backend("thread-pool", 2, kernel="trial-division", answer="flags", start="none")
    assert "" == said({backend("serial"): 3.0, threads: 1.0, backend("pool", 2): 2.9})


def test_nothing_is_said_of_a_share_above_all():
    """A share of 104 %, which noise alone makes, is not called what the machine can give."""
    times = {backend("serial"): 8.0, backend("ceiling", 4): 2.6, backend("pool", 4): 2.5}
    assert "pool with 4 workers is 3.20 times as fast as the serial loop." == said(times)


def test_best_and_worst_are_named():
    """Of three, the fastest and the slowest are named, and not the one between."""
    times = {backend("serial"): 8.0, backend("pool", 4): 2.0, backend("executor", 4): 4.0, backend("threads", 4): 16.0}
    text = said(times)
    assert "pool with 4 workers is 4.00 times" in text
    assert "threads with 4 workers takes 2.0 times as long" in text
    assert "executor" not in text


def test_best_and_worst_of_one_backend_are_told_apart():
    """One backend on two ranges: each sentence says which of them it is about."""
    times = {}
    for name, seconds in (("1000:2000", 4.0), ("2000:3000", 16.0)):
        times |= {backend("serial", workload=name): 8.0, backend("pool", 2, workload=name): seconds}
    text = said(times)
    assert "pool with 2 workers (workload 1000:2000) is 2.00 times as fast as the serial loop" in text
    assert "pool with 2 workers (workload 2000:3000) takes 2.0 times as long as the serial loop" in text


def test_numbers_that_travel_one_by_one_are_explained():
    """100,000 numbers in 8 s are 80 us each, for 10 us of work: the cure is named."""
    pool = backend("pool", 4, task="number", kernel="trial-division", answer="flags")
    text = said({backend("serial"): 1.0, pool: 8.0})
    assert "80.0 µs per number for 10.0 µs of work" in text
    assert "Send many at once: --task chunk, or a larger --chunksize." in text


def test_items_of_any_job_that_travel_one_by_one_are_explained():
    """1,000 items in 8 s are 8 ms each, for 1 ms of work; a job that cuts no items of its own has one cure."""
    pool, loop = backend("pool", 4, workload="none"), backend("serial", workload="none")
    made = record({loop: 1.0, pool: 8.0})
    work = dict.fromkeys((loop.id, pool.id), Work("shop.prices:price equal", 1000, "item", tasks=1000))
    made = replace(made, plan=replace(made.plan, work=work))
    (_, text) = sentences(made, with_doubts(made, rows_of(made)))
    assert text == (
        "Each item travels by itself: 8.00 ms per item for 1.00 ms of work. Send many at once: a larger --chunksize."
    )


@pytest.mark.parametrize(("chunksize", "count"), [("auto", 1), (10, 1), (1, 2)])
def test_items_that_travel_together_are_not_said_to_travel_by_themselves(chunksize, count):
    """In messages of 63 (a quarter of a fair share) or of 10 no item is alone; in messages of 1 each is."""
    pool, loop = backend("pool", 4, workload="none", chunksize=chunksize), backend("serial", workload="none")
    made = record({loop: 1.0, pool: 8.0})
    work = dict.fromkeys((loop.id, pool.id), Work("shop.prices:price equal", 1000, "item", tasks=1000))
    made = replace(made, plan=replace(made.plan, work=work))
    assert count == len(sentences(made, with_doubts(made, rows_of(made))))


@pytest.mark.parametrize("workload", ["empty", "from-another-version"])
def test_nothing_is_explained_about_no_numbers_or_unknown_ones(workload):
    """An empty range has no time per number, and a workload that is not here cannot be counted; neither is an error."""
    serial, pool = backend("serial", workload=workload), backend("pool", 4, task="number", workload=workload)
    assert "pool with 4 workers takes 8.0 times as long as the serial loop." == said({serial: 1.0, pool: 8.0})


def test_oversubscription_is_warned_of():
    """The star of the table is explained, with the number of usable CPUs."""
    made = record({backend("pool", 4): 1.0}, machine={"usable_cpus": 2.5})
    assert ("* more workers than the 2.5 usable CPUs.",) == footnotes(made, rows_of(made))


def test_without_times_nothing_is_said():
    """A record of failures needs no sentence: its table says all."""
    assert "" == said({}, failures={backend("pool"): ("crashed", "why")})

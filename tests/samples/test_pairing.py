"""Pairing cells along one axis: what is compared with what, and what is listed instead."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.core.case import Case
from bench.core.errors import UsageError
from bench.core.job import Work
from bench.core.reason import Kind, Reason
from bench.core.record import Process, Skip, key_of
from bench.samples import dataset, pairing
from tests.support.records import backend, record

POOL2, POOL4 = backend("pool", 2), backend("pool", 4)
SERIAL = backend("serial")


def of(times, name="a.json", **settings):
    """Return the dataset of a record."""
    return dataset.from_record(record(times, **settings), name)


def with_items(count, digest="e3b0", name="a.json"):
    """Return the dataset of a record with the default search and of a function's loop over so many items."""
    own = Case.of("backends", "pool", {"function": "m:f", "workload": "none", "workers": 2})
    made = record({POOL2: [1.0, 2.0], own: [float(count)]})
    work = {**made.plan.work, own.id: Work(f"m:f equal {digest}", count, "item")}
    return own, dataset.from_record(replace(made, plan=replace(made.plan, work=work)), name)


def pairs(found):
    """Return (base id, other id) of all pairs."""
    return [(pair.base.id, pair.other.id) for pair in found.pairs]


# --- between files ------------------------------------------------------------------------------------------------


def test_equal_cases_are_paired_and_the_rest_is_listed():
    """A case of one side only, a failed one and a pending one are listed with the file that lacks it and why."""
    executor, threads = backend("executor", 2), backend("threads", 2)
    base = of({POOL2: 1.0, POOL4: 1.0, executor: 1.0}, pending=[threads])
    other = of({POOL2: 2.0, threads: 1.0}, "b.json", failures={executor: ("crashed", "why")})
    found = pairing.between("file", [base, other])
    assert [(POOL2.id, POOL2.id)] == pairs(found)
    assert {
        (POOL4.id, "b.json", Reason(Kind.NOT_MEASURED), False),
        (executor.id, "b.json", Reason.of(Kind.FAILED, how="crashed", message="why"), True),
        (threads.id, "a.json", Reason(Kind.PENDING), False),
    } == {(one.id, one.where, one.reason, one.failed) for one in found.unmatched}


def test_files_are_never_paired_round_by_round():
    """Two sessions share no rounds, however equal their numbers of processes."""
    found = pairing.between("file", [of({POOL2: [1.0, 2.0]}), of({POOL2: [1.0, 2.0]}, "b.json")])
    assert not found.pairs[0].paired


def test_every_other_file_is_compared_with_the_first():
    """Three files make two pairs, both against the first."""
    found = pairing.between("file", [of({POOL2: 1.0}, name) for name in ("a", "b", "c")])
    assert [("a", "b"), ("a", "c")] == [(pair.base_value, pair.other_value) for pair in found.pairs]


def test_skips_of_both_sides_are_not_listed():
    """What was never tried anywhere is no missing case."""
    skips = [Skip(backend("threads", 2), "missing", "not here")]
    found = pairing.between("file", [of({POOL2: 1.0}, skips=skips), of({POOL2: 1.0}, "b.json", skips=skips)])
    assert () == found.unmatched


def test_cases_of_other_work_are_listed_and_not_paired():
    """The items of a function have changed in between, and only the search is compared: the file has the same name."""
    own, base = with_items(8)
    _, more = with_items(16, "5feb", "b.json")
    found = pairing.between("file", [base, more])
    assert [(POOL2.id, POOL2.id)] == pairs(found)
    why = Reason.of(Kind.OTHER_WORK, work="m:f equal 5feb (16 items)", known="m:f equal e3b0 (8 items)")
    assert (pairing.Unmatched(own.id, "b.json", why),) == found.unmatched


def test_sessions_of_other_work_are_never_joined():
    """Two records of one side whose items differ give that case no time, and nothing is judged by half of them."""
    own, first = with_items(8)
    _, second = with_items(16, "5feb", "b.json")
    _, other = with_items(8, name="c.json")
    joined = pairing.joined([first, second], "a.json, b.json")
    assert (4, False) == (len(joined.cells[POOL2.id].samples), own.id in joined.cells)
    (only,) = pairing.between("file", [joined, other]).unmatched
    assert (own.id, "a.json, b.json", Kind.OTHER_WORK) == (only.id, only.where, only.reason.kind)


def test_what_does_not_know_its_work_is_paired():
    """A plain benchmark has none."""
    plain = [dataset.from_plain({"sort": [Process((1.0,), (), {})]}, name) for name in ("a", "b")]
    assert [("sort", "sort")] == pairs(pairing.between("file", plain))


def test_records_of_one_machine_are_joined():
    """Two records of model A and one of model B make one pair with the processes of both against the third's."""
    model_b = {"cpu_model": "Model B"}
    datasets = [of({POOL2: [1.0, 2.0]}), of({POOL2: [3.0]}, "b"), of({POOL2: [4.0]}, "c", machine=model_b)]
    (pair,) = pairing.between("machine", datasets).pairs
    assert (((1.0,), (2.0,), (3.0,)), ((4.0,),)) == (pair.base.samples, pair.other.samples)
    assert ("Model A, 8 CPUs", "Model B, 8 CPUs") == (pair.base_value, pair.other_value)


def test_one_machine_alone_cannot_be_compared():
    """The error names the only value there is."""
    with pytest.raises(UsageError, match="only one machine, Model A, 8 CPUs"):
        pairing.between("machine", [of({POOL2: 1.0}), of({POOL2: 1.0}, "b")])


# --- within a record ----------------------------------------------------------------------------------------------


def test_workers_are_divided_by_the_least():
    """2, 4 and 1 workers in any order: 1 is the base."""
    found = pairing.within("workers", of({POOL2: 1.0, POOL4: 1.0, backend("pool", 1): 2.0}))
    assert [(1, 2), (1, 4)] == [(pair.base_value, pair.other_value) for pair in found.pairs]


def test_words_are_divided_by_the_first_of_the_plan_or_the_one_that_is_named():
    """Start methods have no order but that of the plan."""
    cases = {backend("pool", 2, start=start): 1.0 for start in ("spawn", "fork")}
    assert ["spawn"] == [pair.base_value for pair in pairing.within("start", of(cases)).pairs]
    assert ["fork"] == [pair.base_value for pair in pairing.within("start", of(cases), "fork").pairs]


def test_all_other_axes_must_agree():
    """Executor with 2 workers is compared with pool with 2, never with pool with 4."""
    executor = backend("executor", 2)
    found = pairing.within("member", of({POOL2: 1.0, POOL4: 1.0, executor: 1.0}))
    assert [(POOL2.id, executor.id)] == pairs(found)
    assert [POOL4.id] == [one.id for one in found.unmatched]


def test_an_axis_without_meaning_agrees_with_every_value():
    """Threads have no start method, and stand against the pool of each."""
    threads = backend("threads", 2, start="none")
    fork, spawn = (backend("pool", 2, start=start) for start in ("fork", "spawn"))
    found = pairing.within("member", of({fork: 1.0, spawn: 1.0, threads: 1.0}))
    assert [(fork.id, threads.id), (spawn.id, threads.id)] == pairs(found)


def test_serial_and_ceiling_are_no_contestants_unless_named():
    """They are left out of the ranking; as the base, serial is the one that the plan names for each case."""
    times = {SERIAL: 4.0, backend("ceiling", 4): 1.0, POOL4: 1.5, backend("executor", 4): 1.5}
    ranked = pairing.within("member", of(times))
    assert ["executor"] == [pair.other_value for pair in ranked.pairs]
    against = pairing.within("member", of(times), "serial")
    assert [(SERIAL.id, POOL4.id), (SERIAL.id, backend("executor", 4).id)] == pairs(against)


def test_rounds_are_paired_only_if_both_sides_have_all():
    """Process i was measured in round i, unless one side lost some."""
    equal = pairing.within("workers", of({POOL2: [1.0, 2.0], POOL4: [1.0, 2.0]}))
    unequal = pairing.within("workers", of({POOL2: [1.0, 2.0], POOL4: [1.0]}))
    assert [True, False] == [equal.pairs[0].paired, unequal.pairs[0].paired]


@pytest.mark.parametrize(
    ("axis", "base", "said"),
    [("workers", None, "only 2"), ("size", None, "no value"), ("member", "pond", "no member pond; its values are")],
)
def test_what_cannot_be_paired_is_said(axis, base, said):
    """One value, no value, or a base that is not there; the message names what is there."""
    times = {POOL2: 1.0, backend("executor", 2): 1.0}
    with pytest.raises(UsageError, match=said):
        pairing.within(axis, of(times), base)


def test_families_are_never_mixed():
    """Each family has its own base: channels against a channel, backends against a backend."""
    pipe, queue = (Case.of("channels", name, {"size": 64}) for name in ("pipe", "queue"))
    executor = backend("executor", 2)
    found = pairing.within("member", of({pipe: 1.0, queue: 1.0, POOL2: 1.0, executor: 1.0}))
    assert [(pipe.id, queue.id), (POOL2.id, executor.id)] == pairs(found)
    assert () == found.unmatched


# --- datasets -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("machine", "field"),
    [
        ({"cpu_model": "Model B"}, "CPU model"),
        ({"usable_cpus": 2.5}, "usable CPUs"),
        ({"python_version": "3.11.8"}, "Python"),
        ({"gil": False}, "Python"),
        ({"python_implementation": "PyPy"}, "Python"),
    ],
)
def test_each_field_of_the_machine_is_seen(machine, field):
    """One patch version or half a CPU is a difference; the host's name and memory are none."""
    other = of({POOL2: 1.0}, "b", machine=machine)
    assert [field] == list(dataset.differences(of({POOL2: 1.0}), other))
    assert {} == dataset.differences(of({POOL2: 1.0}), of({POOL2: 1.0}, machine={"host_name": "x", "memory_bytes": 1}))


@pytest.mark.parametrize("told", [None, "aarch64", "ARMv8 Processor rev 3 (v8l)"])
def test_an_architecture_is_no_cpu_model(told):
    """Where there is nothing but it, the model is not told, and so neither like another one nor unlike."""
    arm = of({POOL2: 1.0}, "b", machine={"cpu_model": told, "architecture": "aarch64"})
    assert ("CPU model",) == dataset.untold(arm)
    assert {} == dataset.differences(of({POOL2: 1.0}), arm)


def test_workloads_differ_only_if_none_is_common():
    """A workload on one side only makes missing cases; no common one makes files that are not comparable."""
    textbook = backend("pool", 2, workload="textbook")
    assert {} == dataset.differences(of({POOL2: 1.0}), of({POOL2: 1.0, textbook: 1.0}))
    assert {"work": ("default", "textbook")} == dataset.differences(of({POOL2: 1.0}), of({textbook: 1.0}))


def test_a_plain_file_tells_what_pyperf_knows():
    """CPU model, the width of the affinity and the version without its bits; what is not there is not told."""
    metadata = {
        "cpu_model_name": "Model A",
        "cpu_affinity": "0-2,5",
        "python_version": "3.11.7 (64-bit)",
        "python_implementation": "cpython",
    }
    found = dataset.from_plain({"b": [Process((1.0,), (), metadata), Process((), ((1, 0.1),), metadata)]}, "x")
    assert ("Model A", "4", "CPython 3.11.7") == tuple(found.identity[name] for name in dataset.FIELDS[:3])
    assert ((1.0,),) == found.cells["b"].samples
    assert dataset.FIELDS[:3] == dataset.untold(dataset.from_plain({"b": [Process((1.0,), (), {})]}, "x"))


def test_normalised_times_are_one_over_the_speedup_round_by_round():
    """Rounds with serial 4 and 8 s and pool 2 and 2 s have relative times 1/2 and 1/4."""
    found = dataset.relative_to_baseline(of({SERIAL: [4.0, 8.0], POOL4: [2.0, 2.0]}))
    assert ((0.5,), (0.25,)) == found.cells[POOL4.id].samples
    assert SERIAL.id not in found.cells


def test_normalising_uses_equally_many_values_of_both():
    """With 2 values of the pool, the serial minimum is that of its first 2, not the lower third."""
    found = dataset.relative_to_baseline(of({SERIAL: [[4.0, 5.0, 1.0]], POOL4: [[2.0, 3.0]]}))
    assert ((0.5, 0.75),) == found.cells[POOL4.id].samples


def test_rounds_that_one_of_both_lacks_are_dropped():
    """Serial minima 9, 1 and 4, two pool times: each is divided by that of its own round, the third is left."""
    found = dataset.relative_to_baseline(of({SERIAL: [9.0, 1.0, 4.0], POOL4: [18.0, 3.0]}))
    assert ((2.0,), (3.0,)) == found.cells[POOL4.id].samples
    found = dataset.relative_to_baseline(of({SERIAL: [9.0, 1.0], POOL4: [18.0, 3.0, 7.0]}))
    assert ((2.0,), (3.0,)) == found.cells[POOL4.id].samples


def test_without_a_serial_time_a_case_is_listed():
    """Nothing is dropped: the case is absent, with the reason."""
    found = dataset.relative_to_baseline(of({POOL4: 1.0}))
    assert {} == found.cells and Reason(Kind.NO_BASELINE) == found.absent[POOL4.id]


def test_pythons_are_compared_by_equal_cases_alone():
    """The plain loops of two jobs have no axis in common that could differ: each is compared with itself."""
    primes = Case.of("backends", "serial", {"workload": "default", "function": "none"})
    own = Case.of("backends", "serial", {"workload": "none", "function": "os:urandom"})
    times = {(primes, "CPython 3.11"): 1.0, (own, "CPython 3.11"): 8.0, (primes, "CPython 3.14"): 2.0}
    times |= {(own, "CPython 3.14"): 4.0}
    cells = {
        key_of(case, side): dataset.Cell(key_of(case, side), case, "a", ((seconds,),), {}, side=side, python=side)
        for (case, side), seconds in times.items()
    }
    found = pairing.within(pairing.PYTHON_AXIS, dataset.Dataset("a", {}, cells, {}, frozenset()))
    assert [(primes, primes), (own, own)] == [(pair.base.case, pair.other.case) for pair in found.pairs]

"""What a run leaves behind."""

from __future__ import annotations

from bench.core.case import Case
from bench.core.machine import Machine
from bench.core.plan import EFFORTS, Plan
from bench.core.record import Failure, Process, Record, Result

CASE = Case.of("backends", "pool", {"workers": 2})
OTHER = Case.of("backends", "serial", {"workers": 1})


def machine(**changes):
    """Return a machine of which little is known."""
    fields = dict.fromkeys(Machine.__dataclass_fields__)
    return Machine(**fields | {"usable_cpus": 2.0} | changes)


def record():
    """Return a record without outcomes."""
    plan = Plan((CASE, OTHER), (), EFFORTS["fast"], (0,), {})
    return Record(plan, machine(), "primebench run", "2026-01-01T00:00:00Z", {}, {})


def result(*values, case=CASE, loops=4):
    """Return a result with a calibration and one measuring process."""
    return Result(case, (Process((), ((1, 0.5),), {}), Process(values, (), {"loops": loops})))


def test_visits_add_up():
    """Processes of later visits go behind those of earlier ones."""
    after = record().with_outcome(result(1.0, 2.0)).with_outcome(result(3.0, 4.0))
    assert after.results[CASE.id].samples == ((1.0, 2.0), (3.0, 4.0))
    assert after.failures == {}


def test_a_failure_takes_the_place_of_the_times():
    """Times of a case that failed later cannot be trusted, and later times do not bring them back."""
    failure = Failure(CASE, "crashed", "gone")
    after = record().with_outcome(result(1.0)).with_outcome(failure).with_outcome(result(2.0))
    assert after.results == {}
    assert after.failures == {CASE.id: failure}


def test_one_bad_case_costs_no_other():
    """The times of other cases stay when one fails."""
    good = result(1.0, case=OTHER)
    after = record().with_outcome(good).with_outcome(Failure(CASE, "crashed", "gone"))
    assert after.results == {OTHER.id: good}


def test_a_record_never_changes():
    """A visit makes a new record and leaves the old one as it was."""
    before = record()
    before.with_outcome(result(1.0))
    assert before == record()


def test_calibrations_are_no_samples():
    """A process without values is a calibration: it is kept, but is no sample."""
    assert result(1.0).samples == ((1.0,),)
    assert len(result(1.0).processes) == 2


def test_loops_come_from_a_process_that_measured():
    """The number of loops is what a measuring process says; nobody says it when nothing was measured."""
    assert result(1.0, loops=8).loops == 8
    assert result(1.0, loops=None).loops is None
    assert Result(CASE, (Process((), ((1, 0.5),), {"loops": 3}),)).loops is None


def test_workers_of_a_machine_are_whole():
    """A machine with half a CPU has one worker, one with two and a half has two."""
    assert machine(usable_cpus=0.5).usable_workers == 1
    assert machine(usable_cpus=2.5).usable_workers == 2

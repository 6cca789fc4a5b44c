"""Series from records: what is joined, what stays apart, and in which order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.core.commit import Commit
from bench.core.python import Python
from bench.core.side import AGAIN, BASE, CONTROL, HEAD, SAME, Side, slow_name
from bench.samples.history import COMMIT, history
from tests.support.records import backend, record

POOL = backend("pool", 2)


def taken(day, seconds=1.0, commit=None, **machine):
    """Return a record of a pool on a day of January."""
    made = record({POOL: [seconds] * 6}, machine=machine)
    return replace(made, started_at=f"2026-01-{day:02}T12:00:00+00:00", commit=commit)


def series_of(records):
    """Return the series of records in the order in which these were taken."""
    return history(records).series


def test_like_records_are_one_series_in_the_order_of_time():
    """Three records, named out of order: the points stand by the day on which they were taken."""
    records = {"c": taken(3, 3.0), "a": taken(1, 1.0), "b": taken(2, 2.0)}
    (series,) = series_of(records)
    assert [(point.seconds, point.record) for point in series.points] == [(1.0, "a"), (2.0, "b"), (3.0, "c")]


def test_unlike_machines_are_apart():
    """Another CPU, another number of CPUs and another minor version of Python have series of their own."""
    records = {
        "a": taken(1),
        "patch": taken(2, python_version="3.11.9"),
        "minor": taken(3, python_version="3.12.0"),
        "cpus": taken(4, usable_cpus=2),
        "model": taken(5, cpu_model="Model B"),
        "free": taken(6, gil=False),
    }
    assert sorted(len(one.points) for one in series_of(records)) == [1, 1, 1, 1, 2]


def test_without_a_cpu_model_machines_are_joined_unless_something_else_speaks_against_it():
    """An older record of an ARM machine has its architecture there: memory, CPUs and host tell such machines apart."""
    arm = {"cpu_model": "aarch64", "architecture": "aarch64"}
    records = {
        "a": taken(1, **arm),
        "again": taken(2, **arm | {"cpu_model": None}),
        "memory": taken(3, **arm, memory_bytes=2**35),
        "cpus": taken(4, **arm, logical_cpus=16),
        "host": taken(5, **arm, host_name="rack"),
        "model": taken(6, **arm | {"cpu_model": "CPU implementer 0x41, part 0xd0c"}),
    }
    found = {one.points[0].record: (len(one.points), one.model_known) for one in series_of(records)}
    apart = dict.fromkeys(("memory", "cpus", "host"), (1, False))
    assert {"a": (2, False), **apart, "model": (1, True)} == found


def test_unlike_jobs_are_apart():
    """A search of another range is another job."""
    other = backend("pool", 2, workload="textbook")
    found = series_of({"a": taken(1), "b": record({other: [1.0]})})
    assert len(found) == 2


def test_two_records_of_one_instant_are_two_points():
    """They stand by their names."""
    (series,) = series_of({"b": taken(1, 2.0), "a": taken(1, 1.0)})
    assert [point.record for point in series.points] == ["a", "b"]


def test_an_old_commit_that_is_measured_later_stands_at_its_own_place():
    """By commit, two nights come first and then what was measured between them; hours are those of one clock."""
    records = {
        "new": taken(1, 3.0, Commit("c" * 40, "2026-01-01T08:00:00+00:00", changed=False)),
        "old": taken(9, 1.0, Commit("a" * 40, "2025-06-01T08:00:00+00:00", changed=False)),
        "east": taken(5, 2.0, Commit("b" * 40, "2026-01-01T09:30:00+02:00", changed=False)),
    }
    (by_record,), (by_commit,) = history(records).series, history(records, COMMIT).series
    assert [point.record for point in by_record.points] == ["new", "east", "old"]
    assert [point.record for point in by_commit.points] == ["old", "east", "new"]


def test_one_commit_measured_twice_is_two_points_in_the_order_of_their_records():
    """The commit says nothing about which of them was first."""
    commit = Commit("c" * 40, "2026-01-01T08:00:00+00:00", changed=False)
    (series,) = history({"a": taken(3, commit=commit), "b": taken(2, commit=commit)}, COMMIT).series
    assert [point.record for point in series.points] == ["b", "a"]


def test_what_has_no_date_of_a_commit_has_no_place_by_commit():
    """Without a commit, and with a hash alone: both are told, and the third is a point."""
    dated = Commit("c" * 40, "2026-01-01T08:00:00+00:00", changed=False)
    records = {"a": taken(1), "b": taken(2, commit=Commit("b" * 40, "", changed=False)), "c": taken(3, commit=dated)}
    found = history(records, COMMIT)
    assert [point.record for one in found.series for point in one.points] == ["c"]
    assert [point.record for point in found.undated] == ["a", "b"]
    assert () == history(records).undated


def by_sides(made, sides, pairs=None):
    """Return the record with the times of a pool by each of these sides: in pairs, or each in rounds of its own."""
    plan = replace(made.plan, measured_by={POOL.id: tuple(sides)}, effort=replace(made.plan.effort, pairs=pairs))
    results = {f"{POOL.id} side={name}": replace(made.results[POOL.id], side=name) for name in sides}
    return replace(made, plan=plan, results=results, sides=sides)


def pythons(**versions):
    """Return sides by name, each a build of CPython of that version; ``t`` at its end is one without a lock."""
    facts = Python("CPython", "", "GCC 12", False, True, True, "generational", "fork")
    return {
        name: Side(
            name,
            python_version=version.rstrip("t"),
            facts=replace(facts, version=version.rstrip("t"), free_threaded=version.endswith("t")),
        )
        for name, version in versions.items()
    }


def test_of_a_gate_the_head_is_kept():
    """Base and both controls are no points: base has records of its own."""
    sides = {name: Side(name, commit="f" * 40, python_version="3.11.7") for name in (BASE, HEAD, CONTROL, AGAIN)}
    (series,) = series_of({"gate": by_sides(taken(1), sides, pairs=20)})
    (point,) = series.points
    assert point.commit == Commit("f" * 40, "", changed=False)


def test_of_a_selftest_what_is_slowed_on_purpose_is_no_point():
    """Its sides are one code three times, a control twice, and one that does 5 % more work."""
    sides = {name: Side(name) for name in (BASE, SAME, slow_name(5), CONTROL, AGAIN)}
    (series,) = series_of({"selftest": by_sides(taken(1), sides, pairs=20)})
    assert 1 == len(series.points)


def test_a_build_without_the_lock_is_another_python_of_the_same_record():
    """Two nights with both builds of one version: two series of two points, and neither is the running Python's."""
    sides = pythons(usual="3.14.4", free="3.14.4t")
    found = series_of({name: by_sides(taken(day), sides) for day, name in enumerate("ab", 1)})
    told = {one.machine.partition("CPUs, ")[2]: [point.record for point in one.points] for one in found}
    assert {"CPython 3.14": ["a", "b"], "CPython 3.14, free-threaded": ["a", "b"]} == told


def test_two_environments_of_one_python_are_told_apart_by_their_sides():
    """A third Python of the record stands alone, and joins what was measured by itself."""
    sides = pythons(plain="3.14.4", numba="3.14.4", old="3.11.7")
    found = series_of({"a": taken(1), "b": by_sides(taken(2), sides)})
    told = {one.machine.partition("CPUs, ")[2]: [point.record for point in one.points] for one in found}
    assert {"CPython 3.11": ["a", "b"], "CPython 3.14 (plain)": ["b"], "CPython 3.14 (numba)": ["b"]} == told


def test_several_pythons_measure_the_commit_of_their_record():
    """The code is the same for all of them, and each has a place by commit."""
    commit = Commit("c" * 40, "2026-01-01T08:00:00+00:00", changed=False)
    found = history({"a": by_sides(taken(1, commit=commit), pythons(old="3.11.7", new="3.14.4"))}, COMMIT)
    assert ([commit, commit], ()) == ([point.commit for one in found.series for point in one.points], found.undated)


def test_a_step_is_found():
    """Ten records at 1 s and ten at 1.5 s: the change stands at the eleventh."""
    (series,) = series_of({f"{day:02}": taken(day, 1.0 if day <= 10 else 1.5) for day in range(1, 21)})
    assert [change.at for change in series.changes] == [10]


def test_a_failed_case_is_no_point():
    """A record in which the case failed has no time for it."""
    failed = record({}, failures={POOL: ("crashed", "it ended")})
    (series,) = series_of({"a": taken(1), "b": failed})
    assert len(series.points) == 1


@pytest.mark.parametrize(("doubtful", "sure"), [(0, True), (2, True), (3, False), (5, False)])
def test_no_change_is_sure_that_rests_on_times_in_doubt(doubtful, sure):
    """Of five times before and five since, three of each must be out of doubt, as many as a change needs."""
    records = {str(day): taken(day, (2.0 if day > 5 else 1.0) + day / 1000) for day in range(1, 11)}
    busy = [records[str(day)] for day in range(6, 6 + doubtful)]

    def doubts(record):
        return {key: ["busy"] for key in record.results} if any(record is one for one in busy) else {}

    (series,) = history(records, doubts=doubts).series
    (change,) = series.changes
    assert (5, sure) == (change.at, change.sure)
    assert sure != series.in_doubt(change)

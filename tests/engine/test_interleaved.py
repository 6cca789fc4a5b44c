"""Sides that measure, alone and together."""

from __future__ import annotations

from pathlib import Path

from bench.core.case import Case
from bench.core.cpus import allowed_cpus
from bench.core.plan import Effort
from bench.core.record import Result
from bench.core.stamps import TURNS
from bench.core.visit import Visit
from bench.engine import interleaved, sides
from bench.engine.launch import launch
from bench.engine.virtual_environment import again, scratch_folder
from bench.store import suite

CPUS = allowed_cpus()
SMALL = Case.of(
    "backends",
    "serial",
    {"kernel": "trial-division", "workload": "0:100", "workers": 1, "answer": "flags"}
    | dict.fromkeys(("start", "task", "chunksize", "phase", "pin", "tasks_per_child"), "none"),
)


def test_two_refs_measure_in_turns(inside):
    """Sides of two commits run a real case together: verified, in turns, with what others used beside them."""
    effort = Effort(rounds=1, values=3, warmups=1, min_time_s=0.001, timeout_s=60)
    with scratch_folder() as scratch:
        both = {"base": sides.build("old", scratch), "head": sides.build("HEAD", scratch)}
        visits = {name: Visit(SMALL, effort, CPUS, 1, both[name]) for name in ("head", "base")}
        found = interleaved.measure(visits)
        for (name, outcome), expected in zip(found, ("head", "base"), strict=True):
            assert expected == name
            assert isinstance(outcome, Result), outcome
            (process,) = outcome.processes
            assert 3 == len(process.values)
            assert both[name].python == process.metadata["python_executable"]
            assert process.metadata["primebench_others_cpus"] >= 0
            assert 1 == process.metadata[TURNS]
            # Alone on a CPU of its own each would measure that CPU as well.
            assert str(CPUS[0]) == process.metadata["cpu_affinity"]
        assert inside == Path.cwd()


def test_a_ref_can_calibrate(inside):
    """A side alone runs a case without waiting for a turn, and finds out how often to loop."""
    effort = Effort(rounds=1, values=1, warmups=0, min_time_s=0.001, timeout_s=60)
    with scratch_folder() as scratch:
        outcome = launch(Visit(SMALL, effort, CPUS, None, sides.build("old", scratch)))
    assert isinstance(outcome, Result), outcome
    assert outcome.loops >= 1


def test_builds_of_a_side_share_a_record(inside):
    """Times of two builds of a side make one case of a record, and tell the source that each was measured with."""
    effort = Effort(rounds=1, values=1, warmups=0, min_time_s=0.001, timeout_s=60)
    with scratch_folder() as scratch:
        first = sides.build("old", scratch)
        second = again(first, scratch)
        found = [launch(Visit(SMALL, effort, CPUS[:1], 1, side)) for side in (first, second)]
    both = found[0].joined(found[1])
    assert 1 == len(suite.to_suite([both]).get_benchmarks())
    told = {process.metadata["primebench_source_folder"] for process in both.processes}
    assert {first.source, second.source} == told

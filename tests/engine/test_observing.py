"""Observing one more body behind the times, with real processes."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace

import pytest

from bench.analysis.decomposition import decompose
from bench.core.case import Case
from bench.core.plan import Effort
from bench.core.record import Failure, Result
from bench.core.visit import Visit
from bench.engine import session
from bench.engine.launch import launch
from bench.engine.worker import observing
from tests.support.cases import usual

EFFORT = Effort(rounds=1, values=1, warmups=0, min_time_s=0.001, timeout_s=30.0)
CPUS = tuple(sorted(os.sched_getaffinity(0)))[:2]

KERNEL = """
import os, signal, sys, time
def is_prime(number):
    if number == 3 and "bench.engine.worker.observing" in sys.modules:
        {harm}
    return number > 1 and all(number % small for small in range(2, number))
"""


def case(member="serial", **params):
    """Return a case of the backends; axes that are not named have their default."""
    return usual(member, **{"workers": 2} | params)


def visited(one, effort=EFFORT):
    """Return what comes of an observed visit."""
    return launch(Visit(one, effort, CPUS, 1, observe=True))


@pytest.mark.parametrize("member", ["pool", "thread-pool"])
def test_a_whole_body_is_observed_from_begin_to_end(member):
    """Eight chunks, long enough that CPU time is told; workers work inside of the call, that inside of the whole."""
    found = visited(case(member, workload="default"))
    assert isinstance(found, Result), found
    seen = found.observation
    assert (seen.workers, seen.whole, seen.items, seen.lost) == (2, True, 8, 0)
    assert 0 == seen.begun <= seen.ready <= seen.called <= seen.answered <= seen.gone
    assert all(seen.called <= span.begin <= span.end <= seen.answered for span in seen.spans)
    assert sum(total.items for total in seen.totals) == len(seen.spans) == 8
    for total in seen.totals:
        own = [span for span in seen.spans if span.worker == total.worker]
        assert total.cpu == pytest.approx(sum(span.cpu for span in own))
        assert total.cpu + (total.delay or 0) <= total.inside + 1e-6
    made = decompose(seen)
    assert made.parts.whole == pytest.approx(2 * seen.wall_s)
    assert made.parts.useful == pytest.approx(sum(total.cpu for total in seen.totals))
    assert abs(made.parts.unexplained) <= 0.1 * made.parts.whole
    assert 0 < seen.cpu_ratio
    assert seen.memory_bytes > 1 << 20
    metadata = found.processes[-1].metadata
    assert metadata["primebench_cpu"] == pytest.approx(seen.cpu_ratio, abs=1e-4)
    assert metadata["primebench_memory_bytes"] == seen.memory_bytes


def test_a_standing_crew_is_observed_from_call_to_answer():
    """Making and ending it are not timed, and all of its workers were ready."""
    seen = visited(case("pool", workload="textbook", phase="map")).observation
    assert (seen.whole, seen.ready, seen.called) == (False, None, 0.0)
    assert [total.ready for total in seen.totals] == [0.0, 0.0]
    assert sum(total.items for total in seen.totals) == 8
    assert seen.gone == seen.answered == seen.wall_s


def test_each_copy_of_the_ceiling_notes_all_of_the_work():
    """Two copies of one item each."""
    seen = visited(case("ceiling", workload="textbook")).observation
    assert [total.items for total in seen.totals] == [1, 1]
    assert (seen.items, seen.lost) == (2, 0)


def test_threads_share_a_process_and_hide_what_only_messages_tell():
    """Nothing is pickled, and nothing received."""
    seen = visited(case("thread-pool", workload="textbook")).observation
    assert {total.process for total in seen.totals} == {-1}
    assert seen.why("spans.received") == seen.why("totals.ready") == "same-process"
    assert seen.why("bytes_out") == "not-pickled"


def test_other_families_have_cpu_and_memory_and_no_items():
    """A pipe has no job."""
    from bench.families.channels._family import FAMILY as CHANNELS

    params = {axis.name: axis.default() for axis in CHANNELS.axes}
    seen = visited(Case.of("channels", "pipe", CHANNELS.fit("pipe", params))).observation
    assert seen.cpu_s > 0 and seen.memory_bytes > 0
    assert seen.why("spans") == "no-job"


def test_a_visit_that_is_not_to_be_observed_is_not():
    """A gate's visits do not ask for it."""
    found = launch(Visit(case(workload="textbook"), EFFORT, CPUS, 1))
    assert isinstance(found, Result) and found.observation is None
    assert not any("memory_bytes" in name for name in found.processes[-1].metadata)


@pytest.mark.parametrize(
    ("member", "harm", "why"),
    [
        ("executor", "os.kill(os.getpid(), signal.SIGKILL)", "crashed"),
        ("serial", "os._exit(3)", "crashed"),
        ("serial", "return False", "wrong-answer"),
        ("serial", "time.sleep(60)", "timed-out"),
    ],
)
def test_harm_that_is_done_while_observing_costs_no_time_taken(member, harm, why, tmp_path):
    """Only the observed body meets it: a worker killed, the program ended, a wrong result, one that never comes."""
    place = tmp_path / "kernel.py"
    place.write_text(KERNEL.format(harm=harm))
    start = {"start": "fork"} if member == "executor" else {}  # so that workers know that they are observed
    one = case(member, kernel=str(place), task="number", workload="0:20", **start)
    found = visited(one, replace(EFFORT, timeout_s=2.0) if why == "timed-out" else EFFORT)
    if why == "timed-out" and isinstance(found, Failure):  # before anything was observed, on a busy machine
        found = visited(one)
    assert isinstance(found, Result), found
    assert len(found.samples) == 1
    assert found.observation.why("all") == why
    assert found.observation.spans == ()


def test_every_process_that_had_an_item_counts():
    """Ten workers or more of two items at most, of which some live between two looks at the tree, and their parent."""
    seen = visited(case("pool", tasks_per_child=2, chunksize=50, workload="textbook")).observation
    assert sum(total.items for total in seen.totals) == 20
    assert max(total.items for total in seen.totals) == 2
    assert seen.processes >= len(seen.totals) + 1 >= 11


def test_what_a_case_leaves_behind_is_a_failure_although_it_was_observed(tmp_path, monkeypatch):
    """Observing went well, so the process that stays belongs to the case."""
    monkeypatch.setattr(session, "_GRACE_S", 1.0)
    place = tmp_path / "kernel.py"
    place.write_text(KERNEL.format(harm='import subprocess; subprocess.Popen(["sleep", "60"])'))
    found = visited(case(kernel=str(place), task="number", workload="0:20"))
    assert (found.kind, len(found.left)) == ("leaked", 1), found


def test_a_body_that_meets_its_deadline_is_left():
    """Ten seconds of sleep in a body that has a tenth of one; whoever catches errors of tasks does not catch that."""

    def body():
        try:
            time.sleep(10)
        except Exception:
            pytest.fail("taken for an error of a task")

    with pytest.raises(observing._TooLate), observing._deadline(0.1):
        body()
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)

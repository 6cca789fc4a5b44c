"""What mappers tell besides results: what is switched off in their libraries, and what they decided by themselves."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace

import pytest

from bench.core.errors import BrokenPlugin
from bench.core.job import Job
from bench.families.backends import _backend, _family
from bench.families.backends._facts import Facts
from tests.support.cases import usual
from tests.support.skips import need

PROGRAM = """
import json
from operator import attrgetter
from bench.contract.backend import Crew
from bench.families.backends import _backend

with _backend.load({name!r}).open_mapper(Crew(workers={workers})) as mapper:
    found = {called}
    print(json.dumps([found, mapper.facts()]))
"""


def called(name, call, workers=2):
    """Return what a call of a backend's mapper gives, and the facts behind it; here a library would leave processes."""
    need(name.partition("-")[0])
    program = PROGRAM.format(name=name, workers=workers, called=call)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    return json.loads(done.stdout)


def sizes_of(facts):
    """Return the size of each batch, in the order of the sizes."""
    pairs = [part.split("x") for part in facts["batch_sizes"].split()]
    return [int(size) for size, times in pairs for _ in range(int(times))]


@pytest.mark.parametrize(("name", "idle_s"), [("joblib", 1_000_000), ("loky", "none"), ("loky-reusable", "none")])
def test_workers_are_not_replaced_when_they_have_grown(name, idle_s):
    """In each worker the look at its memory is off; that is told, and when a worker would end for want of work."""
    library = "joblib.externals.loky" if name == "joblib" else "loky"
    # A module travels as its name: what is read is the worker's.
    module = f"__import__('{library}.process_executor', fromlist=['x'])"
    found, facts = called(name, f"mapper(attrgetter('_USE_PSUTIL'), [{module}] * 4, 1)")
    assert [False] * 4 == found
    assert ("off", idle_s) == (facts["memory_restarts"], facts["idle_timeout_s"])


def test_workers_of_joblib_wait_for_work_as_long_as_is_told():
    """The time-out of the executor that joblib has made is the one in the facts, and not its own 300 s."""
    executor = "__import__('joblib.externals.loky.reusable_executor', fromlist=['x'])._executor"
    (_, timeout_s), facts = called("joblib", f"mapper(abs, range(4), 1), {executor}._timeout")
    assert timeout_s == facts["idle_timeout_s"]


def test_joblib_tells_into_which_batches_it_cut_the_last_call():
    """Batches of the last call hold all its items: single ones at first, by which it learns, then more."""
    _, facts = called("joblib", "mapper(abs, range(7), None) + mapper(abs, range(2000), None)")
    sizes = sizes_of(facts)
    assert (2000, len(sizes)) == (sum(sizes), facts["batches"])
    assert sizes[0] == 1 and max(sizes) > 1


def test_joblib_tells_that_its_batches_had_the_size_that_was_asked_for():
    """160 items in batches of 8: no batch is larger than 8."""
    _, facts = called("joblib", "mapper(abs, range(160), 8)")
    sizes = sizes_of(facts)
    assert (160, 8) == (sum(sizes), max(sizes))


def test_joblib_with_one_worker_tells_nothing():
    """It starts no process then, and cuts nothing."""
    assert [[1], {}] == called("joblib", "mapper(abs, [-1], None)", workers=1)


class Telling:
    """A mapper that says how many items it was last given."""

    def __call__(self, task, items, chunksize):
        self.given = len(items)
        return list(map(task, items))

    def facts(self):
        return {"given": self.given}


@pytest.mark.parametrize("phase", ["whole", "map"])
def test_facts_of_a_mapper_are_those_of_the_trial(monkeypatch, phase):
    """They bear the name of the backend, also when the workers of the body have ended by then."""

    @contextmanager
    def opened(_crew):
        yield Telling()

    loaded = _backend.load("executor-submit")
    monkeypatch.setattr(_family._backend, "load", lambda _name: replace(loaded, open_mapper=opened))
    monkeypatch.setattr(_family, "warm_up", lambda *_: None)
    job = Job(task=abs, items=[-1, -2], chunksize=1, check=lambda _: None, warm=lambda: None)
    with _family.prepare(usual("executor-submit", "primes", phase=phase), lambda *_: job) as trial:
        trial.check(trial.body())
        assert {"executor_submit_given": 2} == trial.facts()


def test_a_fact_that_no_record_could_keep_is_a_fault_of_the_backend():
    """A list is refused with the name of the backend and of the fact."""

    class Lists(Telling):
        def facts(self):
            return {"sizes": [1, 2]}

    facts = Facts("my-backend")
    facts.of(Lists())
    with pytest.raises(BrokenPlugin, match=r"my-backend: the fact sizes of its mapper is \[1, 2\]"):
        facts()


def test_a_mapper_that_tells_nothing_has_no_facts():
    """Plain functions are mappers."""
    facts = Facts("pool")
    facts.of(lambda task, items, chunksize: [])
    assert {} == facts()

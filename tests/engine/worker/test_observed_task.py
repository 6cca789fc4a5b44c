"""The task that is observed: what a worker does before its first item is none of that item."""

from __future__ import annotations

from time import monotonic_ns

from bench.engine.worker.gathering import gathered
from bench.engine.worker.observed_task import Observed
from bench.engine.worker.watch import Watch


class Task:
    """A task with a set-up that takes until the clock has gone on, and notes when it is called."""

    def __init__(self):
        self.deeds = []

    def set_up(self):
        self.deeds.append(("set up", monotonic_ns()))

    def __call__(self, item):
        self.deeds.append((item, monotonic_ns()))
        return item


def test_a_worker_is_able_to_take_items_when_it_has_been_set_up(tmp_path):
    """Once, before its first item and outside of it: in a thread of the measuring process, too."""
    watch, task = Watch(str(tmp_path)), Task()
    watch.moments = {"begun": monotonic_ns(), "ready": monotonic_ns(), "called": monotonic_ns()}
    watch.items = 2
    observed = Observed(task, str(tmp_path))
    assert [1, 2] == [observed(item) for item in (1, 2)]
    watch.moments |= {"answered": monotonic_ns(), "gone": monotonic_ns()}
    assert ["set up", 1, 2] == [what for what, _ in task.deeds]
    (total,) = gathered(watch, 1, has_job=True).totals
    set_up, first = (watch.seconds(at) for _, at in task.deeds[:2])
    assert set_up <= total.ready <= total.first <= first
    assert total.items == 2

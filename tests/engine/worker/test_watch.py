"""What the parent of an observed body uses, from which moment on."""

from __future__ import annotations

import time

import pytest

from bench.engine.worker.watch import Watch


def spend(cpu_s):
    """Use so much CPU time."""
    until = time.process_time() + cpu_s
    while time.process_time() < until:
        pass


@pytest.mark.parametrize(("moments", "counts"), [(("called",), False), (("begun", "called"), True)])
def test_warming_workers_counts_where_making_them_does(tmp_path, moments, counts):
    """0.2 s of CPU time before the call, and next to none behind it: nobody's, unless the workers were begun before."""
    *before, called = moments
    with Watch(str(tmp_path)) as watch:
        for moment in before:
            watch.note(moment)
        spend(0.2)
        watch.note(called)
        watch.note("answered")
    assert counts == (watch.samples[-1].cpu_s >= 0.2)
    assert all(sample.at >= 0 for sample in watch.samples)

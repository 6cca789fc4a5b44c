"""What is told of an executor that may never end."""

from __future__ import annotations

import pytest

from bench.families.backends import _backend, _family
from bench.jobs.primes import JOB
from tests.support.cases import usual


@pytest.mark.parametrize("name", ["executor", "executor-submit"])
@pytest.mark.parametrize(("limit", "known"), [("none", False), (1, False), (2, True)])
@pytest.mark.parametrize("phase", ["whole", "open"])
def test_an_executor_that_replaces_workers_comes_with_its_known_fault(name, limit, known, phase):
    """With more than one task per child the trial names CPython's gh-115634, and with one or no limit nothing."""
    case = usual(name, start="spawn", tasks_per_child=limit, phase=phase)
    with _family.prepare(case, JOB.make) as trial:
        assert known is ("gh-115634" in trial.caution)


def test_others_that_replace_workers_do_not():
    """A pool makes a new worker for each that ends."""
    with _family.prepare(usual("pool", start="spawn", tasks_per_child=2), JOB.make) as trial:
        assert not trial.caution
    assert _backend.load("pool").caution(None) is None

"""What every backend promises, checked for each public file in bench/families/backends, whoever wrote it."""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING

import pytest

from bench.core import catalog
from bench.core.family import Missing, Unfit
from bench.engine import faults, session
from bench.engine.supervisor import temp_folder
from bench.families.backends import _backend, _family
from bench.jobs.primes import JOB
from tests.support.skips import skip

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = catalog.names(_backend.PACKAGE)
STARTS = multiprocessing.get_all_start_methods()


def _searches() -> Iterator[tuple[str, str]]:
    for name in NAMES:
        processes = _backend.load(name).parallelism == "processes" and "start" not in _backend.load(name).fixed
        yield from ((name, start) for start in (STARTS if processes else STARTS[:1]))


@pytest.mark.parametrize(("name", "start"), list(_searches()))
def test_every_search_is_right_and_leaves_nothing_behind(name: str, start: str) -> None:
    """Each task, answer and phase, pinned, empty and tiny, gives the truth; no process and no segment stays."""
    backend = _backend.load(name)
    if backend.missing:  # of the standard library's, because this Python is too old
        (skip if catalog.extra(_backend.PACKAGE, name) else pytest.skip)(backend.missing)
    # Where workers are dear to make, standing ones do the jobs that travel to them alike in each phase.
    cheap = not backend.standing or (start == STARTS[0] and catalog.extra(_backend.PACKAGE, name) is None)
    with temp_folder("primebench-") as folder:  # its path is short, because sockets are made in it
        ending, said = faults.searches(name, start, "all" if cheap else "few", 120.0, folder)
    assert ending == session.Ending(0, (), ()), said
    assert int(said.removesuffix(" ways")) >= 4


@pytest.mark.parametrize("name", NAMES)
def test_file_says_what_the_backend_is(name: str) -> None:
    """Each file has a summary that fits a line, and allowed values in the names that the contract knows."""
    summary = catalog.summary(_backend.PACKAGE, name)
    assert summary.endswith(".")
    assert len(summary) < 120
    backend = _backend.load(name)
    assert backend.parallelism in {"none", "threads", "interpreters", "processes", "hosts"}
    assert backend.takes <= {"tasks_per_child"}
    assert set(backend.fixed) <= {axis.name for axis in _family.AXES}
    assert backend.missing is None or backend.missing.endswith(".")


@pytest.mark.parametrize("name", NAMES)
def test_refuses_a_sieve_number_by_number(name: str) -> None:
    """Where the task is single numbers, a kernel without a single-number form is unfit, with the reason."""
    params = {axis.name: axis.default() for axis in (*_family.AXES, *JOB.axes)} | {"kernel": "sieve", "task": "number"}
    backend = _backend.load(name)
    if backend.missing:
        with pytest.raises(Missing, match="3.14"):
            _family.fit(name, params, JOB)
    elif backend.fixed.get("chunksize") == "none":
        assert _family.fit(name, params, JOB)["task"] == "none"
    else:
        with pytest.raises(Unfit, match="no single-number form"):
            _family.fit(name, params, JOB)

"""What every backend promises, checked for each public file in bench/families/backends, whoever wrote it."""

from __future__ import annotations

import multiprocessing
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bench.core import catalog
from bench.core.family import Missing, Unfit
from bench.engine import session
from bench.families.backends import _backend, _family
from bench.jobs.primes import JOB

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = catalog.names(_backend.PACKAGE)
STARTS = multiprocessing.get_all_start_methods()
PROGRAM = Path(__file__).with_name("every_search.py")
ROOT = Path(__file__).parents[2]


def _searches() -> Iterator[tuple[str, str]]:
    for name in NAMES:
        processes = _backend.load(name).parallelism == "processes" and "start" not in _backend.load(name).fixed
        yield from ((name, start) for start in (STARTS if processes else STARTS[:1]))


@pytest.mark.parametrize(("name", "start"), list(_searches()))
def test_every_search_is_right_and_leaves_nothing_behind(name: str, start: str, tmp_path: Path) -> None:
    """Each task, answer and phase, pinned, empty and tiny, gives the truth; no process and no segment stays."""
    reason = _backend.load(name).missing
    if reason:
        pytest.skip(reason)
    paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    ending = session.run(
        [sys.executable, str(PROGRAM), name, start],
        env={**os.environ, "PYTHONPATH": paths},
        stdout=tmp_path / "stdout",
        stderr=tmp_path / "stderr",
        timeout_s=120.0,
    )
    assert ending == session.Ending(0, (), ()), (tmp_path / "stderr").read_text()
    assert int((tmp_path / "stdout").read_text()) >= 4


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

"""Conditions of a record as options of a command."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.app.conditions import conditions
from bench.families.backends._family import FAMILY
from tests.support.records import MACHINE, backend, record

DEFAULT = next(axis.default() for axis in FAMILY.axes if axis.name == "start")


def made(affinity: tuple[int, ...] = tuple(range(8)), environ: str = "", start: str = "none") -> str:
    """Return the options of a record that was made on eight CPUs with so many of them, variables and a start method."""
    plain = record({backend("serial"): [[1.0]]})
    plan = replace(plain.plan, affinity=affinity)
    jobs = {"key": {"count": 1, **({"environ": environ} if environ else {})}}
    return conditions(replace(plain, plan=plan, jobs=jobs, machine=MACHINE), start)


@pytest.mark.parametrize("start", ["none", DEFAULT])
def test_what_is_so_by_default_is_not_said(start: str) -> None:
    """All CPUs, the start method that is usual here, or none, and no variable but those for numbers of threads."""
    assert made(environ="OMP_NUM_THREADS=1", start=start) == ""


def test_another_start_method_is_said() -> None:
    """It decides what making a worker costs."""
    other = "spawn" if DEFAULT == "fork" else "fork"
    assert made(start=other) == f" --start {other}"


def test_some_of_the_cpus_are_said() -> None:
    """As the option takes them."""
    assert made(affinity=(0, 2, 3)) == " --affinity 0,2-3"


def test_variables_that_were_handed_on_are_said() -> None:
    """Those alone: what libraries are told of threads is handed on unasked."""
    assert made(environ="MKL_NUM_THREADS=2, MODEL, TOKEN") == " --inherit-environ MODEL,TOKEN"

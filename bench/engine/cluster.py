"""A cluster that stays ready while its backend is measured: looked at once, outside the clock, and left as it was."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from select import select
from typing import TYPE_CHECKING, Any

from bench.cluster.access import ADDRESS
from bench.cluster.errors import ClusterFailed
from bench.contract.backend import HOSTS
from bench.core import catalog, start
from bench.core.case import NONE
from bench.core.machine import Machine
from bench.core.record import Skip

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bench.core.case import Case, Value
    from bench.core.plan import Plan

_READY_S = 60.0  # for all steps together; each of them has a shorter deadline
_LEAVE_S = 10.0  # for taking back what was sent
_PROGRAM = "bench.engine.worker.cluster"


@dataclass(frozen=True, slots=True)
class Found:
    """What a cluster is.

    Attributes:
        warnings: sentences on what may be of harm.
        sent: sentences on what was sent to it.
        hosts: its machines, but for this one.
        facts: address, number of workers, and the scheduler's settings.
        environ: what tells a measuring process to use it.
        lacks: kernel -> why it cannot run there, of those asked about.
    """

    warnings: tuple[str, ...] = ()
    sent: tuple[str, ...] = ()
    hosts: tuple[Machine, ...] = ()
    facts: Mapping[str, Value] = field(default_factory=dict)
    environ: tuple[tuple[str, str], ...] = ()
    lacks: Mapping[str, str] = field(default_factory=dict)


def uses_cluster(cases: Iterable[Case]) -> bool:
    """Say whether one of the cases is to run on a cluster that exists."""
    return bool(os.environ.get(ADDRESS)) and any(map(is_on_hosts, cases))


def is_on_hosts(case: Case) -> bool:
    """Say whether the workers of a case may be on other machines."""
    if dict(case.params).get("start") == HOSTS:
        return True
    member = catalog.load(f"bench.families.{case.family}", case.member)
    return getattr(member, "PARALLELISM", None) == "hosts"


@contextmanager
def ready(cases: Sequence[Case]) -> Iterator[Found]:
    """Keep the cluster that the environment names ready, if these cases run on one.

    Raises:
        ClusterFailed: it cannot be reached, has fewer workers than a case takes, or cannot be measured.
    """
    if not uses_cluster(cases):
        yield Found()
        return
    there = [case for case in cases if is_on_hosts(case)]
    asked = {
        "code": _values(cases, "function", "setup"),
        "kernels": _values(there, "kernel"),
        "workers": max(map(int, _values(there, "workers")), default=1),
    }
    command = start.command(sys.executable, _PROGRAM, json.dumps(asked))
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "PYTHONSAFEPATH": "1"},
    ) as process:
        try:
            yield _answer(process)
        finally:
            _dismiss(process)


def _values(cases: Iterable[Case], *axes: str) -> list[str]:
    """Return what these axes are, each value once."""
    return sorted({str(value) for case in cases for axis, value in case.params if axis in axes} - {NONE, ""})


def runnable(plan: Plan, found: Found) -> Plan:
    """Return the plan without the cases whose kernel cannot run on the cluster; the first of each kernel says why."""
    out = {case.id: kernel for case in plan.cases if (kernel := _lacking(case, found))}
    own = [case for case in plan.cases if case.id not in plan.roles]
    told = {kernel: case for case in reversed(own) if (kernel := out.get(case.id))}
    skips = [Skip(case, "missing", found.lacks[kernel]) for kernel, case in told.items()]
    kept = tuple(case for case in plan.cases if case.id not in out)
    return replace(plan, cases=kept, skips=(*plan.skips, *skips)) if out else plan


def _lacking(case: Case, found: Found) -> str | None:
    kernel = str(dict(case.params).get("kernel"))
    return kernel if found.lacks and kernel in found.lacks and is_on_hosts(case) else None


def _answer(process: subprocess.Popen[bytes]) -> Found:
    out: Any = process.stdout
    readable, _, _ = select([out], [], [], _READY_S)
    line = out.readline() if readable else b""
    if not line:
        why = f"within {_READY_S:g} s" if not readable else "and the process that looks at it has ended"
        raise ClusterFailed(f"the cluster {os.environ[ADDRESS]} gives no answer {why}; is it overloaded?")
    told: dict[str, Any] = json.loads(line)
    if "error" in told:
        raise ClusterFailed(told["error"])
    machines = tuple(Machine(**each) for each in told["hosts"])
    environ = ((ADDRESS, os.environ[ADDRESS]),)
    return Found(tuple(told["warnings"]), tuple(told["sent"]), machines, told["cluster"], environ, told["lacks"])


def _dismiss(process: subprocess.Popen[bytes]) -> None:
    with suppress(subprocess.TimeoutExpired):
        process.communicate(timeout=_LEAVE_S)
        return
    process.kill()

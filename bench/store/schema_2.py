"""What may stand in a record of schema 2, field by field; results/README.md says what each of them means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.core.case import NONE
from bench.core.cpus import MOST_WORKERS
from bench.core.plan import MOST_PAIRS
from bench.core.record import FAILURE_KINDS
from bench.core.reference import Role
from bench.core.units import DAY_S
from bench.core.units import MOST as _MOST
from bench.store.fields import (
    Either,
    Field,
    Flag,
    Line,
    ListOf,
    Maybe,
    Number,
    Object,
    OneOf,
    Row,
    Scalar,
    Text,
    Whole,
    misfit,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAME = Line("a name, on one line")


PARAMS = Object(
    optional={
        "workers": Either((Whole(1, MOST_WORKERS), OneOf((NONE,)))),
        "chunksize": Either((Whole(1, _MOST), Text(expected="a word such as auto"))),
    },
    others=Scalar(1e30),
)

CASE: dict[str, Field] = {"family": _NAME, "member": _NAME, "params": PARAMS}

EFFORT = Object(
    {
        "values": Whole(1, 10_000),
        "warmups": Whole(0, 10_000),
        "min_time_s": Number(0, 3600),
        "timeout_s": Number(0, DAY_S),
        "seed": Whole(-_MOST, _MOST),
    },
    optional={"rounds": Whole(1, 10_000), "pairs": Whole(1, MOST_PAIRS), "observe": Flag()},
)

_CPUS = Whole(1, 2**20)
_COUNT = Maybe(Whole(0, _MOST))
_TIME = Maybe(Whole(-_MOST, _MOST))  # nanoseconds


@dataclass(frozen=True, slots=True)
class _Column:
    """What stands in one column of rows: one text with a number for each row, and blanks between them."""

    pattern: str
    expected: str

    def check(self, value: Any) -> None:
        """Raise `Misfit` unless the value is such a text."""
        if not isinstance(value, str) or not re.fullmatch(rf"|{self.pattern}(?: {self.pattern})*", value):
            raise misfit(self, value)


_COUNTS = _Column("[0-9]{1,18}", "whole numbers from 0, of at most 18 digits, with blanks between them")
_STAMPS = _Column("-?[0-9]{1,18}", "whole numbers of at most 18 digits, with blanks between them")
_GAPS = _Column("(?:-?[0-9]{1,18}|-)", "whole numbers of at most 18 digits, or -, with blanks between them")


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows, each of whose columns is one text."""

    columns: Mapping[str, _Column]
    expected: str = "columns of one length"

    def check(self, value: Any) -> None:
        """Raise `Misfit` unless the value is such an object."""
        Object(self.columns).check(value)
        if len({len(column.split(" ")) if column else 0 for column in value.values()}) > 1:
            raise misfit(self, value)


SEEN = Object(
    {
        "workers": Whole(1, MOST_WORKERS),
        "whole": Flag(),
        "begun": Whole(-_MOST, _MOST),
        **dict.fromkeys(("ready", "called", "answered", "gone", "pickling_s", "noting_s", "cpu_s"), _TIME),
        "totals": _Rows(
            {
                **dict.fromkeys(("worker", "items", "spans", "messages"), _COUNTS),
                **dict.fromkeys(("inside", "cpu", "process"), _STAMPS),
                **dict.fromkeys(("ready", "first", "last", "delay"), _GAPS),
            }
        ),
        "spans": _Rows(
            {
                **dict.fromkeys(("worker", "items"), _COUNTS),
                **dict.fromkeys(("begin", "end", "cpu"), _STAMPS),
                **dict.fromkeys(("delay", "received"), _GAPS),
            }
        ),
        "rate": Number(1e-12, 1),
        "items": Whole(0, _MOST),
        **dict.fromkeys(("lost", "bytes_out", "bytes_back", "memory_bytes", "voluntary", "involuntary"), _COUNT),
        "processes": _COUNT,
        "samples": _Rows({"at": _STAMPS, "cpu_s": _GAPS, "memory_bytes": _GAPS}),
        "missing": ListOf(Object({"what": _NAME, "why": _NAME})),
    }
)
"""What was seen of a body: `bench.core.observation.Observation` as JSON."""

MACHINE = Object(
    {
        "cpu_model": Maybe(Text()),
        "logical_cpus": _CPUS,
        "physical_cpus": Maybe(_CPUS),
        "affinity_cpus": _CPUS,
        "cgroup_quota_cpus": Maybe(Number(1e-6, 2**20)),
        "python_cpu_count": Maybe(Whole(1, _MOST)),
        "usable_cpus": Number(1e-6, 2**20),
        "memory_bytes": Whole(0, _MOST),
        "os": Text(),
        "architecture": Text(),
        "virtualised": Maybe(Text()),
        "governor": Maybe(Text()),
        "turbo": Maybe(Flag()),
        "smt": Maybe(Flag()),
        "python_implementation": Text(),
        "python_version": Text(),
        "python_build": Text(),
        "gil": Flag(),
        "libraries": Object(others=Text()),
        "host_name": Maybe(Text()),
    }
)

_ID = Text(expected="the id of a case")

PYTHON = Object(
    {
        **dict.fromkeys(("implementation", "version", "build", "collector", "start"), Text()),
        **dict.fromkeys(("free_threaded", "gil_before", "gil_after"), Flag()),
    }
)

SIDE = Object(
    {"label": Text(), "version": Text(), "python_version": Text(), "commit": Maybe(Text())}, optional={"python": PYTHON}
)

WORK = Object(
    {
        "name": Text(),
        "size": Whole(0, _MOST),
        "unit": _NAME,
        "tasks": Maybe(Whole(0, _MOST)),
        "times": Whole(1, MOST_WORKERS),
        "result_bytes": Whole(0, _MOST),
    }
)

PLAN = Object(
    {
        "cases": ListOf(Object(CASE)),
        "skips": ListOf(Object({**CASE, "kind": OneOf(("skipped", "missing")), "reason": Text()})),
        "effort": EFFORT,
        "affinity": ListOf(Whole(0, 2**20)),
        "references": Object(others=Object(optional={role.value: _ID for role in Role})),
        "ladders": ListOf(Object({"title": Text(), "steps": ListOf(Row((Text(), Text())))})),
        "work": Object(others=WORK),
        "measured_by": Object(others=ListOf(_NAME)),
    }
)

CLUSTER = Object(
    {"scheduler": Maybe(Text()), "workers": Whole(0, _MOST), "encrypted": Flag()},
    others=Maybe(Scalar(1e30, flags=True)),
)

COMMIT = Object({"id": Line("a commit's hash"), "at": Line("a moment, ISO 8601"), "changed": Flag()})

HEAD = Object(
    {
        "schema": OneOf((2,)),
        "command": Text(),
        "started_at": Text(),
        "hosts": ListOf(MACHINE, least=1),
        "sides": Object(others=SIDE),
        "jobs": Object(others=Object(others=Scalar(1e30))),
        "plan": PLAN,
        "failures": ListOf(
            Object({**CASE, "kind": OneOf(tuple(FAILURE_KINDS)), "message": Text(), "stderr": Text(), "side": Text()})
        ),
    },
    optional={"observations": Object(others=SEEN), "cluster": CLUSTER, "commit": COMMIT},
)
"""The key ``primebench``."""

_RATIO = Number(0, 1e9)

FACTS: dict[str, Field] = {
    "primebench_family": _NAME,
    "primebench_member": _NAME,
    "primebench_steal_ratio": _RATIO,
    "primebench_throttled_ratio": _RATIO,
    "primebench_load_before": _RATIO,
    "primebench_others_cpus": _RATIO,
    "primebench_pair": Whole(0, _MOST),
    "primebench_batch": Whole(0, _MOST),
    "primebench_turns": Whole(0, 1),
    "primebench_cpu": _RATIO,
    "primebench_gil": Whole(0, 1),
    "primebench_gil_module": _NAME,
    "primebench_memory_bytes": Whole(0, _MOST),
}
"""What primebench itself writes beside the times of a process; further facts are scalars."""

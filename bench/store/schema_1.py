"""What may stand in a record of schema 1, and what it becomes in schema 2; results/README.md says what has changed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from bench.core import jobs
from bench.core.case import Case
from bench.core.record import FAILURE_KINDS, key_of
from bench.core.reference import Role
from bench.core.units import DAY_S
from bench.core.units import MOST as _MOST
from bench.store import schema_2
from bench.store.fields import Field, ListOf, Misfit, Number, Object, OneOf, Row, Text, Whole, misfit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.core.job import Work

_SIDE = "side"  # the param of a case that told who measured it
_ROLES = {"serial": Role.BASELINE, "ceiling": Role.LIMIT}  # the members that others were measured against


@dataclass(frozen=True, slots=True)
class _Workload:
    """The name of a workload, or a range of numbers as ``LO:HI``."""

    expected: str = f"the name of a workload, or LO:HI with 0 <= LO <= HI <= LO + {_MOST}"

    def check(self, value: Any) -> None:
        """Raise `Misfit` unless the value is such a text."""
        if not isinstance(value, str) or not value:
            raise misfit(self, value)
        if ":" in value:
            lo, _, hi = value.partition(":")
            digits = all(end.isascii() and end.isdecimal() and len(end) < 4000 for end in (lo, hi))
            if not digits or not 0 <= int(hi) - int(lo) <= _MOST:
                raise misfit(self, value)
        elif not all(part.isidentifier() for part in value.replace("-", "_").split(".")):
            raise misfit(self, value)


_PARAMS = replace(schema_2.PARAMS, optional={**schema_2.PARAMS.optional, "workload": _Workload()})
_CASE: dict[str, Field] = {**schema_2.CASE, "params": _PARAMS}

_EFFORT = Object(
    {
        "rounds": Whole(1, 10_000),
        "values": Whole(1, 10_000),
        "warmups": Whole(0, 10_000),
        "min_time_s": Number(0, 3600),
        "timeout_s": Number(0, DAY_S),
        "seed": Whole(-_MOST, _MOST),
    }
)

_PLAN = Object(
    {
        "cases": ListOf(Object(_CASE)),
        "skips": ListOf(Object({**_CASE, "kind": OneOf(("skipped", "missing")), "reason": Text()})),
        "effort": _EFFORT,
        "affinity": ListOf(Whole(0, 2**20)),
        "references": Object(others=Object(others=Text(expected="the id of a case"))),
    },
    optional={"ladders": ListOf(Object({"title": Text(), "steps": ListOf(Row((Text(), Text())))}))},
)

HEAD = Object(
    {
        "schema": OneOf((1,)),
        "command": Text(),
        "started_at": Text(),
        "machine": schema_2.MACHINE,
        "plan": _PLAN,
        "failures": ListOf(Object({**_CASE, "kind": OneOf(tuple(FAILURE_KINDS)), "message": Text(), "stderr": Text()})),
    }
)
"""The key ``primebench``."""


def upgrade(head: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the key as schema 2 would have it, and the names of benchmarks then -> now.

    Raises:
        Misfit: a case stands twice.
    """
    plan = head["plan"]
    cases: dict[str, dict[str, Any]] = {}
    measured_by: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for index, entry in enumerate(plan["cases"]):
        bare, side = _without_side(entry)
        case, old = _case(bare), _case(entry).id
        if old in names:
            raise Misfit("every case once", "is a case that stands above already").inside(f".plan.cases[{index}]")
        names[old] = key_of(case, side)
        cases.setdefault(case.id, bare)
        if side:
            measured_by.setdefault(case.id, []).append(side)
    effort = dict(plan["effort"])
    if measured_by:
        effort["pairs"] = effort.pop("rounds")
    upgraded = {
        "schema": 2,
        "command": head["command"],
        "started_at": head["started_at"],
        "hosts": [head["machine"]],
        "sides": {},
        "jobs": {},
        "plan": {
            "cases": [*cases.values()],
            "skips": plan["skips"],
            "effort": effort,
            "affinity": plan["affinity"],
            "references": _references(plan["references"], cases),
            "ladders": plan.get("ladders", []),
            "work": {key: asdict(work) for key, entry in cases.items() if (work := _work(entry))},
            "measured_by": measured_by,
        },
        "failures": [_failure(entry) for entry in head["failures"]],
    }
    return upgraded, names


def _references(told: Mapping[str, Mapping[str, str]], cases: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return case id -> {role: id}; a gate told no references, but its control is known by its member."""
    known = {
        key: {_ROLES[name]: other for name, other in found.items() if name in _ROLES} for key, found in told.items()
    }
    for key, entry in cases.items():
        if entry["family"] == "backends" and entry["member"] in _ROLES:
            known.setdefault(key, {_ROLES[entry["member"]]: key})
    return known


def _work(entry: Mapping[str, Any]) -> Work | None:
    """Return how much a case has to do: all that was distributed then were searches for primes."""
    if entry["family"] != "backends":
        return None
    workers = entry["params"].get("workers")
    shared = 1 if _ROLES.get(entry["member"]) is Role.LIMIT or not isinstance(workers, int) else workers
    return jobs.load("primes").work(entry["params"], shared, {})


def _failure(entry: Mapping[str, Any]) -> dict[str, Any]:
    bare, side = _without_side(entry)
    return {**entry, **bare, "side": side}


def _without_side(entry: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    params = dict(entry["params"])
    side = str(params.pop(_SIDE, ""))
    return {"family": entry["family"], "member": entry["member"], "params": params}, side


def _case(entry: Mapping[str, Any]) -> Case:
    return Case.of(entry["family"], entry["member"], entry["params"])

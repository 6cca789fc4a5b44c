"""The sides of a run with several Pythons: one source, this one, under each interpreter with libraries of its own."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from bench.core import start
from bench.core.adoption import adopt
from bench.core.case import NONE, Case
from bench.core.errors import NotComparable, UsageError
from bench.core.python import Python
from bench.core.record import Skip
from bench.core.side import Side
from bench.core.version import VERSION
from bench.engine import cluster, interpreter
from bench.engine.asking import Unanswered, ask
from bench.engine.supervisor import temp_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bench.core.plan import Plan

_OLDEST = (3, 11)
_ANSWER_S = 120.0  # numba alone takes seconds to import on a busy machine


def sides(labels: Sequence[str], plan: Plan, missing: Sequence[Case] = ()) -> tuple[Plan, dict[str, Side]]:
    """Return the plan with the sides that measure each case, and the sides by the names that tables call them.

    Args:
        labels: Python programs, or folders of virtual environments.
        plan: what is to be measured; what none of them can measure becomes a skip.
        missing: points for which something lacks here; those of them that have it measure them.

    Raises:
        UsageError: there is no such program, it cannot run primebench, or two labels mean the same; or a cluster is
            to be used, whose workers have one Python.
    """
    if cluster.uses_cluster(plan.cases):
        raise UsageError("--python compares Pythons of this machine, and a cluster has its own; leave out one of both.")
    found: dict[str, Side] = {}
    unfit: dict[str, dict[str, Sequence[str]]] = {}
    fitted: dict[Case, Case] = {}
    for label in labels:
        side, cannot, here = _asked(label, plan, missing)
        again = next((other for other in found.values() if other.python == side.python), None)
        if again:
            raise UsageError(f"--python {label} is the same program as {again.label}; name each Python once.")
        name = _name(side, found)
        found[name], unfit[name] = side, cannot
        fitted = {point: here[point.id] for point in missing if point.id in here} | fitted
    for cannot in unfit.values():
        cannot |= {case.id: cannot[point.id] for point, case in fitted.items() if point.id in cannot}
    return _measured_by(adopt(_open(plan, missing), fitted), unfit, _wanted(plan, missing, fitted)), found


def again(record_sides: Mapping[str, Side], plan: Plan, labels: Sequence[str] = ()) -> dict[str, Side]:
    """Return the sides of a record, ready to go on.

    Args:
        record_sides: by name, as they were written down.
        plan: of the record.
        labels: where their programs are now, in their order, if not where their labels say.

    Raises:
        UsageError: a program is no longer there, or there are more labels or fewer than sides.
        NotComparable: it is another Python than the one that measured.
    """
    if labels and len(labels) != len(record_sides):
        raise UsageError(f"--python names {len(labels)} Pythons, and the record has {len(record_sides)}.")
    found = {}
    told = labels or [side.label for side in record_sides.values()]
    for (name, known), label in zip(record_sides.items(), told, strict=True):
        try:
            side, *_ = _asked(label, plan)
        except UsageError as why:
            where = "" if labels else " Or give --resume with --python and where they are now, in the record's order."
            raise UsageError(f"{why}{where}") from None
        if side.facts != known.facts:
            raise NotComparable(
                f"{label} is {side.facts} now, and the record was begun with {known.facts}; begin anew."
            )
        found[name] = replace(side, label=known.label)
    return found


def unlike_starts(plan: Plan, sides: Mapping[str, Side]) -> str:
    """Return a warning where sides that start processes in unlike ways by default all start them in one; or nothing."""
    defaults = {name: side.facts.start for name, side in sides.items() if side.facts}
    methods = list(dict.fromkeys(defaults.values()))
    used = {str(start) for case in plan.cases if (start := dict(case.params).get("start", NONE)) != NONE}
    if len(methods) < 2 or len(used) != 1:
        return ""
    told = ", ".join(f"{name} {method}" for name, method in defaults.items())
    return (
        f"these Pythons start processes by unlike methods unless told otherwise ({told}) and are all measured with "
        f"{used.pop()}; --start {','.join(methods)} compares these as well."
    )


def _name(side: Side, taken: Iterable[str]) -> str:
    facts = side.facts
    plain = f"{facts.version}{'t' if facts.free_threaded else ''}" if facts else side.python_version
    names = (plain, *(f"{plain}-{number}" for number in range(2, 1000)))
    return next(name for name in names if name not in taken)


def _asked(
    label: str, plan: Plan, missing: Sequence[Case] = ()
) -> tuple[Side, dict[str, Sequence[str]], dict[str, Case]]:
    """Return the side that a label names, what it says of all that it cannot measure, and what points are there."""
    program = interpreter.program(label)
    if program is None:
        raise UsageError(
            f"--python {label} is no Python: no program on the path, and no environment with one in bin/; "
            "write python3.13, or the path of either."
        )
    version, free_threaded = interpreter.build(label, program)
    _check_version(label, version)
    side = Side(label, program, None, VERSION, source=start.SOURCE, free_threaded=free_threaded)
    with temp_folder("primebench-") as folder:
        cases = folder / "cases.json"
        points = {"cases": plan.cases, "missing": missing}
        told = {name: [case.to_json() for case in given] for name, given in points.items()}
        cases.write_text(json.dumps(told), encoding="utf-8")
        try:
            answer = ask(side, "bench.engine.worker.fitness", str(cases), timeout_s=_ANSWER_S)
        except Unanswered as why:
            raise UsageError(
                f"--python {label} cannot run primebench ({why}); install what it needs there, for example with: "
                f"{program} -m pip install primebench"
            ) from None
    facts = Python(**answer["python"])
    here = {key: Case.from_json(text) for key, text in answer["fitted"].items()}
    return replace(side, python_version=facts.version, facts=facts), answer["unfit"], here


def _check_version(label: str, version: tuple[int, int]) -> None:
    if version < _OLDEST:
        raise UsageError(
            f"--python {label} is Python {'.'.join(map(str, version))}, and primebench needs "
            f"{'.'.join(map(str, _OLDEST))} or newer; name a newer one."
        )


def _open(plan: Plan, missing: Sequence[Case]) -> Plan:
    """Return the plan without what this Python says of what it lacks: the sides say that of themselves."""
    told = {(case.family, case.member) for case in missing}
    skips = [skip for skip in plan.skips if skip.kind != "missing" or (skip.case.family, skip.case.member) not in told]
    return replace(plan, skips=tuple(skips))


def _wanted(plan: Plan, missing: Sequence[Case], fitted: Mapping[Case, Case]) -> list[Case]:
    """Return the points that nobody has, of members that were asked for."""
    asked = {(skip.case.family, skip.case.member) for skip in plan.skips}
    return [case for case in missing if case not in fitted and (case.family, case.member) in asked]


def _measured_by(plan: Plan, unfit: Mapping[str, Mapping[str, Sequence[str]]], wanted: Sequence[Case]) -> Plan:
    """Return the plan with who measures each case, and with a skip for each reason why somebody does not."""
    cases, skips, measured_by = [], list(plan.skips), {}
    for case in (*plan.cases, *wanted):
        fit = tuple(name for name, cannot in unfit.items() if case.id not in cannot)
        told: dict[tuple[str, str], list[str]] = {}
        for name, cannot in unfit.items():
            if case.id in cannot:
                kind, reason = cannot[case.id]
                told.setdefault((kind, reason), []).append(name)
        skips += [Skip(case, kind, f"Python {', '.join(names)}: {why}") for (kind, why), names in told.items()]
        if fit:
            cases.append(case)
            measured_by[case.id] = fit
    once = {(skip.case.member, skip.reason): skip for skip in reversed(skips)}
    return replace(plan, cases=tuple(cases), skips=tuple(reversed(once.values())), measured_by=measured_by)

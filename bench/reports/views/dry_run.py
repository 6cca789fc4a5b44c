"""The view of a plan before it is carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.core.case import NONE
from bench.core.units import format_seconds
from bench.reports import columns, expected
from bench.reports.cells import because
from bench.reports.report import Column, Note, Report, key, notes, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.core.case import Case
    from bench.core.plan import Plan
    from bench.reports.report import Cell, Table


def dry_run(plan: Plan, usable: int) -> Report:
    """Make the report of a plan: its cases, its skips and about how long it will take on so many CPUs."""
    effort = plan.effort
    total_s = expected.plan_s(plan, usable)
    late = [case for case in plan.cases if expected.too_long(plan, case, usable)]
    rows = [(case.family, case.member, _params(dict(case.params)), "measured") for case in plan.cases]
    rows += [(s.case.family, s.case.member, _params(dict(s.case.params)), f"{s.kind}: {s.reason}") for s in plan.skips]
    return Report(
        heading=(),
        blocks=(
            *_tables(plan),
            Note(
                f"{_counted(len(plan.cases), 'case')}, {_counted(effort.rounds, 'round')}{_sides(plan)}"
                f"{f': about {format_seconds(total_s)}' if plan.cases else ''}."
            ),
            *notes(_late(len(late), effort.timeout_s)),
        ),
        data={
            "cases": [
                {"id": case.id, "family": case.family, "member": case.member, "params": dict(case.params)}
                for case in plan.cases
            ],
            "skips": [{"id": skip.case.id, "kind": skip.kind, "reason": skip.reason} for skip in plan.skips],
            "expected_s": total_s,
            "expected_to_time_out": [case.id for case in late],
        },
        tidy=(("family", "member", "params", "status"), tuple(rows)),
    )


def _tables(plan: Plan) -> list[Table]:
    """Make a table per family: what varies are columns, and what does not is in the title."""
    entries: list[tuple[Case, Cell | str]] = [(case, "measured") for case in plan.cases]
    entries += [(skip.case, because(skip.kind, skip.reason)) for skip in plan.skips]
    tables = []
    for family in dict.fromkeys(case.family for case, _ in entries):
        own = [(case, fate) for case, fate in entries if case.family == family]
        planned = [case for case in plan.cases if case.family == family] or [case for case, _ in own]
        axes = columns.varying(planned)
        tables.append(
            table(
                ["member", *map(key, axes), Column("will be", movable=True)],
                [(case.member, *_places(case, axes), fate) for case, fate in own],
                ": ".join((family, *columns.constants(planned))),
            )
        )
    return tables


def _places(case: Case, axes: Sequence[str]) -> list[str]:
    params = dict(case.params)
    return ["-" if params.get(axis, NONE) == NONE else str(params[axis]) for axis in axes]


def _late(cases: int, timeout_s: float) -> tuple[str, ...]:
    if not cases:
        return ()
    return (
        f"{_counted(cases, 'case')} will meet the deadline of {format_seconds(timeout_s)} a visit, which ends a case; "
        "choose fewer numbers or a faster kernel, or give --timeout.",
    )


def _sides(plan: Plan) -> str:
    names = dict.fromkeys(name for sides in plan.measured_by.values() for name in sides)
    return f", by Python {' and '.join(names)}" if names else ""


def _params(params: dict[str, object]) -> str:
    return " ".join(f"{axis}={value}" for axis, value in params.items() if value != "none")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

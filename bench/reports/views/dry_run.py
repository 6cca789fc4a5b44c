"""The view of a plan before it is carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.core.units import format_seconds
from bench.reports.report import Report, Table

if TYPE_CHECKING:
    from bench.core.plan import Plan

# What a visit takes beside its values: two interpreters with pyperf, and the audit. Seen on two CPUs: 0.5 to 0.8 s.
_START_S = 0.7
# What one value of an unknown case takes at most often: the default workload with trial division is 0.2 to 0.4 s.
_VALUE_S = 0.3


def dry_run(plan: Plan) -> Report:
    """Make the report of a plan: its cases, its skips and about how long it will take."""
    effort = plan.effort
    value_s = max(effort.min_time_s, _VALUE_S)
    visit_s = _START_S + (effort.values + effort.warmups) * value_s
    total_s = len(plan.cases) * (effort.rounds * visit_s + value_s)
    rows = [(case.family, case.member, _params(dict(case.params)), "measured") for case in plan.cases]
    rows += [(s.case.family, s.case.member, _params(dict(s.case.params)), f"{s.kind}: {s.reason}") for s in plan.skips]
    return Report(
        heading=(),
        tables=(Table(("family", "member", "params", "will be"), tuple(rows)),),
        notes=(
            f"{_counted(len(plan.cases), 'case')}, {_counted(effort.rounds, 'round')}: "
            f"about {format_seconds(total_s)}.",
        ),
        data={
            "cases": [
                {"id": case.id, "family": case.family, "member": case.member, "params": dict(case.params)}
                for case in plan.cases
            ],
            "skips": [{"id": skip.case.id, "kind": skip.kind, "reason": skip.reason} for skip in plan.skips],
            "expected_s": total_s,
        },
        tidy=(("family", "member", "params", "status"), tuple(rows)),
    )


def _params(params: dict[str, object]) -> str:
    return " ".join(f"{axis}={value}" for axis, value in params.items() if value != "none")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

"""The view of a check: which answers are right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.reports.report import Report, Table

if TYPE_CHECKING:
    from bench.core.record import Record


def checked(record: Record) -> Report:
    """Make the report of a record whose cases ran once, for their answers alone."""
    rows = []
    for case in record.plan.cases:
        failure = record.failures.get(case.id)
        params = " ".join(f"{axis}={value}" for axis, value in case.params if value != "none")
        rows.append(
            (case.family, case.member, failure.kind if failure else "ok", failure.message if failure else "", params)
        )
    rows += [(skip.case.family, skip.case.member, skip.kind, skip.reason, "") for skip in record.plan.skips]
    right, wrong = len(record.results), len(record.failures)
    head = ("family", "member", "status", "reason", "params")
    return Report(
        heading=(),
        tables=(Table(head[:4], tuple(row[:4] for row in rows)),),
        notes=(f"{right} right, {wrong} failed, {len(record.plan.skips)} not tried.",),
        data={"cases": [dict(zip(head, row, strict=True)) for row in rows], "right": right, "failed": wrong},
        tidy=(head, tuple(rows)),
    )

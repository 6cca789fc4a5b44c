"""The view of a check: which answers are right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.core.case import NONE
from bench.reports.cells import verdict
from bench.reports.columns import varying
from bench.reports.report import Column, Note, Report, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.core.case import Case
    from bench.core.record import Record
    from bench.reports.report import Table


def checked(record: Record) -> Report:
    """Make the report of a record whose cases ran once, for their answers alone."""
    rows, shown = [], []
    telling = _telling(record.plan.cases)
    for case in record.plan.cases:
        failure = record.failures.get(case.id)
        rows.append(
            (
                case.family,
                case.member,
                failure.kind if failure else "ok",
                failure.message if failure else "",
                _words(case, {axis for axis, _ in case.params}),
            )
        )
        shown.append(_words(case, telling))
    rows += [(skip.case.family, skip.case.member, skip.kind, skip.reason, "") for skip in record.plan.skips]
    shown += [""] * len(record.plan.skips)
    right, wrong = len(record.results), len(record.failures)
    head = ("family", "member", "status", "reason", "params")
    return Report(
        heading=(),
        blocks=(
            _table(rows, shown),
            Note(f"{right} right, {wrong} failed, {len(record.plan.skips)} not tried."),
        ),
        data={"cases": [dict(zip(head, row, strict=True)) for row in rows], "right": right, "failed": wrong},
        tidy=(head, tuple(rows)),
    )


def _telling(cases: Sequence[Case]) -> set[str]:
    """Return the axes that tell cases of one member apart."""
    members = dict.fromkeys((case.family, case.member) for case in cases)
    return {
        axis for member in members for axis in varying(case for case in cases if (case.family, case.member) == member)
    }


def _words(case: Case, axes: set[str]) -> str:
    return " ".join(f"{axis}={value}" for axis, value in case.params if axis in axes and value != NONE)


def _table(rows: Sequence[tuple[str, ...]], params: Sequence[str]) -> Table:
    """Make the table, with a column of params where a member has several cases."""
    columns = (Column("family", movable=True), "member", Column("params"), Column("status", movable=True))
    kept = [index for index in range(len(columns)) if index != 2 or any(params)]
    lines = [
        (family, member, own, verdict(status, reason))
        for (family, member, status, reason, _), own in zip(rows, params, strict=True)
    ]
    return table([columns[index] for index in kept], [[line[index] for index in kept] for line in lines])

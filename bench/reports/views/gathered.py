"""The view of several records: a section for each, and in it whatever can be said of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.reports import tidy
from bench.reports.doubts import doubted
from bench.reports.report import Report, Section, notes
from bench.reports.views.explain import explain
from bench.reports.views.metg import metg
from bench.reports.views.scale import scale
from bench.reports.views.show import show
from bench.samples import curves
from bench.samples.explained import explained

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.core.record import Record
    from bench.reports.report import Block

_NAMED = 3
"""Records whose names are in the title; more of them are counted."""

Parts = dict[str, Report]


def parts_of(record: Record) -> Parts:
    """Return all that can be said of one record, by what it is about."""
    usable = record.machine.usable_cpus
    found = {"Times": show(record)}
    cases, why = explained(record)
    if cases:
        found["Where the time goes"] = explain(record, cases, why)
    rows = doubted(record)
    several = [curve for curve in curves.curves(record, rows) if len(curve.parallel_s) > 1]
    if several:
        found["Speed-up"] = scale(several, usable)
    sweeps = curves.task_sweeps(record, rows)
    if sweeps:
        found["The smallest task that pays"] = metg(sweeps, usable)
    return found


def gathered(records: Mapping[str, Parts]) -> Report:
    """Make the report of records by their names; what is alone, a record or a part of one, needs no section."""
    blocks: list[Block] = []
    level = 1 if len(records) == 1 else 2
    for name, parts in records.items():
        blocks += [Section(name)] if len(records) > 1 else []
        for about, report in parts.items():
            blocks += [Section(about, level)] if len(parts) > 1 else []
            blocks += [*notes(report.heading), *report.blocks]
    names = ", ".join(records) if len(records) <= _NAMED else f"{len(records)} records"
    return Report(
        heading=(),
        blocks=tuple(blocks),
        data={
            "records": [
                {"name": name, "parts": {about: report.data for about, report in parts.items()}}
                for name, parts in records.items()
            ]
        },
        tidy=tidy.merged([report.tidy for parts in records.values() for report in list(parts.values())[:1]]),
        title=names,
    )

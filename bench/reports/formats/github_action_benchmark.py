"""The input of github-action-benchmark, tool ``customSmallerIsBetter``; nyrkio's action reads the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.reports.formats._json import dumps
from bench.reports.measures import measures_of

if TYPE_CHECKING:
    from bench.reports.measures import Measure
    from bench.reports.report import Report

NAME = "github-action-benchmark"


def render(report: Report) -> str:
    """Return a JSON list of name, value, unit, range and extra, without a newline at the end.

    The action follows a benchmark by its name. A range is its 95 % interval as text; it is left out where there is
    none, and so is an extra line where there is nothing to say.

    Raises:
        UsageError: the report holds no times or ratios.
        NothingMeasured: no case has one; the action calls an empty list an error.

    Source: github-action-benchmark, src/extract.ts.
    """
    return dumps([_entry(one) for one in measures_of(report, NAME)])


def _entry(one: Measure) -> dict[str, str | float]:
    entry: dict[str, str | float] = {"name": one.name, "value": one.value, "unit": one.unit}
    if one.low is not None and one.high is not None:
        entry["range"] = f"{one.low:.6g} .. {one.high:.6g}"
    if one.note:
        entry["extra"] = one.note
    return entry

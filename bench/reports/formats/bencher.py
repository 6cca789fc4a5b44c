"""Bencher Metric Format: times as ``latency`` in nanoseconds, comparisons as ``ratio``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.reports.formats._json import dumps
from bench.reports.measures import SECONDS, measures_of

if TYPE_CHECKING:
    from bench.reports.measures import Measure
    from bench.reports.report import Report

NAME = "bencher"
_NANOSECONDS = 1e9  # in a second: the unit of Bencher's own measure "latency"


def render(report: Report) -> str:
    """Return a JSON object: case id -> measure -> value and the ends of its 95 % interval, where it has one.

    Raises:
        UsageError: the report holds no times or ratios.
        NothingMeasured: no case has one.

    Source: Bencher Metric Format, bencher.dev/bmf.json.
    """
    found = {one.name: _measure(one) for one in measures_of(report, NAME)}
    return dumps(found)


def _measure(one: Measure) -> dict[str, dict[str, float]]:
    slug, scale = ("latency", _NANOSECONDS) if one.unit == SECONDS else ("ratio", 1.0)
    metric = {"value": one.value * scale}
    if one.low is not None and one.high is not None:
        metric |= {"lower_value": one.low * scale, "upper_value": one.high * scale}
    return {slug: metric}

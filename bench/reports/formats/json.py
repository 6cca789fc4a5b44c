"""JSON for programs; its keys are part of the public interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.reports.formats._json import dumps

if TYPE_CHECKING:
    from bench.reports.report import Report


def render(report: Report) -> str:
    """Return the report's data, without a newline at the end."""
    return dumps(report.data)

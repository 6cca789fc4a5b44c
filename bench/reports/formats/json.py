"""JSON for programs; its keys are part of the public interface."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.reports.report import Report


def render(report: Report) -> str:
    """Return the report's data, without a newline at the end."""
    return json.dumps(report.data, indent=2, ensure_ascii=False, allow_nan=False)

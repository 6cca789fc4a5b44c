"""Tidy CSV: one row per value."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.reports.report import Report


def render(report: Report) -> str:
    """Return the tidy rows as CSV (RFC 4180, but with plain newlines), without a newline at the end."""
    head, rows = report.tidy
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return buffer.getvalue().rstrip("\n")

"""Tidy CSV: one row per value."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

from bench.core.visible import visible

if TYPE_CHECKING:
    from bench.reports.report import Report


# What a spreadsheet takes for a formula, in the signs of East Asian keyboards too; a number is none, nor is a dash.
_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20].")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def render(report: Report) -> str:
    """Return the tidy rows as CSV (RFC 4180, but with plain newlines), without a newline at the end.

    A text that a spreadsheet would compute has an apostrophe in front. Source: OWASP, "CSV Injection".
    """
    head, rows = report.tidy
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(map(_cell, head))
    writer.writerows(map(_cell, row) for row in rows)
    return buffer.getvalue().rstrip("\n")


def _cell(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = visible(value)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text

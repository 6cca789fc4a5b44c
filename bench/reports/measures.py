"""The numbers of a report that services can follow over time: a name, a value and its interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.core.errors import NotComparable, NothingMeasured, UsageError
from bench.core.units import format_decimal
from bench.reports.naming import short

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.reports.report import Report

SECONDS, RATIO = "s", "ratio"


@dataclass(frozen=True, slots=True)
class Measure:
    """One number; less is better.

    Attributes:
        name: the case's short name, and where that is not enough what was compared.
        value: seconds per operation, or a ratio to the base.
        low: lower end of its 95 % interval, or None.
        high: upper end, or None.
        unit: `SECONDS` or `RATIO`.
        processes: how many processes it comes from.
        note: a line for the reader, or empty.
    """

    name: str
    value: float
    low: float | None
    high: float | None
    unit: str
    processes: int
    note: str


def measures_of(report: Report, form: str) -> tuple[Measure, ...]:
    """Return the numbers of a record or of a comparison.

    Raises:
        UsageError: the report is of another kind; ``form`` is the format that asked.
        NotComparable: the report is of files that must not be compared.
        NothingMeasured: not a single case has a number.
    """
    data: Any = report.data
    if isinstance(data, dict) and data.get("verdict") == "not comparable":
        raise NotComparable("; ".join(data["reasons"]))
    cases = cases_of(report)
    if not any("ratio" in case or "typical_s" in case for case in cases):
        raise unfit(form, "times or ratios, as show, run, compare and gate have")
    names = short(cases)
    found = [one for case in cases if (one := _measure(case, cases, names[case["id"]])) is not None]
    if not found:
        raise NothingMeasured(f"no case has a number for --format {form}; --format text shows why.")
    return tuple(found)


def cases_of(report: Report) -> Sequence[Mapping[str, Any]]:
    """Return the cases in a report's data, or none if it is about something else."""
    data: Any = report.data
    cases = data.get("cases", ()) if isinstance(data, dict) else ()
    return [case for case in cases if isinstance(case, dict)]


def unfit(form: str, needed: str) -> UsageError:
    """Return the error for a report that a format makes no sense for; ``needed`` is what the format writes."""
    return UsageError(f"--format {form} needs {needed}; choose text, markdown, csv, html or json here.")


def _measure(case: Mapping[str, Any], cases: Sequence[Mapping[str, Any]], named: str) -> Measure | None:
    if "ratio" in case:
        if case["ratio"] is None:
            return None
        alone = sum(other["id"] == case["id"] for other in cases) == 1
        name = named if alone else f"{named} ({case.get('other')} / {case.get('base')})"
        return Measure(name, case["ratio"], case["low"], case["high"], RATIO, case["n"], str(case["verdict"]))
    if case.get("typical_s") is None:
        return None
    note = "" if case.get("speedup") is None else f"speed-up {format_decimal(case['speedup'])}"
    if case.get("doubts"):
        note = "; ".join([*([note] if note else []), f"in doubt: {', '.join(case['doubts'])}"])
    return Measure(named, case["typical_s"], case.get("low_s"), case.get("high_s"), SECONDS, case["processes"], note)

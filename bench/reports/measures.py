"""The numbers of a report that services can follow over time: a name, a value and its interval."""

from __future__ import annotations

from collections import Counter
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
    found = [
        one for case, name in zip(cases, names_of(cases), strict=True) if (one := _measure(case, name)) is not None
    ]
    if not found:
        raise NothingMeasured(f"no case has a number for --format {form}; --format text shows why.")
    return tuple(found)


def cases_of(report: Report) -> Sequence[Mapping[str, Any]]:
    """Return the cases in a report's data, or none if it is about something else."""
    data: Any = report.data
    cases = data.get("cases", ()) if isinstance(data, dict) else ()
    return [case for case in cases if isinstance(case, dict)]


def names_of(cases: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a name for each case, its short one; behind that of a case that occurs more than once what was compared.

    That is the two values on the axis, and the file where these occur more than once as well. A case without an id has
    no name.
    """
    known = short(case for case in cases if "id" in case)
    names = [known.get(case.get("id", ""), "") for case in cases]
    for told in (("other", "base"), ("other", "base", "file")):
        twice = {name for name, count in Counter(names).items() if count > 1 and name}
        names = [
            _with(known[case["id"]], case, told) if name in twice else name
            for name, case in zip(names, cases, strict=True)
        ]
    return names


def _with(name: str, case: Mapping[str, Any], told: Sequence[str]) -> str:
    """Return a name with what was compared: the values on the axis, one divided by the other, and the file."""
    if any(key not in case for key in told):
        return name
    ratio, *file = (f"{case['other']} / {case['base']}", *(str(case[key]) for key in told[2:]))
    return f"{name} ({', '.join([ratio, *file])})"


def unfit(form: str, needed: str) -> UsageError:
    """Return the error for a report that a format makes no sense for; ``needed`` is what the format writes."""
    return UsageError(f"--format {form} needs {needed}; choose text, markdown, csv, html or json here.")


def _measure(case: Mapping[str, Any], named: str) -> Measure | None:
    if "ratio" in case:
        if case["ratio"] is None:
            return None
        return Measure(named, case["ratio"], case["low"], case["high"], RATIO, case["n"], str(case["verdict"]))
    if case.get("typical_s") is None:
        return None
    note = "" if case.get("speedup") is None else f"speed-up {format_decimal(case['speedup'])}"
    if case.get("doubts"):
        note = "; ".join([*([note] if note else []), f"in doubt: {', '.join(case['doubts'])}"])
    return Measure(named, case["typical_s"], case.get("low_s"), case.get("high_s"), SECONDS, case["processes"], note)

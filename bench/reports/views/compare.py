"""The view of a comparison: a row per pair, what found no partner, and the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.analysis.sitting import SECOND
from bench.core.case import NONE
from bench.core.units import format_value
from bench.reports import columns
from bench.reports.contrasts import ratio, travelling, typical
from bench.reports.report import Report, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bench.analysis.estimator import Quotient
    from bench.analysis.pairing import Lonely
    from bench.analysis.sitting import Cell, Sitting
    from bench.core.case import Value
    from bench.reports.contrasts import Contrast, Contrasts

_READING = {
    False: "A ratio of 1.10 says 10 % more time than the base; the interval holds it with 95 % confidence.",
    True: "A ratio of 1.10 says 10 % more time in units of the own serial loop; the interval has 95 % confidence.",
}


def compare(found: Contrasts, sittings: Mapping[str, Sitting], warnings: Sequence[str] = ()) -> Report:
    """Make the report of a comparison; ``sittings`` are those whose cells were paired."""
    cases = [one.pair.other.case for one in found.contrasts if one.pair.other.case is not None]
    times = found.normalised or all(one.pair.other.unit == SECOND for one in found.contrasts)
    reading = _READING[found.normalised] if times else _READING[False].replace("more time", "more")
    notes = [reading, *found.failures]  # the reasons of single pairs stand in the table
    if found.axis == "file":
        notes.append(f"Verdict: {found.verdict}.")
    data = [_data(one, found.normalised, sittings) for one in found.contrasts]
    if not times:
        data = [row | _values(one) for row, one in zip(data, found.contrasts, strict=True)]
    keys = tuple(data[0]) if data else ()
    return Report(
        heading=columns.constants(cases),
        tables=tuple(_tables(found, sittings)),
        notes=tuple(notes),
        data={
            "by": found.axis,
            "normalise": "serial" if found.normalised else None,
            "cases": data,
            "missing": [_missing(entry) for entry in found.lonely],
            "verdict": found.verdict,
            "reasons": list(found.reasons),
            "warnings": list(warnings),
        },
        tidy=(keys, tuple(tuple(entry[key] for key in keys) for entry in data)),
    )


def not_comparable(differences: Mapping[tuple[str, str], Mapping[str, tuple[str | None, str | None]]]) -> Report:
    """Make the report of files that must not be compared: (base, other) -> the fields that differ, with both values."""
    rows = [
        (field, base, str(left), other, str(right))
        for (base, other), fields in differences.items()
        for field, (left, right) in fields.items()
    ]
    reasons = [f"{field} differs: {left} in {base}, {right} in {other}" for field, base, left, other, right in rows]
    head = ("field", "base", "value", "other", "other value")
    return Report(
        heading=(),
        tables=(Table(head, tuple(rows)),),
        notes=("Verdict: not comparable.",),
        data={"by": "file", "cases": [], "missing": [], "verdict": "not comparable", "reasons": reasons},
        tidy=(head, tuple(rows)),
    )


Column = tuple[str, "Callable[[Contrast], str]", bool]


def _tables(found: Contrasts, sittings: Mapping[str, Sitting]) -> list[Table]:
    tables = []
    bases = dict.fromkeys(one.pair.base_value for one in found.contrasts)
    for base in bases:
        chosen = [one for one in found.contrasts if one.pair.base_value == base]
        others = list(dict.fromkeys(one.pair.other_value for one in chosen))
        shown = [*_naming(found.axis, chosen, len(others)), *_measured(found.normalised, sittings)]
        shown += [
            ("ratio", lambda one: f"{_ratio(one, found, sittings).value:.3f}", True),
            ("95 % interval", lambda one: _interval(_ratio(one, found, sittings)), True),
            ("of medians", lambda one: f"{one.found.median_ratio:.3f}", True),
            ("n", _counts, True),
            ("p", lambda one: f"{one.p:.2g}", True),
            ("verdict", lambda one: one.verdict, False),
        ]
        if any(one.reason for one in chosen if one.verdict != "ok"):
            shown.append(("why", lambda one: "" if one.verdict == "ok" else one.reason, False))
        title = (
            f"{others[0]} against {base}" if found.axis in ("file", "machine", "python") and len(others) == 1 else ""
        )
        tables.append(
            Table(
                head=tuple(head for head, _, _ in shown),
                rows=tuple(tuple(cell(one) for _, cell, _ in shown) for one in chosen),
                title=title or f"by {found.axis}, against {base}",
                numeric=frozenset(index for index, (_, _, numeric) in enumerate(shown) if numeric),
            )
        )
    if found.lonely:
        tables.append(_not_compared(found))
    return tables


def _not_compared(found: Contrasts) -> Table:
    """Return the table of what found no partner, without what the heading and the other tables say of every case."""
    said = columns.shared(one.pair.other.case for one in found.contrasts if one.pair.other.case is not None)
    names = {entry.id: _without(entry.id, said) for entry in found.lonely}
    unique = len(set(names.values())) == len(names)
    rows = tuple((names[entry.id] if unique else entry.id, entry.where, entry.reason) for entry in found.lonely)
    return Table(("case", "missing in", "why"), rows, "Not compared")


def _without(case_id: str, said: Mapping[str, Value]) -> str:
    taken = {f"{axis}={value}" for axis, value in said.items()}
    words = case_id.split(" ")
    return " ".join(word for word in words if word not in taken and not word.endswith(f"={NONE}"))


def _naming(axis: str, chosen: Sequence[Contrast], others: int) -> list[Column]:
    """Return the columns that tell which pair a row is."""
    cases = [one.pair.other.case for one in chosen]
    known = [case for case in cases if case is not None]
    if len(known) < len(cases):
        found: list[Column] = [("case", lambda one: one.pair.other.id, False)]
    else:
        nouns = {case.family.removesuffix("s") for case in known}
        noun = nouns.pop() if len(nouns) == 1 else "member"
        found = [(noun, lambda one: str(one.pair.other.coordinate("member")), False)]
        names = [name for name in columns.varying(known) if name != axis]
        found += [(name, _coordinate(name), False) for name in names]
    if others > 1 or axis not in ("file", "machine", "python", "member"):
        found.append((axis, lambda one: str(one.pair.other_value), False))
    if len({one.pair.other.sitting for one in chosen}) > 1 and axis != "file":
        found.append(("file", lambda one: one.pair.other.sitting, False))
    return found


def _coordinate(axis: str) -> Callable[[Contrast], str]:
    def cell(one: Contrast) -> str:
        value = one.pair.other.coordinate(axis)
        return "-" if value == NONE else str(value)

    return cell


def _measured(normalised: bool, sittings: Mapping[str, Sitting]) -> list[Column]:
    """Return the columns of both sides: times, or what travels between machines."""
    if not normalised:
        return [
            ("base", lambda one: format_value(typical(one.pair.base, one.found.values), one.pair.base.unit), True),
            ("other", lambda one: format_value(typical(one.pair.other, one.found.values), one.pair.other.unit), True),
        ]

    def both(key: str, template: str) -> Callable[[Contrast], str]:
        def side(cell: Cell) -> str:
            value = travelling(cell, sittings)[key]
            return "-" if value is None else template.format(value if key == "speedup" else 100 * value)

        return lambda one: f"{side(one.pair.base)} -> {side(one.pair.other)}"

    return [
        ("speed-up", both("speedup", "{:.2f}"), True),
        ("efficiency", both("efficiency", "{:.0f} %"), True),
        ("of ceiling", both("of_ceiling", "{:.0f} %"), True),
    ]


def _ratio(one: Contrast, found: Contrasts, sittings: Mapping[str, Sitting]) -> Quotient:
    return ratio(one, normalised=found.normalised, sittings=sittings)


def _interval(found: Quotient) -> str:
    return "-" if found.low is None or found.high is None else f"{found.low:.3f} .. {found.high:.3f}"


def _counts(one: Contrast) -> str:
    found = one.found.evidence
    if found.paired:
        return f"{found.n} pairs"
    return str(found.n) if found.n_base == found.n_head else f"{found.n_base} / {found.n_head}"


def _data(one: Contrast, normalised: bool, sittings: Mapping[str, Sitting]) -> dict[str, Any]:
    evidence = one.found.evidence
    printed = ratio(one, normalised=normalised, sittings=sittings)
    data: dict[str, Any] = {
        "id": one.pair.other.id,
        "ratio": printed.value,
        "low": printed.low,
        "high": printed.high,
        "n": evidence.n,
        "p": one.p,
        "verdict": one.verdict,
        "reason": one.reason,
        "median_ratio": one.found.median_ratio,
        "n_base": evidence.n_base,
        "n_other": evidence.n_head,
        "paired": evidence.paired,
        "base_id": one.pair.base.id,
        "base": one.pair.base_value,
        "other": one.pair.other_value,
        "file": one.pair.other.sitting,
    }
    for side, cell in (("base", one.pair.base), ("other", one.pair.other)):
        if normalised:
            data |= {f"{side}_{key}": value for key, value in travelling(cell, sittings).items()}
        else:
            data[f"{side}_s"] = typical(cell, one.found.values) if cell.unit == SECOND else None
    return data


def _values(one: Contrast) -> dict[str, Any]:
    """Return what a file in which not everything is a time tells besides: both values, and their unit."""
    return {"unit": one.pair.other.unit, "base_value": typical(one.pair.base), "other_value": typical(one.pair.other)}


def _missing(entry: Lonely) -> dict[str, Any]:
    return {"id": entry.id, "where": entry.where, "reason": entry.reason, "failed": entry.failed}

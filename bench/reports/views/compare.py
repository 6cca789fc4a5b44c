"""The view of a comparison: a row per pair, what found no partner, and the verdict."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bench.core.case import NONE
from bench.core.units import format_decimal, format_percent, format_value
from bench.reports import cells, charts, columns
from bench.reports.contrasts import ratio, travelling, typical
from bench.reports.report import (
    DETAIL,
    DOUBTFUL,
    USEFUL,
    WEIGHTY,
    Axis,
    Cell,
    Column,
    Mark,
    Note,
    Report,
    Rule,
    key,
    notes,
    numbers,
    table,
    tabulated,
)
from bench.reports.wording import word, words
from bench.samples.dataset import SECOND

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bench.analysis.estimator import Quotient
    from bench.core.case import Value
    from bench.reports.contrasts import Contrast, Contrasts
    from bench.reports.report import Block, Chart, Table
    from bench.samples.dataset import Cell as Timed
    from bench.samples.dataset import Dataset
    from bench.samples.pairing import Unmatched

_READING = "A ratio of 1.10 says 10 % more{what} than the base; the interval holds it with 95 % confidence."
_READING_NORMALISED = (
    "A ratio of 1.10 says 10 % more time in units of the own serial loop; the interval has 95 % confidence."
)


def compare(found: Contrasts, datasets: Mapping[str, Dataset], warnings: Sequence[str] = ()) -> Report:
    """Make the report of a comparison; ``datasets`` are those whose cells were paired."""
    cases = [one.pair.other.case for one in found.contrasts if one.pair.other.case is not None]
    times = found.normalised or all(one.pair.other.unit == SECOND for one in found.contrasts)
    reading = _READING_NORMALISED if found.normalised and times else _READING.format(what=" time" if times else "")
    said = [reading, *map(word, (*found.void, *found.failures))]  # the reasons of single pairs stand in the table
    if found.axis == "file":
        said.append(f"Verdict: {found.verdict}.")
    data = [_data(one, bool(found.normalised), datasets) for one in found.contrasts]
    if not times:
        data = [row | _values(one) for row, one in zip(data, found.contrasts, strict=True)]
    keys = tuple(dict.fromkeys(name for entry in data for name in entry))
    return Report(
        heading=columns.constants(cases),
        blocks=(*_blocks(found, datasets), *notes(said)),
        data={
            "by": found.axis,
            "normalise": found.normalised or None,
            "cases": data,
            "missing": [_missing(entry) for entry in found.unmatched],
            "verdict": found.verdict,
            "reasons": [word(one) for one in found.reasons],
            "warnings": list(warnings),
        },
        tidy=(keys, tuple(tuple(entry.get(name, "") for name in keys) for entry in data)),
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
        blocks=(table(head, rows), Note("Verdict: not comparable.")),
        data={"by": "file", "cases": [], "missing": [], "verdict": "not comparable", "reasons": reasons},
        tidy=(head, tuple(rows)),
    )


Shown = tuple["Column | str", "Callable[[Contrast], Cell | str]"]


def _blocks(found: Contrasts, datasets: Mapping[str, Dataset]) -> list[Block]:
    blocks: list[Block] = []
    bases = dict.fromkeys(one.pair.base_value for one in found.contrasts)
    for base in bases:
        chosen = [one for one in found.contrasts if one.pair.base_value == base]
        others = list(dict.fromkeys(one.pair.other_value for one in chosen))
        naming = _naming(found.axis, chosen, len(others))
        shown = [*naming, *_measured(bool(found.normalised), datasets)]
        shown += [
            (numbers("ratio"), lambda one: _decimal(_ratio(one, found, datasets))),
            (numbers("95 % interval", WEIGHTY), lambda one: _interval(_ratio(one, found, datasets))),
            (numbers("of medians", DETAIL), lambda one: cells.decimal(one.found.median_ratio, 3)),
            (Column("n", numeric=True, importance=DETAIL, movable=True), _counts),
            (numbers("p", DETAIL), lambda one: Cell(f"{one.p:.2g}", one.p)),
            ("verdict", _verdict),
        ]
        title = (
            f"{others[0]} against {base}" if found.axis in ("file", "machine", "python") and len(others) == 1 else ""
        )
        title = title or f"by {found.axis}, against {base}"
        blocks += [tabulated(shown, chosen, title), _chart(title, naming, chosen, found, datasets)]
    if found.unmatched:
        blocks.append(_not_compared(found))
    return blocks


def _verdict(one: Contrast) -> Cell:
    found = cells.verdict(one.verdict, *_why(one))
    return found if found.tone or not one.doubts else replace(found, tone=DOUBTFUL)


def _why(one: Contrast) -> tuple[str, ...]:
    """Return why a pair is judged so, which goes without saying where it is ok, and what is in doubt about it."""
    reasons = () if one.verdict == "ok" else one.reasons
    return tuple(filter(None, [words(reasons), words(one.doubts)]))


def _chart(
    title: str,
    naming: Sequence[Shown],
    chosen: Sequence[Contrast],
    found: Contrasts,
    datasets: Mapping[str, Dataset],
) -> Chart:
    """Return the ratios, named as in the table."""
    marks = []
    for one in chosen:
        quotient = _ratio(one, found, datasets)
        name = " ".join(text for text in (str(make(one)) for _, make in naming) if text != "-")
        note = "; ".join(_why(one))
        marks.append((one.verdict, Mark(name, quotient.value, quotient.low, quotient.high, note, bool(one.doubts))))
    return charts.ratios(f"Ratios {title}", marks, (Rule("y", 1, "as the base"),), Axis("ratio"))


def _not_compared(found: Contrasts) -> Table:
    """Return the table of what found no partner, without what the heading and the other tables say of every case."""
    said = columns.shared(one.pair.other.case for one in found.contrasts if one.pair.other.case is not None)
    names = {entry.id: _without(entry.id, said) for entry in found.unmatched}
    unique = len(set(names.values())) == len(names)
    rows = [
        (names[entry.id] if unique else entry.id, cells.because(entry.where, word(entry.reason)))
        for entry in found.unmatched
    ]
    return table(("case", "missing in"), rows, "Not compared")


def _without(case_id: str, said: Mapping[str, Value]) -> str:
    taken = {f"{axis}={value}" for axis, value in said.items()}
    words = case_id.split(" ")
    return " ".join(word for word in words if word not in taken and not word.endswith(f"={NONE}"))


def _naming(axis: str, chosen: Sequence[Contrast], others: int) -> list[Shown]:
    """Return the columns that tell which pair a row is."""
    cases = [one.pair.other.case for one in chosen]
    known = [case for case in cases if case is not None]
    if len(known) < len(cases):
        found: list[Shown] = [("case", lambda one: one.pair.other.id)]
    else:
        nouns = {case.family.removesuffix("s") for case in known}
        noun = nouns.pop() if len(nouns) == 1 else "member"
        found = [(noun, lambda one: str(one.pair.other.coordinate("member")))]
        names = [name for name in columns.varying(known) if name != axis]
        found += [(key(name), _coordinate(name)) for name in names]
    if len({one.pair.other.side for one in chosen}) > 1 and axis != "python":
        found.append((key("side"), _coordinate("side")))
    if axis != "member" and (others > 1 or axis not in ("file", "machine", "python")):
        found.append((axis, lambda one: str(one.pair.other_value)))
    if len({one.pair.other.dataset for one in chosen}) > 1 and axis != "file":
        found.append(("file", lambda one: one.pair.other.dataset))
    return found


def _coordinate(axis: str) -> Callable[[Contrast], str]:
    def cell(one: Contrast) -> str:
        value = one.pair.other.coordinate(axis)
        return "-" if value == NONE else str(value)

    return cell


def _measured(normalised: bool, datasets: Mapping[str, Dataset]) -> list[Shown]:
    """Return the columns of both sides: times, or what travels between machines."""
    if not normalised:
        return [
            (numbers("base", USEFUL), lambda one: _value(one.pair.base, one.found.values)),
            (numbers("other", USEFUL), lambda one: _value(one.pair.other, one.found.values)),
        ]

    def both(key: str, written: Callable[[float], str]) -> Callable[[Contrast], str]:
        def side(cell: Timed) -> str:
            value = travelling(cell, datasets)[key]
            return "-" if value is None else written(value)

        return lambda one: f"{side(one.pair.base)} -> {side(one.pair.other)}"

    return [
        (numbers("speed-up", USEFUL), both("speedup", format_decimal)),
        (numbers("efficiency", DETAIL), both("efficiency", format_percent)),
        (numbers("of ceiling", DETAIL), both("of_ceiling", format_percent)),
    ]


def _ratio(one: Contrast, found: Contrasts, datasets: Mapping[str, Dataset]) -> Quotient:
    return ratio(one, normalised=bool(found.normalised), datasets=datasets)


def _value(cell: Timed, values: int | None) -> Cell:
    value = typical(cell, values)
    return Cell(format_value(value, cell.unit), value, "s" if cell.unit == SECOND else cell.unit)


def _decimal(found: Quotient) -> Cell:
    return cells.decimal(found.value, 3, found.low, found.high)


def _interval(found: Quotient) -> Cell:
    return cells.interval(found.low, found.high, 3)


def _counts(one: Contrast) -> str:
    found = one.found.evidence
    if found.paired:
        return f"{found.n} pairs"
    return str(found.n) if found.n_base == found.n_head else f"{found.n_base} / {found.n_head}"


def _data(one: Contrast, normalised: bool, datasets: Mapping[str, Dataset]) -> dict[str, Any]:
    evidence = one.found.evidence
    printed = ratio(one, normalised=normalised, datasets=datasets)
    data: dict[str, Any] = {
        "id": one.pair.other.id,
        "ratio": printed.value,
        "low": printed.low,
        "high": printed.high,
        "n": evidence.n,
        "p": one.p,
        "verdict": one.verdict,
        "reason": words((*one.reasons, *one.doubts)),
        "doubts": [word(why) for why in one.doubts],
        "median_ratio": one.found.median_ratio,
        "n_base": evidence.n_base,
        "n_other": evidence.n_head,
        "paired": evidence.paired,
        "base_id": one.pair.base.id,
        "base": one.pair.base_value,
        "other": one.pair.other_value,
        "file": one.pair.other.dataset,
    }
    if (case := one.pair.other.case) is not None:
        data |= {"family": case.family, "member": case.member, "params": dict(case.params)}
    for side, cell in (("base", one.pair.base), ("other", one.pair.other)):
        if normalised:
            data |= {f"{side}_{key}": value for key, value in travelling(cell, datasets).items()}
        else:
            data[f"{side}_s"] = typical(cell, one.found.values) if cell.unit == SECOND else None
    return data


def _values(one: Contrast) -> dict[str, Any]:
    """Return what a file in which not everything is a time tells besides: both values, and their unit."""
    return {"unit": one.pair.other.unit, "base_value": typical(one.pair.base), "other_value": typical(one.pair.other)}


def _missing(entry: Unmatched) -> dict[str, Any]:
    return {"id": entry.id, "where": entry.where, "reason": word(entry.reason), "failed": entry.failed}

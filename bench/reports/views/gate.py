"""The view of a gate: a row per case with its ratio, its interval and its verdict, and one verdict for all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bench.core.case import NONE
from bench.core.reason import Kind, Reason
from bench.reports import charts, columns, naming
from bench.reports.cells import NOTHING, because, count, decimal, interval, tone_of, verdict
from bench.reports.report import (
    BAD,
    DETAIL,
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
)
from bench.reports.wording import word
from bench.samples.finding import FAILED, Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bench.reports.report import Chart, Table

MISSING, UNDECIDED = "missing", "inconclusive"


def gate(found: Finding) -> Report:
    """Make the report of a gate."""
    rows, named = _rows(found), _names(found)
    slower = {row["id"] for row in rows if row["verdict"] in ("regressed", FAILED)}
    head = ("id", "ratio", "low", "high", "n", "p", "mean", "verdict", "reason")
    return Report(
        heading=(
            *(f"{name}: {text}" for name, text in found.sides.items()),
            f"alpha {found.rule.alpha:g} for all cases together, margin {found.rule.margin:.1%}, "
            f"threshold {found.rule.threshold:.1%}" + (f", {found.drift:.1%} allowed for drift" if found.drift else ""),
            *columns.constants(case for case in found.cases.values() if case is not None),
        ),
        blocks=(
            _table(found, rows),
            *_chart(found, rows),
            Note("A ratio of 1.05 says that head takes 5 % more time; the interval holds it with 95 % confidence."),
            *notes(_power(found)),
            *(
                Note(word(reason, named), telling=reason.case in slower, tone=BAD if reason.case in slower else "")
                for reason in found.reasons
            ),
            Note(f"Verdict: {found.overall}.", tone=tone_of(found.overall)),
        ),
        data={
            "verdict": found.overall,
            "void": bool(found.verdict and found.verdict.void),
            "reasons": [word(reason) for reason in found.reasons],
            "cases": rows,
            "controls": [
                {"id": name, "ratio": one.ratio, "low": one.low, "high": one.high, "n": one.n, "p": one.p}
                for name, one in found.controls.items()
            ],
            **found.sides,
            "alpha": found.rule.alpha,
            "margin": found.rule.margin,
            "threshold": found.rule.threshold,
            "drift": found.drift,
            "power": found.power,
            "warnings": [*found.doubts, *map(word, found.warnings)],
        },
        tidy=(head, tuple(tuple(row[name] for name in head) for row in rows)),
    )


def _rows(found: Finding) -> list[dict[str, Any]]:
    judged = {cell.id: cell for cell in found.verdict.cells} if found.verdict else {}
    rows = []
    for name in found.cases:
        cell = judged.get(name)
        row: dict[str, Any] = {"id": name} | dict.fromkeys(("ratio", "low", "high", "n", "p", "mean", "mean_high"))
        if (case := found.cases[name]) is not None:
            row |= {"family": case.family, "member": case.member, "params": dict(case.params)}
        if cell is not None:
            one = cell.evidence
            row |= {"ratio": one.ratio, "low": one.low, "high": one.high, "n": one.n, "p": cell.p}
            row |= {"verdict": cell.verdict, "reason": word(cell.reason), "note": "improved" if cell.improved else ""}
            if cell.tail is not None:
                row |= {"mean": cell.tail.mean, "mean_high": cell.tail.mean_upper}
        else:
            undecided = found.verdict is not None and name not in found.failed
            verdict = MISSING if name in found.lacking else UNDECIDED if undecided else FAILED
            pairs = found.measured.get(name)
            if pairs is not None:
                row |= {"ratio": pairs.ratio, "low": pairs.low, "high": pairs.high, "n": pairs.n}
            unjudged = Reason(Kind.UNMEASURED if pairs is None else Kind.TOO_FEW_PAIRS)
            reason = found.lacking.get(name) or found.failed.get(name, unjudged)
            row |= {"verdict": verdict, "reason": word(reason), "note": ""}
        rows.append(row)
    return rows


def _table(found: Finding, rows: list[dict[str, Any]]) -> Table:
    cases = [case for case in found.cases.values() if case is not None]
    plain = len(cases) < len(found.cases)
    varying = [] if plain else columns.varying(cases)
    lines: list[tuple[Cell | str, ...]] = []
    for row in rows:
        case = found.cases[row["id"]]
        params = dict(case.params) if case else {}
        name = case.member if case and not plain else row["id"]
        places = [_value(params.get(axis, NONE)) for axis in varying]
        said = f"{row['verdict']}, {row['note']}" if row["note"] else row["verdict"]
        judged = replace(verdict(said, row["reason"]), value=row["verdict"])
        lines.append((name, *places, *_numbers(row), judged))
    for name, one in found.controls.items():
        measured = _numbers({"ratio": one.ratio, "low": one.low, "high": one.high, "n": one.n, "p": one.p})
        lines.append(
            (
                f"control {_names(found)(name)}",
                *["-"] * len(varying),
                *measured,
                because("", "same code"),
            )
        )
    return table(
        (
            "case",
            *map(key, varying),
            numbers("ratio"),
            numbers("95 % interval", WEIGHTY),
            Column("n", numeric=True, importance=DETAIL, movable=True),
            numbers("p", DETAIL),
            "verdict",
        ),
        lines,
    )


def _chart(found: Finding, rows: list[dict[str, Any]]) -> tuple[Chart, ...]:
    """Return the ratios with what they are held against; nothing where there are none."""
    named = _names(found)
    marks = [
        (row["verdict"], Mark(named(row["id"]), row["ratio"], row["low"], row["high"], row["note"]))
        for row in rows
        if row["ratio"] is not None
    ]
    marks += [
        ("control", Mark(f"control {named(name)}", one.ratio, one.low, one.high))
        for name, one in found.controls.items()
    ]
    rules = (
        Rule("y", 1, "as fast as base"),
        Rule("y", 1 + found.rule.margin, "margin"),
        Rule("y", 1 + found.rule.threshold, "threshold"),
    )
    chart = charts.ratios("Time of head in units of base", marks, rules, Axis("head / base"))
    return (chart,) if marks else ()


def _power(found: Finding) -> tuple[str, ...]:
    """Say how often a slowdown of the threshold would have been found, and what cannot be seen at all."""
    if found.power is None:
        return ()
    return (
        f"Power: pairs that spread like these show a slowdown of {found.rule.threshold:.0%} in {found.power:.0%} of "
        "gates. "
        "A tail of which fewer than three values are expected among those that were taken cannot be detected.",
    )


def _names(found: Finding) -> Callable[[str], str]:
    """Return what names cases as short as the table allows; the full ids are in the data."""
    varying = columns.varying(case for case in found.cases.values() if case is not None)
    short = {name: _member(name) for name in found.controls}
    for name, case in found.cases.items():
        if case is not None:
            short[name] = naming.apart(case, varying)
    return lambda name: short.get(name, name)


def _member(case_id: str) -> str:
    """Return the member that an id names, or the name of a benchmark as it is."""
    return case_id.split(maxsplit=1)[0].rpartition("/")[2]


def _value(value: object) -> str:
    return "-" if value == NONE else str(value)


def _numbers(row: Mapping[str, Any]) -> tuple[Cell, ...]:
    if row["ratio"] is None:
        return (NOTHING,) * 4
    ends = row["low"], row["high"]
    p = NOTHING if row["p"] is None else Cell(f"{row['p']:.2g}", row["p"])
    return decimal(row["ratio"], 3, *ends), interval(*ends, 3), count(row["n"]), p

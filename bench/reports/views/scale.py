"""The view of scaling: speed-up, efficiency, serial fraction, and what the laws make of them."""

from __future__ import annotations

import statistics
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bench.analysis import scaling
from bench.analysis.errors import BadSample, TooFew
from bench.analysis.law_fit import fit
from bench.analysis.laws import AMDAHL, GUSTAFSON, USL
from bench.core.units import format_seconds
from bench.reports import columns
from bench.reports.report import Report, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.analysis.law_fit import Fit
    from bench.analysis.scaling import Point
    from bench.core.case import Case
    from bench.reports.curves import Curve

_LAWS = (AMDAHL, GUSTAFSON, USL)
_SPECULATIVE = "beyond what was measured: speculative"


def scale(found: Sequence[Curve], usable_cpus: float) -> Report:
    """Make the report of scaling curves; fits never use more workers than ``usable_cpus``."""
    cases = [curve.case for curve in found]
    tables: list[Table] = []
    notes: dict[str, None] = {}
    data = []
    for curve in found:
        name = label(curve.case, cases, {"workers"})
        points = scaling.curve(curve.serial_s, curve.alone_s, curve.ceiling_s)
        fits, refused = _fits(curve, usable_cpus)
        tables.append(_points_table(name, curve, points, usable_cpus))
        if fits:
            tables += [_parameters_table(name, fits), _laws_table(name, fits)]
        notes |= dict.fromkeys(f"{name}: {said}" for said in _notes(curve, fits, refused))
        data.append(_data(curve, points, fits, refused))
    fixed = [case for case in cases if len(cases) > 1] or cases
    return Report(
        heading=tuple(_without_workers(line) for line in columns.constants(fixed)),
        tables=tuple(tables),
        notes=tuple(notes),
        data={"curves": data, "usable_cpus": usable_cpus},
        tidy=_tidy(data),
    )


def label(case: Case, cases: Sequence[Case], ignored: set[str]) -> str:
    """Name a curve: its member, and the axes in which it differs from the others, without those it sweeps."""
    axes = [axis for axis in columns.varying(cases) if axis not in ignored]
    params = dict(case.params)
    return " ".join([case.member, *(f"{axis}={params[axis]}" for axis in axes if axis in params)])


def _without_workers(line: str) -> str:
    return ", ".join(piece for piece in line.split(", ") if not piece.startswith("workers "))


def _fits(curve: Curve, usable_cpus: float) -> tuple[list[Fit], dict[str, str]]:
    """Return the laws that can be fitted, and why the others cannot."""
    fits, refused = [], {}
    for law in _LAWS:
        if law.weak and not curve.weak:
            refused[law.name] = (
                "needs a run whose work grows with the workers: primebench run --workload weak --workers 1-N"
            )
        elif curve.weak and not law.weak:
            refused[law.name] = "needs a run of fixed work: leave out --workload weak"
        else:
            try:
                fits.append(fit(law, curve.serial_s, curve.parallel_s, usable_cpus))
            except (TooFew, BadSample) as error:
                refused[law.name] = str(error)
    return fits, refused


def _points_table(name: str, curve: Curve, points: Sequence[Point], usable_cpus: float) -> Table:
    rows = [
        (
            f"{point.workers}{' *' if point.workers > usable_cpus else ''}",
            format_seconds(statistics.median(curve.parallel_s[point.workers])),
            f"{point.speed_up:.2f}",
            _interval(point.low, point.high),
            f"{100 * point.efficiency:.0f} %",
            "-" if point.share is None else f"{100 * point.share:.0f} %",
            "-" if point.serial_fraction is None else f"{point.serial_fraction:.3f}",
        )
        for point in points
    ]
    rows += [(str(workers), "-", "-", "-", "-", "-", reason) for workers, reason in curve.failed.items()]
    head = ("workers", "time", "speed-up", "95 % interval", "efficiency", "of ceiling", "serial fraction")
    return Table(
        head,
        tuple(rows),
        f"{name}: {'work grows with the workers' if curve.weak else 'fixed work'}",
        frozenset(range(7)),
    )


def _parameters_table(name: str, fits: Sequence[Fit]) -> Table:
    rows = [
        (
            found.law,
            found.formula,
            parameter.name.replace("_", " "),
            f"{parameter.value:.4f}",
            _interval(parameter.low, parameter.high, 4),
            f"{found.rms:.3f}",
        )
        for found in fits
        for parameter in found.parameters
    ]
    head = ("law", "formula", "parameter", "value", "95 % interval", "rms residual")
    return Table(head, tuple(rows), f"{name}: fits", frozenset({3, 4, 5}))


def _laws_table(name: str, fits: Sequence[Fit]) -> Table:
    # The ratio of medians that entered the fits, so that measured minus law is the residual.
    measured = dict(zip(fits[0].workers, fits[0].speed_ups, strict=True))
    most = max(found.workers[-1] for found in fits)
    shown = sorted({*(count for found in fits for count in found.workers), most + (most + 1) // 2, 2 * most})
    head = ["workers", "measured"]
    for found in fits:
        head += [found.law, "95 % interval", "residual"]
    rows = []
    for workers in shown:
        row = [str(workers), f"{measured[workers]:.2f}" if workers in measured else "-"]
        for found in fits:
            said = next((one for one in found.predictions if one.workers == workers), None)
            residual = dict(zip(found.workers, found.residuals, strict=True)).get(workers)
            row += [f"{said.speed_up:.2f}", _interval(said.low, said.high)] if said is not None else ["-", "-"]
            row.append("-" if residual is None else f"{residual:+.3f}")
        rows.append((*row, _SPECULATIVE if workers > most else ""))
    return Table((*head, "reach"), tuple(rows), f"{name}: what the laws say", frozenset(range(len(head))))


def _notes(curve: Curve, fits: Sequence[Fit], refused: dict[str, str]) -> list[str]:
    found = [f"no {law} fit: {reason}." for law, reason in refused.items() if law != GUSTAFSON.name or curve.weak]
    for one in fits:
        found += [f"{one.law}: {note}." for note in one.notes if not note.startswith("beyond")]
        if one.peak is not None and one.peak.workers is not None:
            mark = ", which is speculative" if one.peak.speculative else ""
            place = f"at {one.peak.workers:.1f} workers{mark}" if one.peak.workers > 1 else "from the first worker on"
            found.append(f"{one.law} turns down {place}.")
    return found


def _interval(low: float | None, high: float | None, digits: int = 2) -> str:
    return "-" if low is None or high is None else f"{low:.{digits}f} .. {high:.{digits}f}"


def _data(curve: Curve, points: Sequence[Point], fits: Sequence[Fit], refused: dict[str, str]) -> dict[str, Any]:
    params = {axis: value for axis, value in curve.case.params if axis != "workers"}
    return {
        "family": curve.case.family,
        "member": curve.case.member,
        "params": params,
        "weak": curve.weak,
        "points": [
            {"workers": point.workers, "typical_s": statistics.median(curve.parallel_s[point.workers]), **_rest(point)}
            for point in points
        ],
        "fits": [asdict(found) for found in fits],
        "refused": refused,
        "failed": {str(workers): reason for workers, reason in curve.failed.items()},
    }


def _rest(point: Point) -> dict[str, Any]:
    values = asdict(point)
    del values["workers"]
    return values


def _tidy(data: Sequence[dict[str, Any]]) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]:
    axes = tuple(sorted({axis for curve in data for axis in curve["params"]}))
    keys = tuple(dict.fromkeys(key for curve in data for point in curve["points"] for key in point))
    rows = tuple(
        (
            curve["family"],
            curve["member"],
            *(curve["params"].get(axis, "") for axis in axes),
            *(point[key] for key in keys),
        )
        for curve in data
        for point in curve["points"]
    )
    return ("family", "member", *axes, *keys), rows

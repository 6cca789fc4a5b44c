"""The view of scaling: speed-up, efficiency, serial fraction, and what the laws make of them."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bench.analysis import estimator, law_range, scaling
from bench.analysis.errors import BadSample, TooFew
from bench.analysis.law_fit import REACH, fit
from bench.analysis.laws import AMDAHL, GUSTAFSON, USL
from bench.core.case import NONE
from bench.core.units import format_decimal
from bench.reports import cells, charts, columns
from bench.reports.report import DETAIL, USEFUL, Cell, Column, Report, notes, numbers, table
from bench.reports.wording import word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.analysis.law_fit import Fit
    from bench.analysis.law_range import Range
    from bench.analysis.scaling import Point
    from bench.core.case import Case
    from bench.reports.report import Block, Table
    from bench.samples.curves import Curve

_LAWS = (AMDAHL, GUSTAFSON, USL)


def scale(found: Sequence[Curve], usable_cpus: float) -> Report:
    """Make the report of scaling curves; fits never use more workers than ``usable_cpus``.

    No law is fitted to figures in doubt, and none where the serial baseline is inconsistent.
    """
    cases = [curve.case for curve in found]
    blocks: list[Block] = []
    told: list[str] = []
    data = []
    for curve in found:
        name = label(curve.case, cases, {"workers"}, curve.side)
        points = scaling.curve(curve.baseline_s, curve.alone_s, curve.limit_s)
        wrong = _inconsistent(curve, points)
        fits, refused = ([], {}) if wrong else _fits(curve, usable_cpus)
        beyond = _beyond(curve, usable_cpus) if fits else None
        blocks.append(_points_table(name, curve, points, usable_cpus, against_one=bool(wrong)))
        blocks.append(charts.speedups(name, points, curve.doubts, curve.limit_doubts, fits, beyond))
        if fits:
            blocks += [_parameters_table(name, fits), _laws_table(name, fits, beyond)]
        said = [wrong] if wrong else _notes(curve, fits, refused, beyond)
        told += [f"{name}: {one}" for one in said]
        data.append(_data(curve, points, fits, refused, beyond) | {"inconsistent": wrong})
    fixed = [case for case in cases if len(cases) > 1] or cases
    return Report(
        heading=_constants(fixed),
        blocks=(*blocks, *notes(told)),
        data={"curves": data, "usable_cpus": usable_cpus},
        tidy=_tidy(data),
    )


def _inconsistent(curve: Curve, points: Sequence[Point]) -> str:
    """Return a sentence that says why the serial baseline cannot be right, or an empty text."""
    for point in points:
        most = curve.most[point.workers]
        if scaling.impossible(point.speed_up, point.low, most):
            offered = "; the column to P = 1 does without it" if 1 in curve.parallel_s else ""
            return (
                f"the serial baseline is inconsistent, measure it again: {point.speed_up:.2f} with P = {point.workers} "
                f"is above {most}, the largest speed-up that is possible. No law is fitted{offered}."
            )
    return ""


def _beyond(curve: Curve, usable_cpus: float) -> tuple[Range, ...] | None:
    """Return the range of what may come up to twice the largest measured count; none where it cannot be known."""
    used = {workers: times for workers, times in curve.parallel_s.items() if workers <= usable_cpus}
    known = None if curve.weak else law_range.intervals(curve.baseline_s, used)
    if known is None:
        return None
    most = max(used)
    return law_range.ranges(known, range(most + 1, REACH * most + 1))


def label(case: Case, cases: Sequence[Case], ignored: set[str], side: str = "") -> str:
    """Name a curve: its member, its side, and the axes in which it differs from others, without those it sweeps."""
    axes = [axis for axis in columns.varying(cases) if axis not in ignored]
    params = dict(case.params)
    told = [f"{axis}={params[axis]}" for axis in axes if axis in params]
    return " ".join(word for word in (case.member, side, *told) if word)


def _constants(cases: Sequence[Case]) -> tuple[str, ...]:
    fixed = [f"{axis} {value}" for axis, value in columns.shared(cases).items() if axis != "workers"]
    return (", ".join(fixed),) if fixed else ()


def _fits(curve: Curve, usable_cpus: float) -> tuple[list[Fit], dict[str, str]]:
    """Return the laws that can be fitted, and why the others cannot."""
    fits, refused = [], {}
    doubtful = [workers for workers in sorted(curve.doubts) if workers <= usable_cpus]
    for law in _LAWS:
        if law.weak and not curve.weak:
            refused[law.name] = (
                "needs a run whose work grows with the workers: primebench run --workload weak --workers 1-N"
            )
        elif curve.weak and not law.weak:
            refused[law.name] = "needs a run of fixed work: leave out --workload weak"
        elif doubtful:
            refused[law.name] = f"the figures at P = {', '.join(map(str, doubtful))} are in doubt; measure again"
        else:
            try:
                fits.append(fit(law, curve.baseline_s, curve.parallel_s, usable_cpus))
            except (TooFew, BadSample) as error:
                refused[law.name] = str(error)
    return fits, refused


def _points_table(name: str, curve: Curve, points: Sequence[Point], usable_cpus: float, *, against_one: bool) -> Table:
    one = estimator.time(curve.alone_s[1]) if against_one and 1 in curve.alone_s else None
    rows: list[tuple[Cell | str, ...]] = [
        (curve.baseline, cells.seconds(estimator.time(curve.baseline_s)), cells.decimal(1.0), *[cells.NOTHING] * 7)
    ]
    for point in points:
        relative = one / estimator.time(curve.alone_s[point.workers]) if one else None
        more = " *" if point.workers > usable_cpus else ""
        rows.append(
            (
                cells.because(f"{point.workers}{more}", *curve.doubts.get(point.workers, ())),
                cells.seconds(estimator.time(curve.parallel_s[point.workers])),
                cells.decimal(point.speed_up, 2, point.low, point.high),
                cells.interval(point.low, point.high),
                cells.decimal(relative),
                cells.percent(point.efficiency),
                cells.percent(point.share, point.share_low, point.share_high),
                cells.percents(point.share_low, point.share_high),
                "-" if point.serial_fraction is None else _fraction(point.serial_fraction),
                _fractions(point.fraction_low, point.fraction_high),
            )
        )
    rows += [(cells.because(str(workers), reason), *[cells.NOTHING] * 9) for workers, reason in curve.failed.items()]
    columns = (
        numbers("workers"),
        numbers("time"),
        numbers("speed-up"),
        numbers("95 % interval", USEFUL, "interval of speed-up"),
        numbers("to P = 1"),
        numbers("efficiency", DETAIL),
        numbers("of ceiling", USEFUL),
        numbers("95 % interval", DETAIL, "interval of the share of the ceiling"),
        numbers("serial fraction", USEFUL),
        numbers("95 % interval", DETAIL, "interval of the serial fraction"),
    )
    kept = [index for index in range(len(columns)) if index != 4 or one]
    return table(
        [columns[index] for index in kept],
        [[row[index] for index in kept] for row in rows],
        f"{name}: {'work grows with the workers' if curve.weak else 'fixed work'}",
    )


def _fraction(value: float) -> str:
    """Write a serial fraction; there is no negative one, only a speed-up that was measured too large."""
    return "< 0" if value < 0 else format_decimal(value, 3)


def _fractions(low: float | None, high: float | None) -> str:
    return "-" if low is None or high is None else f"{_fraction(low)} .. {_fraction(high)}"


def _parameters_table(name: str, fits: Sequence[Fit]) -> Table:
    rows = [
        (
            found.law,
            found.formula,
            parameter.name.replace("_", " "),
            cells.decimal(parameter.value, 4, parameter.low, parameter.high),
            cells.interval(parameter.low, parameter.high, 4),
            cells.decimal(found.rms, 3),
        )
        for found in fits
        for parameter in found.parameters
    ]
    columns = (
        "law",
        Column("formula", importance=USEFUL),
        "parameter",
        numbers("value"),
        numbers("95 % interval", USEFUL),
        numbers("rms residual", DETAIL),
    )
    return table(columns, rows, f"{name}: fits")


def _laws_table(name: str, fits: Sequence[Fit], beyond: Sequence[Range] | None) -> Table:
    # The speed-ups that entered the fits, so that measured minus law is the residual.
    measured = dict(zip(fits[0].workers, fits[0].speed_ups, strict=True))
    most = max(measured)
    possible = {one.workers: one for one in beyond or ()}
    shown = [*measured, *(count for count in (most + (most + 1) // 2, REACH * most) if count in possible)]
    columns = [numbers("workers"), numbers("measured")]
    for found in fits:
        columns += [
            numbers(found.law),
            numbers("95 % interval", USEFUL, f"interval of {found.law}"),
            numbers("residual", DETAIL, f"residual of {found.law}"),
        ]
    rows = []
    for workers in shown:
        row = [cells.count(workers), cells.decimal(measured.get(workers))]
        for found in fits:
            said = next((one for one in found.predictions if one.workers == workers), None)
            residual = dict(zip(found.workers, found.residuals, strict=True)).get(workers)
            if said is not None:
                row += [cells.decimal(said.speed_up, 2, said.low, said.high), cells.interval(said.low, said.high)]
            else:
                fitted = None if residual is None else measured[workers] - residual
                row += [cells.decimal(fitted), cells.NOTHING]
            row.append(cells.NOTHING if residual is None else Cell(f"{residual:+.3f}", residual))
        end = possible.get(workers)
        rows.append([*row, cells.interval(end.low, end.high) if end else Cell("")])
    columns.append(numbers("possible"))
    width = len(columns) if possible else len(columns) - 1
    return table(columns[:width], [row[:width] for row in rows], f"{name}: what the laws say")


def _notes(curve: Curve, fits: Sequence[Fit], refused: dict[str, str], beyond: Sequence[Range] | None) -> list[str]:
    found = [f"no {law} fit: {reason}." for law, reason in refused.items() if law != GUSTAFSON.name or curve.weak]
    for one in fits:
        found += [f"{one.law}: {word(note)}." for note in one.notes]
        if one.peak is not None and one.peak.workers is not None:
            place = f"at {one.peak.workers:.1f} workers" if one.peak.workers > 1 else "from the first worker on"
            found.append(f"{one.law} turns down {place}.")
    if beyond:
        found.append(
            "possible: whatever fixed cost, contention and coherency pass through all measured intervals (95 % "
            "together), if no new limit begins beyond what was measured."
        )
    elif fits and not curve.weak:
        found.append(
            "nothing is said beyond what was measured: too few processes at some P, or no law of contention and "
            "coherency passes through all measured intervals."
        )
    return found


def _data(
    curve: Curve, points: Sequence[Point], fits: Sequence[Fit], refused: dict[str, str], beyond: Sequence[Range] | None
) -> dict[str, Any]:
    params = {axis: value for axis, value in curve.case.params if axis != "workers"}
    params |= {"side": curve.side} if curve.side else {}
    return {
        "family": curve.case.family,
        "member": curve.case.member,
        "params": params,
        "weak": curve.weak,
        "baseline_s": estimator.time(curve.baseline_s),
        "points": [
            {"workers": point.workers, "typical_s": estimator.time(curve.parallel_s[point.workers]), **_rest(point)}
            for point in points
        ],
        "fits": [asdict(found) | {"notes": [word(note) for note in found.notes]} for found in fits],
        "beyond": [asdict(one) for one in beyond or ()],
        "refused": refused,
        "doubts": {str(workers): list(reasons) for workers, reasons in curve.doubts.items()},
        "failed": {str(workers): reason for workers, reason in curve.failed.items()},
    }


def _rest(point: Point) -> dict[str, Any]:
    values = asdict(point)
    del values["workers"]
    return values


def _tidy(data: Sequence[dict[str, Any]]) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]:
    """Return a row per worker count that was measured or that a law speaks of, with what each law makes of it."""
    axes = tuple(sorted({axis for curve in data for axis in curve["params"]}))
    keys = tuple(dict.fromkeys(key for curve in data for point in curve["points"] for key in point))
    lines = [line for curve in data for line in _lines(curve)]
    own = ("family", "member", *axes, *keys)
    fitted = tuple(dict.fromkeys(name for line in lines for name in line if name not in own))
    return (*own, *fitted), tuple(tuple(_plain(line.get(name)) for name in (*own, *fitted)) for line in lines)


def _lines(curve: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what is known at each worker count of a curve; the parameters of its fits stand in every line."""
    lines: dict[int, dict[str, Any]] = {point["workers"]: dict(point) for point in curve["points"]}
    everywhere = {"family": curve["family"], "member": curve["member"], **curve["params"]}
    for found in curve["fits"]:
        law = found["law"].lower()
        for parameter in found["parameters"]:
            name = f"{law}_{parameter['name']}"
            everywhere |= {name: parameter["value"], f"{name}_low": parameter["low"], f"{name}_high": parameter["high"]}
        for workers, measured, residual in zip(found["workers"], found["speed_ups"], found["residuals"], strict=True):
            lines[workers][f"{law}_speed_up"] = measured - residual
        for said in found["predictions"]:
            line = lines.setdefault(said["workers"], {"workers": said["workers"]})
            line |= {f"{law}_{end}": said[end] for end in ("speed_up", "low", "high")}
    for one in curve["beyond"]:
        line = lines.setdefault(one["workers"], {"workers": one["workers"]})
        line |= {"possible_low": one["low"], "possible_high": one["high"]}
    return [everywhere | lines[workers] for workers in sorted(lines)]


def _plain(value: Any) -> Any:
    return "" if value is None or value == NONE else value

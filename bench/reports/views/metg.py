"""The view of METG: the smallest task that a backend still runs at half of the possible speed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.analysis import metg as analysis
from bench.analysis.errors import BadSample, TooFew
from bench.core.reference import Role
from bench.core.units import format_seconds
from bench.reports import cells, charts
from bench.reports.report import Column, Report, notes, numbers, table
from bench.reports.views.scale import label
from bench.samples.curves import sizing_axes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.analysis.metg import Level, Metg
    from bench.reports.report import Block, Table
    from bench.samples.curves import TaskSweep

_PEAKS = {Role.BASELINE: f"P times the {Role.BASELINE.label}", Role.LIMIT: f"the {Role.LIMIT.label}"}


def metg(sweeps: Sequence[TaskSweep], usable_cpus: float) -> Report:
    """Make the report of sweeps over task sizes; workers without a CPU of their own are refused."""
    cases = [sweep.case for sweep in sweeps]
    data = [_data(label(sweep.case, cases, sizing_axes(), sweep.side), sweep, usable_cpus) for sweep in sweeps]
    rows = [
        (
            entry["name"],
            cells.count(entry["workers"]),
            cells.count(entry["tasks"]),
            _PEAKS[peak],
            cells.because(
                "-" if found["seconds"] is None else format_seconds(found["seconds"]),
                found["reason"] or _doubt(entry),
            ),
            _interval(found["low"], found["high"]),
        )
        for entry in data
        for peak, found in entry["metg"].items()
    ]
    columns = (
        "backend",
        Column("workers", numeric=True, movable=True),
        Column("tasks", numeric=True, movable=True),
        "half of",
        numbers("METG(50 %)"),
        numbers("95 % interval"),
    )
    blocks: list[Block] = [table(columns, rows)]
    known = {entry["name"]: entry["metg"][Role.BASELINE]["curve"] for entry in data}
    swept = {name: curve for name, curve in known.items() if curve}
    if len(swept) > 1:
        blocks.append(charts.together(swept))
    for entry in data:
        if entry["metg"][Role.BASELINE]["curve"]:
            curves = {_PEAKS[peak]: found["curve"] for peak, found in entry["metg"].items()}
            half_s = entry["metg"][Role.BASELINE]["seconds"]
            blocks += [_curve(entry), charts.efficiencies(entry["name"], curves, half_s)]
    narrow = any(found["narrow"] for entry in data for found in entry["metg"].values())
    said = ["METG(50 %): time per task and worker, overhead included, at which half of the possible speed is reached."]
    if narrow:
        said.append("Intervals from fewer than 10 processes are too narrow, and from fewer than 4 there are none.")
    tidy = tuple(
        (entry["name"], entry["workers"], entry["tasks"], peak, grain["granularity_s"], grain["efficiency"])
        for entry in data
        for peak, found in entry["metg"].items()
        for grain in found["curve"]
    )
    return Report(
        heading=(),
        blocks=(*blocks, *notes(said)),
        data={"sweeps": data},
        tidy=(("backend", "workers", "tasks", "peak", "granularity_s", "efficiency"), tidy),
    )


def _data(name: str, sweep: TaskSweep, usable_cpus: float) -> dict[str, Any]:
    peaks = {Role.BASELINE: sweep.levels} | ({Role.LIMIT: sweep.limit_levels} if sweep.limit_levels else {})
    return {
        "name": name,
        "member": sweep.case.member,
        "workers": sweep.workers,
        "tasks": sweep.tasks,
        "sizes": len(sweep.levels),
        "doubtful": sum(bool(sweep.doubts.get(level)) for level in sweep.levels),
        "metg": {peak: _one(levels, sweep, usable_cpus) for peak, levels in peaks.items()},
    }


def _doubt(entry: dict[str, Any]) -> str:
    return f"{entry['doubtful']} of {entry['sizes']} sizes are in doubt, see show" if entry["doubtful"] else ""


def _one(levels: Sequence[Level], sweep: TaskSweep, usable_cpus: float) -> dict[str, Any]:
    workers = sweep.workers
    nothing: dict[str, Any] = {"seconds": None, "low": None, "high": None, "curve": [], "narrow": False}
    if workers > usable_cpus:
        return nothing | {"reason": f"{workers} workers share {usable_cpus:g} usable CPUs; each needs one of its own"}
    try:
        found: Metg = analysis.metg(levels, workers)
    except (TooFew, BadSample) as error:
        return nothing | {"reason": str(error)}
    return {
        "seconds": found.seconds,
        "low": found.low,
        "high": found.high,
        "curve": [
            {
                "granularity_s": grain.granularity_s,
                "efficiency": grain.efficiency,
                "doubts": list(sweep.doubts.get(levels[grain.level], ())),
            }
            for grain in found.curve
        ],
        "narrow": found.narrow,
        "reason": None,
    }


def _curve(entry: dict[str, Any]) -> Table:
    rows = [
        (cells.seconds(grain["granularity_s"]), cells.percent(grain["efficiency"]))
        for grain in entry["metg"][Role.BASELINE]["curve"]
    ]
    return table((numbers("granularity"), numbers("efficiency")), rows, entry["name"])


def _interval(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return "-"
    ends = (
        "below the smallest" if low is None else format_seconds(low),
        "above the largest" if high is None else format_seconds(high),
    )
    return " .. ".join(ends)

"""The view of a pyperf file that primebench has nothing to do with: a row per benchmark, in its own unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.analysis import estimator
from bench.analysis.errors import BadSample
from bench.core.units import format_value
from bench.reports import cells
from bench.reports.report import DETAIL, USEFUL, Cell, Report, numbers, table
from bench.reports.wording import word
from bench.samples.dataset import CPU_MODEL, PYTHON, SECOND, USABLE_CPUS

if TYPE_CHECKING:
    from bench.samples.dataset import Cell as Timed
    from bench.samples.dataset import Dataset


def plain(found: Dataset) -> Report:
    """Make the report of a pyperf file."""
    rows = [_data(cell) for cell in found.cells.values()]
    absent = [{"id": key, "status": "missing", "reason": word(reason)} for key, reason in found.absent.items()]
    columns = (
        "benchmark",
        numbers("min", USEFUL),
        numbers("median"),
        numbers("spread", DETAIL),
        numbers("n", DETAIL),
        *(("status",) if absent else ()),
    )
    lines: list[tuple[Cell | str, ...]] = [
        (
            row["id"],
            _value(row["min"], row["unit"]),
            _value(row["median"], row["unit"]),
            cells.percent(row["spread"]),
            cells.count(row["processes"]),
            *(("",) if absent else ()),
        )
        for row in rows
    ]
    lines += [(row["id"], *[cells.NOTHING] * 4, cells.because(row["status"], row["reason"])) for row in absent]
    told = {name: found.identity[name] for name in (CPU_MODEL, USABLE_CPUS, PYTHON)}
    return Report(
        heading=tuple(f"{name}: {value}" for name, value in told.items() if value is not None),
        blocks=(table(columns, lines),),
        data={"machine": told, "cases": [*rows, *absent]},
        tidy=(
            ("benchmark", "unit", "process", "value", "measured"),
            tuple(
                (cell.id, cell.unit, process, index, value)
                for cell in found.cells.values()
                for process, row in enumerate(cell.samples)
                for index, value in enumerate(row)
            ),
        ),
    )


def _value(value: float, unit: str) -> Cell:
    return Cell(format_value(value, unit), value, "s" if unit == SECOND else unit)


def _data(cell: Timed) -> dict[str, Any]:
    least = estimator.least(cell.samples)
    values = [value for row in cell.samples for value in row]
    try:
        time, spread = estimator.time(least), estimator.spread(least)
    except BadSample:  # a count or a size may be zero
        time, spread = None, None
    return {
        "id": cell.id,
        "unit": cell.unit,
        "status": "ok",
        "min": min(values),
        "median": estimator.median(values),
        "typical_s": time if cell.unit == SECOND else None,
        "spread": spread,
        "processes": len(cell.samples),
    }

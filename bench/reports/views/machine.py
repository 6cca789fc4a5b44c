"""The view of a machine, with advice for whoever measures on it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bench.core.units import format_bytes
from bench.reports.report import Report, notes, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.core.machine import Machine

_BUSY_LOAD = 0.5  # runnable tasks beside ours from which two measurements of the same thing begin to differ


def describe(machine: Machine, load: float, limits: Mapping[str, int | None]) -> Report:
    """Make the report of a machine, its load at this moment and its limits."""
    data: dict[str, Any] = {
        **asdict(machine),
        "load": load,
        "limits": dict(limits),
        "advice": list(_advice(machine, load)),
    }
    rows = [(_name(key), _text(key, value)) for key, value in data.items() if key not in ("advice", "limits")]
    rows += [(f"limit: {_name(key)}", _text(key, value)) for key, value in limits.items()]
    return Report(
        heading=(),
        blocks=(table(("what", "value"), rows), *notes(_advice(machine, load))),
        data=data,
        tidy=(("what", "value"), tuple((key, value) for key, value in data.items() if key != "advice")),
    )


def _name(key: str) -> str:
    return key.removesuffix("_bytes").replace("_", " ")  # the value says that it is bytes


def _text(key: str, value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if key == "load":
        return f"{value:.2f} runnable tasks, averaged over a minute"
    if key.endswith("_bytes"):
        return f"{value / 2**30:.1f} GiB" if value >= 2**30 else format_bytes(value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {version}" for name, version in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)


def _advice(machine: Machine, load: float) -> list[str]:
    found = []
    if load > _BUSY_LOAD:
        found.append(f"The load is {load:.2f}: something else is running. Wait, or take more rounds.")
    if machine.virtualised not in (None, "none"):
        found.append("This is a virtual machine or container: neighbours may take CPU time. Compare ratios, not times.")
    if machine.governor not in (None, "performance"):
        found.append(f"The CPU governor is {machine.governor}: set it to performance (pyperf system tune does).")
    if machine.turbo:
        found.append("Turbo is on: one busy CPU runs faster than all busy CPUs, which looks like bad scaling.")
    if machine.smt:
        found.append("Hardware threads share cores: efficiency above the number of cores cannot reach 100 %.")
    if machine.usable_cpus < machine.logical_cpus:
        found.append(
            f"Only {machine.usable_cpus:g} of {machine.logical_cpus} CPUs are usable here; "
            f"the default number of workers is {machine.usable_workers}."
        )
    return found

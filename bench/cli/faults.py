"""Carry out ``primebench check --faults``: which backends are tried, and what is said about them."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from bench.cli import voice
from bench.cli.options import affinity_of, forbid, members_of, selection_names, split
from bench.cli.progress import Progress
from bench.core import families, jobs
from bench.core.errors import BrokenPlugin, UsageError
from bench.core.family import Missing, Unfit
from bench.core.units import format_seconds
from bench.reports.views.faults import faults

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.core.case import Value
    from bench.engine.faults import Finding

_WORKERS = 2  # one that comes to harm, and one that does not
_ALLOWED = {"backend", "start"}
_FAULTS = "_faults"  # the kind of job that does harm


def check(options: Mapping[str, Any], form: str, timeout_s: float) -> int:
    """Put the chosen backends through the contract; return the exit code."""
    from bench.engine.faults import ANSWERS, CONTRACT, findings

    forbid((selection_names() | {"inherit_environ"}) - _ALLOWED, "--faults puts backends through faults of its own")
    backends = families.distributing()
    chosen = members_of(backends, {"backend": options.get("backend") or ("all",)})
    named = split("backend", options.get("backend"))
    fitted: dict[str, dict[str, Value]] = {}
    skips: list[tuple[str, str]] = []
    lost = False
    for name in chosen:
        try:
            fitted[name] = _params(name, options)
        except (Unfit, BrokenPlugin) as error:
            skips.append((name, str(error)))
            lost |= name in named and isinstance(error, Missing)
    affinity = affinity_of(None)
    found = []
    progress = Progress(len(fitted) * (len(CONTRACT) + 1))
    with closing(progress):
        for finding in findings(fitted, affinity, timeout_s, 2 * len(affinity)):
            found.append(finding)
            broken = "" if finding.kept else ", contract broken"
            said = f"{finding.outcome} after {format_seconds(finding.took_s)}{broken}"
            progress.finish(f"{finding.backend} {finding.fault}", said, first=True, everywhere=True)
    order = {name: index for index, name in enumerate((ANSWERS, *CONTRACT))}
    found.sort(key=lambda finding: (chosen.index(finding.backend), order[finding.fault]))
    voice.show(faults(map(_row, found), skips), form)
    return 1 if lost or not found or not all(finding.kept for finding in found) else 0


def _params(name: str, options: Mapping[str, Any]) -> dict[str, Value]:
    backends, kind = families.distributing(), jobs.load(_FAULTS)
    params = {axis.name: axis.default() for axis in (*backends.axes, *kind.axes)}
    starts = split("start", options.get("start"))
    if len(starts) > 1:
        raise UsageError("--faults tries one start method at a time; name one with --start.")
    params |= {"workers": _WORKERS, "chunksize": 1, **({"start": starts[0]} if starts else {})}
    fitted: dict[str, Value] = backends.fit(name, params, kind)
    return fitted


def _row(finding: Finding) -> dict[str, Any]:
    return {
        "backend": finding.backend,
        "fault": finding.fault,
        "outcome": finding.outcome,
        "contract": "kept" if finding.kept else "broken",
        "others_lost": finding.others,
        "left": list(finding.left),
        "message": finding.message,
        "seconds": round(finding.took_s, 3),
    }

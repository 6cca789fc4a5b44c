"""Tell which Python this is, and which cases cannot be measured with it: a program that a side is asked by."""

from __future__ import annotations

import importlib
import json
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bench.core.python import Python


def main() -> int:
    """Read the cases, and the points that lack something elsewhere, from the first file; answer into the second."""
    from bench.core import python

    gil_before = python.gil_enabled()
    asked, answer = map(Path, sys.argv[1:])
    points = json.loads(asked.read_text(encoding="utf-8"))
    _, unfit = _fitted(points["cases"])
    fitted, unfit_points = _fitted(points["missing"])
    _import_what_measures()
    told = {"python": _told(gil_before=gil_before), "unfit": unfit | unfit_points, "fitted": fitted}
    answer.write_text(json.dumps(told), encoding="utf-8")
    return 0


def _fitted(cases: list[str]) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    """Return id -> what the case is here, and of those that this Python cannot measure kind and reason of a skip."""
    from bench.core.adoption import fit
    from bench.core.case import Case
    from bench.core.errors import BrokenPlugin, UsageError, reason
    from bench.core.family import Missing, Unfit

    fitted: dict[str, str] = {}
    unfit: dict[str, tuple[str, str]] = {}
    for case in map(Case.from_json, cases):
        try:
            fitted[case.id] = fit(case).to_json()
        except Unfit as why:
            unfit[case.id] = ("missing" if isinstance(why, Missing) else "skipped", str(why))
        except (BrokenPlugin, UsageError) as why:
            unfit[case.id] = ("missing", reason(why))
    return fitted, unfit


def _import_what_measures() -> None:
    """Import what a measuring process imports, so that what it does to the interpreter shows."""
    for name in ("numpy", "psutil", "pyperf"):
        importlib.import_module(name)


def _told(*, gil_before: bool) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(running(gil_before=gil_before))


def running(*, gil_before: bool) -> Python:
    """Return the interpreter of this process; the lock is looked at now, for what holds after imports."""
    from bench.core import python
    from bench.families._axes import START

    free_threaded = python.is_free_threaded()
    return python.Python(
        implementation=platform.python_implementation(),
        version=platform.python_version(),
        build=python.build(),
        free_threaded=free_threaded,
        gil_before=gil_before,
        gil_after=python.gil_enabled(),
        collector=python.collector(sys.version_info[:3], sys.implementation.name, free_threaded=free_threaded),
        start=str(START.default()),
    )


if __name__ == "__main__":
    sys.exit(main())

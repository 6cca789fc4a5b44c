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
    """Read the file of cases that the first argument names, and write the answer into that of the second."""
    from bench.core import python

    gil_before = python.gil_enabled()
    cases, answer = map(Path, sys.argv[1:])
    unfit = _unfit(json.loads(cases.read_text(encoding="utf-8")))
    _import_what_measures()
    told = {"python": _told(gil_before=gil_before), "unfit": unfit}
    answer.write_text(json.dumps(told), encoding="utf-8")
    return 0


def _unfit(cases: list[str]) -> dict[str, tuple[str, str]]:
    """Return the id of each case that this Python cannot measure, with kind and reason of a skip."""
    from bench.core.case import Case
    from bench.core.errors import BrokenPlugin, UsageError, reason
    from bench.core.family import Missing, Unfit

    found: dict[str, tuple[str, str]] = {}
    for case in map(Case.from_json, cases):
        try:
            _fit(case)
        except Unfit as why:
            found[case.id] = ("missing" if isinstance(why, Missing) else "skipped", str(why))
        except (BrokenPlugin, UsageError) as why:
            found[case.id] = ("missing", reason(why))
    return found


def _fit(case: Any) -> None:
    from bench.core import families, jobs

    family = families.load(case.family)
    params = dict(case.params)
    kind = jobs.of(params) if family.shared_by else None
    if kind:
        family.fit(case.member, params, job=kind)
    else:
        family.fit(case.member, params)


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

"""Measure everything that has a goal, and print each figure beside it.

Run ``python tests/performance`` from the root of the repository, with primebench installed. Exit code 1 when something
could not run; a goal that is missed is a figure like any other.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import kernels
import plans
import reference
import search
import waits
import wakes
from tabulate import tabulate

from bench.engine.probe import probe
from bench.store.anonymity import anonymous, scrubbed

if TYPE_CHECKING:
    from row import Row

PARTS = {
    "kernels": kernels.measure,
    "shared-memory": plans.shared_memory,
    "metg": plans.metg,
    "wakes": wakes.measure,
    "search": search.measure,
    "first-search": waits.first_search,
    "visit": waits.visit,
    "plan": waits.plan,
    "sweep": waits.sweep,
    "gate": waits.gate,
}
BESIDE_PRIMESIEVE = ("kernels", "search")


def main() -> int:
    """Run the parts one after the other, print the table, save the record; return the exit code."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that what is running ends with this
    asked = _arguments()
    # Start-ups are timed, and whoever uses primebench has its bytecode on disk.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    facts, rows, failures = _facts(), [], []
    for part in asked.only:
        print(f"{part} ...", file=sys.stderr)
        try:
            if part in BESIDE_PRIMESIEVE and not asked.reference:
                asked.reference = reference.command(asked.primesieve)
                facts["reference"] = reference.name(asked.reference)
            rows += PARTS[part](asked)
        except Exception as error:
            failures.append(f"{part} could not run: {error}")
        _save(asked.json, facts, rows, failures)  # after every part, so that Ctrl-C costs one part only
    _show(facts, rows, failures)
    return 1 if failures or not all(row.ran for row in rows) else 0


def _arguments() -> argparse.Namespace:
    def names(allowed: dict[str, Any]) -> Any:
        def split(text: str) -> list[str]:
            unknown = [name for name in text.split(",") if name not in allowed]
            if unknown:
                raise argparse.ArgumentTypeError(f"{', '.join(unknown)} is none of {', '.join(allowed)}")
            return text.split(",")

        return split

    parser = argparse.ArgumentParser(prog="python tests/performance", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--only", type=names(PARTS), default=[*PARTS], metavar="PART,...", help=f"of {', '.join(PARTS)}"
    )
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--quick", action="store_true", help="one short round of less: does it all run?")
    parser.add_argument(
        "--kernels", type=lambda text: text.split(","), metavar="NAME,...", help="only these, beside primesieve only"
    )
    parser.add_argument(
        "--starts",
        type=names(kernels.STARTS),
        default=[*kernels.STARTS],
        metavar="START,...",
        help=f"of the kernels' ranges: {', '.join(kernels.STARTS)}",
    )
    parser.add_argument("--primesieve", metavar="PATH", help="the reference; if not given, the one on the PATH")
    parser.add_argument("--json", metavar="FILE", type=Path, help="save the record; it names no host, user or path")
    asked = parser.parse_args()
    asked.reference = None
    if asked.quick:
        asked.rounds = 1
        asked.starts = [start for start in asked.starts if start != "1e18"]
    return asked


def _facts() -> dict[str, Any]:
    """Return what the figures depend on, and nothing that tells whose machine it is."""
    machine = anonymous(probe())
    versions = {}
    for package in ("primebench", "numba", "llvmlite", "gmpy2"):
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    caches = []
    for index in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        parts = [(index / part).read_text().strip() for part in ("level", "type", "size")]
        caches.append("L{} {} {}".format(*parts))
    return {
        "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {**asdict(machine), "libraries": {**machine.libraries, **versions}, "caches": caches},
        "reference": None,
    }


def _save(file: Path | None, facts: dict[str, Any], rows: list[Row], failures: list[str]) -> None:
    if not file:
        return
    told = [{**asdict(row), "reached": row.reached, "note": scrubbed(row.note)} for row in rows]
    record = {**facts, "rows": told, "failures": [scrubbed(failure) for failure in failures]}
    file.write_text(json.dumps(record, indent=1) + "\n")


def _show(facts: dict[str, Any], rows: list[Row], failures: list[str]) -> None:
    machine = facts["machine"]
    libraries = ", ".join(f"{name} {version}" for name, version in machine["libraries"].items())
    print(
        f"\n{machine['cpu_model']}, {machine['usable_cpus']} usable CPUs, {machine['python_implementation']} "
        f"{machine['python_version']}, {libraries}; reference: {facts['reference'] or 'none'}\n"
    )
    print(tabulate([row.cells() for row in rows], ["what", "figure", "goal", "reached"], disable_numparse=True))
    print()
    for row in rows:
        if row.note:
            print(f"{row.what}: {row.note}")
    for failure in failures:
        print(failure)
    print("tests/performance/notes.md says what stands in the way of goals that are missed.")


if __name__ == "__main__":
    sys.exit(main())

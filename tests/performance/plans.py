"""The goals that shipped plans answer: ``primebench`` measures, in rounds of its own, and its JSON is read."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import many
from bound import bound
from many import MANY
from row import Row

from bench.core import catalog
from bench.core.reference import Role
from bench.store import record_file

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from bench.core.record import Record

WORKERS = 2
SHARES = {"trial-division": 98.0, "numba-sieve": 98.0, "numpy-sieve": 95.0}  # percent of the ceiling, at least
LATENCY_GOAL_US = 50.0
METG_GOAL = 0.5  # of the best other backend's
METG_GOAL_US = 3.0  # with half of the ceiling
METG_GROWTH = 2.0  # with `MANY` workers, times that of two
_OF_OURS = ("shared-memory", "ceiling")
_PROBE = ["--values", "1", "--warmups", "0", "--min-time", "0.01"]  # a quick look, and no measurement


def shared_memory(asked: argparse.Namespace) -> list[Row]:
    """Return the share of the ceiling for each kernel, and the latency of an empty search on a warm crew."""
    # Two copies of numpy-sieve on a slow machine need more than the deadline of the usual effort.
    with _record("shared-memory", asked, "--timeout", "120") as file:
        cases, samples = _report("show", file)["cases"], _samples(file)

    def find(member: str, kernel: str, *, empty: bool) -> dict[str, Any]:
        for case in cases:
            params = case["params"]
            if (case["member"], params["kernel"], params["workload"] == "empty") == (member, kernel, empty):
                return case
        why = f"the record has no {member} with {kernel}"
        return {"id": "", "of_ceiling": None, "median_s": None, "reason": why, "doubts": []}

    rows = []
    for kernel, goal in SHARES.items():
        pair = [find(member, kernel, empty=False) for member in ("shared-memory", "ceiling")]
        share = pair[0]["of_ceiling"]
        rows.append(
            Row(
                f"shared-memory with {kernel}, two workers",
                None if share is None else 100 * share,
                "% of the ceiling",
                "at least",
                goal,
                {case["id"]: samples.get(case["id"], []) for case in pair},
                _note(*pair),
                ran=share is not None,
                in_doubt=any(case["doubts"] for case in pair),
            )
        )
    case = find("shared-memory", "trial-division", empty=True)
    median_s = case["median_s"]
    return [
        *rows,
        Row(
            "shared-memory, an empty search on two warm workers",
            None if median_s is None else median_s * 1e6,
            "µs",
            "below",
            LATENCY_GOAL_US,
            {case["id"]: samples.get(case["id"], [])},
            _note(case),
            ran=median_s is not None,
            in_doubt=bool(case["doubts"]),
        ),
    ]


def _note(*cases: dict[str, Any]) -> str:
    """Return why cases have no figure, and what primebench doubts of those that have one, each text once."""
    return "; ".join(dict.fromkeys(text for case in cases for text in (case["reason"], *case["doubts"]) if text))


def metg(asked: argparse.Namespace) -> list[Row]:
    """Return shared-memory's METG, with more workers too, and divided by the smallest of the others'."""
    with _record("metg", asked) as file:
        sweeps, record = _report("scale", file, "--metg")["sweeps"], record_file.load(file)
    rows = []
    for role, half in {Role.LIMIT: "half of the ceiling", Role.BASELINE: "half of twice the serial loop"}.items():
        found = {sweep["member"]: sweep["metg"][role] for sweep in sweeps if role in sweep["metg"]}
        if "shared-memory" not in found or len(found) < 2:
            raise RuntimeError(f"no METG of shared-memory and another backend, only of: {', '.join(found) or 'none'}")
        sizes = {name: each["seconds"] for name, each in found.items() if each["seconds"] is not None}
        ours = sizes.pop("shared-memory", None)
        best = min(sizes, key=sizes.__getitem__, default=None)
        if ours is None:
            figure, note = None, found["shared-memory"]["reason"]
        elif best is None:
            figure, note = None, f"{ours * 1e6:.3g} µs, and no other backend reaches {half}"
        else:
            figure, note = ours / sizes[best], f"{ours * 1e6:.3g} µs, {best} {sizes[best] * 1e6:.3g} µs"
        values = beside(record, role)
        if role is Role.LIMIT:
            us = None if ours is None else ours * 1e6
            own = {key: each for key, each in values.items() if record.results[key].case.member in _OF_OURS}
            rows.append(Row("METG of shared-memory, two workers", us, "µs", "at most", METG_GOAL_US, own, note))
        what = f"METG of shared-memory, two workers, {half}"
        rows.append(Row(what, figure, "x the best other's", "below", METG_GOAL, values, note))
    what, unit = f"METG of shared-memory, {MANY} workers", "x that of two"
    return [*rows, many.row(what, unit, METG_GROWTH, lambda: _metg_of_many(what, unit, asked))]


def beside(record: Record, role: Role) -> dict[str, list[tuple[float, ...]]]:
    """Return key -> seconds of every case and of those that play the role for it, without those that play another.

    Times have a row per process and a column per value.
    """
    roles = record.plan.roles
    told = record.results.items()
    return {key: list(result.samples) for key, result in told if roles.get(result.case.id, role) is role}


def _metg_of_many(what: str, unit: str, asked: argparse.Namespace) -> Row:
    """Return how many times as large shared-memory's METG is with many workers as with two."""
    shipped = (catalog.folder("bench") / "plans" / "metg.toml").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="primebench-") as folder:
        plan = Path(folder) / "metg-of-shared-memory.toml"
        plan.write_text(re.sub(r"(?m)^backend = .*$", 'backend = ["shared-memory"]', shipped), encoding="utf-8")
        with _record(str(plan), asked, "--workers", f"{WORKERS},{MANY}", cpus=MANY) as file:
            sweeps, record = _report("scale", file, "--metg")["sweeps"], record_file.load(file)
    found = {sweep["workers"]: sweep["metg"][Role.LIMIT] for sweep in sweeps if Role.LIMIT in sweep["metg"]}
    few, more = (found.get(workers, {"seconds": None, "reason": "no ceiling"}) for workers in (WORKERS, MANY))
    if few["seconds"] is None or more["seconds"] is None:
        figure, note = None, f"no METG: {more['reason'] or few['reason']}"
    else:
        figure = more["seconds"] / few["seconds"]
        note = f"{more['seconds'] * 1e6:.3g} µs, and {few['seconds'] * 1e6:.3g} µs with two"
    return Row(what, figure, unit, "at most", METG_GROWTH, beside(record, Role.LIMIT), note)


@contextmanager
def _record(plan: str, asked: argparse.Namespace, *more: str, cpus: int = WORKERS) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="primebench-") as folder:
        file = Path(folder) / "record.json"
        effort = ["--rounds", str(asked.rounds), *(_PROBE if asked.quick else ()), *more]
        words = ["run", "--plan", plan, *effort, "--anonymous", "--output", str(file)]
        with bound(cpus):  # a plan that says nothing of workers takes one per usable CPU
            # A failed case is an exit code too, but all others are in the record.
            code = subprocess.run(_primebench(words), stdout=subprocess.DEVNULL, check=False).returncode
        if not file.exists():
            raise RuntimeError(f"primebench {' '.join(words[:3])} ended with exit code {code} and left no record")
        yield file


def _report(command: str, file: Path, *options: str) -> dict[str, Any]:
    words = _primebench([command, *options, "--format", "json", str(file)])
    return json.loads(subprocess.run(words, stdout=subprocess.PIPE, check=True).stdout)


def _samples(file: Path) -> dict[str, list[tuple[float, ...]]]:
    """Return the timed values of every case, a row per process, in seconds."""
    return {case: list(result.samples) for case, result in record_file.load(file).results.items()}


def _primebench(words: list[str]) -> list[str]:
    return [sys.executable, "-m", "bench", *words]

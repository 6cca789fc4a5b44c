"""The goals that shipped plans answer: ``primebench`` measures, in rounds of its own, and its JSON is read."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bound import bound
from row import Row

from bench.store import record_file

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

WORKERS = 2
SHARES = {"trial-division": 98.0, "numba-sieve": 98.0, "numpy-sieve": 95.0}  # percent of the ceiling, at least
LATENCY_GOAL_US = 50.0
METG_GOAL = 0.5  # of the best other backend's
METG_GOAL_US = 3.0  # with half of the ceiling
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
        return {"id": "", "of_ceiling": None, "median_s": None, "reason": f"the record has no {member} with {kernel}"}

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
                "; ".join(case["reason"] for case in pair if case["reason"]),
                ran=share is not None,
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
            case["reason"] or "",
            ran=median_s is not None,
        ),
    ]


def metg(asked: argparse.Namespace) -> list[Row]:
    """Return shared-memory's METG divided by the smallest of the others', on both readings of half the speed."""
    with _record("metg", asked) as file:
        sweeps, samples = _report("scale", file, "--metg")["sweeps"], _samples(file)
    rows = []
    for basis, half in {"limit": "half of the ceiling", "baseline": "half of twice the serial loop"}.items():
        found = {sweep["member"]: sweep["metg"][basis] for sweep in sweeps if basis in sweep["metg"]}
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
        if basis == "limit":
            us = None if ours is None else ours * 1e6
            rows.append(Row("METG of shared-memory, two workers", us, "µs", "at most", METG_GOAL_US, {}, note))
        rows.append(
            Row(
                f"METG of shared-memory, two workers, {half}",
                figure,
                "x the best other's",
                "below",
                METG_GOAL,
                {case: values for case, values in samples.items() if basis in case or "chunksize=none" not in case},
                note,
            )
        )
    return rows


@contextmanager
def _record(plan: str, asked: argparse.Namespace, *more: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="primebench-") as folder:
        file = Path(folder) / "record.json"
        effort = ["--rounds", str(asked.rounds), *(_PROBE if asked.quick else ()), *more]
        words = ["run", "--plan", plan, *effort, "--anonymous", "--output", str(file)]
        with bound(WORKERS):  # a plan that says nothing of workers takes one per usable CPU
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

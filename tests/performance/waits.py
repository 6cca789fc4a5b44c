"""What a user waits for: one visit, a verdict, the first search on a machine, a plan of every backend."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import many
from bound import bound
from commands import OF_GATE, OF_RUN, Ended, timed
from many import MANY
from row import Row
from searches import search

from bench.core.cpus import allowed_cpus
from bench.core.plan import Effort
from bench.core.record import Result
from bench.core.visit import Visit
from bench.engine import slowed
from bench.engine.launch import launch

if TYPE_CHECKING:
    import argparse

ROOT = Path(__file__).parents[2]
WORKERS = 2
# Half of what each took on an AMD Zen 5 with two CPUs: 0.3 s, 104 s and 73 s; of the plan two thirds of the 84 s that
# it took on a quiet Intel Xeon with two CPUs before its calibration counted as a warm-up.
VISIT_GOAL_S = 0.15
GATE_GOALS_S = {"pool": 52.0, "shared-memory": 36.5}
PLAN_GOAL_S = 56.0
FLAT_GOAL = 1.1  # times a visit with two CPUs: flat, within what equal visits differ by
SWEEP_GOAL_S = 180.0
SWEPT = ("pool", "shared-memory", "executor", "thread-pool")
SAID_GOAL_S = 1.0
SLOWER = 10.0  # percent, of the slowed side
# Exit codes of a gate that is right: about equal sides, and about a slowed one.
RIGHT = {"equal sides": 0, "10 % more work": 3}
_OF_FEW = f"x that of {WORKERS} CPUs"
_RANGES = {"1e6 to 2e6": ("1e6", "2e6"), "1e9 to 1.1e10": ("1e9", "1.1e10")}


def visit(asked: argparse.Namespace) -> list[Row]:
    """Return what a visit costs whose body does nothing and whose loops are known, and how that grows with CPUs."""
    seconds = _visits(allowed_cpus(), 3 * asked.rounds)
    figure = statistics.median(seconds)
    what = f"a visit of a body that does nothing, {MANY} CPUs"
    return [
        Row("a visit of a body that does nothing", figure, "s", "at most", VISIT_GOAL_S, {"seconds": seconds}),
        many.row(what, _OF_FEW, FLAT_GOAL, lambda: _flat(what, 3 * asked.rounds)),
    ]


def _flat(what: str, rounds: int) -> Row:
    """Return how many times as long a visit takes with many CPUs as with two, in turns."""
    cpus = allowed_cpus()
    few, more = zip(*[(*_visits(cpus[-WORKERS:], 1), *_visits(cpus[-MANY:], 1)) for _ in range(rounds)], strict=True)
    ratio = statistics.median(long / short for short, long in zip(few, more, strict=True))
    return Row(what, ratio, _OF_FEW, "at most", FLAT_GOAL, {"seconds": more, "seconds_of_two": few})


def _visits(cpus: tuple[int, ...], count: int) -> list[float]:
    """Return the seconds of so many visits that may use these CPUs."""
    made = Visit(search("serial", "empty"), Effort(1, 1, 0, 1e-6, 60.0), cpus, 1)
    seconds = []
    for _ in range(count + 1):  # the first compiles what is not on disk yet
        began = time.perf_counter()
        outcome = launch(made)
        seconds.append(time.perf_counter() - began)
        failure = "" if isinstance(outcome, Result) else str(outcome)
        if failure:
            raise RuntimeError(failure)
    return seconds[1:]


def first_search(asked: argparse.Namespace) -> list[Row]:
    """Return how soon the first search on a machine says or answers something, and how soon it ends."""
    rows = []
    for what, words in _RANGES.items():
        heard, whole = zip(*[_first(words) for _ in range(min(asked.rounds, 3))], strict=True)
        rows += [
            Row(f"first search, {what}, says", statistics.median(heard), "s", "at most", SAID_GOAL_S, {"s": heard}),
            Row(f"first search, {what}, ends", statistics.median(whole), "s", "at most", None, {"s": whole}),
        ]
    return rows


def _first(words: tuple[str, ...]) -> tuple[float, float]:
    """Search where nothing compiled is kept; return when the first word came, and when it ended, in seconds."""
    with tempfile.TemporaryDirectory(prefix="primebench-") as folder:
        environ = {**os.environ, "XDG_CACHE_HOME": folder, "TMPDIR": folder}
        command = [sys.executable, "-m", "bench", "search", *words]
        began = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environ) as process:
            assert process.stdout
            process.stdout.read(1)
            heard_s = time.perf_counter() - began
            process.stdout.read()
        if process.returncode:
            raise RuntimeError(f"primebench search {' '.join(words)} ended with exit code {process.returncode}")
        return heard_s, time.perf_counter() - began


def plan(asked: argparse.Namespace) -> list[Row]:
    """Return how long the plan of all backends takes with the least effort; a quick look has no goal."""
    effort = ["--rounds", "1", "--values", "1"] if asked.quick else ["--effort", "fast"]
    with tempfile.TemporaryDirectory(prefix="primebench-") as folder, bound(WORKERS):
        ended = timed(["run", "--plan", "all-backends", *effort], Path(folder), "record.json", OF_RUN)
    goal = None if asked.quick else PLAN_GOAL_S
    return [_whole(f"run --plan all-backends {' '.join(effort)}", goal, ended)]


def sweep(asked: argparse.Namespace) -> list[Row]:
    """Return how long five worker counts up to `MANY`, four backends and three rounds take; a quick look, one."""
    counts = ",".join(str(MANY >> power) for power in range(4, -1, -1))
    rounds, goal = (1, None) if asked.quick else (3, SWEEP_GOAL_S)
    words = ["run", "--backend", ",".join(SWEPT), "--workers", counts, "--rounds", str(rounds)]
    what = f"sweep of {counts} workers, {len(SWEPT)} backends, rounds: {rounds}"

    def measure() -> Row:
        with tempfile.TemporaryDirectory(prefix="primebench-") as folder, bound(MANY):
            ended = timed(words, Path(folder), "record.json", OF_RUN)
        return _whole(what, goal, ended)

    return [many.row(what, "s", goal, measure)]


def _whole(what: str, goal_s: float | None, ended: Ended) -> Row:
    """Return the row of a run; one whose cases failed has a figure, for the others were measured."""
    note = ended.could_not or (f"exit code {ended.code}: a case failed" if ended.code else "")
    figure = None if ended.could_not else ended.seconds
    return Row(what, figure, "s", "at most", goal_s, {"s": [ended.seconds]}, note, ran=not ended.could_not)


def gate(asked: argparse.Namespace) -> list[Row]:
    """Return how long a fast gate takes about equal sides and about a slowed one; no figure where it is not right."""
    rows = []
    members = GATE_GOALS_S if not asked.quick else {"shared-memory": GATE_GOALS_S["shared-memory"]}
    with tempfile.TemporaryDirectory(prefix="primebench-") as name, bound(WORKERS):
        folder = Path(name)
        sides = _sides(folder)
        for member, goal_s in members.items():
            for what, right in RIGHT.items():
                words = ["gate", "--base", str(sides["base"]), "--head", str(sides[what]), "--backend", member]
                ended = timed([*words, "--effort", "fast"], folder, f"{member}-{right}.json", OF_GATE)
                rows.append(_verdict(f"gate, {member}, {what}", goal_s, ended, right))
    return rows


def _verdict(what: str, goal_s: float, ended: Ended, right: int) -> Row:
    """Return the row of a gate: a wrong verdict has no figure, and a gate that could not run is a failure."""
    wrong = f"exit code {ended.code} after {ended.seconds:.0f} s, and right is {right}" if ended.code != right else ""
    figure = None if ended.could_not or wrong else ended.seconds
    note = ended.could_not or wrong
    return Row(what, figure, "s", "at most", goal_s, {"s": [ended.seconds]}, note, ran=not ended.could_not)


def _sides(folder: Path) -> dict[str, Path]:
    """Make three copies of this primebench, of which one has a kernel that does more work."""
    sides = {"base": folder / "base", **{what: folder / f"head-{right}" for what, right in RIGHT.items()}}
    for side in sides.values():
        for package in ("bench", "primes"):
            shutil.copytree(ROOT / package, side / package)
    for patch in slowed.patches([search("pool", "default")], SLOWER):
        file = sides["10 % more work"] / patch.path
        file.write_text(file.read_text(encoding="utf-8") + patch.text, encoding="utf-8")
    return sides

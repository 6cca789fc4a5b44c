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

from bound import bound
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
# Half of what each took on an AMD Zen 5 with two CPUs: 0.3 s, 104 s and 73 s; of the plan two thirds of the 80 s that
# are reckoned for it where two CPUs do nothing else.
VISIT_GOAL_S = 0.15
GATE_GOALS_S = {"pool": 52.0, "shared-memory": 36.5}
PLAN_GOAL_S = 53.0
SAID_GOAL_S = 1.0
SLOWER = 10.0  # percent, of the slowed side
# Exit codes of a gate that is right: about equal sides, and about a slowed one.
RIGHT = {"equal sides": 0, "10 % more work": 3}
_RANGES = {"1e6 to 2e6": ("1e6", "2e6"), "1e9 to 1.1e10": ("1e9", "1.1e10")}


def visit(asked: argparse.Namespace) -> list[Row]:
    """Return what a visit costs whose body does nothing and whose loops are known, with all CPUs of the machine."""
    made = Visit(search("serial", "empty"), Effort(1, 1, 0, 1e-6, 60.0), allowed_cpus(), 1)
    seconds = []
    for number in range(-1, 3 * asked.rounds):  # the one before the first compiles what is not on disk yet
        began = time.perf_counter()
        outcome = launch(made)
        took_s = time.perf_counter() - began
        failure = "" if isinstance(outcome, Result) else str(outcome)
        if failure:
            raise RuntimeError(failure)
        if number >= 0:
            seconds.append(took_s)
    figure = statistics.median(seconds)
    return [Row("a visit of a body that does nothing", figure, "s", "at most", VISIT_GOAL_S, {"seconds": seconds})]


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
    """Return how long the plan of all backends takes with the least effort."""
    effort = ["--rounds", "1", "--values", "1"] if asked.quick else ["--effort", "fast"]
    with tempfile.TemporaryDirectory(prefix="primebench-") as folder, bound(WORKERS):
        words = ["run", "--plan", "all-backends", *effort, "--output", str(Path(folder) / "record.json")]
        code, took_s = _timed(words, folder)
    note = "" if code == 0 else f"exit code {code}"
    return [Row("run --plan all-backends --effort fast", took_s, "s", "at most", PLAN_GOAL_S, {"s": [took_s]}, note)]


def gate(asked: argparse.Namespace) -> list[Row]:
    """Return how long a fast gate takes about equal sides and about a slowed one; no figure where it is not right."""
    rows = []
    members = GATE_GOALS_S if not asked.quick else {"shared-memory": GATE_GOALS_S["shared-memory"]}
    with tempfile.TemporaryDirectory(prefix="primebench-") as name, bound(WORKERS):
        sides = _sides(Path(name))
        for member, goal_s in members.items():
            for what, right in RIGHT.items():
                words = ["gate", "--base", str(sides["base"]), "--head", str(sides[what]), "--backend", member]
                code, took_s = _timed([*words, "--effort", "fast", "--output", f"{name}/{member}-{right}.json"], name)
                figure = took_s if code == right else None
                note = "" if code == right else f"exit code {code} after {took_s:.0f} s, and right is {right}"
                rows.append(Row(f"gate, {member}, {what}", figure, "s", "at most", goal_s, {"s": [took_s]}, note))
    return rows


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


def _timed(words: list[str], folder: str) -> tuple[int, float]:
    """Run primebench with these words in a folder; return the exit code and how long it took."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "bench", *words]
    code = subprocess.run(command, stdout=subprocess.DEVNULL, cwd=folder, check=False).returncode
    return code, time.perf_counter() - began

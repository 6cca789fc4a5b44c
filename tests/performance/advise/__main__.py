"""Measure how good advice is, on jobs of many shapes: against a sweep of at most 40 ways, and against what is usual.

Run ``python -m tests.performance.advise`` from the root of the repository, with primebench and its extra ``all``
installed; some four minutes a job on two quiet CPUs. What is measured is saved after each job, so that Ctrl-C costs one
of them, and the next run with the same file goes on behind the last one.

The sweep measures every way in rounds. The least of many noisy times flatters itself; therefore its three best are
measured again, in turns with what is advised, and the regret is how many times as long what is advised takes then.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any

from bench.core.cpus import allowed_cpus
from bench.engine.probe import probe
from bench.families.backends._family import AXES
from bench.store.anonymity import anonymous, scrubbed
from tests.performance.advise import figures, sweep
from tests.performance.advise.jobs import HERE, Job, everything

_DEAR = 5  # times the plain loop: what takes longer is not measured in pairs


def main() -> int:
    """Measure the jobs that are asked for and not done yet; return 1 where one could not run."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that what is running ends with this
    asked = _arguments()
    kept = _kept(asked.json)
    jobs = [job for job in everything() if any(fnmatch.fnmatch(job.name, glob) for glob in asked.jobs.split(","))]
    if not jobs:
        print(f"none of the jobs is called {asked.jobs}; there are {', '.join(job.name for job in everything())}.")
        return 2
    began, longest_s = time.monotonic(), 0.0
    for job in jobs:
        if not asked.again and "figures" in kept["jobs"].get(job.name, {}):
            continue
        spent_s = time.monotonic() - began
        if spent_s + longest_s > 60 * asked.limit_minutes:
            print(f"{spent_s / 60:.0f} minutes are over; the same command goes on with {job.name}.", file=sys.stderr)
            break
        print(f"{job.name} ...", file=sys.stderr, flush=True)
        try:
            kept["jobs"][job.name] = measure(job, asked.budget, asked.rounds)
        except (RuntimeError, subprocess.SubprocessError) as error:
            kept["jobs"][job.name] = {"failed": scrubbed(str(error))}
        longest_s = max(longest_s, time.monotonic() - began - spent_s)
        _save(asked.json, kept)
    print(figures.show(kept))
    return 1 if any("failed" in job for job in kept["jobs"].values()) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.performance.advise", description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", default="*", metavar="GLOB,...", help="only these")
    parser.add_argument("--budget", type=float, default=60.0, metavar="SECONDS", help="of each advice")
    parser.add_argument("--rounds", type=int, default=8, help="of pairs; 6 are the least that give an interval")
    parser.add_argument("--limit-minutes", type=float, default=float("inf"), help="begin no job that would end later")
    parser.add_argument(
        "--json", type=Path, default=Path("advise-figures.json"), metavar="FILE", help="goes on with it"
    )
    parser.add_argument("--again", action="store_true", help="measure those that are done, too")
    return parser.parse_args()


def _kept(file: Path) -> dict[str, Any]:
    if file.exists():
        kept: dict[str, Any] = json.loads(file.read_text())
        return kept
    return {"machine": asdict(anonymous(probe())), "jobs": {}}


def _save(file: Path, kept: dict[str, Any]) -> None:
    new = file.with_name(f"{file.name}.new")
    new.write_text(json.dumps(kept, indent=1) + "\n")
    new.replace(file)


def measure(job: Job, budget_s: float, rounds: int) -> dict[str, Any]:
    """Return what is advised, what the sweep finds, both side by side, and the figures that follow."""
    advice = advised(job, budget_s)
    cpus, machine = allowed_cpus(), probe(len(allowed_cpus()))
    start = next(axis.default() for axis in AXES if axis.name == "start")
    ways = sweep.Ways(job, max(1, int(machine.usable_cpus)), cpus, start, rng=Random(job.name))
    usual = sweep.draw(ways)
    drawn = [*ways.cases]
    chosen = ways.add(*sweep.named(advice["choice"]))
    if chosen is None:
        raise RuntimeError(f"what is advised cannot be measured: {advice['choice']}")
    with ways.prepared(machine, str(HERE)):
        screened = sweep.screen(ways, drawn)
        best = sweep.best(screened)
        dear = _DEAR * min(screened[sweep.SERIAL])
        beside = [name for name in usual.values() if name in screened and min(screened[name]) < dear]
        first = {name: [min(seconds)] for name, seconds in screened.items()}
        if chosen not in first:
            ways.rounds([chosen], 1, first)
        paired = ways.rounds([chosen, sweep.SERIAL, *best, *beside], rounds, first)
    measured = {
        "choice": chosen,
        "answered": advice["answered"],
        "predicted_s": advice["predicted_s"],
        "measured_s": advice["measured_s"],
        "elapsed_s": advice["elapsed_s"],
        "budget_s": budget_s,
        "screened": screened,
        "paired": {name: seconds[1:] for name, seconds in paired.items() if len(seconds) == 1 + rounds},
    }
    return {**measured, "figures": figures.of_job(measured, usual, best)}


def advised(job: Job, budget_s: float) -> dict[str, Any]:
    """Return what the command says, and how long it took by this clock."""
    words = [word for axis, text in job.options.items() for word in (f"--{axis.replace('_', '-')}", text)]
    path = os.pathsep.join([str(Path.cwd()), *filter(None, [os.environ.get("PYTHONPATH")])])
    with tempfile.TemporaryDirectory(prefix="primebench-") as folder:
        told = ["--budget", str(budget_s), "--format", "json", "--anonymous", "--output", f"{folder}/advice.json"]
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "bench", "advise", *words, *told],
            cwd=HERE,
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            timeout=3 * budget_s + 60,
            check=False,
        )
    if done.returncode not in (0, 4):
        raise RuntimeError(f"advise ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    return {**json.loads(done.stdout), "elapsed_s": time.monotonic() - began, "answered": done.returncode == 0}


if __name__ == "__main__":
    sys.exit(main())

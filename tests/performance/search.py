"""Measure ``primebench search`` beside primesieve with as many threads, in interleaved rounds, and its peak memory.

Run ``python tests/performance/search.py --help`` from the root of the repository. A round runs each program once, in
turn; a ratio is primesieve's time divided by ours, taken inside its round only. Memory is the largest sum of the
resident pages of all processes of the search, shared ones counted once (PSS), looked at every 50 ms.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[2]
LO, HI = 10**9, 11 * 10**9
RATIO_GOAL = 1.0  # of primesieve's time to ours, at least
MEMORY_GOAL_MB = 500
_LOOK_S = 0.05
_MEMORY = {
    "count 1e11 numbers": ["1e9", "1e9+1e11"],
    "write the primes of 1e9 numbers (.txt)": ["1e9", "2e9", "--output", "primes.txt"],
    "write the primes of 1e9 numbers (.npy)": ["1e9", "2e9", "--output", "primes.npy"],
    "write the primes of 1e9 numbers from 1e15 on": ["1e15", "1e15+1e9", "--output", "primes.npy"],
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--primesieve", default="primesieve", metavar="COMMAND", help="the reference")
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--skip-memory", action="store_true")
    asked = parser.parse_args()
    reference = shlex.split(asked.primesieve)
    version = subprocess.run([*reference, "--version"], check=True, capture_output=True, text=True).stdout.split(",")[0]
    print(f"count {LO} to {HI}, {asked.workers} workers and threads, reference {version}")
    _ours(asked.workers)  # compiles, if nothing compiled is on disk
    rows: dict[str, list[float]] = {"start-up excluded": [], "start-up included": []}
    for _ in range(asked.rounds):
        theirs, ours = _theirs(reference, asked.workers), _ours(asked.workers)
        if theirs["primes"] != ours["primes"]:
            raise SystemExit(f"wrong answer: {ours['primes']} primes, and {version} finds {theirs['primes']}")
        rows["start-up excluded"].append(theirs["search_s"] / ours["search_s"])
        rows["start-up included"].append(theirs["whole_s"] / ours["whole_s"])
        print(
            f"  primesieve {theirs['search_s']:.3f} s ({theirs['whole_s']:.3f} s), search with {ours['kernel']} "
            f"{ours['search_s']:.3f} s ({ours['whole_s']:.3f} s)"
        )
    for name, ratios in rows.items():
        median = statistics.median(ratios)
        print(f"{name}: ratio {median:.2f} ({min(ratios):.2f} to {max(ratios):.2f}), goal {RATIO_GOAL}")
    if not asked.skip_memory:
        for name, words in _MEMORY.items():
            print(f"{name}: peak {_peak_mb(words):.0f} MB, goal below {MEMORY_GOAL_MB} MB")


def _ours(workers: int) -> dict[str, Any]:
    words = [*_command(), str(LO), str(HI), "--workers", str(workers), "--format", "json"]
    begun = time.perf_counter()
    told = subprocess.run(words, check=True, capture_output=True, cwd=ROOT, env=_environment()).stdout
    return {**json.loads(told), "whole_s": time.perf_counter() - begun}


def _theirs(reference: list[str], threads: int) -> dict[str, Any]:
    words = [*reference, str(LO), str(HI - 1), f"--threads={threads}", "--time", "--quiet"]
    begun = time.perf_counter()
    told = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    whole_s = time.perf_counter() - begun
    seconds, primes = told.replace("Seconds:", "").split()
    return {"search_s": float(seconds), "whole_s": whole_s, "primes": int(primes)}


def _peak_mb(words: list[str]) -> float:
    with tempfile.TemporaryDirectory(prefix="primebench-") as folder:
        environment = {**_environment(), "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen([*_command(), *words], stdout=subprocess.DEVNULL, cwd=folder, env=environment)
        peak, searching = 0, psutil.Process(process.pid)
        while process.poll() is None:
            peak = max(peak, _memory_bytes(searching))
            time.sleep(_LOOK_S)
        if process.returncode:
            raise SystemExit(f"{shlex.join(words)} ended with exit code {process.returncode}")
        return peak / 1e6


def _memory_bytes(process: psutil.Process) -> int:
    total = 0
    try:
        for each in [process, *process.children(recursive=True)]:
            total += each.memory_full_info().pss
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0  # it ended while we looked
    return total


def _command() -> list[str]:
    return [sys.executable, "-m", "bench", "search"]


def _environment() -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


if __name__ == "__main__":
    main()

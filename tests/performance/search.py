"""``primebench search`` beside primesieve with as many threads, in interleaved rounds, and its peak memory.

A round runs each program once, in turn; a ratio is our time divided by primesieve's, taken inside its round only.
Memory is the largest sum of the resident pages of all processes of the search, shared ones counted once (PSS), looked
at every 50 ms.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING, Any

import many
import psutil
from many import MANY
from row import Row

if TYPE_CHECKING:
    import argparse

LO, HI = 10**9, 11 * 10**9
WORKERS = 2
TIME_GOALS = {"search_s": 1.0, "whole_s": 0.95}  # of primesieve's time
MANY_HI, MANY_GOAL = LO + 10**11, 0.9
MEMORY_GOAL_MB = 500.0
_LOOK_S = 0.05
_UNIT = "x primesieve's time"
_MEMORY = {
    "count 1e11 numbers": ["1e9", "1e9+1e11"],
    "write the primes of 1e9 numbers (.txt)": ["1e9", "2e9", "--output", "primes.txt"],
    "write the primes of 1e9 numbers (.npy)": ["1e9", "2e9", "--output", "primes.npy"],
    "write the primes of 1e9 numbers from 1e15 on": ["1e15", "1e15+1e9", "--output", "primes.npy"],
}


def measure(asked: argparse.Namespace) -> list[Row]:
    """Return the rows: time with start-up excluded and included, and peak memory; a quick look leaves memory out."""
    rounds, kernel = _rounds(asked, HI, WORKERS)
    rows = []
    for key, which in {"search_s": "excluded", "whole_s": "included"}.items():
        what = f"search 1e9 to 1.1e10, two workers, start-up {which}"
        ratio = _ratio(rounds[key])
        rows.append(Row(what, ratio, _UNIT, "at most", TIME_GOALS[key], rounds[key], f"with {kernel}"))
    what = f"search 1e9 to 1e9+1e11, {MANY} workers, start-up included"
    rows.append(many.row(what, _UNIT, MANY_GOAL, lambda: _by_many(what, asked)))
    if not asked.quick:
        for name, words in _MEMORY.items():
            peak = _peak_mb(words)
            rows.append(Row(f"search, peak memory: {name}", peak, "MB", "below", MEMORY_GOAL_MB, {"mb": [peak]}))
    return rows


def _by_many(what: str, asked: argparse.Namespace) -> Row:
    rounds, kernel = _rounds(asked, MANY_HI, MANY)
    found = rounds["whole_s"]
    return Row(what, _ratio(found), _UNIT, "at most", MANY_GOAL, found, f"with {kernel}")


def _rounds(asked: argparse.Namespace, hi: int, workers: int) -> tuple[dict[str, dict[str, list[float]]], str]:
    """Search in turns; return key of a time -> seconds of both programs, and the kernel."""
    _ours(hi, workers)  # compiles, where nothing compiled is on disk
    ours, theirs = [], []
    for turn in range(asked.rounds):
        print(f"search with {workers} workers: round {turn + 1} of {asked.rounds}", file=sys.stderr)
        theirs.append(_theirs(asked.reference, hi, workers))
        ours.append(_ours(hi, workers))
        if theirs[-1]["primes"] != ours[-1]["primes"]:
            raise RuntimeError(f"search finds {ours[-1]['primes']} primes, and primesieve {theirs[-1]['primes']}")
    rounds = {
        key: {"seconds": [each[key] for each in ours], "primesieve_seconds": [each[key] for each in theirs]}
        for key in TIME_GOALS
    }
    return rounds, ours[-1]["kernel"]


def _ratio(rounds: dict[str, list[float]]) -> float:
    """Return the median over rounds of our time divided by primesieve's."""
    return statistics.median(a / b for a, b in zip(*rounds.values(), strict=True))


def _ours(hi: int, workers: int) -> dict[str, Any]:
    words = [*_search(), str(LO), str(hi), "--workers", str(workers), "--format", "json"]
    begun = time.perf_counter()
    told = subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout
    return {**json.loads(told), "whole_s": time.perf_counter() - begun}


def _theirs(reference: list[str], hi: int, workers: int) -> dict[str, Any]:
    words = [*reference, str(LO), str(hi - 1), f"--threads={workers}", "--time", "--quiet"]
    begun = time.perf_counter()
    told = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    whole_s = time.perf_counter() - begun
    seconds, primes = told.replace("Seconds:", "").split()
    return {"search_s": float(seconds), "whole_s": whole_s, "primes": int(primes)}


def _peak_mb(words: list[str]) -> float:
    with tempfile.TemporaryDirectory(prefix="primebench-") as folder:
        process = subprocess.Popen([*_search(), *words], stdout=subprocess.DEVNULL, cwd=folder)
        peak, searching = 0, psutil.Process(process.pid)
        while process.poll() is None:
            peak = max(peak, _memory_bytes(searching))
            time.sleep(_LOOK_S)
        if process.returncode:
            raise RuntimeError(f"primebench search {' '.join(words)} ended with exit code {process.returncode}")
        return peak / 1e6


def _memory_bytes(process: psutil.Process) -> int:
    total = 0
    try:
        for each in [process, *process.children(recursive=True)]:
            total += each.memory_full_info().pss
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0  # it ended while we looked
    return total


def _search() -> list[str]:
    return [sys.executable, "-m", "bench", "search"]

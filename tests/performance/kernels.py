"""Measure the kernels beside primesieve: interleaved rounds on one pinned core, ratios beside the goals.

Run ``python tests/performance/kernels.py --help`` from the root of the repository. A round visits every start and
kernel once; each kernel is timed directly after the reference, and a ratio is taken inside its round only, so that a
machine which slows down slows both. Times are CPU times of one thread: a neighbour who takes the core costs neither
side. Every count is compared with the reference's. Sieving primes are made before the clock starts, as they are made
once per process.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parent)]

import reference  # noqa: E402 - beside this file, which is run as a program

if TYPE_CHECKING:
    from types import ModuleType

STARTS = {"1e6": 10**6, "1e9": 10**9, "1e12": 10**12, "1e15": 10**15, "1e18": 10**18}
WIDTH = 10**9
# Goals against primesieve 12.16, count, one core, ranges 1e9 wide.
GOALS = {
    "numpy-sieve": {"1e6": 0.30, "1e9": 0.38, "1e12": 0.42, "1e15": 0.35, "1e18": 0.20},
    "numba-sieve": {"1e6": 1.0, "1e9": 1.1, "1e12": 1.0, "1e15": 0.85, "1e18": 0.75},
    "sieve": {"1e6": 0.08, "1e9": 0.09, "1e12": 0.06},
}
# The others are shown beside them on ranges as narrow as they need; a sieve's fixed cost would make that unfair to it.
OTHERS = ("numba-baillie-psw", "numpy-miller-rabin", "gmpy2", "sympy", "baillie-psw", "miller-rabin")
SCATTERED_GOAL = 2.0  # numba-baillie-psw against gmpy2 on scattered numbers
FRESH_GOAL_S = 0.4  # from the start of a process to its first answer, with compiled code on disk


def main() -> None:
    """Measure, print, and save if asked."""
    asked = _arguments()
    if asked.cpu >= 0:
        os.sched_setaffinity(0, {asked.cpu})
    against = reference.find(asked.primesieve)
    kernels = {name: _load(name) for name in asked.kernels}
    kernels = {name: kernel for name, kernel in kernels.items() if kernel}
    facts = _facts(against.name)
    for key, value in facts.items():
        print(f"{key}: {value}")
    rows = _measure(kernels, against, asked)
    extra = {"fresh process": _fresh(asked.rounds), "scattered numbers": _scattered(asked.rounds)}
    _show(rows, extra)
    if asked.json:
        Path(asked.json).write_text(json.dumps({**facts, "rows": rows, **extra}, indent=1) + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--kernels", type=lambda text: text.split(","), default=[*GOALS, *OTHERS], help="names, a comma between"
    )
    parser.add_argument(
        "--starts", type=lambda text: text.split(","), default=[*STARTS], help=f"of {', '.join(STARTS)}"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="one round, no 1e18: minutes become half a minute")
    parser.add_argument("--cpu", type=int, default=max(os.sched_getaffinity(0)), help="pin to it; -1 does not pin")
    parser.add_argument("--primesieve", metavar="COMMAND", help="the reference; default: the one on the PATH")
    parser.add_argument("--json", metavar="FILE", help="save the record; it names no host, user or path")
    asked = parser.parse_args()
    if asked.quick:
        asked.rounds = 1
        asked.starts = [start for start in asked.starts if start != "1e18"]
    return asked


def _load(name: str) -> ModuleType | None:
    kernel = importlib.import_module(f"primes.kernels.{name.replace('-', '_')}")
    reason = kernel.missing() if hasattr(kernel, "missing") else None
    if reason:
        print(f"{name}: left out, {reason}")
        return None
    if hasattr(kernel, "warm"):
        kernel.warm()
    return kernel


def _count(kernel: ModuleType, lo: int, hi: int) -> tuple[float, int]:
    begin = time.process_time()
    counted = kernel.count(lo, hi) if hasattr(kernel, "count") else sum(map(kernel.is_prime, range(lo, hi)))
    return time.process_time() - begin, counted


def _width(kernel: ModuleType, name: str, lo: int) -> int:
    """Return how wide a range to measure: a goal's width, or the power of ten that takes about 0.1 to 1 s."""
    if name in ("numba-sieve", "numpy-sieve"):
        return WIDTH
    width = 1000
    while width < WIDTH and _count(kernel, lo, lo + width)[0] < 0.1:
        width *= 10
    return width


def _measure(
    kernels: dict[str, ModuleType], against: reference.Reference, asked: argparse.Namespace
) -> list[dict[str, Any]]:
    rows = []
    for start in asked.starts:
        lo = STARTS[start]
        for name, kernel in kernels.items():
            if name == "sieve" and start not in GOALS["sieve"]:
                continue  # its sieving primes alone would take minutes
            _count(kernel, lo, lo + 1000)  # sieving primes are made once per process, outside the clock
            row = {
                "kernel": name,
                "start": start,
                "width": _width(kernel, name, lo),
                "goal": GOALS.get(name, {}).get(start),
            }
            rows.append({**row, "seconds": [], "reference_seconds": []})
    order = random.Random(1)
    for turn in range(asked.rounds):
        shuffled = rows[:]
        order.shuffle(shuffled)
        for row in shuffled:
            lo = STARTS[row["start"]]
            expected = against.count(lo, lo + WIDTH)
            seconds, counted = _count(kernels[row["kernel"]], lo, lo + row["width"])
            truth = expected[1] if row["width"] == WIDTH else against.count(lo, lo + row["width"])[1]
            if counted != truth:
                raise SystemExit(f"{row['kernel']} counts {counted} from {lo} on {row['width']} numbers, not {truth}")
            row["seconds"].append(seconds)
            row["reference_seconds"].append(expected[0])
        print(f"round {turn + 1} of {asked.rounds} done", file=sys.stderr)
    for row in rows:
        row["ratio"] = statistics.median(
            theirs / WIDTH * row["width"] / ours
            for ours, theirs in zip(row["seconds"], row["reference_seconds"], strict=True)
        )
    return rows


def _fresh(rounds: int) -> dict[str, Any]:
    """Time a fresh process up to its first answer, beside one that does nothing."""
    root = Path(__file__).resolve().parents[2]
    timed: dict[str, Any] = {"goal_s": FRESH_GOAL_S}
    for name in ("numba-sieve", "numba-baillie-psw", "numpy-sieve", "nothing"):
        program = f"from primes.kernels import {name.replace('-', '_')} as k; k.warm()" if name != "nothing" else ""
        seconds = []
        for _ in range(rounds + 1):
            begin = time.perf_counter()
            subprocess.run([sys.executable, "-c", program], cwd=root, check=False, capture_output=True)
            seconds.append(time.perf_counter() - begin)
        timed[name] = statistics.median(seconds[1:])
    return timed


def _scattered(rounds: int) -> dict[str, Any]:
    """Time seeded random numbers of each size through numba-baillie-psw and gmpy2."""
    import ctypes

    numba, gmpy2 = _load("numba-baillie-psw"), _load("gmpy2")
    if not numba or not gmpy2:
        return {}
    mark, size, draw = numba.compiled()["mark"], 300_000, random.Random(3)
    timed: dict[str, Any] = {"goal": SCATTERED_GOAL}
    for start, lo in STARTS.items():
        numbers = [draw.randrange(lo, 2 * lo) for _ in range(size)]
        words, marks = (ctypes.c_uint64 * size)(*numbers), (ctypes.c_bool * size)()
        ratios, rates = [], []
        for _ in range(rounds):
            begin = time.process_time()
            mark(size, words, marks)
            middle = time.process_time()
            counted = sum(map(gmpy2.is_prime, numbers))
            end = time.process_time()
            if counted != sum(marks):
                raise SystemExit(f"gmpy2 finds {counted} primes among the scattered numbers, not {sum(marks)}")
            ratios.append((end - middle) / (middle - begin))
            rates.append(size / (middle - begin))
        timed[start] = {"ratio": statistics.median(ratios), "numbers_per_s": statistics.median(rates)}
    return timed


def _facts(against: str) -> dict[str, str]:
    """Return what the figures depend on, and nothing that tells whose machine it is."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    caches = []
    for index in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        parts = [(index / part).read_text().strip() for part in ("level", "type", "size")]
        caches.append("L{} {} {}".format(*parts))
    versions = {}
    for package in ("numpy", "numba", "llvmlite", "gmpy2", "sympy"):
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            versions[package] = "not installed"
    return {
        "reference": against,
        "cpu": model,
        "caches": ", ".join(caches),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        **versions,
    }


def _show(rows: list[dict[str, Any]], extra: dict[str, Any]) -> None:
    print(f"\n{'kernel':20}{'start':>7}{'width':>8}{'numbers/s':>12}{'ratio':>10}{'goal':>7}")
    for row in sorted(rows, key=lambda row: (row["kernel"], STARTS[row["start"]])):
        rate = row["width"] / statistics.median(row["seconds"])
        goal = row["goal"]
        verdict = "" if goal is None else f"{goal:7.2f}  {'reached' if row['ratio'] >= goal else 'missed'}"
        print(f"{row['kernel']:20}{row['start']:>7}{row['width']:8.0e}{rate:12.3g}{row['ratio']:10.3g}{verdict}")
    for title, figures in extra.items():
        print(f"\n{title}")
        for key, value in figures.items():
            told = (
                f"ratio to gmpy2 {value['ratio']:.2f}, {value['numbers_per_s']:.3g} numbers/s"
                if isinstance(value, dict)
                else f"{value:.3g}"
            )
            print(f"  {key}: {told}")


if __name__ == "__main__":
    main()

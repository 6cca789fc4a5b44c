"""The kernels beside primesieve, numba-baillie-psw beside gmpy2, and how soon a fresh process answers.

A round visits every kernel at every start once; each is timed directly after the reference, and a ratio is taken inside
its round only, so that a machine which slows down slows both. Times are CPU times of one thread on one pinned core: a
neighbour who takes the core costs neither side. Every count is compared with the reference's. Sieving primes are made
before the clock starts, as they are made once per process.
"""

from __future__ import annotations

import ctypes
import random
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import reference
from bound import bound
from row import Row

from primes.tasks import kernel_module

if TYPE_CHECKING:
    import argparse
    from types import ModuleType

STARTS = {"1e6": 10**6, "1e9": 10**9, "1e12": 10**12, "1e15": 10**15, "1e18": 10**18}
WIDTH = 10**9
# Ratios to primesieve 12.16, count, one core, ranges 1e9 wide. Those of the two fast sieves are what an AMD Zen 5 has
# reached, and must not fall; `FIRST_GOALS` are what was wanted before.
GOALS = {
    "numba-sieve": {"1e6": 1.36, "1e9": 1.53, "1e12": 1.37, "1e15": 1.01, "1e18": 1.28},
    "numpy-sieve": {"1e6": 0.42, "1e9": 0.48, "1e12": 0.54, "1e15": 0.49, "1e18": 0.39},
    "sieve": {"1e6": 0.08, "1e9": 0.09, "1e12": 0.06},
}
FIRST_GOALS = {
    "numba-sieve": {"1e6": 1.0, "1e9": 1.1, "1e12": 1.0, "1e15": 0.85, "1e18": 0.75},
    "numpy-sieve": {"1e6": 0.30, "1e9": 0.38, "1e12": 0.42, "1e15": 0.35, "1e18": 0.20},
}
SCATTERED_GOAL = 2.0  # times gmpy2
SCATTERED_NUMBERS = 300_000
FRESH_GOAL_S = 0.4  # with compiled code on disk


def measure(asked: argparse.Namespace) -> list[Row]:
    """Return the rows; those of ``asked.kernels`` at ``asked.starts`` alone where kernels are named."""
    with bound(1):
        rows = _beside_primesieve(asked)
        return rows if asked.kernels else [*rows, *_fresh(asked.rounds), *_scattered(asked)]


def _load(name: str) -> tuple[ModuleType, str | None]:
    """Return the kernel, warm, and why it cannot run here."""
    kernel = kernel_module(name)
    reason = kernel.missing() if hasattr(kernel, "missing") else None
    if not reason and hasattr(kernel, "warm"):
        kernel.warm()
    return kernel, reason


def _count(kernel: ModuleType, lo: int, hi: int) -> tuple[float, int]:
    begin = time.process_time()
    counted = kernel.count(lo, hi) if hasattr(kernel, "count") else sum(map(kernel.is_prime, range(lo, hi)))
    return time.process_time() - begin, counted


def _width(kernel: ModuleType, name: str, lo: int) -> int:
    """Return how wide a range to count: that of the goals, or for others the power of ten that takes 0.1 to 1 s."""
    width = WIDTH if name in GOALS else 1000
    while width < WIDTH and _count(kernel, lo, lo + width)[0] < 0.1:
        width *= 10
    return width


def _beside_primesieve(asked: argparse.Namespace) -> list[Row]:
    against, rows, timed = reference.counter(asked.reference), [], []
    for name in asked.kernels or GOALS:
        kernel, reason = _load(name)
        goals = GOALS.get(name, dict.fromkeys(STARTS))  # sieve has none at 1e15: its sieving primes would take minutes
        for start in [start for start in asked.starts if start in goals]:
            case = {"what": f"{name} from {start}", "unit": "x primesieve", "bound": "at least", "goal": goals[start]}
            if reason:
                rows.append(Row(**case, figure=None, note=reason, ran=False))
                continue
            _count(kernel, STARTS[start], STARTS[start] + 1000)  # makes the sieving primes
            rounds = {"width": _width(kernel, name, STARTS[start]), "seconds": [], "primesieve_seconds_per_1e9": []}
            timed.append((kernel, STARTS[start], case, rounds, _origin(name, start)))
    order = random.Random(1)
    for turn in range(asked.rounds):
        print(f"kernels: round {turn + 1} of {asked.rounds}", file=sys.stderr)
        for kernel, lo, case, rounds, _ in order.sample(timed, len(timed)):
            width = rounds["width"]
            theirs, truth = against(lo, lo + WIDTH)
            ours, counted = _count(kernel, lo, lo + width)
            if width != WIDTH:
                truth = against(lo, lo + width)[1]
            if counted != truth:
                raise RuntimeError(f"{case['what']}: {counted} primes in {width} numbers, and primesieve finds {truth}")
            rounds["seconds"].append(ours)
            rounds["primesieve_seconds_per_1e9"].append(theirs)
    for _kernel, _lo, case, rounds, note in timed:
        pairs = zip(rounds["primesieve_seconds_per_1e9"], rounds["seconds"], strict=True)
        ratio = statistics.median(theirs / WIDTH * rounds["width"] / ours for theirs, ours in pairs)
        rows.append(Row(**case, figure=ratio, rounds=rounds, note=note))
    return rows


def _origin(name: str, start: str) -> str:
    """Return where the goal of a kernel comes from, and which one it had before; empty where it is still that one."""
    first = FIRST_GOALS.get(name, {}).get(start)
    return "" if first is None else f"the goal was measured on an AMD Zen 5; the first one was {first:g}"


def _fresh(rounds: int) -> list[Row]:
    """Time from the start of a process to the end of its first count, with its compiled code on disk."""
    cases: dict[str, dict[str, Any]] = {"numba-sieve": {}, "numba-baillie-psw": {}}
    reasons = {name: _load(name)[1] for name in cases}  # compiles, where nothing compiled is on disk
    for _ in range(rounds):
        for name in [name for name in cases if not reasons[name]]:
            begin = time.perf_counter()
            program = f"from primes.kernels.{name.replace('-', '_')} import count; count(10**6, 10**6 + 1000)"
            subprocess.run([sys.executable, "-c", program], check=True)
            cases[name].setdefault("seconds", []).append(time.perf_counter() - begin)
    return [
        Row(
            f"{name} in a fresh process, to its first answer",
            None if reasons[name] else statistics.median(seconds["seconds"]),
            "s",
            "below",
            FRESH_GOAL_S,
            seconds,
            reasons[name] or "",
            ran=not reasons[name],
        )
        for name, seconds in cases.items()
    ]


def _scattered(asked: argparse.Namespace) -> list[Row]:
    """Time seeded random numbers of each size through numba-baillie-psw and gmpy2."""
    (numba, numba_reason), (gmpy2, gmpy2_reason) = _load("numba-baillie-psw"), _load("gmpy2")
    reason, size, draw, rows = numba_reason or gmpy2_reason, SCATTERED_NUMBERS, random.Random(3), []
    for start in asked.starts:
        what, goal = f"numba-baillie-psw on scattered numbers from {start}", SCATTERED_GOAL
        if reason:
            rows.append(Row(what, None, "x gmpy2", "at least", goal, note=reason, ran=False))
            continue
        numbers = [draw.randrange(STARTS[start], 2 * STARTS[start]) for _ in range(size)]
        words, marks = (ctypes.c_uint64 * size)(*numbers), (ctypes.c_bool * size)()
        rounds: dict[str, Any] = {"numbers": size, "seconds": [], "gmpy2_seconds": []}
        for _ in range(asked.rounds):
            begin = time.process_time()
            numba.compiled()["mark"](size, words, marks)
            middle = time.process_time()
            counted = sum(map(gmpy2.is_prime, numbers))
            end = time.process_time()
            if counted != sum(marks):
                raise RuntimeError(f"{what}: {sum(marks)} primes, and gmpy2 finds {counted}")
            rounds["seconds"].append(middle - begin)
            rounds["gmpy2_seconds"].append(end - middle)
        pairs = zip(rounds["gmpy2_seconds"], rounds["seconds"], strict=True)
        rows.append(Row(what, statistics.median(a / b for a, b in pairs), "x gmpy2", "at least", goal, rounds))
    return rows

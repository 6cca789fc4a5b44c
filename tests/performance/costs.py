"""Measure the table of costs in primes/cost.py anew, and print it ready to paste.

Run ``python tests/performance/costs.py`` on a quiet machine, with primebench and the libraries of its kernels
installed; some three minutes and 1.3 GiB of memory. The row of a kernel that cannot run is printed as it stands.

At each place of the table, each kernel counts a range that ends there, and the last numbers of it in narrow pieces. The
two widths give the two costs::

    seconds of the wide call   = fixed + slope * wide
    seconds of a narrow call   = fixed + slope * narrow

Each of the times is the least of several rounds. A round visits every kernel at every place once, so that a machine
which slows down for a while spoils the same round for all. Times are CPU times on one pinned core, behind a call that
makes what the kernel keeps: compiled code and sieving primes. That call's answer is compared with the right one, and
all counts of the same range with each other.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from primes.cost import COSTS, PLACES
from primes.tasks import ChunkCount, Warm, kernel_module
from primes.truth import PI_OF_POWERS_OF_TEN, expected_count

ROUNDS = 7
SIEVE = (1000, 10**9)
# kernel: (narrow, wide) in numbers. The wider, the less the fixed part disturbs the slope; a test costs the same for
# each number, and needs only so many that its primes are no accident.
WIDTHS = {
    "numba-sieve": SIEVE,
    "primesieve": SIEVE,
    "numpy-sieve": SIEVE,
    "sieve": SIEVE,
    "numba-baillie-psw": (1, 50_000),
    "numpy-miller-rabin": (100, 10**6),
    "miller-rabin": (1, 50_000),
}
LAST = {"sieve": 1e12}  # further up, its sieving primes would take minutes
SPAN_S = 0.02  # calls are repeated for so long: beside it, reading the clock takes no time
CHECKED = 10_000  # numbers whose answer is compared with the right one
QUICK = 1000  # what the widths are divided by in a trial

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Case:
    """What is timed: a kernel at a place, over and over ``wide``, and over each of the ``narrow`` ranges."""

    name: str
    place: int
    wide: tuple[Range, ...]
    narrow: tuple[Range, ...]


def main() -> int:
    """Measure and print the table; return the exit code: 1 when a fixed cost drowned in noise."""
    asked = _arguments()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    reasons = {name: _missing(name) for name in asked.kernels}
    for name, reason in reasons.items():
        if reason:
            _say(f"{name} stays as it stands: {reason}")
    known: dict[Range, int] = {(0, 10**k): pi for k, pi in enumerate(PI_OF_POWERS_OF_TEN)}
    cases = [
        _prepared(name, int(place), QUICK if asked.quick else 1)
        for name in asked.kernels
        for place in (PLACES[:-1] if asked.quick else PLACES)
        if not reasons[name] and place <= LAST.get(name, PLACES[-1])
    ]
    least: dict[tuple[Case, str], float] = {}
    for turn in range(1 if asked.quick else ROUNDS):
        _say(f"round {turn + 1}")
        for case in cases:
            for width in ("wide", "narrow"):
                seconds = _time(case.name, getattr(case, width), known)
                least[case, width] = min(seconds, least.get((case, width), seconds))
    rows = {name: [_costs(case, least) for case in cases if case.name == name] for name in asked.kernels}
    print(f"# {_machine()}{'; a trial, not to be pasted' if asked.quick else ''}")
    for name, row in rows.items():
        print(f"    {_text(name, row or COSTS[name])}{'  # as it stood' if reasons[name] else ''}")
    noisy = [name for name, row in rows.items() if any(fixed <= 0 or slope <= 0 for fixed, slope in row)]
    if noisy:
        _say(f"{', '.join(noisy)}: a cost drowned in noise; run again when the machine is quiet")
    return 1 if noisy else 0


def _arguments() -> argparse.Namespace:
    def names(text: str) -> list[str]:
        unknown = [name for name in text.split(",") if name not in COSTS]
        if unknown:
            raise argparse.ArgumentTypeError(f"{', '.join(unknown)} is none of {', '.join(COSTS)}")
        return text.split(",")

    parser = argparse.ArgumentParser(prog="python tests/performance/costs.py", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one round of narrow ranges, without 1e18: does it run?")
    parser.add_argument("--kernels", type=names, default=[*COSTS], metavar="NAME,...", help="only these rows")
    return parser.parse_args()


def _missing(name: str) -> str | None:
    kernel = kernel_module(name)
    return kernel.missing() if hasattr(kernel, "missing") else None


def _prepared(name: str, place: int, divisor: int) -> Case:
    """Return the case, with the kernel warm, right, and its calls counted."""
    _say(f"{name} up to {place:.0e}")
    Warm(name)()
    checked = (place - CHECKED, place)
    counted, right = ChunkCount(name)(checked), expected_count(*checked, name)
    if counted != right:
        raise RuntimeError(f"{name} finds {counted} primes from {checked[0]} to below {place}, and there are {right}")
    narrow, wide = WIDTHS[name]
    wide = min(max(wide // divisor, 1000), place)
    begin = time.process_time()
    ChunkCount(name)((place - narrow, place))
    calls = int(SPAN_S / max(time.process_time() - begin, 1e-7))
    if narrow == 1:  # the same numbers as in the wide range: primes cost far more than others
        calls = wide
    calls = max(1, min(calls, wide // narrow))
    begin = time.process_time()
    ChunkCount(name)((place - wide, place))
    repeats = max(1, int(SPAN_S / max(time.process_time() - begin, 1e-7)))
    pieces = tuple((place - (i + 1) * narrow, place - i * narrow) for i in range(calls))
    return Case(name, place, ((place - wide, place),) * repeats, pieces)


def _time(name: str, ranges: tuple[Range, ...], known: dict[Range, int]) -> float:
    """Return the seconds per call, and compare the counts with those known of the same ranges."""
    count = ChunkCount(name)
    begin = time.process_time()
    counts = list(map(count, ranges))
    end = time.process_time()
    for asked, counted in zip(ranges, counts, strict=True):
        if known.setdefault(asked, counted) != counted:
            raise RuntimeError(f"{name} finds {counted} primes in {asked}, and before there were {known[asked]}")
    return (end - begin) / len(ranges)


def _costs(case: Case, least: dict[tuple[Case, str], float]) -> tuple[float, float]:
    """Return the seconds per call and the nanoseconds per number."""
    (lo, hi), (begin, end) = case.wide[0], case.narrow[0]
    slope = (least[case, "wide"] - least[case, "narrow"]) / ((hi - lo) - (end - begin))
    return least[case, "narrow"] - slope * (end - begin), slope * 1e9


def _text(name: str, row: list[tuple[float, float]]) -> str:
    pairs = ", ".join(f"({_digits(fixed)}, {_digits(slope)})" for fixed, slope in row)
    return f'"{name}": ({pairs}),'


def _digits(value: float) -> str:
    """Write two significant digits as the table has them: 1.8e-5, 0.38, 4.5, 460."""
    if abs(value) >= 10:
        return f"{float(f'{value:.2g}'):.0f}"
    return f"{value:.1e}".replace("e-0", "e-") if abs(value) < 0.01 else f"{value:#.2g}"


def _machine() -> str:
    """Say what the costs depend on, and nothing that tells whose machine it is."""
    file = Path("/proc/cpuinfo")
    lines = file.read_text().splitlines() if file.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    parts = [*(models[:1] or [platform.machine()]), f"{platform.python_implementation()} {platform.python_version()}"]
    for package in ("numpy", "numba"):
        try:
            parts.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            continue
    return ", ".join(parts)


def _say(text: str) -> None:
    print(text, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())

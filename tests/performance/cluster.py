"""A prime search on a cluster beside the one in shared memory, and the memory of its client and its scheduler.

    python -m tests.performance.cluster                          # 1e11 numbers, 3 rounds, and 1e12 for memory: minutes
    python -m tests.performance.cluster --numbers 1e10 --memory 3e10     # some minutes

Each round searches once in each way, in turn; ratios are taken inside a round, of the time without start-up. On two
hosts, which need root, the client is on one, and scheduler and workers on the other.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import psutil
from tabulate import tabulate

from bench.core.units import whole_number
from tests.performance.row import Row
from tests.support.hosts import Host, NoHosts, scheduler, two_hosts, worker

WORKERS = 2
BASE, LOCAL, ELSEWHERE = "shared-memory", "a local cluster", "workers on another host"
GOALS = {LOCAL: 1.10, ELSEWHERE: 1.15}
MEMORY_GOAL_MB = 300.0
LO = 10**9
_LOOK_S = 0.5


def main() -> int:
    """Measure, print the table, save the record; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.performance.cluster", description=__doc__.splitlines()[0])
    parser.add_argument("--numbers", type=whole_number, default=10**11, help="in each search that is timed")
    parser.add_argument("--memory", type=whole_number, default=10**12, help="in the search whose memory is watched")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, metavar="FILE", help="save every single round")
    asked = parser.parse_args()
    with ExitStack() as stack:
        ways = {BASE: ([], None, None), LOCAL: (["--backend", "dask"], None, None)}
        try:
            ways[ELSEWHERE] = _elsewhere(stack)
        except NoHosts as error:
            print(f"{ELSEWHERE}: {error}", file=sys.stderr)
        rows = [*_times(ways, asked.numbers, asked.rounds), *_memories(ways, asked.memory)]
    print(tabulate([row.cells() for row in rows], ["what", "figure", "goal", "reached"], disable_numparse=True))
    for row in rows:
        print(f"{row.what}: {row.note}")
    if asked.json:
        told = [{"what": row.what, "figure": row.figure, "goal": row.goal, "rounds": row.rounds} for row in rows]
        asked.json.write_text(json.dumps(told, indent=1) + "\n")
    return 0


def _elsewhere(stack: ExitStack) -> tuple[list[str], Host, subprocess.Popen]:
    """Start a scheduler and workers on one host; return the options, the other host and the scheduler."""
    place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="primebench-")))
    here, there = stack.enter_context(two_hosts())
    address = f"tcp://{there.address}:8786"
    process = stack.enter_context(scheduler(there, place / "scheduler", "--port", "8786", protocol="tcp"))
    for number in range(WORKERS):
        stack.enter_context(worker(there, address, place / str(number)))
    return ["--backend", "dask", "--scheduler", address], here, process


def _command(way: tuple, numbers: int) -> list[str]:
    options, host, _ = way
    words = [sys.executable, "-m", "bench", "search", LO, LO + numbers, "--kernel", "numba-sieve"]
    words = [*map(str, words), "--workers", str(WORKERS), "--format", "json", *options]
    return host.command(*words) if host else words


def _times(ways: dict, numbers: int, rounds: int) -> list[Row]:
    found = {name: [] for name in ways}
    for turn in range(rounds):
        for name, way in ways.items():
            print(f"round {turn + 1} of {rounds}: {name}", file=sys.stderr)
            done = subprocess.run(_command(way, numbers), check=True, stdout=subprocess.PIPE, text=True)
            found[name].append(json.loads(done.stdout))
    primes = {told["primes"] for each in found.values() for told in each}
    if len(primes) > 1:
        raise RuntimeError(f"the searches find {primes} primes")
    seconds = {name: [told["search_s"] for told in each] for name, each in found.items()}
    rows = []
    for name, goal in GOALS.items():
        if name in seconds:
            ratios = [ours / base for ours, base in zip(seconds[name], seconds[BASE], strict=True)]
            rounds_s = {name: seconds[name], BASE: seconds[BASE]}
            what = f"search of {numbers:.3g} numbers, {name}"
            note = f"in each round {', '.join(f'{ratio:.3f}' for ratio in ratios)}"
            rows.append(Row(what, statistics.median(ratios), f"x {BASE}", "at most", goal, rounds_s, note))
    return rows


def _memories(ways: dict, numbers: int) -> list[Row]:
    """Return the highest memory of each side of a search, which without another host are one process."""
    way = ways.get(ELSEWHERE, ways[LOCAL])
    print(f"memory: {numbers:.3g} numbers", file=sys.stderr)
    process = subprocess.Popen(_command(way, numbers), stdout=subprocess.DEVNULL)
    sides = {"client": psutil.Process(process.pid)}
    if way[2]:
        sides["scheduler"] = psutil.Process(way[2].pid)
    looks = {name: [] for name in sides}
    while process.poll() is None:
        for name, side in sides.items():
            try:
                looks[name].append(side.memory_full_info().pss / 1e6)
            except psutil.Error:
                continue
        time.sleep(_LOOK_S)
    if process.returncode:
        raise RuntimeError(f"the search ended with exit code {process.returncode}")
    rows = []
    for name, each in looks.items():
        middle, end = (statistics.median(each[len(each) * at // 10 :][: len(each) // 10 + 1]) for at in (3, 9))
        note = f"{middle:.0f} MB after 3 tenths of the time, {end:.0f} MB after 9"
        what = f"memory of the {name}, {numbers:.3g} numbers"
        rows.append(Row(what, max(each), "MB", "below", MEMORY_GOAL_MB, {"MB": each[:: len(each) // 100 + 1]}, note))
    return rows


if __name__ == "__main__":
    sys.exit(main())

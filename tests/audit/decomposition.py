"""Where the time goes, as it is explained, beside what is known: jobs that lose it in one known way, and every backend.

``python -m tests.audit.decomposition`` runs a job with one huge item, items of a microsecond, results of a MiB, a slow
set-up, a neighbour on the same CPU, sleep and a tail. What is known comes from the job as it was made, or from what its
function notes about itself: its own clocks, in a file of its own. ``--backends`` prints what stays unexplained of each
backend of the standard library instead; the goal is 10 % of the workers' time in either direction, on work of at least
0.1 s. Both take a minute or two and want a quiet machine.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from bench.samples.explained import Explained, explained
from bench.store import record_file

MODULE = '''
"""Functions that know what they cost."""
import os, time

if os.path.exists(os.path.join(os.path.dirname(__file__), "slow")):
    time.sleep({slow})

MEMBER = {{}}

def member():
    """Return whether this process belongs to a visit of the backend, and to none of a reference."""
    if os.getpid() not in MEMBER:
        with open(f"/proc/{{os.getppid()}}/cmdline") as file:
            MEMBER[os.getpid()] = '"member": "{backend}"' in file.read()
    return MEMBER[os.getpid()]

def note(begin, used):
    wall, cpu = time.monotonic() - begin, time.thread_time() - used
    if not member():
        return
    with open(os.path.join(os.path.dirname(__file__), "log"), "a") as file:
        file.write(f"{{begin}} {{os.getpid()}} {{wall}} {{cpu}}\\n")

def spin(seconds):
    begin, used = time.monotonic(), time.thread_time()
    while time.thread_time() - used < seconds:
        pass
    note(begin, used)
    return seconds

def sleep(seconds):
    begin, used = time.monotonic(), time.thread_time()
    time.sleep(seconds)
    note(begin, used)
    return seconds

def tiny(number):
    return sum(range(number % 50))

def large(number):
    return bytes(2**20 - number)

HUGE = [0.4] + [0.01] * 20
EVEN = [0.05] * 8
TAIL = [0.05] * 9
NAPS = [0.03] * 10
'''
QUICK = ("--rounds", "1", "--values", "1", "--min-time", "0.001")  # nothing here is about the timed values
SLOW_S = 1.0  # what importing the module takes in the job with a slow set-up


@dataclass(frozen=True)
class Call:
    """What the function noted about one of its calls."""

    begin: float
    process: int
    wall: float
    cpu: float


@dataclass(frozen=True)
class Job:
    """A job that loses time in one known way.

    Attributes:
        name: the way.
        words: of the command line.
        items: how many calls the observed body makes; 0 where the function notes nothing.
        known: what is known, from the calls of the observed body; only the least of it, where ``least`` says so.
        found: the same as it is explained.
        slow: whether importing the module is slow.
        neighbour: whether another program uses the only CPU.
    """

    name: str
    words: str
    items: int
    known: Callable[[list[Call]], float]
    found: Callable[[Explained], float]
    slow: bool = False
    neighbour: bool = False
    least: bool = False


def ended(calls: list[Call]) -> float:
    """Return for how long the worker that was done first had nothing to do until the other one was."""
    ends: dict[int, float] = {}
    for call in calls:
        ends[call.process] = max(ends.get(call.process, 0.0), call.begin + call.wall)
    return max(ends.values()) - min(ends.values())


def balance(calls: list[Call]) -> float:
    """Return the load balance of the calls: average over maximum of the time inside them."""
    each: dict[int, float] = {}
    for call in calls:
        each[call.process] = each.get(call.process, 0.0) + call.wall
    return sum(each.values()) / 2 / max(each.values())


def share(part: str) -> Callable[[Explained], float]:
    """Return what reads a part's share of the workers' time."""
    return lambda one: float(getattr(one.made.parts, part)) / one.made.parts.whole


MAP = "--workers 2 --chunksize 1 --phase map"
JOBS = (
    Job(
        "one huge item: load balance",
        f"spin --items jobs:HUGE {MAP}",
        21,
        balance,
        lambda one: one.factors.load_balance,
    ),
    Job(
        "one huge item: useful, s",
        f"spin --items jobs:HUGE {MAP}",
        21,
        lambda _: 0.6,
        lambda one: one.made.parts.useful,
    ),
    Job(
        "1 us items: between, share", f"tiny --items range(20000) {MAP}", 0, lambda _: 0.9, share("between"), least=True
    ),
    Job(
        "1 MiB results: between, share",
        f"large --items range(100) {MAP}",
        0,
        lambda _: 0.5,
        share("between"),
        least=True,
    ),
    Job(
        "slow set-up: making workers, s",
        "spin --items jobs:EVEN --workers 2 --chunksize 1 --start spawn",
        8,
        lambda _: 2 * SLOW_S,
        lambda one: one.made.parts.startup,
        slow=True,
        least=True,
    ),
    Job(
        "a neighbour on the CPU: stolen, s",
        "spin --items jobs:EVEN --workers 1 --chunksize 1 --phase map",
        8,
        lambda calls: sum(call.wall - call.cpu for call in calls),
        lambda one: one.made.parts.stolen,
        neighbour=True,
    ),
    Job("sleep: blocked, s", f"sleep --items jobs:NAPS {MAP}", 10, lambda _: 0.3, lambda one: one.made.parts.blocked),
    Job(
        "a tail: waiting at the end, s",
        f"spin --items jobs:TAIL {MAP}",
        9,
        ended,
        lambda one: one.made.parts.waiting,
    ),
    Job("a tail: load balance", f"spin --items jobs:TAIL {MAP}", 9, balance, lambda one: one.factors.load_balance),
)


def measure(words: list[str], folder: Path) -> tuple[Explained, ...]:
    """Run cases and return them explained."""
    path = folder / "record.json"
    command = [sys.executable, "-m", "bench", "run", *words, "--effort", "fast", *QUICK, "-o", str(path), "--force"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    found, why = explained(record_file.load(path))
    for key, said in why.items():
        print(f"{key}: {said}")
    return found


@contextlib.contextmanager
def busy(cpu: int) -> Iterator[None]:
    """Keep a CPU busy."""
    text = f"import os\nos.sched_setaffinity(0, [{cpu}])\nwhile True: pass"
    with subprocess.Popen([sys.executable, "-c", text]) as other:
        try:
            yield
        finally:
            other.kill()


def observe(job: Job, backend: str) -> tuple[float, float]:
    """Return what is known of a job and what is explained."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "jobs.py").write_text(MODULE.format(slow=SLOW_S, backend=backend))
        if job.slow:
            (folder / "slow").touch()
        function, *words = job.words.split()
        words = ["--function", f"jobs:{function}", "--backend", backend, *words]
        cpu = min(os.sched_getaffinity(0))
        words += ["--affinity", str(cpu)] if job.neighbour else []
        with busy(cpu) if job.neighbour else contextlib.nullcontext():
            found = measure(words, folder)
        one = next(one for one in found if one.case.member == backend)
        calls: list[Call] = []
        if job.items:
            lines = sorted(map(str.split, (folder / "log").read_text().splitlines()), key=lambda line: float(line[0]))
            # The observed body was the last one.
            calls = [Call(float(line[0]), int(line[1]), float(line[2]), float(line[3])) for line in lines[-job.items :]]
        return job.known(calls), job.found(one)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--backend", default="pool")
    parser.add_argument("--backends", action="store_true", help="print what stays unexplained of each backend")
    parser.add_argument("--times", type=int, default=1, help="how often each is done")
    args = parser.parse_args()
    if args.backends:
        unexplained(args.times)
        return
    print(f"{'job':36} {'known':>8} {'explained':>9} {'apart':>8}")
    for job in JOBS:
        for _ in range(args.times):
            known, found = observe(job, args.backend)
            apart = "at least" if job.least and found >= known else f"{100 * (found / known - 1):+6.1f} %"
            print(f"{job.name:36} {known:8.3f} {found:9.3f} {apart:>8}", flush=True)


def unexplained(times: int) -> None:
    """Print what stays unexplained of each backend of the standard library, of the default job."""
    said: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name:
        for _ in range(times):
            for one in measure(["--backend", "all", "--workers", "2"], Path(name)):
                said.setdefault(one.case.member, []).append(share("unexplained")(one))
    print(f"{'backend':22} {'unexplained':>11}")
    for member, shares in said.items():
        print(f"{member:22} {100 * fmean(shares):+9.1f} %  {max(map(abs, shares)):.1%} at most")


if __name__ == "__main__":
    main()

"""One command that is started to be harmed, and what is left of it afterwards."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
START = ROOT / "bench" / "core" / "start.py"
SHM = Path("/dev/shm")
MARK = "PRIMEBENCH_AUDIT"  # in the environment of everything below a trial, with a word that is its own
HANG_S = 300.0  # for a command that was left alone or only lost a descendant; on a busy machine a selftest needs 100 s
SURVIVAL_S = 2.0  # what everything may take to end

_SMALL = ("--range", "1e5:2e5", "--kernel", "wheel6", "--min-time", "0.01")
_SIDES = ("--base", str(ROOT), "--head", str(ROOT), "--backend", "pool", *_SMALL, "--pairs", "20")
COMMANDS = {
    "run": ("run", "--backend", "pool,executor", *_SMALL, "--rounds", "4", "-o", "record.json"),
    "check": ("check", "--backend", "pool*,process*", "--workers", "2"),
    "gate": ("gate", *_SIDES, "-o", "record.json"),
    "selftest": ("selftest", "--backend", "pool", *_SMALL, "--budget", "20", "-o", "record.json"),
    "search": ("search", "1e9", "11e9", "-o", "primes.npy"),
}
LASTS_S = {"run": 10.0, "check": 6.0, "gate": 14.0, "selftest": 18.0, "search": 8.0}  # about, on two busy CPUs


@dataclass
class Trial:
    """A command in an empty folder.

    Attributes:
        process: its main process, which leads a session of its own.
        folder: where it runs, with a folder ``temp`` for its temp files.
        word: what marks it and everything below.
        sessions: the sessions that were seen below it.
    """

    process: subprocess.Popen[bytes]
    folder: Path
    word: str
    sessions: set[int] = field(default_factory=set)

    def living(self) -> list[psutil.Process]:
        """Return all processes that carry the mark and live."""
        return [each for each in psutil.process_iter() if self._is_below(each)]

    def _is_below(self, process: psutil.Process) -> bool:
        with contextlib.suppress(psutil.Error, OSError):
            if process.environ().get(MARK) == self.word and process.status() != psutil.STATUS_ZOMBIE:
                self.sessions.add(os.getsid(process.pid))
                return True
        return False

    def visits(self) -> int | None:
        """Return how many visits the record holds: 0 where there is none yet, None where it is broken."""
        try:
            text = (self.folder / "record.json").read_text(encoding="utf-8")
        except FileNotFoundError:
            return 0
        try:
            data = json.loads(text)
            runs = [run for benchmark in data["benchmarks"] for run in benchmark["runs"] if run.get("values")]
        except (KeyError, ValueError):
            return None
        return len(runs) + len(data["primebench"]["failures"])

    def left(self) -> Counter[str]:
        """Count what is left once everything had the time to end, and end it."""
        end = time.monotonic() + SURVIVAL_S
        while (alive := self.living()) and time.monotonic() < end:
            time.sleep(0.02)
        found = Counter(survivors=len(alive))
        for process in alive:
            with contextlib.suppress(psutil.Error):
                sys.stderr.write(f"  survivor: {process.pid} {' '.join(process.cmdline())[:150]}\n")
                process.kill()
        files = [path.name for path in (self.folder / "temp").iterdir()]
        parts = [path.name for path in self.folder.glob(".*.part")]
        ours = tuple(f"primebench-{number}-" for number in self.sessions)
        segments = [path for path in SHM.iterdir() if path.name.removeprefix("sem.").startswith(ours)]
        for name in (*files, *parts, *(path.name for path in segments)):
            sys.stderr.write(f"  left: {name}\n")
        for path in segments:
            path.unlink(missing_ok=True)
        return found + Counter(temp_files=len(files) + len(parts), segments=len(segments))


@contextlib.contextmanager
def started(name: str, word: str) -> Iterator[Trial]:
    """Start a command; afterwards nothing of it lives, whatever it did."""
    with tempfile.TemporaryDirectory(prefix="audit-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        (folder / "temp").mkdir()
        environment = {**os.environ, "TMPDIR": str(folder / "temp"), MARK: word}
        with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
            process = subprocess.Popen(
                [sys.executable, "-P", START, ROOT, "bench", *COMMANDS[name]],  # from this source and no other
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )
        trial = Trial(process, folder, word)
        try:
            yield trial
        finally:
            process.kill()
            process.wait()
            for each in trial.living():
                with contextlib.suppress(psutil.Error):
                    each.kill()


def main(attack: Callable[[str, str, random.Random], Counter[str]], commands: tuple[str, ...], summary: str) -> int:
    """Read the command line, make the trials, print their sum, and return the exit code."""
    parser = argparse.ArgumentParser(description=summary)
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--command", default=",".join(commands), help="some of these, with commas between them")
    given = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)  # a shell lets what it runs in the background ignore some of them
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as Ctrl-C: the trial in hand is ended first
    rng = random.Random(given.seed)
    names = given.command.split(",")
    total: Counter[str] = Counter()
    for number in range(given.trials):
        name = names[number % len(names)]
        found = attack(name, f"{os.getpid()}-{number}", rng)
        total.update(found)
        bad = {key: count for key, count in found.items() if count and not key.startswith("ok:")}
        print(f"{number + 1} {name}: {bad or 'nothing left'}", flush=True)
    print(f"{given.trials} trials: {dict(sorted(total.items()))}")
    return 1 if any(count for key, count in total.items() if not key.startswith("ok:")) else 0

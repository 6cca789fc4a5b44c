"""SIGKILL at random moments, to descendants of a command and to the command: what is left of them."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import psutil
from trial import HANG_S, LASTS_S, main, started

if TYPE_CHECKING:
    import random

    from trial import Trial

USUAL = {0, 1, 3, 4}


def attack(name: str, word: str, rng: random.Random) -> Counter[str]:
    """Kill up to three descendants, and in half of the trials the main process then."""
    found: Counter[str] = Counter()
    with started(name, word) as trial:
        deadly = rng.random() < 0.5
        killed = []
        for _ in range(rng.randint(0 if deadly else 1, 3)):
            with contextlib.suppress(subprocess.TimeoutExpired):
                trial.process.wait(rng.uniform(0, LASTS_S[name] / 3))
            killed += _kill_one(trial, rng)
        found["ok: descendants killed"] += len(killed)
        if deadly:
            with contextlib.suppress(subprocess.TimeoutExpired):
                trial.process.wait(rng.uniform(0, LASTS_S[name] / 3))
        trial.living()
        before = trial.visits()
        if deadly and trial.process.poll() is None:
            trial.process.kill()
            found["ok: main killed"] += 1
        try:
            code = trial.process.wait(HANG_S)
        except subprocess.TimeoutExpired:
            code = None
        found["hangs"] = code is None
        if code is not None and code not in USUAL and not (deadly and code == -9):
            found[f"exit code {code}"] += 1
        found += trial.left()
        after = trial.visits()
        found["broken records"] = after is None
        found["lost visits"] = max(0, (before or 0) - (after or 0))
        said = (trial.folder / "err").read_text(errors="replace")
        if any(count for key, count in found.items() if not key.startswith("ok:")):
            sys.stderr.write(f"  killed {', '.join(killed)}; code {code}: {said[-1500:]}\n")
    return found


def _kill_one(trial: Trial, rng: random.Random) -> list[str]:
    """Kill a descendant, if there is one, and return who it was."""
    below = [process for process in trial.living() if process.pid != trial.process.pid]
    if below:
        chosen = rng.choice(below)
        with contextlib.suppress(psutil.Error):  # it has ended meanwhile
            who = f"{chosen.pid} below {chosen.ppid()} ({' '.join(chosen.cmdline())[:200]})"
            chosen.kill()
            return [who]
    return []


if __name__ == "__main__":
    sys.exit(main(attack, ("run", "gate", "check", "selftest", "search"), __doc__))

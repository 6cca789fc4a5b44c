"""Signals at random moments: what is left of a command that was asked to end."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

from trial import COMMANDS, LASTS_S, main, started

if TYPE_CHECKING:
    import random

ASKING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
LATE_S = 2.0  # what a command may take to end once it is asked to
HANG_S = 20.0
ASKED = {130, -signal.SIGINT}  # Python ends by SIGINT, which shells call 130, if it came while a class was made
USUAL = {0, 1, 3, 4}  # of commands that had ended before


def attack(name: str, word: str, rng: random.Random) -> Counter[str]:
    """Send one signal, and in every fourth trial a second one."""
    sign, group, twice = rng.choice(ASKING), rng.random() < 0.5, rng.random() < 0.25
    found: Counter[str] = Counter()
    with started(name, word) as trial:
        process = trial.process
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(rng.uniform(0, LASTS_S[name]))
        early = process.poll() is not None
        trial.living()
        before = trial.visits()
        asked = time.monotonic()
        for _ in range(0 if early else 1 + twice):
            if process.poll() is None:  # not collected yet, so the number is still its own
                (os.killpg if group else os.kill)(process.pid, sign)
                time.sleep(rng.uniform(0, 0.5) if twice else 0)
        try:
            code = process.wait(HANG_S)
        except subprocess.TimeoutExpired:
            code = None
        took_s = time.monotonic() - asked
        found["ok: ended before" if early else f"ok: {sign.name}"] += 1
        found["hangs"] = code is None
        found["later than 2 s"] = code is not None and took_s > LATE_S and not early
        if code is not None and code not in (USUAL if early else {*USUAL, *ASKED, -sign}):
            found[f"exit code {code}"] += 1
        found += trial.left()
        after = trial.visits()
        found["broken records"] = after is None
        found["lost visits"] = max(0, (before or 0) - (after or 0))
        said = (trial.folder / "err").read_text(errors="replace")
        found["tracebacks"] = "Traceback" in said
        if any(count for key, count in found.items() if not key.startswith("ok:")):
            how = f"{sign.name}{' twice' * twice}{' to the group' * group}"
            sys.stderr.write(f"  {how}, {took_s:.1f} s: {said[-1500:]}\n")
    return found


if __name__ == "__main__":
    sys.exit(main(attack, tuple(COMMANDS), __doc__))

"""The executors of loky."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.skips import need

need("loky")

ROOT = Path(__file__).parents[3]
INTERRUPTED = """
import logging, signal, time
from bench.contract.backend import Crew
from bench.families.backends import _backend

def interrupted(*_):
    raise KeyboardInterrupt

if __name__ == "__main__":
    signal.signal(signal.SIGALRM, interrupted)
    try:
        with _backend.load("loky").open_mapper(Crew(2, "none")) as mapper:
            mapper(time.sleep, [0.0, 0.0], 1)
            signal.setitimer(signal.ITIMER_REAL, 1.0)
            mapper(time.sleep, [600.0] * 20, 1)
    except KeyboardInterrupt:
        logging.getLogger("concurrent.futures").warning("interrupted")
"""


def test_giving_up_says_nothing(tmp_path, own_temp_folder):
    """Ctrl-C while jobs wait ends the workers without a traceback of loky's; later messages are heard again."""
    script = tmp_path / "interrupted.py"
    script.write_text(INTERRUPTED)
    done = subprocess.run(
        [sys.executable, str(script)], check=False, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(own_temp_folder)},
    )  # fmt: skip
    assert (0, "interrupted\n") == (done.returncode, done.stderr)

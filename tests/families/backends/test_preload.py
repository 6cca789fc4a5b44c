"""The start method forkserver-preload: what the fork server has imported before it makes a worker."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SCRIPT = """
import sys
from bench.contract.backend import Crew
from primes import user_code


def is_there(name):
    return name in sys.modules


if __name__ == "__main__":
    import click
    user_code.remember_folder()
    user_code.load("mine")
    with Crew(1, sys.argv[1]).context.Pool(1) as pool:
        print(*pool.map(is_there, ["click", "mine"]))
"""


@pytest.mark.parametrize(("start", "there"), [("forkserver", "False False"), ("forkserver-preload", "True True")])
def test_workers_find_what_the_parent_has_imported(own_temp_folder, tmp_path, start, there):
    """Libraries and the user's own modules are there before a worker's first line; without preload they are not."""
    (tmp_path / "script.py").write_text(SCRIPT)
    (tmp_path / "mine.py").write_text("")
    done = subprocess.run(
        [sys.executable, "-P", "script.py", start], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(ROOT), "TMPDIR": str(own_temp_folder)},
    )  # fmt: skip
    assert there == done.stdout.strip(), done.stderr

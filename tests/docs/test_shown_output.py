"""What the README shows as output is what its commands print."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(
    r"```console\n\$ primebench ((?:show|compare|scale|selftest) [^\n]*)\n(.+?)```",
    (ROOT / "README.md").read_text(encoding="utf-8"),
    re.DOTALL,
)


@pytest.mark.parametrize(("command", "shown"), BLOCKS, ids=[command for command, _ in BLOCKS])
def test_shown_lines_are_printed(command, shown):
    """Each line below a command that reads a committed record is among the lines that the command prints."""
    done = subprocess.run(
        [sys.executable, "-m", "bench", *shlex.split(command)], capture_output=True, text=True, check=False, cwd=ROOT
    )
    printed = {line.rstrip() for line in done.stdout.splitlines()}
    missing = [line for line in shown.splitlines() if line.strip() not in ("", "...") and line.rstrip() not in printed]
    assert [] == missing, done.stderr

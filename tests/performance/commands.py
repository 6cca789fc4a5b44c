"""Commands of primebench whose time counts: which exit codes mean that one has done its work."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

# Exit codes of commands that came to their end: a failed case is in the record of a run, and beside the others.
OF_RUN = (0, 1)
OF_GATE = (0, 3, 4)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command has ended.

    Attributes:
        code: its exit code.
        seconds: how long it took.
        could_not: why its time means nothing; empty where it came to its end and left a record.
    """

    code: int
    seconds: float
    could_not: str


def timed(words: list[str], folder: Path, record: str, right: Collection[int]) -> Ended:
    """Run primebench with these words in a folder.

    Args:
        words: its arguments, without the option for the record.
        folder: where it runs, and leaves the record.
        record: the name of the record's file.
        right: the exit codes of a command that came to its end.
    """
    began = time.perf_counter()
    command = [sys.executable, "-m", "bench", *words, "--output", str(folder / record)]
    code = subprocess.run(command, stdout=subprocess.DEVNULL, cwd=folder, check=False).returncode
    seconds = time.perf_counter() - began
    if code not in right:
        return Ended(code, seconds, f"could not run: exit code {code} after {seconds:.1f} s")
    if not (folder / record).exists():
        return Ended(code, seconds, f"could not run: exit code {code} after {seconds:.1f} s, and no record")
    return Ended(code, seconds, "")

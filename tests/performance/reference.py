"""The reference of every ratio: the primesieve on the PATH, or at a path that is given."""

from __future__ import annotations

import re
import resource
import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

HOW_TO_GET_IT = (
    "install it, which the package managers of Linux distributions, Homebrew and conda do under the name primesieve "
    "(on Debian the program is in primesieve-bin), or build it from its source with CMake; then put it on the PATH, or "
    "give --primesieve PATH"
)


def command(given: str | None) -> list[str]:
    """Return the words that start primesieve: the program at the given path, or the one on the PATH.

    Raises:
        RuntimeError: there is none; the message says how to get it.
    """
    found = shutil.which(given or "primesieve")
    if found is None:
        raise RuntimeError(f"{given or 'primesieve'} is no program on the PATH or at that place; {HOW_TO_GET_IT}")
    return [found]


def name(words: list[str]) -> str:
    """Return ``primesieve`` with the version of the command."""
    found = re.search(r"[\d.]+\d", _run([*words, "--version"])[1])
    return f"primesieve {found[0] if found else 'of unknown version'}"


def counter(words: list[str]) -> Callable[[int, int], tuple[float, int]]:
    """Return a function of (lo, hi): CPU seconds on one thread, and how many primes are in the half-open range.

    What it takes to start, and to count nothing, is taken off.
    """

    def whole(lo: int, hi: int) -> tuple[float, int]:
        seconds, told = _run([*words, str(lo), str(hi - 1), "--count", "--threads=1", "--quiet"])
        return seconds, int(told)

    start_up = min(whole(1, 100)[0] for _ in range(5))

    def count(lo: int, hi: int) -> tuple[float, int]:
        seconds, counted = whole(lo, hi)
        return max(seconds - start_up, 1e-6), counted

    return count


def _run(words: list[str]) -> tuple[float, str]:
    """Return the CPU seconds that a program used, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, told

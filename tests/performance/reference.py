"""The reference of every ratio: the newest primesieve to be had, as a command or as a library.

A program of its own too: ``python tests/performance/reference.py FOLDER`` unpacks the newest primesieve of Debian into
FOLDER, with the C library it was built for beside it, and touches nothing else of the system.
"""

from __future__ import annotations

import re
import resource
import shlex
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_PACKAGES = ("primesieve-bin", "libprimesieve12", "libc6", "libstdc++6", "libgcc-s1")
_ENTRY = "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian {suite} main\n"


@dataclass(frozen=True, slots=True)
class Reference:
    """A primesieve: its name with the version, and (lo, hi) -> (CPU seconds on one thread, how many primes)."""

    name: str
    count: Callable[[int, int], tuple[float, int]]


def find(command: str | None) -> Reference:
    """Return the reference: the given command, else primesieve on the PATH, else libprimesieve.

    Raises:
        SystemExit: there is none; the message says how to get one.
    """
    command = command or shutil.which("primesieve")
    if command:
        return from_command(shlex.split(command))
    from primes.kernels import primesieve as kernel

    if kernel.missing():
        raise SystemExit(f"{kernel.missing()}; or give --primesieve COMMAND (see tests/performance/README.md)")

    def count(lo: int, hi: int) -> tuple[float, int]:
        begin = time.process_time()
        counted = kernel.count(lo, hi)
        return time.process_time() - begin, counted

    return Reference(kernel.variant(), count)


def from_command(words: list[str]) -> Reference:
    """Return the reference that the command is. What it takes to start, and to count nothing, is taken off."""
    version = re.search(r"[\d.]+\d", _run([*words, "--version"])[1])

    def whole(lo: int, hi: int) -> tuple[float, int]:
        seconds, told = _run([*words, str(lo), str(hi - 1), "--count", "--threads=1", "--quiet"])
        return seconds, int(told)

    start_up = min(whole(1, 100)[0] for _ in range(5))

    def count(lo: int, hi: int) -> tuple[float, int]:
        seconds, counted = whole(lo, hi)
        return max(seconds - start_up, 1e-6), counted

    return Reference(f"primesieve {version[0] if version else 'of unknown version'}", count)


def install(folder: Path, suite: str = "sid") -> Path:
    """Unpack the newest primesieve of a Debian suite into ``folder`` and return the command that starts it."""
    folder = folder.resolve()
    for part in ("lists/partial", "cache/archives/partial", "packages"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    (folder / "sources.list").write_text(_ENTRY.format(suite=suite))
    settings = {
        "Dir::Etc::sourcelist": folder / "sources.list",
        "Dir::Etc::sourceparts": "/nonexistent",
        "Dir::State::lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        "APT::Sandbox::User": "root",
    }
    apt = ["apt-get", *(f"-o{key}={value}" for key, value in settings.items())]
    subprocess.run([*apt, "--quiet", "update"], check=True)
    subprocess.run([*apt, "--quiet", "download", *_PACKAGES], check=True, cwd=folder / "packages")
    for package in (folder / "packages").glob("*.deb"):
        subprocess.run(["dpkg", "--extract", str(package), str(folder / "root")], check=True)
    libraries = next((folder / "root/usr/lib").glob("*/libprimesieve.so.*")).parent
    loader = next((folder / "root/usr").glob("lib*/ld-linux*.so.*"))
    command = folder / "primesieve"
    command.write_text(f'#!/bin/sh\nexec {loader} --library-path {libraries} {folder}/root/usr/bin/primesieve "$@"\n')
    command.chmod(0o755)
    return command


def _run(words: list[str]) -> tuple[float, str]:
    """Return the CPU seconds that a program used, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, told


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    installed = install(Path(sys.argv[1]))
    print(f"{from_command([str(installed)]).name}: {installed}")

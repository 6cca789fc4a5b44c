"""The reference of every ratio: a primesieve that is given, found or fetched."""

from __future__ import annotations

import re
import resource
import shlex
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SUITE = "sid"  # where Debian's newest primesieve is
_PACKAGES = ("primesieve-bin", "libprimesieve12", "libc6", "libstdc++6", "libgcc-s1")
_ENTRY = f"deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian {_SUITE} main\n"


@contextmanager
def command(given: str | None) -> Iterator[list[str]]:
    """Yield the words that start primesieve: the given command, the one on the PATH, or one fetched for as long.

    Raises:
        RuntimeError: there is none, and it cannot be fetched either.
    """
    if given or shutil.which("primesieve"):
        yield shlex.split(given or "primesieve")
        return
    with tempfile.TemporaryDirectory(prefix="primebench-") as folder:
        print("no primesieve on the PATH: Debian's newest is fetched into a temporary folder", file=sys.stderr)
        try:
            fetched = _fetch(Path(folder))
        except (OSError, StopIteration, subprocess.CalledProcessError) as error:
            raise RuntimeError(
                f"no primesieve on the PATH, and it cannot be fetched from Debian ({error}); install it (apt, dnf, "
                "brew and conda have it) or give --primesieve COMMAND"
            ) from error
        yield [str(fetched)]


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


def _fetch(folder: Path) -> Path:
    """Unpack primesieve and the C library it was built for into ``folder``; touch nothing else of the system."""
    for part in ("lists/partial", "cache/archives/partial", "packages"):
        (folder / part).mkdir(parents=True)
    (folder / "sources.list").write_text(_ENTRY)
    settings = {
        "Dir::Etc::sourcelist": folder / "sources.list",
        "Dir::Etc::sourceparts": "/nonexistent",
        "Dir::State::lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        "APT::Sandbox::User": "root",
    }
    apt = ["apt-get", "-qq", *(f"-o{key}={value}" for key, value in settings.items())]
    subprocess.run([*apt, "update"], check=True, stdout=sys.stderr)
    subprocess.run([*apt, "download", *_PACKAGES], check=True, stdout=sys.stderr, cwd=folder / "packages")
    for package in (folder / "packages").glob("*.deb"):
        subprocess.run(["dpkg", "--extract", str(package), str(folder / "root")], check=True)
    libraries = next((folder / "root/usr/lib").glob("*/libprimesieve.so.*")).parent
    loader = next((folder / "root/usr").glob("lib*/ld-linux*.so.*"))
    fetched = folder / "primesieve"
    fetched.write_text(f'#!/bin/sh\nexec {loader} --library-path {libraries} {folder}/root/usr/bin/primesieve "$@"\n')
    fetched.chmod(0o755)
    return fetched


def _run(words: list[str]) -> tuple[float, str]:
    """Return the CPU seconds that a program used, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, told

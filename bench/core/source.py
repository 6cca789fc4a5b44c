"""What tells one source of primebench from another: a short word for all its Python files."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from bench.core import start


def files(source: str = start.SOURCE) -> list[Path]:
    """Return the Python files of ``bench`` and ``primes`` in a folder, in an order that is the same everywhere."""
    return sorted(file for name in start.PACKAGES for file in Path(source, name).rglob("*.py"))


@cache
def digest(source: str) -> str:
    """Return a short word that stands for the Python files of ``bench`` and ``primes`` in a folder."""
    parts = [part for file in files(source) for part in (str(file.relative_to(source)).encode(), file.read_bytes())]
    return sha256(b"".join(b"%d %s" % (len(part), part) for part in parts)).hexdigest()[:12]

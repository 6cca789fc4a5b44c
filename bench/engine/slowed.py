"""The three sides of a selftest: two copies of the running primebench, and a third whose jobs do more work."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bench.core import jobs, start
from bench.core.errors import UsageError
from bench.core.side import BASE, SAME, slow_name
from bench.engine.virtual_environment import copied, from_source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bench.core.case import Case
    from bench.core.job import Patch
    from bench.core.side import Side


def patches(cases: Iterable[Case], percent: float) -> tuple[Patch, ...]:
    """Return what slows the jobs of these cases.

    Raises:
        UsageError: a case distributes no job, or none to which a known amount of work can be added.
    """
    found: dict[Patch, None] = {}
    for case in cases:
        params = dict(case.params)
        kind = jobs.of(params)
        if kind is None:
            raise UsageError(f"{case.member} does no work that can be slowed by a known amount; choose backends.")
        found[kind.slow(params, percent)] = None
    return tuple(found)


def build(scratch: Path, cases: Iterable[Case], percent: float) -> dict[str, Side]:
    """Build the sides base, same and slow in a folder of `bench.engine.virtual_environment.scratch_folder`."""
    slow = slow_name(percent)
    sources = {name: copied(name, Path(start.SOURCE), scratch, "__pycache__") for name in (BASE, SAME, slow)}
    for patch in patches(cases, percent):
        append(sources[slow] / patch.path, patch.text)
    return {name: from_source(name, source, scratch) for name, source in sources.items()}


def append(file: Path, text: str) -> None:
    """Append to a file in a folder of ours by writing it anew: a copy of one that is read-only is read-only, too."""
    before = file.read_text(encoding="utf-8")
    file.unlink()
    file.write_text(before + text, encoding="utf-8")

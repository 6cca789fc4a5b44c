"""What a measuring process leaves of the body that it observed, or why it leaves nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bench.core.observation import Observation, Unseen
from bench.store.identity import CPU, MEMORY

if TYPE_CHECKING:
    from pathlib import Path

    from bench.core.case import Case, Value

_ALL = "all"


def read(path: Path, case: Case, *, late: bool) -> Observation:
    """Return what was seen; a process that ended before it had written that has crashed, or, if ``late``, hung."""
    try:
        return Observation.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return Observation(case.workers or 1, whole=False, missing=(Unseen(_ALL, "timed-out" if late else "crashed"),))


def failed(seen: Observation) -> bool:
    """Say whether observing went wrong, so that how the process ended afterwards says nothing about the case."""
    return seen.why(_ALL) is not None


def facts(seen: Observation) -> dict[str, Value]:
    """Return what is kept beside the times, for those who read pyperf's files."""
    told: dict[str, Value] = {}
    if seen.cpu_ratio is not None:
        told[CPU] = round(seen.cpu_ratio, 4)
    if seen.memory_bytes is not None:
        told[MEMORY] = seen.memory_bytes
    return told

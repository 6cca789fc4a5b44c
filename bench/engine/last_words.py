"""What a process said last before it ended in another way than was asked of it."""

from __future__ import annotations

import re
import signal

from bench.engine.facts_line import FACTS
from bench.engine.verdict_line import CAUTION, FAILED

_PYPERF_TOLD = re.compile(r"^RuntimeError: .* failed with exit code -(\d+)$", re.MULTILINE)


def of(code: int, talk: str) -> str:
    """Return, in a line, by which signal or with which exit code a process ended, and the last line that it wrote."""
    told = _PYPERF_TOLD.search(talk)
    if told or code < 0:  # what stands last on stderr then is what workers say of it
        number = int(told[1]) if told else -code
        return f"the measuring process was ended by signal {number} ({signal.strsignal(number)})"
    ours = (CAUTION, FACTS, FAILED)
    lines = [line.strip() for line in talk.splitlines() if line.strip() and not line.startswith(ours)]
    return f"exit code {code}{f': {lines[-1]}' if lines else ''}"

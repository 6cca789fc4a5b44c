"""How the measuring process says what kind of failure it met: one line on stderr.

pyperf turns every error of a worker into exit code 1, so the kind has to travel beside the code. A line on stderr
needs no extra file and stays readable when the command is pasted into a shell.
"""

from __future__ import annotations

FAILED = "primebench-failed:"
CAUTION = "primebench-caution:"


def line(kind: str, message: str) -> str:
    """Return the line that tells a failure."""
    return f"{FAILED} {kind}: {' '.join(message.split())}"


def caution(message: str) -> str:
    """Return the line that tells, before a body runs, why it may never end."""
    return f"{CAUTION} {' '.join(message.split())}"


def parse_caution(stderr: str) -> str | None:
    """Return what the first caution says, or None when there is none."""
    found = (text.removeprefix(CAUTION).strip() for text in stderr.splitlines() if text.startswith(CAUTION))
    return next(found, None)


def parse(stderr: str) -> tuple[str, str] | None:
    """Return (kind, message) of the first such line, or None when there is none."""
    for text in stderr.splitlines():
        if text.startswith(FAILED):
            kind, _, message = text.removeprefix(FAILED).partition(":")
            return kind.strip(), message.strip()
    return None

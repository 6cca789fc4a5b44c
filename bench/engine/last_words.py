"""What a process said last before it ended in another way than was asked of it."""

from __future__ import annotations

import re
import signal

from bench.engine.facts_line import FACTS
from bench.engine.verdict_line import CAUTION, FAILED

# What older versions end with, which measure under pyperf's manager, when its worker was ended by a signal.
_PYPERF_TOLD = re.compile(r"^RuntimeError: .* failed with exit code -(\d+)$", re.MULTILINE)
_WORKER = re.compile(r"Process [\w-]+:$")
_ERROR = re.compile(r"\S.*error", re.IGNORECASE)  # no line of code in a traceback, which is indented
_HEAD = re.compile(r"([\w.]*RemoteError: ?|-+)$")  # of the traceback of a manager's process, which stands below it
_LINKS = ("Traceback (most recent call last)", "The above exception", "During handling of")


def of(code: int, talk: str) -> str:
    """Return, in a line, by which signal or with which exit code a process ended, and the last line that it wrote."""
    told = _PYPERF_TOLD.search(talk)
    if told or code < 0:  # what stands last on stderr then is what workers say of it
        number = int(told[1]) if told else -code
        return f"the measuring process was ended by signal {number} ({signal.strsignal(number)})"
    ours = (CAUTION, FACTS, FAILED)
    lines = [line.strip() for line in talk.splitlines() if line.strip() and not line.startswith(ours)]
    return f"exit code {code}{f': {lines[-1]}' if lines else ''}"


def of_start(code: int, talk: str) -> str:
    """Return why a program did not start: its first line that names an error, else its first line, else its exit code.

    What follows is advice, or where it happened.
    """
    lines = [line for line in talk.splitlines() if line.strip()]
    said = next((line for line in lines if _ERROR.match(line)), next(iter(lines), f"exit code {code}"))
    return said.strip()


def of_worker(talk: str) -> str:
    """Return which error ended the first worker of multiprocessing that told of one; empty if none did."""
    lines = iter(talk.splitlines())
    if not any(_WORKER.match(line) for line in lines):
        return ""
    words = ""
    for line in lines:  # those behind the worker's name: one traceback, or several of errors that led to each other
        if words and line:
            return words
        between = not line or line.startswith((" ", *_LINKS)) or _WORKER.match(line) or _HEAD.match(line)
        words = "" if between else line
    return words

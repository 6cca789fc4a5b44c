"""How a measuring process waits for its turn: what the process and whoever hands out the turns say to each other.

In a folder lie two named pipes. The process writes one byte into the first when it is about to take a timed value, or
when it has taken them all and is about to end; then it waits for a byte from the second. So at any time one process
works, and all others stand still, including those that have nothing left to do but to end.
"""

from __future__ import annotations

import os
from pathlib import Path

ENVIRON = "PRIMEBENCH_TURNS"  # names the folder; where it is not set nobody takes turns
WAITS, GOES = "waits", "goes"
VALUE, END = b"v", b"e"


class Abandoned(Exception):
    """Nobody hands out turns any more, and nobody waits for the times."""


class Turns:
    """The measuring process's ends of the pipes."""

    def __init__(self, folder: Path) -> None:
        """Open both; whoever hands out the turns has opened them before, and `Abandoned` tells that nobody has."""
        self._goes = os.open(folder / GOES, os.O_RDONLY | os.O_NONBLOCK)
        try:
            self._waits = os.open(folder / WAITS, os.O_WRONLY | os.O_NONBLOCK)  # an error where nobody reads
        except OSError as error:
            os.close(self._goes)
            raise Abandoned from error
        os.set_blocking(self._goes, True)

    def wait(self, what: bytes) -> None:
        """Wait for the turn to do `VALUE` or `END`; raise `Abandoned` when nobody hands out turns any more."""
        try:
            os.write(self._waits, what)
        except BrokenPipeError:
            raise Abandoned from None
        if not os.read(self._goes, 1):
            raise Abandoned


def turns() -> Turns | None:
    """Return the turns that this process is to wait for, or None."""
    folder = os.environ.get(ENVIRON)
    return Turns(Path(folder)) if folder else None

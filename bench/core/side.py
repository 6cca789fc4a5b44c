"""What measures: a source of primebench under an interpreter, as a record keeps it."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.core import start
from bench.core.python import is_free_threaded
from bench.core.version import VERSION

if TYPE_CHECKING:
    from pathlib import Path

    from bench.core.python import Python

# What sides are called, the one that is divided by first: those of a gate, those of the control, which is one case that
# the same installation measures in both places, and those of a selftest, which also slows a copy (see `slow_name`).
GATE = BASE, HEAD = ("base", "head")
CONTROLS = CONTROL, AGAIN = ("control", "control-again")
SAME = "same"
_SLOW = "slow-"


def slow_name(percent: float) -> str:
    """Return the name of the side that does so much more work: ``slow-5``."""
    return f"{_SLOW}{percent:g}"


def slowed_by(side: str) -> float | None:
    """Return the percentage that the name of a slowed side tells; None for any other side."""
    try:
        return float(side.removeprefix(_SLOW)) if side.startswith(_SLOW) else None
    except ValueError:  # in a record that somebody has edited
        return None


@dataclass(frozen=True, slots=True)
class Side:
    """Somebody who can measure.

    Attributes:
        label: what the user named.
        python: the interpreter.
        folder: where it is started; None is the current folder.
        version: of its primebench.
        python_version: with the patch number.
        source: the folder that holds its ``bench`` and ``primes``.
        commit: the commit that a ref stands for, or None.
        behind: folders from which it imports what is not in its source; None if it was not built here.
        environ: what its processes have in their environment besides: where the user's code lies, and what is prepared.
        inherits: the names of variables of the user's that they have as well.
        unpacked: throw-away folders with code of the user's, which messages name by the label.
        known_as: the interpreter of its first build, by which a record knows it: pyperf keeps no case of two programs.
        free_threaded: whether its interpreter can run without a lock; one that cannot ends when told to.
        facts: what times depend on in its interpreter, where several Pythons measure; None was not asked.
    """

    label: str
    python: str = ""
    folder: Path | None = None
    version: str = ""
    python_version: str = ""
    source: str = ""
    commit: str | None = None
    behind: tuple[str, ...] | None = None
    known_as: str = ""
    environ: tuple[tuple[str, str], ...] = ()
    inherits: tuple[str, ...] = ()
    unpacked: tuple[str, ...] = ()
    free_threaded: bool = False
    facts: Python | None = None

    def __str__(self) -> str:
        """Describe the side in a line."""
        commit = f" ({self.commit[:10]})" if self.commit and not self.commit.startswith(self.label) else ""
        return f"{self.label}{commit}: primebench {self.version}, Python {self.python_version}"


def here(label: str = "this primebench", folder: Path | None = None) -> Side:
    """Return the primebench that runs right now, started in a folder."""
    free = is_free_threaded()
    return Side(label, sys.executable, folder, VERSION, platform.python_version(), start.SOURCE, free_threaded=free)

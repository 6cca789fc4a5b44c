"""What can go wrong, as a tree; every error knows the exit code it ends the program with.

::

    PrimebenchError               1  failed
    ├── UsageError                2  wrong usage
    │   ├── UnknownName           2  a name that no plugin has
    │   └── NoSuchFunction        2  a function of the user's that is not there
    ├── BrokenPlugin              1  a plugin file that breaks its contract
    ├── UnreadableRecord          1  a file that is no record
    │   └── ForeignFile           1  JSON of some other program
    ├── OutputFailed              1  a result that cannot be written
    ├── NothingMeasured           1  no case led to a time
    └── NotComparable             5  records that must not be compared

    JobFailed                     ends all cases of one job, never the program
    WrongAnswer                   ends one case, never the program

Messages say what happened, with the value; what is allowed; what to do next. Library code raises, only `bench.cli`
prints and exits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def reason(error: BaseException) -> str:
    """Return what an error says as a part of a sentence of ours: one line, without a full stop of its own."""
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__


class PrimebenchError(Exception):
    """Base of all errors that a user is meant to read."""

    exit_code = 1


class UsageError(PrimebenchError):
    """The command line, a plan or an axis value cannot be understood."""

    exit_code = 2


class UnknownName(UsageError):
    """A name that none of the known ones is; the message offers the nearest."""

    def __init__(self, kind: str, name: str, known: Iterable[str], hint: str) -> None:
        """Say that ``name`` is no ``kind``; ``hint`` tells how to see all."""
        import difflib  # only here: the command line starts without it

        near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
        guess = f"; did you mean {near[0]}?" if near else "."
        super().__init__(f"{name} is no {kind}{guess} {hint}")


class NoSuchFunction(UsageError):
    """The code that a job calls is not there; everything else that it names may well be."""


class BrokenPlugin(PrimebenchError):
    """A plugin file lacks a name that its contract asks for, or cannot be imported."""


class UnreadableRecord(PrimebenchError):
    """A file cannot be read as a record."""


class ForeignFile(UnreadableRecord):
    """A file is whole JSON, but nothing that pyperf or primebench has written."""


class OutputFailed(PrimebenchError):
    """A result cannot be written where it was asked to go."""


class NothingMeasured(PrimebenchError):
    """No case of the plan led to a time."""


class NotComparable(PrimebenchError):
    """Records differ in something that makes their times incomparable."""

    exit_code = 5


class JobFailed(Exception):
    """A job that can lead to no time with any member; ``kind`` is one of `bench.core.record.FAILURE_KINDS`."""

    def __init__(self, kind: str, message: str) -> None:
        """Say what kind of failure it is."""
        super().__init__(message)
        self.kind = kind


class WrongAnswer(Exception):  # it is the word the tables use
    """A trial returned something other than the truth."""

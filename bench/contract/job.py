"""What a kind of job defines: what is distributed, and how its results are checked.

A kind of job is one file with plain names:

``AXES``
    axis -> (default, meaning): the parameters that a user may vary, each an option ``--axis``. Values are read as the
    type of the default, an int, a float or a text.
``make(params, workers)``
    The job for these parameters (those of the backend included, such as ``workers`` and ``chunksize``), when so many
    workers share it: an object with

    ``task``
        a picklable callable of one item;
    ``items``
        a sequence that is cheap to pickle, with length, index and slice;
    ``check(results)``
        what is wrong with the results, in the order of the items, in one line, or None; called outside the clock;
    ``chunksize``
        optional: items per message; without it ``auto`` is a quarter of a worker's fair share, at least one;
    ``warm()``
        optional: a picklable callable that each worker calls before its first item.

Optional names:

``SAMPLE``
    axis -> value of a small job that shows a wrong answer as well as a large one; what ``primebench check`` takes.
``missing(params)``
    Why such a job cannot be done on this machine, or None.

The task and its module are loaded in worker processes, so its imports at module level are paid for by every worker.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol


class Job(Protocol):
    """What ``make`` returns."""

    @property
    def task(self) -> Callable[[Any], Any]:
        """A picklable callable of one item."""

    @property
    def items(self) -> Sequence[Any]:
        """What is distributed."""

    def check(self, results: list[Any], /) -> str | None:
        """Return what is wrong with the results, or None."""

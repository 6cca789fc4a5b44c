"""What a backend defines: a way to have a task done on many items.

A backend is one file. It defines

``PARALLELISM``
    ``"none"``, ``"threads"``, ``"interpreters"``, ``"processes"`` or ``"hosts"``.
``open_mapper(crew)``
    A context manager. On entry it makes the workers of `crew` and yields a mapper; on exit it has ended them all,
    also when the body raised. It is entered anew for every timed body in the phases ``whole`` and ``open``.

The mapper is called as ``mapper(task, items, chunksize)``. ``task`` is a picklable callable of one item, ``items`` a
sequence that is cheap to pickle, ``chunksize`` how many items travel in one message, or None for what the interface
does by itself. It returns the list of the results **in the order of the items**. An exception in a task may surface
as whatever the interface makes of it: the case is recorded as crashed. A backend need not guard against workers that
die or hang, because every case has a deadline and its whole session is ended afterwards.

A mapper that can address its workers one by one may have a method ``each(task)``, which has every worker do
``task(0)`` and returns the list of the results. Where there is none, workers are made to meet in a folder, which only
those on this machine can.

A mapper may have a method ``facts()``, which returns what a reader must know besides the times, as name -> number or
text: what it decided by itself, such as the sizes of batches, or what was switched off in its library. It is called
once, outside the clock, behind the last timed body, whose workers may have ended by then; where only making workers is
timed (phase ``open``), nobody asks. A record keeps each as ``primebench_<backend>_<name>`` of the process, and
``show --format json`` and ``csv`` tell it.

Optional names:

``FIXED``
    axis -> the one value it can have, for example ``{"workers": 1}``; ``none`` for an axis without meaning.
``TAKES``
    optional axes that it honours; so far ``{"tasks_per_child"}``.
``STANDING``
    False when there is no warm crew to measure: the workers end with each job, or cannot all be at work at once.
``WAITS``
    True when its caller waits for each message before it sends the next, so that only one worker ever has work.
``COPIES``
    True when every worker does the whole job (see ``ceiling``): the mapper returns a pair per worker, the seconds it
    took by its own clock and the list of its results. The rates of the workers are added.
``FIXED_WIDTH``
    True when results must be bools, or the task must say how many bytes each takes (``width``, ``to_bytes`` and
    ``from_bytes``, see `bench.jobs._travel.FixedWidth`); what has no fixed width is then not measured with it.
``EXTRA``
    The extra that brings the library it is made of; ``--backend all`` leaves it out then, ``everything`` does not.
``LIBRARY``
    The distribution of that library, if it is not called as the extra is; its version stands in the record.
``missing()``
    Why it cannot run on this machine, or None.
``refuse(crew)``
    Why it cannot run with this crew, or None.
``caution(crew)``
    Why it may never end with this crew, where that is a known fault, or None; told of a case that meets its deadline.
``snippet(crew, function, items, chunksize, setup="")``; with ``FIXED_WIDTH`` ``slot`` stands before ``setup``
    Code that does the same as the mapper and can be pasted into a program: imports, definitions of functions that
    workers call, if any, and the statements that make ``results``, a list in the order of the items. ``function`` and
    ``items`` are expressions, as texts. The statements stand behind ``if __name__ == "__main__":`` there, and name the
    start method where there is one. ``slot`` is what a result takes in shared memory, see `bench.core.job.Source`.
    ``setup`` is an expression that each worker calls once before its first item, without arguments; empty for none. A
    snippet that does not take it is not given for a function that must be set up. A backend without a snippet is
    measured, and never advised.
``NO_SNIPPET``
    Why there is none, as a sentence, and which backend to take instead.
``LOADS_PROGRAM``
    False when workers do not carry out the program that makes them: what stands at its top is not theirs then, and code
    that must have done something there before a function is found is not given.

Functions that run in a worker live in the same file: a worker started by spawn loads that file, so its imports at
module level are paid for by the backend and should be what the backend itself needs.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

PRELOAD = "forkserver-preload"
"""The start method forkserver, whose server first imports what the process that makes the workers has imported."""

HOSTS = "hosts"
"""The start method of copies that workers of a cluster make: nothing is started, they are there already."""

Task = Callable[[Any], Any]
Mapper = Callable[[Task, Sequence[Any], int | None], list[Any]]


@dataclass(frozen=True, slots=True)
class Crew:
    """The workers that a backend is asked to make.

    Attributes:
        workers: how many.
        start: fork, spawn, forkserver or forkserver-preload; ``none`` where there are no processes. The ceiling alone
            is asked for ``hosts``, which are the workers of a cluster.
        cpus: the CPUs to pin workers to, one each and in turn; None leaves them to the scheduler.
        tasks_per_child: after how many tasks a worker is replaced; None is never.
    """

    workers: int
    start: str = "none"
    cpus: tuple[int, ...] | None = None
    tasks_per_child: int | None = None

    @property
    def context(self) -> BaseContext:
        """The multiprocessing context of the start method."""
        if self.start == PRELOAD:
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload(_imported())  # of no effect on a server that runs already
            return context
        return multiprocessing.get_context(None if self.start == "none" else self.start)


def _imported() -> list[str]:
    """Return the modules that this process has imported, but for those of the standard library."""
    standard = sys.stdlib_module_names
    names = [name for name in sys.modules if name.partition(".")[0] not in standard and not name.endswith("__main__")]
    return ["bench.families.backends._preload", *names]

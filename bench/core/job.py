"""What is distributed over workers: a task, its items, and how the results are checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bench.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from bench.core.case import Case, Value
    from bench.core.family import Axis


FOLDER = "PRIMEBENCH_JOB"  # the environment variable that names the folder with what was prepared
ITEMS = ".items"  # ends the name of a file with the items of a job, for another side to use
RESULTS = ".pickle"  # ends the name of a file with the results of the plain loop
SOURCES = ".sources"  # ends the name of one with the files of the code, each with its SHA-256
OTHERS = ".others"  # ends the name of one with the results of another side, which may differ; the first is a fact then
DIFFERS = "differs"  # the name of that fact
SEEN = "environ"  # the name of the fact that tells which of the user's variables it saw
UNSENDABLE = "unsendable_"  # begins the names of facts that say why something cannot be pickled, and may show it
UNNAMED = "unnamed_"  # begins the names of facts that say of which callable a name is not all that pickle takes
ONLY_FIND = "only-find"  # a file of this name there asks for no more than where the function lies
KEEP_ITEMS = "keep-items"  # a file of this name in the folder of what is prepared asks for such files


class Demand(StrEnum):
    """What a member asks of a job.

    Attributes:
        PICKLE: items and results can be pickled.
        FIXED_WIDTH: all results fit into slots of one width.
    """

    PICKLE = "pickle"
    FIXED_WIDTH = "fixed-width"


@dataclass(frozen=True, slots=True)
class Work:
    """How much work a case is: what speed-ups, task sizes and comparisons refer to.

    Attributes:
        name: which work it is; times of unlike names are not comparable.
        size: how many units are done, by all workers together.
        unit: what is counted, a singular noun: ``number`` or ``item``.
        tasks: how many items are handed out; None where the case hands out none.
        times: how many times the work of one worker this is: above 1 where the work grows with the workers.
        result_bytes: what all results take as plain bytes; 0 where that is not known.
    """

    name: str
    size: int
    unit: str
    tasks: int | None = None
    times: int = 1
    result_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Cost:
    """About what a job takes, to tell seconds from hours.

    Attributes:
        work_s: all its work on one CPU.
        check_s: finding out what the right results are, which each measuring process does once.
    """

    work_s: float
    check_s: float


@dataclass(frozen=True, slots=True)
class Patch:
    """What makes the code of a job slower by a known amount.

    Attributes:
        path: the file, from the folder that holds the packages.
        text: what is put at its end.
    """

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Job:
    """What one case distributes.

    Attributes:
        task: a picklable callable of one item.
        items: a sequence that is cheap to pickle: length, index and slice.
        chunksize: items per message; None leaves it to the interface.
        check: results in the order of the items -> what is wrong with them in one line, or None; called outside the
            clock.
        warm: a picklable callable without arguments, called once in each worker before its first item.
    """

    task: Callable[[Any], Any]
    items: Sequence[Any]
    chunksize: int | None
    check: Callable[[list[Any]], str | None]
    warm: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Source:
    """A job as lines of a program, for code that can be pasted.

    Attributes:
        imports: lines that import what is the user's, or primebench's.
        ready: lines behind them, which a worker process carries out as well.
        items: lines that make ``items``.
        function: the expression that is called with an item.
        chunksize: items per message.
        slot: letters of `struct` for a result in shared memory, ``?``, ``q``, ``d``, or ``I100s`` of at most 100 bytes
            behind their number; empty where results have no fixed width, or nobody knows it.
        library: lines at the beginning, that import what the others need of the standard library and of packages.
        paths: lines before the imports, that say where they look.
        setup: the expression that each worker calls before its first item; empty for none.
        unnamed: ``function`` and ``setup``, where pickle does not take them by their names.
    """

    imports: tuple[str, ...]
    ready: tuple[str, ...]
    items: tuple[str, ...]
    function: str
    chunksize: int | None
    slot: str = ""
    library: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    setup: str = ""
    unnamed: frozenset[str] = frozenset()


def _cannot_be_slowed(_params: Mapping[str, Value], _percent: float) -> Patch:
    raise UsageError("no known amount of work can be added to this job; take the prime search.")


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of job: its axes, and how a case becomes a `Job`.

    Attributes:
        name: the file's name in ``bench/jobs``.
        summary: one line.
        axes: the parameters that it adds to those of the family.
        fit: params, the family's included -> the params that this job really has; raises `Unfit`, and `UsageError`
            for what no member can do.
        check: fitted params -> None; raises `Missing`, `Unfit` or `UsageError` where the job cannot be done here.
        make: (case, workers that share the work) -> the job; called in the measuring process only.
        work: (params, workers that share the work, facts) -> how much it is; None where the case does none, or where
            that is not known before it is prepared.
        prepare: (params, folder) -> facts: called once per job and record, in a process of its own, before anything is
            timed; what it writes to the folder is there for all measuring processes. Raises `JobFailed` where no case
            of the job can lead to a time.
        key: params -> what is the same for all cases that do the same job, which is prepared once for all of them;
            empty for those that need nothing prepared.
        refuse: (params, facts, demands of the member) -> why this member cannot carry the job, or None.
        asked_by: the axis whose option asks for this kind of job; empty where only ``--job`` does.
        private: whether failures may show something of the user's, which an anonymous record leaves out.
        of_workers: the axes that name the code; they matter also where workers are made and nothing is handed to them.
        of_messages: the axes that only say how the work is cut into items, and mean nothing to a plain loop.
        of_size: the axes that say how much there is to do, and nothing of how.
        shorthands: further options -> (the axis they set, how their value is read).
        sample: axis -> value of a small job that shows a wrong answer as well as a large one.
        source: (params, workers that share the work, facts) -> the same job as lines of a program; None for a kind that
            cannot say it.
        part: (params, parts) -> params of the same job with one of so many of its items, which stand for all; None for
            a kind that cannot be divided.
        bundling: the option that puts many units of work into one item, such as ``--task chunk``; empty without one.
        cost: (params, workers that share the work) -> about what it takes; None where nobody knows.
        holds_gil: params -> whether the code is known to hold the interpreter lock while it works.
        slow: (params, percent) -> what makes the code do so much more work; raises `UsageError` where no known amount
            can be added.
        controls: name or None -> params of short, steady jobs that a gate may watch the machine with, the best first.
    """

    name: str
    summary: str
    axes: tuple[Axis, ...]
    fit: Callable[[dict[str, Value]], dict[str, Value]]
    check: Callable[[dict[str, Value]], None]
    make: Callable[[Case, int], Job]
    work: Callable[[Mapping[str, Value], int, Mapping[str, Value]], Work | None]
    prepare: Callable[[Mapping[str, Value], Path], dict[str, Value]] | None = None
    key: Callable[[Mapping[str, Value]], str] = lambda _params: ""
    refuse: Callable[[Mapping[str, Value], Mapping[str, Value], frozenset[Demand]], str | None] = (
        lambda _params, _facts, _demands: None
    )
    asked_by: str = ""
    private: bool = False
    of_workers: tuple[str, ...] = ()
    of_messages: tuple[str, ...] = ()
    of_size: tuple[str, ...] = ()
    shorthands: Mapping[str, Shorthand] = field(default_factory=dict)
    sample: Mapping[str, Value] = field(default_factory=dict)
    source: Callable[[Mapping[str, Value], int, Mapping[str, Value]], Source] | None = None
    part: Callable[[Mapping[str, Value], int], dict[str, Value]] | None = None
    bundling: str = ""
    cost: Callable[[Mapping[str, Value], int], Cost | None] = lambda _params, _workers: None
    holds_gil: Callable[[Mapping[str, Value]], bool] = lambda _params: False
    slow: Callable[[Mapping[str, Value], float], Patch] = _cannot_be_slowed
    controls: Callable[[str | None], tuple[dict[str, Value], ...]] = lambda _named: ()


@dataclass(frozen=True, slots=True)
class Shorthand:
    """A second option for an axis.

    Attributes:
        axis: the axis whose values it adds.
        metavar: what ``--help`` shows in place of the value.
        meaning: one line for ``--help``.
        parse: reads one value; raises `UsageError`.
    """

    axis: str
    metavar: str
    meaning: str
    parse: Callable[[str], tuple[Value, ...]]

"""The family of backends: one prime search, distributed in many ways, every answer checked."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.core import catalog, cpus, units
from bench.core.case import NONE, Case, Value
from bench.core.errors import BrokenPlugin, UsageError, WrongAnswer
from bench.core.family import Axis, Family, Missing, Trial, Unfit
from bench.families._axes import START, WORKERS, check_start, choice
from bench.families.backends import _role
from bench.families.backends._search import Search
from primes import kernel, tasks, workload

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from bench.families.backends._role import Backend, Crew, Mapper

MOST_FLAGS = 2**33  # numbers whose flags are kept in memory: 1 GiB


# --- axes ---------------------------------------------------------------------------------------------------------


def _parse_name(package: str, kind: str, text: str) -> tuple[Value, ...]:
    if text == "all":
        return catalog.names(package)
    catalog.check_name(package, text, kind, f"primebench list {kind}s")
    return (text,)


def _parse_kernel(text: str) -> tuple[Value, ...]:
    if "." not in text:
        return _parse_name(kernel.PACKAGE, "kernel", text)
    try:
        kernel.load(text)
    except (ImportError, TypeError) as error:
        raise UsageError(f"the kernel {text} cannot be loaded from PYTHONPATH: {error}.") from error
    return (text,)


def _parse_workload(text: str) -> tuple[Value, ...]:
    if ":" not in text:
        return _parse_name(workload.PACKAGE, "workload", text)
    lo_text, _, hi_text = text.partition(":")
    lo, hi = units.whole_number(lo_text), units.whole_number(hi_text)
    if lo < 0:
        raise UsageError(f"the range {text} begins below 0; write lo:hi with 0 <= lo <= hi, for example 1e6:1.1e6.")
    if hi < lo:
        raise UsageError(f"the range {text} is reversed; write lo:hi with lo <= hi, for example 1e6:1.1e6.")
    if hi - lo > sys.maxsize:
        raise UsageError(f"the range {text} holds {float(hi - lo):.2g} numbers; at most {sys.maxsize} can be counted.")
    return (f"{lo}:{hi}",)


def _parse_chunksize(text: str) -> tuple[Value, ...]:
    if text in ("auto", "api"):
        return (text,)
    size = units.whole_number(text)
    if size < 1:
        raise UsageError(f"a chunk of {text} numbers cannot be searched; write auto, api or a number from 1.")
    return (size,)


def _parse_tasks_per_child(text: str) -> tuple[Value, ...]:
    if text == NONE:
        return (NONE,)
    limit = units.whole_number(text)
    if limit < 1:
        raise UsageError(f"a worker cannot end after {text} tasks; write none or a number from 1.")
    return (limit,)


AXES = (
    WORKERS,
    START,
    Axis(
        "kernel",
        "How one number is decided.",
        lambda: "trial-division",
        _parse_kernel,
        "NAME|PKG.MODULE",
        partial(catalog.names, kernel.PACKAGE),
    ),
    Axis(
        "workload",
        "Which numbers are searched: a name, or lo:hi.",
        lambda: "default",
        _parse_workload,
        "NAME|LO:HI",
        partial(catalog.names, workload.PACKAGE),
    ),
    Axis(
        "task",
        "What one task is: one number giving one bool, or one chunk of the range giving its packed flags.",
        lambda: "chunk",
        choice("task", ("number", "chunk")),
        "number|chunk",
    ),
    Axis(
        "chunksize",
        "Numbers per message: auto is ceil(n / (4 x workers)) for every backend alike, api what it does by itself.",
        lambda: "auto",
        _parse_chunksize,
        "auto|api|N",
    ),
    Axis(
        "answer",
        "What comes back: which numbers are prime, or only how many.",
        lambda: "flags",
        choice("answer", ("flags", "count")),
        "flags|count",
    ),
    Axis(
        "phase",
        "What is timed: make workers, search and end them; only making them; only the search on a warm crew.",
        lambda: "whole",
        choice("phase", ("whole", "open", "map")),
        "whole|open|map",
    ),
    Axis(
        "tasks_per_child",
        "Replace a worker after so many tasks (pool, executor).",
        lambda: NONE,
        _parse_tasks_per_child,
        "none|N",
    ),
    Axis("pin", "Pin each worker to one CPU.", lambda: "no", choice("pin", ("no", "yes")), "no|yes"),
)

_OPTIONAL = frozenset({"tasks_per_child"})


# --- which combinations make sense --------------------------------------------------------------------------------


def missing(member: str) -> str | None:
    """Say why the backend cannot run on this machine."""
    return _role.load(member).missing


def fit(member: str, params: dict[str, Value]) -> dict[str, Value]:
    """Return the params that this backend really has.

    Raises:
        Missing: the backend or the kernel cannot run on this machine.
        Unfit: the combination makes no sense; the message says why.
        UsageError: the range is beyond the kernel's limit.
    """
    backend = _role.load(member)
    if backend.missing:
        raise Missing(backend.missing)
    fitted = dict(params)
    if backend.parallelism != "processes":
        fitted["start"] = NONE
    fitted |= dict.fromkeys(_OPTIONAL - backend.takes, NONE)
    if fitted["task"] == "number":
        fitted["answer"] = "flags"
    elif fitted["chunksize"] == "api":
        raise Unfit("only single numbers can be grouped by the interface; --chunksize api needs --task number.")
    _check_phase(backend, fitted)
    fitted |= backend.fixed
    _check_kernel(fitted)
    check_start(fitted["start"])
    if fitted["pin"] == "yes" and not hasattr(os, "sched_setaffinity"):
        raise Unfit("this system cannot bind a process to a CPU; only --pin no can be measured.")
    refusal = backend.refuse(_crew(fitted))
    if refusal:
        raise Unfit(refusal)
    return fitted


def _check_phase(backend: Backend, params: dict[str, Value]) -> None:
    if params["phase"] == "open":
        if backend.fixed.get("phase") == NONE:
            raise Unfit(f"{backend.name} makes no workers that could be timed alone.")
        params |= dict.fromkeys(("workload", "task", "chunksize", "answer"), NONE)
    if params["phase"] != "whole" and not backend.standing:
        raise Unfit(f"{backend.name} makes its workers anew for every search; only --phase whole can be timed.")


def _check_kernel(params: dict[str, Value]) -> None:
    name = str(params["kernel"])
    try:
        chosen = kernel.load(name)
    except (TypeError, ImportError) as error:
        raise BrokenPlugin(str(error)) from error
    if chosen.missing:
        raise Missing(chosen.missing)
    if params["task"] == "number" and chosen.is_prime is None:
        raise Unfit(f"the kernel {name} has no single-number form; use --task chunk.")
    if params["workload"] == NONE:
        return
    searched = workload.load(str(params["workload"]), int(params["workers"]))
    if not chosen.reaches(searched.hi):
        raise UsageError(
            f"the range up to {searched.hi} is beyond the kernel {name}, which is proven up to {chosen.limit}; "
            'choose a smaller range or another kernel ("primebench list kernels" shows their limits).'
        )
    if params["answer"] == "flags" and len(searched) > MOST_FLAGS:
        raise UsageError(
            f"{len(searched)} numbers have too many flags to keep in memory; at most {MOST_FLAGS}. Use --answer count."
        )


def _crew(params: dict[str, Value]) -> Crew:
    per_child = params["tasks_per_child"]
    return _role.Crew(
        workers=int(params["workers"]),
        start=str(params["start"]),
        cpus=None if params["pin"] == "no" else cpus.allowed_cpus(),
        tasks_per_child=None if per_child == NONE else int(per_child),
    )


# --- from case to trial -------------------------------------------------------------------------------------------


@contextmanager
def prepare(case: Case) -> Iterator[Trial]:
    """Make the trial of a case; workers that stand for the whole phase are ended on leaving."""
    backend = _role.load(case.member)
    crew = _crew(dict(case.params))
    kernel_name = str(case["kernel"])
    tasks.warm(kernel_name)
    if case["phase"] == "open":
        with tempfile.TemporaryDirectory(prefix="primebench-") as folder:
            yield _opening(backend, crew, kernel_name, folder)
        return
    search = Search(case, crew.workers, copies=backend.copies)
    if case["phase"] == "whole":

        def body() -> Any:
            with backend.open_mapper(crew) as mapper:
                return search.run(mapper)

        yield Trial(body, search.check)
        return
    with backend.open_mapper(crew) as mapper:
        if case["phase"] == "map":
            muster(mapper, crew, kernel_name)
        yield Trial(lambda: search.run(mapper), search.check, operations=crew.workers if backend.copies else 1)


def muster(mapper: Mapper, crew: Crew, kernel_name: str) -> None:
    """Call the roll: return when every worker has loaded the kernel and answered.

    Raises:
        TimeoutError: a worker did not come.
    """
    with tempfile.TemporaryDirectory(prefix="primebench-") as folder:
        mapper(tasks.RollCall(folder, crew.workers, kernel_name), range(crew.workers), 1)


def _opening(backend: Backend, crew: Crew, kernel_name: str, folder: str) -> Trial:
    """Time making the workers until every one has answered; they are ended outside the clock, by the check."""
    calls = 0

    def body() -> tuple[AbstractContextManager[Mapper], Path]:
        nonlocal calls
        calls += 1
        meeting = Path(folder) / str(calls)
        meeting.mkdir()
        opened = backend.open_mapper(crew)
        mapper = opened.__enter__()
        mapper(tasks.RollCall(str(meeting), crew.workers, kernel_name), range(crew.workers), 1)
        return opened, meeting

    def check(answer: tuple[AbstractContextManager[Mapper], Path]) -> None:
        opened, meeting = answer
        opened.__exit__(None, None, None)
        answered = len(os.listdir(meeting))
        if answered != crew.workers:
            raise WrongAnswer(f"{answered} workers answered the roll call, not {crew.workers}.")

    return Trial(body, check)


FAMILY = Family(
    name="backends",
    noun="backend",
    summary="ways to run the prime search in parallel",
    axes=AXES,
    fit=fit,
    prepare=prepare,
    missing=missing,
    references=("serial", "ceiling"),
)

"""The family of backends: one job, distributed in many ways, every answer checked."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.cluster.access import ADDRESS
from bench.contract.backend import HOSTS, Crew
from bench.core import chunks, cpus, units
from bench.core.axes import choice
from bench.core.case import NONE, Case, Value
from bench.core.errors import BrokenPlugin, UsageError, WrongAnswer
from bench.core.family import Axis, Family, Missing, Trial, Unfit
from bench.core.job import Demand
from bench.core.reference import Role
from bench.families._axes import START_OR_PRELOAD, WORKERS, check_start
from bench.families.backends import _backend
from bench.families.backends._facts import Facts
from bench.families.backends._tasks import Barrier, Batch, Warming

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from bench.contract.backend import Mapper
    from bench.core.family import Watch
    from bench.core.job import Job, JobKind
    from bench.families.backends._backend import Backend

# --- axes ---------------------------------------------------------------------------------------------------------


def _parse_chunksize(text: str) -> tuple[Value, ...]:
    if text in ("auto", "api"):
        return (text,)
    size = units.whole_number(text)
    if not 1 <= size <= units.MOST:
        raise UsageError(f"chunks of {text} items are not possible; write auto, api or a number from 1 to 2**62.")
    return (size,)


def _parse_tasks_per_child(text: str) -> tuple[Value, ...]:
    if text == NONE:
        return (NONE,)
    limit = units.whole_number(text)
    if not 1 <= limit <= sys.maxsize:
        raise UsageError(f"a worker cannot end after {text} tasks; write none or a number from 1.")
    return (limit,)


AXES = (
    replace(WORKERS, sweep=cpus.worker_counts),  # how a job scales is the first thing that one asks of a backend
    START_OR_PRELOAD,
    Axis(
        "chunksize",
        "Items per message: auto is ceil(n / (4 x workers)) for every backend alike, api what it does by itself.",
        lambda: "auto",
        _parse_chunksize,
        "auto|api|N",
    ),
    Axis(
        "phase",
        "What is timed: make workers, do the job and end them; only making them; only the job, with warm workers.",
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
        rare=True,
    ),
    Axis("pin", "Pin each worker to one CPU.", lambda: "no", choice("pin", ("no", "yes")), "no|yes", rare=True),
)

_LEAST_S = 1e-9  # a clock that does not tick during a job would make its rate infinite
_OPTIONAL = frozenset({"tasks_per_child"})


# --- which combinations make sense --------------------------------------------------------------------------------


def missing(member: str) -> str | None:
    """Say why the backend cannot run on this machine."""
    backend = _backend.load(member)
    _check_fixed(backend)
    return backend.missing


def fit(member: str, params: dict[str, Value], job: JobKind) -> dict[str, Value]:
    """Return the params that this backend really has when it distributes this kind of job.

    Raises:
        Missing: the backend, or something that the job needs, cannot run on this machine.
        Unfit: the combination makes no sense; the message says why.
        UsageError: no backend can do such a job.
    """
    backend = _backend.load(member)
    if backend.missing:
        raise Missing(backend.missing)
    fitted = dict(params)
    if backend.parallelism != "processes":
        fitted["start"] = NONE
    fitted |= dict.fromkeys(_OPTIONAL - backend.takes, NONE)
    fitted = _with_phase(backend, job.fit(fitted), job)
    _check_fixed(backend)
    fitted |= backend.fixed
    if backend.copies and params["start"] == HOSTS:
        fitted["start"] = HOSTS
    if fitted["chunksize"] == NONE:
        fitted |= dict.fromkeys(job.of_messages, NONE)
    job.check(fitted)
    if fitted["start"] != HOSTS:
        check_start(fitted["start"])
    if fitted["pin"] == "yes" and not hasattr(os, "sched_setaffinity"):
        raise Unfit("this system cannot bind a process to a CPU; only --pin no can be measured.")
    refusal = backend.refuse(_crew(fitted))
    if refusal:
        raise Unfit(refusal)
    return fitted


def _check_fixed(backend: Backend) -> None:
    """Raise `BrokenPlugin` where a backend has a value that its axis cannot have."""
    axes = {axis.name: axis for axis in AXES}
    for name, value in backend.fixed.items():
        if name not in axes:
            raise BrokenPlugin(f"{backend.name}: FIXED names {name}, which is no axis; there are {', '.join(axes)}.")
        if value == NONE and name != "workers":
            continue
        try:
            possible = axes[name].parse(str(value)) == (value,)
        except UsageError:
            possible = False
        if not possible:
            raise BrokenPlugin(f"{backend.name}: FIXED has {value!r} for {name}; it must be of {axes[name].metavar}.")


def _with_phase(backend: Backend, params: dict[str, Value], job: JobKind) -> dict[str, Value]:
    if params["phase"] == "open":
        if backend.fixed.get("phase") == NONE:
            raise Unfit(f"{backend.name} makes no workers that could be timed alone.")
        unused = {axis.name for axis in job.axes} - set(job.of_workers)
        params = {**params, **dict.fromkeys((*unused, "chunksize"), NONE)}
    if params["phase"] != "whole" and not backend.standing:
        raise Unfit(
            f"{backend.name} has no warm crew: its workers end with each job, or never all work at once; only --phase "
            "whole can be timed."
        )
    return params


def _crew(params: dict[str, Value]) -> Crew:
    per_child = params["tasks_per_child"]
    return Crew(
        workers=int(params["workers"]),
        start=str(params["start"]),
        cpus=None if params["pin"] == "no" else cpus.allowed_cpus(),
        tasks_per_child=None if per_child == NONE else int(per_child),
    )


def shared_by(member: str, params: Mapping[str, Value]) -> int:
    """Return how many workers share a case's work: 1 where each of them does all of it."""
    return 1 if _backend.load(member).copies else int(params["workers"])


def limited_by(member: str) -> Mapping[str, Value]:
    """Return how the ceiling of a backend differs: of one on a cluster that exists, its workers make the copies."""
    if not os.environ.get(ADDRESS):
        return {}
    try:
        there = _backend.load(member).parallelism == "hosts"
    except BrokenPlugin:  # which `fit` says
        there = False
    return {"start": HOSTS} if there else {}


def on_one_cpu(member: str, params: Mapping[str, Value]) -> bool:
    """Say whether a case never keeps more than one CPU busy: one worker inside the measuring process."""
    return params["workers"] == 1 and _backend.load(member).parallelism in ("none", "threads", "interpreters")


def demands(member: str) -> frozenset[Demand]:
    """Return what a backend asks of a job."""
    backend = _backend.load(member)
    asked = ((Demand.PICKLE, _pickles(backend)), (Demand.FIXED_WIDTH, backend.fixed_width))
    return frozenset(demand for demand, there in asked if there)


def _pickles(backend: Backend) -> bool:
    return backend.parallelism in ("processes", "interpreters", "hosts")


# --- from case to trial -------------------------------------------------------------------------------------------


@contextmanager
def prepare(case: Case, make: Callable[[Case, int], Job]) -> Iterator[Trial]:
    """Make the trial of a case, with what is known to keep it from ending, see `_trial`."""
    backend = _backend.load(case.member)
    crew = _crew(dict(case.params))
    with _trial(case, make, backend, crew) as trial:
        yield replace(trial, caution=backend.caution(crew) or "")


@contextmanager
def _trial(case: Case, make: Callable[[Case, int], Job], backend: Backend, crew: Crew) -> Iterator[Trial]:
    """Make the trial of a case; workers that stand for the whole phase are ended on leaving.

    Args:
        case: what is measured.
        make: makes the job of a case for so many workers that share it.
        backend: the case's member.
        crew: its workers.
    """
    job = make(case, shared_by(case.member, dict(case.params)))
    job.warm()
    if case["phase"] == "open":
        with tempfile.TemporaryDirectory(prefix="primebench-") as folder:
            yield _opening(backend, crew, job.warm, folder)
        return
    facts = Facts(case.member)
    check = partial(_check_copies if backend.copies else _check, backend.name, job, crew.workers)
    if case["phase"] == "whole":

        def body() -> Any:
            with backend.open_mapper(crew) as mapper:
                facts.of(mapper)
                return mapper(job.task, job.items, job.chunksize)

        yield Trial(body, check, facts=facts, observed=partial(_observed_whole, backend, crew, job))
        return
    with backend.open_mapper(crew) as mapper:
        facts.of(mapper)
        if case["phase"] == "map":
            warm_up(mapper, crew, job.warm)
        if backend.copies:
            yield _of_copies(mapper, job, check, crew.workers)
            return

        def observed(watch: Watch) -> Any:
            if case["phase"] == "map":
                warm_up(mapper, crew, watch.warm)
            return _observed_call(watch, backend, crew, mapper, job)

        yield Trial(lambda: mapper(job.task, job.items, job.chunksize), check, facts=facts, observed=observed)


def _observed_whole(backend: Backend, crew: Crew, job: Job, watch: Watch) -> list[Any]:
    watch.note("begun")
    with backend.open_mapper(crew) as mapper:
        watch.note("ready")
        results = _observed_call(watch, backend, crew, mapper, job)
    watch.note("gone")
    return results


def _observed_call(watch: Watch, backend: Backend, crew: Crew, mapper: Mapper, job: Job) -> list[Any]:
    task = watch.task(job.task, len(job.items))
    watch.note("called")
    results = mapper(task, job.items, job.chunksize)
    watch.note("answered")
    if _pickles(backend) and not backend.fixed_width:
        together = job.chunksize or chunks.per_message("auto", len(job.items), crew.workers)
        watch.moved(job.items, results, together or 1)
    return results


def _check(member: str, job: Job, _workers: int, results: list[Any]) -> None:
    if len(results) != len(job.items):
        raise WrongAnswer(f"{member} returned {len(results)} results for {len(job.items)} tasks.")
    wrong = job.check(results)
    if wrong:
        raise WrongAnswer(wrong)


def _check_copies(member: str, job: Job, workers: int, copies: Sequence[list[Any]]) -> None:
    if len(copies) != workers:
        raise WrongAnswer(f"{len(copies)} copies answered, not {workers}.")
    for results in copies:
        _check(member, job, workers, results)


def _of_copies(mapper: Mapper, job: Job, check: Callable[[Any], None], workers: int) -> Trial:
    """Return a trial in which every worker does the whole job by its own clock, so that their rates are added.

    Copies whose rates add up to R jobs per second do as many jobs as there are workers in workers / R seconds. Each
    goes on with the next time at once: none waits for the others, and few short jobs wait for a message.
    """
    apart: list[float] = []

    def runs(times: int) -> tuple[float, list[Any]]:
        copies = mapper(Batch(job.task), [job.items] * times, 1)
        seconds = [max(own, _LEAST_S) for own, _ in copies]
        apart.append(max(seconds) / min(seconds))
        return workers / sum(1 / own for own in seconds), list(zip(*(answers for _, answers in copies), strict=True))

    def facts() -> dict[str, Value]:
        return {"ceiling_adds_rates": 1, "ceiling_apart": round(median(apart), 4)} if apart else {}

    def observed(watch: Watch) -> list[Any]:
        mapper(Batch(watch.task(job.task, 0)), [()], 1)  # nothing: each copy loads what notes are made of
        task = Batch(watch.task(job.task, workers * len(job.items)))
        watch.note("called")
        copies = mapper(task, [job.items], 1)
        watch.note("answered")
        return [answers[0] for _, answers in copies]

    return Trial(lambda: runs(1)[1][0], check, operations=workers, facts=facts, runs=runs, observed=observed)


def warm_up(mapper: Mapper, crew: Crew, warm: Callable[[], None]) -> None:
    """Return when every worker has been made ready for the job.

    Raises:
        TimeoutError: a worker did not come.
    """
    with tempfile.TemporaryDirectory(prefix="primebench-") as folder:
        _reach_all(mapper, crew, warm, folder)


def _reach_all(mapper: Mapper, crew: Crew, warm: Callable[[], None], folder: str) -> int:
    """Have every worker get ready; return how many have answered.

    Args:
        mapper: of the workers.
        crew: who they are.
        warm: what each of them calls.
        folder: an empty one, for workers that can only be reached together.
    """
    if each := getattr(mapper, "each", None):
        return len(each(Warming(warm)))
    mapper(Barrier(folder, crew.workers, warm), range(crew.workers), 1)
    return len(os.listdir(folder))


def _opening(backend: Backend, crew: Crew, warm: Callable[[], None], folder: str) -> Trial:
    """Time making the workers until every one has answered; they are ended outside the clock, by the check."""
    calls = 0

    def body() -> tuple[AbstractContextManager[Mapper], int]:
        nonlocal calls
        calls += 1
        place = Path(folder) / str(calls)
        place.mkdir()
        opened = backend.open_mapper(crew)
        mapper = opened.__enter__()
        return opened, _reach_all(mapper, crew, warm, str(place))

    def check(answer: tuple[AbstractContextManager[Mapper], int]) -> None:
        opened, answered = answer
        opened.__exit__(None, None, None)
        if answered != crew.workers:
            raise WrongAnswer(f"{answered} workers answered, not {crew.workers}.")

    return Trial(body, check)


FAMILY = Family(
    name="backends",
    noun="backend",
    summary="ways to run a job in parallel",
    axes=AXES,
    fit=fit,
    prepare=prepare,
    missing=missing,
    references={Role.BASELINE: "serial", Role.LIMIT: "ceiling"},
    limited_by=limited_by,
    shared_by=shared_by,
    on_one_cpu=on_one_cpu,
    demands=demands,
)

"""The clock around a trial's body, as pyperf's worker runs it."""

from __future__ import annotations

import multiprocessing.process
import os
import sys
import time
import traceback
from typing import TYPE_CHECKING

from bench.core import catalog, jobs
from bench.core.errors import WrongAnswer
from bench.engine import facts_line
from bench.engine.session import token
from bench.engine.turns import END, VALUE, turns
from bench.engine.verdict_line import caution, line

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyperf

    from bench.core.case import Case
    from bench.core.family import Trial
    from bench.engine.turns import Turns


def session_names() -> None:
    """Let the names of semaphores tell the session, so that those left behind can be found and are ours to remove."""
    config = getattr(multiprocessing.process.current_process(), "_config", None)
    if config is not None and "semprefix" in config:
        config["semprefix"] = f"/{token(os.getsid(0))}"


def keep_to_itself(pipe: int | None) -> None:
    """Close pyperf's pipe in forked workers: one that outlives this process would hide its death from the manager."""
    if pipe is None or not hasattr(os, "register_at_fork"):
        return
    inherited = [pipe]

    def close() -> None:
        while inherited:  # once: in a child of a child the number may stand for another file
            os.close(inherited.pop())

    os.register_at_fork(after_in_child=close)


def time_bodies(runner: pyperf.Runner, case: Case) -> int:
    """Prepare the case's trial, let pyperf time it, and return the exit code."""
    _use_cpus(runner.args.affinity)
    family = catalog.load(f"bench.families.{case.family}", "_family").FAMILY
    try:
        kind = jobs.of(dict(case.params)) if family.shared_by else None
        with family.prepare(case, kind.make) if kind else family.prepare(case) as trial:
            if trial.caution:
                print(caution(trial.caution), file=sys.stderr, flush=True)
            place = turns()
            runner.bench_time_func(case.id, _timer(trial, place), inner_loops=trial.operations)
            if place:
                place.wait(END)  # to end takes time as well, which belongs to nobody's value
            facts = trial.facts()
            if facts:
                print(facts_line.line(facts), file=sys.stderr)
    except WrongAnswer as error:
        print(line("wrong-answer", str(error)), file=sys.stderr)
        return 1
    except Exception as error:  # whatever a backend makes of a dead worker is this case's failure
        traceback.print_exc()
        print(line("crashed", f"{type(error).__name__}: {error}"), file=sys.stderr)
        return 1
    return 0


def _timer(trial: Trial, place: Turns | None) -> Callable[[int], float]:
    def total_seconds(loops: int) -> float:
        total = 0.0
        if place:
            place.wait(VALUE)
        if trial.runs:
            total, answers = trial.runs(loops)
            for answer in answers:
                trial.check(answer)
            return total
        for _ in range(loops):
            start = time.perf_counter()
            answer = trial.body()
            total += time.perf_counter() - start
            trial.check(answer)
        return total

    return total_seconds


def _use_cpus(affinity: str | None) -> None:
    # pyperf sets the affinity only when the benchmark starts; a crew that is opened before would not inherit it.
    if affinity and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {int(cpu) for cpu in affinity.split(",")})

"""The clock around a trial's body."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from bench.core import catalog, jobs
from bench.core.errors import WrongAnswer
from bench.core.python import gil_enabled, is_free_threaded
from bench.engine import facts_line
from bench.engine.turns import END, VALUE, turns
from bench.engine.verdict_line import caution, line
from bench.engine.worker.protocol import measure

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.core.case import Case, Value
    from bench.core.family import Trial
    from bench.engine.turns import Turns
    from bench.engine.worker.options import Options
    from bench.engine.worker.protocol import Run


def time_bodies(case: Case, options: Options, keep: Callable[[list[Run]], None]) -> bool:
    """Prepare the case's trial, time it and keep the times; False when that fails, which a line on stderr then says.

    An observed body comes when they are on disk: whatever becomes of it, they stay.
    """
    if options.affinity and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, options.affinity)
    family = catalog.load(f"bench.families.{case.family}", "_family").FAMILY
    try:
        kind = jobs.of(dict(case.params)) if family.shared_by else None
        with family.prepare(case, kind.make) if kind else family.prepare(case) as trial:
            if trial.caution:
                print(caution(trial.caution), file=sys.stderr, flush=True)
            place = turns()
            runs = measure(_timer(trial, place), trial.operations, options)
            if place:
                place.wait(END)  # to end takes time as well, which belongs to nobody's value
            facts = {**trial.facts(), **_lock()}
            if facts:
                print(facts_line.line(facts), file=sys.stderr, flush=True)
            if options.observe:
                keep(runs)
                _observe(case, trial, runs, options.observe)
        if not options.observe:
            keep(runs)
    except WrongAnswer as error:
        print(line("wrong-answer", str(error)), file=sys.stderr)
    except Exception as error:  # whatever a backend makes of a dead worker is this case's failure
        traceback.print_exc()
        print(line("crashed", f"{type(error).__name__}: {error}"), file=sys.stderr)
    else:
        _tell_of_threads()
        return True
    return False


def _lock() -> dict[str, Value]:
    """Return whether the interpreter lock is on, in a build that can do without: a module may have switched it on."""
    return {"gil": int(gil_enabled())} if is_free_threaded() else {}


def _tell_of_threads() -> None:
    if left := threads_left():
        print(caution(f"the times are taken, but threads have not ended: {left}"), file=sys.stderr, flush=True)


def threads_left() -> str:
    """Return the names of the threads for which this process will wait before it can end."""
    waited_for = [each for each in threading.enumerate() if not each.daemon and each is not threading.main_thread()]
    return ", ".join(each.name for each in waited_for)


def _observe(case: Case, trial: Trial, runs: list[Run], place: str) -> None:
    from bench.engine.worker.observing import observed  # now: while values were taken, nothing of it was there

    body_s = runs[-1]["values"][-1] * trial.operations
    told = json.dumps(observed(case, trial, body_s).to_json())
    Path(place).write_text(told, encoding="utf-8")


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

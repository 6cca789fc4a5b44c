"""Observing one more body of a case, untimed, after its last value; whatever goes wrong in it costs no time taken."""

from __future__ import annotations

import os
import signal
import tempfile
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.core.errors import WrongAnswer
from bench.core.observation import Observation, Unseen
from bench.engine.worker.gathering import gathered
from bench.engine.worker.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType
    from typing import Any

    from bench.core.case import Case
    from bench.core.family import Trial

_BODIES, _LEAST_S = 10, 5.0  # how many times as long as a timed body the observed one may take, and how long at least
_ENDING_S = 5.0  # for the workers of a body that took too long to be ended


class _TooLate(BaseException):
    """The observed body has met its deadline; no backend may take that for an error of a task."""


def observed(case: Case, trial: Trial, body_s: float) -> Observation:
    """Run one more body and return what was seen of it, or why nothing was.

    Args:
        case: what is measured.
        trial: its trial.
        body_s: how long a timed body took.
    """
    count = case.workers or 1
    with tempfile.TemporaryDirectory(prefix="primebench-", ignore_cleanup_errors=True) as folder:
        watch = Watch(folder)
        try:
            with _deadline(_LEAST_S + _BODIES * body_s):
                with watch:
                    answer = trial.observed(watch) if trial.observed else _as_a_whole(trial, watch)
                trial.check(answer)
        except _TooLate:
            return _nothing(count, "timed-out")
        except WrongAnswer:
            return _nothing(count, "wrong-answer")
        except Exception:  # whatever a backend makes of a dead worker
            traceback.print_exc()
            return _nothing(count, "crashed")
        return gathered(watch, count, has_job=trial.observed is not None)


def _as_a_whole(trial: Trial, watch: Watch) -> Any:
    watch.note("called")
    answer = trial.body()
    watch.note("answered")
    return answer


def _nothing(workers: int, why: str) -> Observation:
    return Observation(workers, whole=False, missing=(Unseen("all", why),))


@contextmanager
def _deadline(limit_s: float) -> Iterator[None]:
    """Raise `_TooLate` in what takes longer; end the process when that has not ended it either."""
    late = False

    def ring(_signal: int, _frame: FrameType | None) -> None:
        nonlocal late
        if late:
            os._exit(1)  # the times are on disk, and whoever started this process ends what is left of it
        late = True
        signal.setitimer(signal.ITIMER_REAL, _ENDING_S)
        raise _TooLate

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, limit_s)
    try:
        yield
    finally:
        if not late:  # else the timer goes on until the workers were ended, which may hang as well
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

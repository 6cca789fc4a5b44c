"""Test backends against their contract: right answers, and workers that die, hang, lie and raise."""

from __future__ import annotations

import sys
from collections import deque
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import wait
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from bench.core import start
from bench.core.case import Case
from bench.core.plan import Effort
from bench.core.record import Failure
from bench.core.side import here
from bench.core.visit import Visit
from bench.engine import session
from bench.engine.environment import environment
from bench.engine.launch import begun
from bench.engine.supervisor import Ended, Supervisor, note_session, temp_folder
from bench.jobs._faults import FATAL, ITEMS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from bench.core.case import Value
    from bench.core.record import Result

ANSWERS = "answers"  # not a fault: whether all is right where nobody does harm
RIGHT = "right"
EITHER = frozenset({"crashed", "timed-out"})  # whoever does not watch workers waits for the answer of a dead one
# Fault -> the kinds of failure that keep the contract.
CONTRACT = {
    "killed": EITHER,
    "exits": EITHER,
    "hangs": frozenset({"timed-out"}),
    "raises": frozenset({"crashed"}),
    "unreadable": EITHER,  # the thread that takes results may end over it, and nobody hears of that
    "unsendable": EITHER,
    "lies": frozenset({"wrong-answer"}),
}
_SOON_S = 3.0  # the first deadline for what never ends; longer is time wasted, shorter may come before the harm
_HEARD_S = 15.0  # the first deadline for what may end by itself; dask, the slowest to hear of a death, takes 10
_PATIENCE_S = 10.0  # what may pass from a deadline until a session has been ended and its output read


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one fault.

    Attributes:
        backend: which one.
        fault: a key of `CONTRACT`, or `ANSWERS`.
        outcome: ``right`` or a kind of failure.
        message: one line.
        kept: whether that keeps the contract.
        others: what the harm cost the other tasks, where a worker died; else empty.
        left: what was still there when the measuring process had ended by itself.
        took_s: how long it took.
    """

    backend: str
    fault: str
    outcome: str
    message: str
    kept: bool
    others: str
    left: tuple[str, ...]
    took_s: float


@dataclass(slots=True)
class _Try:
    backend: str
    fault: str
    deadlines: deque[float]
    work: Callable[[ExitStack, float, Path], Supervisor]


@dataclass(slots=True)
class _Running:
    visit: _Try
    supervisor: Supervisor
    stack: ExitStack
    folder: Path
    began: float
    deadline_s: float

    @property
    def until(self) -> float:
        return self.began + self.deadline_s + _PATIENCE_S


def findings(
    backends: Mapping[str, Mapping[str, Value]], affinity: tuple[int, ...], timeout_s: float, at_once: int
) -> Iterator[Finding]:
    """Put backends through the contract, so many visits side by side, and tell what came of each as it ends.

    Args:
        backends: backend -> the params of its cases, but for the fault and its log.
        affinity: the CPUs that may be used.
        timeout_s: the longest deadline; several times as long for all searches together.
        at_once: how many; a visit that waits takes no time of the CPU.
    """
    waiting = deque(
        visit for name, params in backends.items() for visit in _visits(name, dict(params), affinity, timeout_s)
    )
    running: list[_Running] = []
    with ExitStack() as stack:
        stack.callback(_close, running)
        while waiting or running:
            while waiting and len(running) < at_once:
                running.append(_begin(waiting.popleft()))
            ready = wait([each.supervisor.connection for each in running], _until_next(running))
            for each in [each for each in running if each.supervisor.connection in ready or monotonic() > each.until]:
                running.remove(each)
                with each.stack:
                    finding = _ended(each)
                if finding is None:
                    waiting.appendleft(each.visit)
                    _lengthen(waiting, each.visit.backend, each.deadline_s)
                else:
                    yield finding


def _lengthen(waiting: Iterable[_Try], backend: str, too_short_s: float) -> None:
    """Leave out deadlines within which a backend does not even begin: what one fault has taught holds for all."""
    for visit in waiting:
        while visit.backend == backend and len(visit.deadlines) > 1 and visit.deadlines[0] <= too_short_s:
            visit.deadlines.popleft()


def _close(running: Sequence[_Running]) -> None:
    with ExitStack() as stack:
        for each in running:
            stack.push(each.stack)


def _until_next(running: Sequence[_Running]) -> float:
    return max(0.0, min(each.until for each in running) - monotonic())


def _visits(backend: str, params: dict[str, Value], affinity: tuple[int, ...], timeout_s: float) -> Iterator[_Try]:
    yield _Try(backend, ANSWERS, deque([6 * timeout_s]), partial(_begin_searches, backend, str(params["start"])))
    for fault in CONTRACT:
        first_s = _SOON_S if fault == "hangs" else _HEARD_S
        deadlines = deque(seconds for seconds in (first_s, 3 * first_s, 9 * first_s) if seconds < timeout_s)
        yield _Try(
            backend,
            fault,
            deque([*deadlines, timeout_s]),
            partial(_begin_fault, backend, {**params, "fault": fault}, affinity),
        )


def _begin(visit: _Try) -> _Running:
    stack = ExitStack()
    with ExitStack() as undo:
        undo.push(stack)
        folder = stack.enter_context(temp_folder("primebench-faults-"))
        deadline_s = visit.deadlines[0]
        supervisor = visit.work(stack, deadline_s, folder)
        undo.pop_all()
    return _Running(visit, supervisor, stack, folder, monotonic(), deadline_s)


def _begin_fault(
    backend: str, params: dict[str, Value], affinity: tuple[int, ...], stack: ExitStack, deadline_s: float, folder: Path
) -> Supervisor:
    case = Case.of("backends", backend, {**params, "log": str(folder / "log")})
    effort = Effort(rounds=1, values=1, warmups=0, min_time_s=1e-6, timeout_s=deadline_s)
    return stack.enter_context(begun(Visit(case, effort, affinity, 1)))


def _begin_searches(backend: str, start_method: str, stack: ExitStack, deadline_s: float, folder: Path) -> Supervisor:
    work = partial(searches, backend, start_method, "few", deadline_s, folder)
    return stack.enter_context(Supervisor(work, folder))


def searches(
    backend: str, start_method: str, amount: str, timeout_s: float, folder: Path
) -> tuple[session.Ending, str]:
    """Search in all or a few of the ways that a backend has; return how that ended and the end of what it said."""
    ending = session.run(
        start.command(sys.executable, "bench.engine.worker.searches", backend, start_method, amount),
        env=environment(folder, here()),
        stdout=folder / "stdout",
        stderr=folder / "stderr",
        timeout_s=timeout_s,
        on_start=partial(note_session, folder),
    )
    lines = (folder / "stderr").read_text(encoding="utf-8", errors="replace").strip().splitlines()
    said = (folder / "stdout").read_text(encoding="utf-8", errors="replace").strip()
    return ending, f"{said} ways" if ending.code == 0 else lines[-1].strip() if lines else ""


# --- what came of it ----------------------------------------------------------------------------------------------


def _ended(each: _Running) -> Finding | None:
    """Return what came of a visit; None when it was ended before the harm was done, and has time for another try."""
    visit, took_s = each.visit, monotonic() - each.began
    answer: Result | Failure | tuple[session.Ending, str] | None = None
    with suppress(TimeoutError, Ended):
        answer = each.supervisor.answer(0)
    if isinstance(answer, tuple):
        return _of_searches(visit.backend, *answer, took_s)
    deadline_s = visit.deadlines.popleft()
    if answer is None:
        message = f"no answer within {deadline_s:g} s"
        return Finding(visit.backend, visit.fault, "timed-out", message, visit.fault == "hangs", "", (), took_s)
    outcome = answer.kind if isinstance(answer, Failure) else RIGHT
    log = _log(each.folder / "log")
    if outcome == "timed-out" and visit.deadlines and ("begins", FATAL) not in log:
        return None
    message, left = (answer.message, answer.left) if isinstance(answer, Failure) else ("the harm was not noticed", ())
    kept = outcome in CONTRACT[visit.fault] and not left and ("begins", FATAL) in log
    others = _cost(log, message) if visit.fault in ("killed", "exits") else ""
    return Finding(visit.backend, visit.fault, outcome, message, kept, others, left, took_s)


def _of_searches(backend: str, ending: session.Ending, said: str, took_s: float) -> Finding:
    outcome = "timed-out" if ending.code is None else "crashed" if ending.code else RIGHT
    left = (*ending.survivors, *ending.segments)
    if outcome == RIGHT and left:
        outcome = "leaked"
    return Finding(backend, ANSWERS, outcome, said, outcome == RIGHT, "", left, took_s)


def _log(path: Path) -> dict[tuple[str, int], int]:
    """Return (word, item) -> when, by the clock that all processes share."""
    found: dict[tuple[str, int], int] = {}
    with suppress(OSError):
        for line in path.read_text(encoding="ascii", errors="replace").splitlines():
            when, word, item = line.split()
            found.setdefault((word, int(item)), int(when))
    return found


def _cost(log: Mapping[tuple[str, int], int], message: str) -> str:
    """Return what the death of a worker cost the tasks of others, in words."""
    others = ITEMS - 1
    lost = others - sum(1 for word, item in log if word == "ends" and item != FATAL)
    if not lost:
        return "none"
    if message.startswith(("the measuring process was ended", "exit code 3")):
        return "the whole process"
    death = log.get(("begins", FATAL), 0)
    later = any(word == "begins" and when > death for (word, _), when in log.items())
    return f"{lost} of {others}{'' if later else ', all that were pending'}"

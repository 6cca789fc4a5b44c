"""Where the time of an observed body went: wall time x workers as a sum of parts that each have stamps of their own.

The parent notes when it began to make workers, when it called, had all answers, and had ended the workers; each worker
notes when it could work, and begin, end, CPU time and run delay of its items (`bench.core.observation`). A worker's
wall time, from the beginning to the end of the body, is

=============  ==========================================================================================
``startup``    until the worker could work and the parent had called (where it is not seen when it could: until
               the call); for one that takes another's place, from the other's last item until it could work
``useful``     CPU time inside items
``stolen``     inside items, ready to run but kept from it by the scheduler (run delay)
``blocked``    inside items, neither running nor ready to run: sleep, I/O, locks, the interpreter lock
``between``    from when it could work to its last item, without the items themselves: waiting for a message,
               unpickling it, pickling results; and, at the end, from the last item of all to the answer
``waiting``    from its own last item to the last item of all; for one without items all of the time until then
``teardown``   from the last answer until all workers were ended
=============  ==========================================================================================

and ``unexplained`` is what is left. It is negative where stamps overlap, and positive where none is: a worker that was
killed takes its spans with it.

Source of the additive form: POP Centre of Excellence, "POP Standard Metrics for Parallel Performance Analysis",
section "Additive metrics" (co-design.pop-coe.eu): an inefficiency is the time lost in it, divided by the run time, and
a parent is the sum of its children. CPU time and run delay are the two first numbers of Linux's schedstat
(Documentation/scheduler/sched-stats).
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields, replace
from typing import TYPE_CHECKING

from bench.analysis.errors import BadSample
from bench.analysis.lanes import lanes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bench.analysis.lanes import Lane
    from bench.core.observation import Observation


@dataclass(frozen=True, slots=True)
class Parts:
    """Worker seconds by what they were spent on; see the module."""

    startup: float = 0.0
    useful: float = 0.0
    stolen: float = 0.0
    blocked: float = 0.0
    between: float = 0.0
    waiting: float = 0.0
    teardown: float = 0.0
    unexplained: float = 0.0

    @property
    def whole(self) -> float:
        """The sum: wall time x workers."""
        return float(sum(astuple(self)))

    @property
    def inside(self) -> float:
        """Wall time inside items."""
        return self.useful + self.stolen + self.blocked

    def within(self, whole: float) -> Parts:
        """Return the parts with what they leave of the whole as unexplained."""
        return replace(self, unexplained=whole - replace(self, unexplained=0.0).whole)


PARTS = tuple(one.name for one in fields(Parts))
"""The names of all parts, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Decomposition:
    """What became of the time of one observed body.

    Attributes:
        wall_s: from its beginning to its end.
        lanes: the parts of each worker's time.
        parts: their sum.
    """

    wall_s: float
    lanes: tuple[Parts, ...]
    parts: Parts

    @property
    def workers(self) -> int:
        """Number of workers."""
        return len(self.lanes)


def decompose(found: Observation) -> Decomposition:
    """Divide wall time x workers among the parts.

    Raises:
        BadSample: the body did not end, its stamps are not in order, or there is no worker.
    """
    window = _Window.of(found)
    own = tuple(_lane(window, lane) for lane in lanes(found.totals, found.workers))
    return Decomposition(window.wall_s, own, total(own))


def total(parts: Iterable[Parts]) -> Parts:
    """Return the sum of parts, part by part."""
    return Parts(*map(sum, zip(*map(astuple, parts), strict=True)))


@dataclass(frozen=True, slots=True)
class _Window:
    """The stamps of the body that hold for all workers; ``done`` is when the last item of all ended."""

    begun: float
    called: float
    done: float
    answered: float
    gone: float
    lost: bool

    @classmethod
    def of(cls, found: Observation) -> _Window:
        if found.called is None or found.answered is None or found.gone is None:
            raise BadSample("the observed body did not end")
        begun, gone = (found.begun, found.gone) if found.whole else (found.called, found.answered)
        if found.workers < 1 or not begun <= found.called <= found.answered <= gone or begun == gone:
            raise BadSample("an observed body has at least one worker, and begins, calls, is answered and ends in turn")
        ends = [one.last for one in found.totals if one.last is not None]
        done = min(max([found.called, *ends]), found.answered)
        lost = bool(found.lost) or sum(one.items for one in found.totals) < found.items
        return cls(begun, found.called, done, found.answered, gone, lost)

    @property
    def wall_s(self) -> float:
        return self.gone - self.begun


def _lane(window: _Window, lane: Lane) -> Parts:
    startup, between, cursor = 0.0, window.answered - window.done, window.begun
    for life in lane:
        able = min(max(life.ready, window.called, cursor), max(life.first, cursor))
        startup += able - cursor
        between += max(0.0, life.last - able - life.inside)
        cursor = max(life.last, cursor)
    if not lane:
        startup = window.called - window.begun
        cursor = window.done if window.lost else window.called  # its items may be those whose spans are lost
    inside, useful, stolen = (sum(getattr(life, name) for life in lane) for name in ("inside", "cpu", "delay"))
    return Parts(
        startup=startup,
        useful=useful,
        stolen=stolen,
        blocked=max(0.0, inside - useful - stolen),
        between=between,
        waiting=max(0.0, window.done - cursor),
        teardown=window.gone - window.answered,
    ).within(window.wall_s)

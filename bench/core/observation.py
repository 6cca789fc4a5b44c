"""What was seen of one body of a case, taken after its timed values: what each worker did when, and what it cost.

All times are seconds of one monotonic clock; zero is the moment the workers were begun, or, where they stood already,
the moment they were called.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

WHY = {
    "no-proc": "this system does not tell it",
    "same-process": "workers are threads of the measuring process, to which nothing is sent",
    "hidden": "the backend does not show it",
    "not-pickled": "nothing is pickled one by one",
    "ended-elsewhere": "processes ended that only their parents could have asked",
    "no-job": "this kind of experiment hands out no items",
    "crashed": "the observed body failed",
    "wrong-answer": "the observed body returned something other than the truth",
    "timed-out": "the observed body did not end in time",
    "too-short": "the observed body took less than 10 ms, and looking at its processes used as much CPU time",
}
"""Kind of reason -> what it means, in words."""

_NS = 1e9  # times are kept as whole nanoseconds: the shortest exact text of what the clock tells
_NOTHING = "-"
_SHORTEST_S = 0.01  # bodies of 1 ms were seen to use five times the CPU time that their workers can have used


@dataclass(frozen=True, slots=True)
class Span:
    """What one worker did with one item.

    Attributes:
        worker: which; counted from 0 in the order of their first items.
        begin: when the task was called.
        end: when it had returned.
        cpu: seconds of CPU time of the worker's thread between the two.
        delay: seconds in which the thread was ready to run and did not, because others had the CPUs; None where the
            system does not tell. What is left of ``end - begin`` is blocked: asleep, in I/O, waiting for a lock.
        items: how many items it was given.
        received: when the message that begins with this item was unpickled in the worker; None where the item came in
            the message of an earlier span, and where the backend does not show it.
    """

    worker: int
    begin: float
    end: float
    cpu: float
    delay: float | None
    items: int
    received: float | None


@dataclass(frozen=True, slots=True)
class WorkerTotal:
    """What one worker did in all, whether its spans were kept or not.

    Attributes:
        worker: its number.
        ready: when it could take items: alive, and all loaded that its first message needs; None where that is not
            seen. Before `Observation.called` there is nothing to take.
        first: when its first item began; None where it was given none.
        last: when its last item ended.
        inside: the sum of ``end - begin``.
        cpu: the sum of CPU time inside items.
        delay: the sum of delays inside items, or None.
        items: how many items.
        spans: how many spans.
        messages: how many messages it was seen to unpickle; 0 where that is hidden.
        process: which process it lives in; threads and interpreters share one. Counted from 0; the measuring process
            itself is -1.
    """

    worker: int
    ready: float | None
    first: float | None
    last: float | None
    inside: float
    cpu: float
    delay: float | None
    items: int
    spans: int
    messages: int = 0
    process: int = 0


@dataclass(frozen=True, slots=True)
class Sample:
    """What the whole tree of processes had used at one moment: CPU seconds since zero, and memory."""

    at: float
    cpu_s: float | None
    memory_bytes: int | None


@dataclass(frozen=True, slots=True)
class Unseen:
    """What could not be observed: the attribute (``spans.received``), and the kind of reason, one of `WHY`."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Observation:
    """What was seen of one body.

    Attributes:
        workers: how many share the work, as the case says.
        whole: whether making and ending the workers belongs to the timed part.
        begun: when the parent began to make the workers: 0.
        ready: when the parent had the workers.
        called: when the parent called it with task and items.
        answered: when the parent had all results.
        gone: when the workers had been ended; equal to ``answered`` where that does not belong to the timed part.
        totals: one per worker that was seen; more than ``workers`` where workers are replaced.
        spans: sorted by begin; a share of all, evenly chosen, and the longest ones of each worker besides.
        rate: the share of spans that were evenly chosen: 1 where all are here.
        lost: spans of workers that were ended before they could keep them; None where that is not known.
        items: how many items the job has.
        bytes_out: size of the pickled items.
        bytes_back: size of the pickled results.
        pickling_s: how long pickling and unpickling so much takes, measured in the parent.
        noting_s: what it takes a worker to note an item, beside what stands in the item's span; measured in the parent.
        cpu_s: CPU seconds of all processes, from begun to gone.
        memory_bytes: the peak of the sum over all processes: proportional set size, or resident where there is no such.
        voluntary: context switches because a thread waited, of all processes that could be asked.
        involuntary: context switches because another thread was given the CPU.
        processes: how many processes took part, the measuring one included.
        samples: at most some hundred, in their order.
        missing: what could not be observed, and why.
    """

    workers: int
    whole: bool
    begun: float = 0.0
    ready: float | None = None
    called: float | None = None
    answered: float | None = None
    gone: float | None = None
    totals: tuple[WorkerTotal, ...] = ()
    spans: tuple[Span, ...] = ()
    rate: float = 1.0
    lost: int | None = None
    items: int = 0
    bytes_out: int | None = None
    bytes_back: int | None = None
    pickling_s: float | None = None
    noting_s: float | None = None
    cpu_s: float | None = None
    memory_bytes: int | None = None
    voluntary: int | None = None
    involuntary: int | None = None
    processes: int | None = None
    samples: tuple[Sample, ...] = ()
    missing: tuple[Unseen, ...] = ()

    @property
    def wall_s(self) -> float | None:
        """Seconds of the timed part: from begun to gone, or from called to answered; None where it did not end."""
        begin, end = (self.begun, self.gone) if self.whole else (self.called, self.answered)
        return None if begin is None or end is None else end - begin

    @property
    def cpu_ratio(self) -> float | None:
        """CPU seconds of all processes / (wall time x workers); None of a body that was too short to tell."""
        if self.cpu_s is None or not self.wall_s or self.wall_s < _SHORTEST_S:
            return None
        return self.cpu_s / (self.wall_s * self.workers)

    @property
    def stages(self) -> tuple[tuple[str, float, float], ...]:
        """What the parent did: name, begin and end of each stage that took time and whose ends were seen."""
        stamps = (
            ("making workers", self.begun if self.whole else None, self.ready),
            ("waiting for results", self.called, self.answered),
            ("ending workers", self.answered, self.gone),
        )
        return tuple(
            (name, begin, end) for name, begin, end in stamps if begin is not None and end is not None and begin < end
        )

    def why(self, what: str) -> str | None:
        """Return why an attribute is missing, one of `WHY`, or None where it is not."""
        if what == "cpu_ratio":
            short = self.wall_s is not None and self.wall_s < _SHORTEST_S
            return self.why("cpu_s") or ("too-short" if short else None)
        return next((one.why for one in self.missing if one.what == what), None)

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads: times as whole nanoseconds, and each column of rows as one text."""
        told = {field.name: getattr(self, field.name) for field in fields(self)}
        told |= {name: _whole(told[name]) for name in _TIMES}
        told |= {name: _columns(told[name], kinds) for name, kinds in _ROWS.items()}
        return {**told, "missing": [asdict(one) for one in self.missing]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Observation:
        """Read what `to_json` wrote; ValueError, KeyError or TypeError where it is something else."""
        told = dict(data)
        told |= {name: _seconds(told[name]) for name in _TIMES}
        for (name, kinds), kind in zip(_ROWS.items(), (WorkerTotal, Span, Sample), strict=True):
            told[name] = tuple(kind(**row) for row in _rows(told[name], kinds))
        return cls(**{**told, "missing": tuple(Unseen(**one) for one in told["missing"])})


def _whole(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * _NS)


def _seconds(whole: int | None) -> float | None:
    return None if whole is None else whole / _NS


_TIMES = ("begun", "ready", "called", "answered", "gone", "pickling_s", "noting_s", "cpu_s")
_COUNT: Callable[[str], int] = int


def _time(text: str) -> float:
    return int(text) / _NS


_ROWS: dict[str, dict[str, Callable[[str], float]]] = {
    "totals": {
        "worker": _COUNT,
        **dict.fromkeys(("ready", "first", "last", "inside", "cpu", "delay"), _time),
        **dict.fromkeys(("items", "spans", "messages", "process"), _COUNT),
    },
    "spans": {
        "worker": _COUNT,
        **dict.fromkeys(("begin", "end", "cpu", "delay"), _time),
        "items": _COUNT,
        "received": _time,
    },
    "samples": {"at": _time, "cpu_s": _time, "memory_bytes": _COUNT},
}
"""Rows -> column -> how its numbers are read."""


def _columns(rows: Iterable[Any], kinds: Mapping[str, Callable[[str], float]]) -> dict[str, str]:
    listed = list(rows)
    return {name: " ".join(_told(getattr(row, name), kind) for row in listed) for name, kind in kinds.items()}


def _told(value: float | None, kind: Callable[[str], float]) -> str:
    if value is None:
        return _NOTHING
    return str(round(value * _NS) if kind is _time else value)


def _rows(columns: Mapping[str, str], kinds: Mapping[str, Callable[[str], float]]) -> Iterable[dict[str, float | None]]:
    read: list[Sequence[float | None]] = [
        [None if text == _NOTHING else kind(text) for text in columns[name].split()] for name, kind in kinds.items()
    ]
    return (dict(zip(kinds, row, strict=True)) for row in zip(*read, strict=True))

"""What advice is asked for, and how much of its time is spent."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bench.app.events import Note
from bench.app.ways import Field

if TYPE_CHECKING:
    from bench.app.events import Event
    from bench.core.case import Value
    from bench.core.job import JobKind
    from bench.core.machine import Machine

Ask = Callable[..., dict[str, Any]]
"""`bench.engine.asking.ask`, or what stands in for it."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    Attributes:
        kind: of the job.
        params: of the job, by axis.
        members: the backends that may be advised.
        machine: this one.
        affinity: the CPUs that may be used.
        start: the start method.
        budget_s: how long it may take.
        seed: of the order of the race.
        verbose: whether each choice of what to measure is explained.
        environ: what processes have in their environment besides.
        command: what asks, for the record; the command line of this process if empty.
        inherits: the names of variables of the user's that they have as well.
    """

    kind: JobKind
    params: Mapping[str, Value]
    members: tuple[str, ...]
    machine: Machine
    affinity: tuple[int, ...]
    start: Value
    budget_s: float = 60.0
    seed: int = 1
    verbose: bool = False
    environ: tuple[tuple[str, str], ...] = ()
    command: str = ""
    inherits: tuple[str, ...] = ()

    @property
    def field(self) -> Field:
        """The whole job."""
        usual = {axis.name: axis.default() for axis in self.kind.axes}
        return Field(self.kind, {**usual, **self.params}, self.start)

    @property
    def cpus(self) -> float:
        """How many CPUs may be used; a quota may grant a fraction."""
        return min(self.machine.usable_cpus, float(len(self.affinity)))


@dataclass(frozen=True, slots=True)
class Budget:
    """So much time, which runs from the moment this is made.

    Attributes:
        seconds: how long it may take.
        verbose: whether `note` says anything.
        clock: tells how late it is.
        began: when it began to run.
    """

    seconds: float
    verbose: bool = False
    clock: Callable[[], float] = time.monotonic
    began: float = field(init=False)

    def __post_init__(self) -> None:
        """Begin."""
        object.__setattr__(self, "began", self.clock())

    @property
    def spent_s(self) -> float:
        """How long it has taken so far."""
        return self.clock() - self.began

    def left_s(self, share: float = 1.0) -> float:
        """Return how much of this share of it is left."""
        return share * self.seconds - self.spent_s

    def note(self, text: str) -> Iterator[Event]:
        """Say why something is done, to whoever wants to know."""
        if self.verbose:
            yield Note(f"{self.spent_s:5.1f} s  {text}")

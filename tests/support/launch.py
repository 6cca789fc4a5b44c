"""A launch with exact times: it starts no process, and fails, or is interrupted, on request."""

from __future__ import annotations

import random
from math import exp
from typing import TYPE_CHECKING, Any

from bench.core.record import Failure, Process, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bench.core.visit import Visit


class FakeLaunch:
    """Stands in for `bench.engine.launch.launch`, and for `bench.engine.interleaved.measure`.

    Attributes:
        seconds: what an operation takes: always, by member, or for each visit anew.
        slower: label of a side -> factor by which it is slower.
        noise: standard deviation of the logarithm of a time.
        failures: what fails, (kind, message); a key is a member, the label of a side, or (label, member).
        good_visits: how many visits such a key has before it fails; none of those that are not named.
        loops: what a visit finds out that is told none.
        metadata: what each process tells besides: always, or for each visit anew.
        interrupt_after: the visits after which Ctrl-C comes.
        visits: what was asked for so far.
    """

    def __init__(self, seconds: float | dict[str, float] | Callable[[Visit], float] = 0.15, loops: int = 1) -> None:
        """Begin without failures and noise."""
        self.seconds, self.loops = seconds, loops
        self.slower: dict[str, float] = {}
        self.noise, self._rng = 0.0, random.Random(11)
        self.failures: dict[Any, tuple[str, str]] = {}
        self.good_visits: dict[Any, int] = {}
        self.metadata: dict[str, Any] | Callable[[Visit], dict[str, Any]] = {}
        self.interrupt_after: int | None = None
        self.visits: list[Visit] = []

    def __call__(self, visit: Visit) -> Result | Failure:
        """Answer as a visit would."""
        if self.interrupt_after is not None and len(self.visits) >= self.interrupt_after:
            raise KeyboardInterrupt
        self.visits.append(visit)
        case, label = visit.case, visit.side.label
        for key in (case.member, label, (label, case.member)):
            if key in self.failures:
                if self.good_visits.get(key, 0) <= 0:
                    return Failure(case, *self.failures[key], "the end of stderr")
                self.good_visits[key] -= 1
        told = {"name": case.id, "loops": visit.loops or self.loops, "unit": "second", "primebench_family": case.family}
        told |= {"primebench_member": case.member} | {f"primebench_{axis}": value for axis, value in case.params}
        told |= self.metadata(visit) if callable(self.metadata) else self.metadata
        told |= {"python_executable": visit.side.known_as} if visit.side.known_as else {}
        return Result(case, (Process((self._seconds(visit),) * visit.effort.values, (), told),))

    def together(self, visits: Mapping[str, Visit]) -> Iterator[tuple[str, Result | Failure]]:
        """Let sides measure one after another, up to the first failure."""
        for name, visit in visits.items():
            outcome = self(visit)
            yield name, outcome
            if isinstance(outcome, Failure):
                return

    def _seconds(self, visit: Visit) -> float:
        given = self.seconds
        if isinstance(given, dict):
            given = given.get(visit.case.member, 0.15)
        seconds = given(visit) if callable(given) else given
        noise = exp(self._rng.gauss(0, self.noise)) if self.noise else 1.0
        return seconds * self.slower.get(visit.side.label, 1.0) * noise

"""What is advised, and the evidence for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench.core.reference import Role
from bench.families.backends._family import FAMILY

if TYPE_CHECKING:
    from pathlib import Path

    from bench.core.case import Case
    from bench.core.reason import Reason
    from bench.samples.explained import Explained

BASELINE = FAMILY.references[Role.BASELINE]
"""What the plain loop is called."""


@dataclass(frozen=True, slots=True)
class Option:
    """One way to do the job, as measured.

    Attributes:
        case: what was measured.
        chunksize: items per message that are advised; None for the plain loop.
        speedup: how many times as fast as the plain loop it is.
        low: lower end of the interval of that.
        high: upper end.
    """

    case: Case
    chunksize: int | None
    speedup: float
    low: float | None
    high: float | None

    @property
    def backend(self) -> str:
        """The member's name."""
        return self.case.member

    @property
    def workers(self) -> int:
        """How many workers."""
        return int(self.case["workers"])

    @property
    def start(self) -> str:
        """The start method, or ``none``."""
        return str(self.case["start"])


@dataclass(frozen=True, slots=True)
class Advice:
    """All that is advised.

    Attributes:
        choice: of those within 1 % of the fastest the one with the least code, or the plain loop.
        ties: what may be as fast, or differs by less than 1 %.
        simplest: which of all these takes the fewest lines; empty if the choice is.
        count: items of the whole job.
        serial_s: seconds of the plain loop, of all items.
        chunksize_range: chunk sizes that lose at most 2 %, by the model; None for the plain loop.
        serial_below: with fewer items the plain loop is faster, by the model; None where that is not known.
        predicted_s: what the model said of what was measured, before it was; it knew the plain loop and its copies.
        measured_s: what was measured, of the part if one was.
        of_ceiling: the share of what this machine can give; None where that was not measured, or for fewer workers.
        snippet: a program that can be pasted; None where the backend brings none, for one item, and without an answer.
        call: its statements alone.
        limit: what holds it back: a part of `bench.analysis.decomposition` in which most is lost, ``cpus`` where little
            is, or ``size`` where the job is too small to be distributed; None where it is not known.
        explained: where its time went; None where it was not observed.
        cases: how many were measured.
        finished: how many of them were in the race at its end.
        part: one of so many items was measured; 1 for all.
        left_out: member -> why it was not measured, or not to the end.
        doubts: what weakens the answer.
        lacking: what was not measured, and how it is.
        answered: whether the noise allows an answer.
        interrupted: whether it was ended before its time.
        elapsed_s: how long all took.
        record: the file with what was measured.
    """

    choice: Option
    ties: tuple[Option, ...]
    simplest: str
    count: int
    serial_s: float
    chunksize_range: tuple[int, int] | None
    serial_below: int | None
    predicted_s: float | None
    measured_s: float
    of_ceiling: float | None
    snippet: str | None
    call: str | None
    limit: str | None
    explained: Explained | None = None
    cases: int = 0
    finished: int = 0
    part: int = 1
    left_out: Mapping[str, Reason] = field(default_factory=dict)
    doubts: tuple[Reason, ...] = ()
    lacking: tuple[str, ...] = ()
    answered: bool = True
    interrupted: bool = False
    elapsed_s: float = 0.0
    record: Path | None = None

"""One process to start: the case that it measures, with how much effort, on which CPUs, and by which side."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench.core.side import Side, here

if TYPE_CHECKING:
    from bench.core.case import Case
    from bench.core.plan import Effort


@dataclass(frozen=True, slots=True)
class Visit:
    """What a measuring process is told.

    Attributes:
        case: the point to measure.
        effort: values, warm-ups, least time and deadline.
        cpus: those that the process and its workers may use; means nothing where the system has no affinity.
        loops: how often the body runs for one value; None has that found out.
        side: interpreter, source, current folder and environment; unless told otherwise, those of this process.
        observe: whether one more body is observed after the last value.
    """

    case: Case
    effort: Effort
    cpus: tuple[int, ...]
    loops: int | None = None
    side: Side = field(default_factory=here)
    observe: bool = False

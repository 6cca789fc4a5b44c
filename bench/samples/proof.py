"""What a selftest has found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.analysis.paired import Rule
    from bench.analysis.trials import Spread, Tally
    from bench.core.case import Case
    from bench.core.reason import Reason


@dataclass(frozen=True, slots=True)
class Proof:
    """All that a selftest has found.

    Attributes:
        machine: one line.
        percent: work that was added to the slowed side.
        size: pairs per batch.
        blocks: whole blocks that were measured.
        rule: the gate's.
        cases: id -> case.
        live: tallies over the equal sides and over the slowed one.
        resampled: the same of verdicts over resampled pairs; None when there are too few pairs.
        spreads: id -> spread.
        warnings: what weakens the proof.
    """

    machine: str
    percent: float
    size: int
    blocks: int
    rule: Rule
    cases: Mapping[str, Case]
    live: tuple[Tally, Tally]
    resampled: tuple[Tally, Tally] | None
    spreads: Mapping[str, Spread]
    warnings: tuple[Reason, ...] = ()

"""What a gate has found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench.core.reason import Kind, Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.analysis.evidence import Evidence
    from bench.analysis.gate import Verdict
    from bench.analysis.paired import Rule
    from bench.core.case import Case

FAILED = "failed"
"""The verdict in a word where a case failed in head, or nothing was measured on both sides."""

NOTHING = "nothing to judge"
"""The verdict in a word where no function of the user's exists on both sides."""


@dataclass(frozen=True, slots=True)
class Finding:
    """All that a gate has found.

    Attributes:
        sides: base and head, each described in a line.
        rule: what was declared before.
        verdict: what is said of the cases that have times on both sides; None when there is none.
        cases: id -> case, of all that were to be judged, the failed ones included.
        failed: id -> why head has no times for a case.
        lacking: id -> why base has none though head has not failed, for example because the case is new.
        controls: id -> evidence of what is the same code on both sides.
        doubts: what was known to weaken the verdict before anything was measured, and has been told.
        warnings: what weakens it besides, without taking it away.
        drift: what is allowed for the difference between sessions; 0 where both sides were measured in one.
        power: chance with which these pairs show a slowdown of the threshold in each case; None if not known.
        one_sided: those of the cases that base lacks, or head, whose function one of them does not have.
        measured: id -> evidence of those that have times on both sides, be they enough to be judged or not.
    """

    sides: Mapping[str, str]
    rule: Rule
    verdict: Verdict | None
    cases: Mapping[str, Case | None]
    failed: Mapping[str, Reason] = field(default_factory=dict)
    lacking: Mapping[str, Reason] = field(default_factory=dict)
    controls: Mapping[str, Evidence] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()
    warnings: tuple[Reason, ...] = ()
    drift: float = 0.0
    power: float | None = None
    one_sided: frozenset[str] = frozenset()
    measured: Mapping[str, Evidence] = field(default_factory=dict)

    @property
    def overall(self) -> str:
        """The verdict in a word: a case that failed in head outweighs whatever is said of the others."""
        if self.failed:
            return FAILED
        if self.verdict is not None:
            return self.verdict.verdict
        return NOTHING if self.cases and self.one_sided >= self.cases.keys() else FAILED

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why it is not ok."""
        nothing = Reason(Kind.NOTHING_SHARED if self.overall == NOTHING else Kind.NOTHING_MEASURED)
        own = self.verdict.reasons if self.verdict else (nothing,)
        return (*(Reason.of(Kind.HEAD_FAILED, name, why=why) for name, why in self.failed.items()), *own)

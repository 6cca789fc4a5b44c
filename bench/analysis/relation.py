"""Which of two is faster, with no old and no new: a relation in words, not a verdict over a change.

Two-sided, because nobody is under suspicion: *slower* or *faster* if the Holm-adjusted two-sided p-value is below alpha
and the ratio lies beyond the margin; *alike* if the whole interval lies within the threshold in both directions
(equivalence has to be shown, not assumed); else *inconclusive*. Alpha, margin and threshold are the gate's; between
sessions both words also respect the allowance for drift.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bench.analysis import holm
from bench.analysis.design import pairs_to_reach
from bench.analysis.evidence import Evidence
from bench.analysis.gate import ALPHA, MARGIN, THRESHOLD
from bench.analysis.stored import THRESHOLD as DRIFT_THRESHOLD
from bench.core.reason import Kind, Reason

Word = Literal["slower", "faster", "alike", "inconclusive"]


@dataclass(frozen=True, slots=True)
class Relation:
    """How one cell stands to its base.

    Attributes:
        word: the relation.
        p: two-sided, adjusted for all cells.
        reason: that there were too few processes to tell, however large the difference; else None.
    """

    word: Word
    p: float
    reason: Reason | None


def relate(cells: Sequence[Evidence], drift: float = 0.0) -> list[Relation]:
    """Return the relation of every cell to its base, in the same order.

    Args:
        cells: what was measured.
        drift: by how much two sessions may differ anyhow; 0 for cells of one session. See `bench.analysis.stored`.
    """
    adjusted = holm.adjust([found.p for found in cells])
    relations = []
    for found, p in zip(cells, adjusted, strict=True):
        word = _word(found, p, 0.0 if found.counted == "sessions" else drift)
        relations.append(Relation(word, p, _hopeless(found, len(cells)) if word == "inconclusive" else None))
    return relations


def _word(found: Evidence, p: float, drift: float) -> Word:
    if found.low is None or found.high is None:
        sure = not drift  # without an interval nothing can be said about what lies beyond the drift
    else:
        sure = found.low > 1 + drift or found.high < 1 / (1 + drift) or not drift
    if p < ALPHA and max(found.ratio, 1 / found.ratio) > 1 + MARGIN and sure:
        return "slower" if found.ratio > 1 else "faster"
    if found.low is None or found.high is None:
        return "inconclusive"
    limit = (1 + (DRIFT_THRESHOLD if drift else THRESHOLD)) / (1 + drift)
    return "alike" if 1 / limit < found.low and found.high < limit else "inconclusive"


def _hopeless(found: Evidence, cells: int) -> Reason | None:
    """Return a reason if the cell could not differ whatever happened: Holm's worst case asks for alpha / cells."""
    if 2 * found.smallest_p * cells < ALPHA:
        return None
    pairs = pairs_to_reach(ALPHA / 2 / cells) if found.paired else None
    return Reason.of(Kind.CANNOT_DIFFER, n=found.n, unit=found.unit, alpha=ALPHA, cases=cells, pairs=pairs)

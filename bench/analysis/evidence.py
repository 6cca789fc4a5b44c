"""What one cell says about head against base, before anybody judges it: ratio, interval and p-values in one record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from bench.analysis import hodges_lehmann, rank_sum, signed_rank
from bench.analysis.errors import TooFew
from bench.analysis.hodges_lehmann import Estimate

ONE_SIDED = 0.95
"""Confidence of the one-sided upper bound on which `ok` rests."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Ratio of head to base with all that a verdict needs.

    Attributes:
        ratio: Hodges-Lehmann estimate of head / base.
        low: lower end of the two-sided interval, or none if there are too few processes for it.
        high: upper end, or none.
        coverage: confidence that the interval really has, or none.
        upper: upper end of the one-sided 95 % interval, or none.
        p_slower: exact p-value against "not slower".
        p_faster: exact p-value against "not faster".
        p: two-sided p-value.
        n_base: processes on the base side.
        n_head: processes on the head side; equal to `n_base` if paired.
        paired: whether processes were compared pair by pair.
        smallest_p: smallest one-sided p-value that these counts can reach.
        counted: what `n_base` and `n_head` count where nothing is paired: processes, or sessions.
    """

    ratio: float
    low: float | None
    high: float | None
    coverage: float | None
    upper: float | None
    p_slower: float
    p_faster: float
    p: float
    n_base: int
    n_head: int
    paired: bool
    smallest_p: float
    counted: str = "processes"

    @property
    def n(self) -> int:
        """Number of pairs, or of processes on the smaller side."""
        return min(self.n_base, self.n_head)

    @property
    def unit(self) -> str:
        """What `n` counts, as messages call it."""
        return "pairs" if self.paired else self.counted


def from_pairs(log_ratios: Sequence[float], confidence: float = 0.95) -> Evidence:
    """Collect the evidence of pairs, given as log(head) - log(base) of each pair.

    Raises:
        BadSample: a log-ratio is not finite, or there is none.
    """
    test = signed_rank.compare(log_ratios)
    return Evidence(
        ratio=hodges_lehmann.point_from_pairs(log_ratios),
        **_ends(partial(hodges_lehmann.from_pairs, log_ratios), confidence),
        p_slower=test.p_greater,
        p_faster=test.p_less,
        p=test.p_two_sided,
        n_base=test.n,
        n_head=test.n,
        paired=True,
        smallest_p=signed_rank.smallest_p(test.n),
    )


def from_groups(base_logs: Sequence[float], head_logs: Sequence[float], confidence: float = 0.95) -> Evidence:
    """Collect the evidence of two independent samples, given as logarithms of one number per process.

    Raises:
        BadSample: a logarithm is not finite, or a sample is empty.
    """
    test = rank_sum.compare(head_logs, base_logs)
    return Evidence(
        ratio=hodges_lehmann.point_from_groups(base_logs, head_logs),
        **_ends(partial(hodges_lehmann.from_groups, base_logs, head_logs), confidence),
        p_slower=test.p_greater,
        p_faster=test.p_less,
        p=test.p_two_sided,
        n_base=len(base_logs),
        n_head=len(head_logs),
        paired=False,
        smallest_p=rank_sum.smallest_p(len(base_logs), len(head_logs)),
    )


def _ends(estimate: Callable[..., Estimate], confidence: float) -> dict[str, Any]:
    """Return the ends of both intervals, by their names in `Evidence`.

    They are none where there are too few processes: the ratio still stands where its interval cannot be had.
    """
    ends: dict[str, Any] = dict.fromkeys(("low", "high", "coverage", "upper"))
    with suppress(TooFew):
        both = estimate(confidence)
        ends |= {"low": both.low, "high": both.high, "coverage": both.coverage}
    with suppress(TooFew):
        ends["upper"] = estimate(ONE_SIDED, "upper").high
    return ends

"""What a count of alarms proves: exact one-sided bounds of a rate.

"No alarm in 299 verdicts that share nothing" means, with 95 % confidence, at most 1 % false alarms.

Source: C. J. Clopper, E. S. Pearson, "The use of confidence or fiducial limits illustrated in the case of the
binomial", 1934.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, lgamma, log

from bench.analysis.errors import BadSample


def upper_bound(hits: int, trials: int, confidence: float = 0.95) -> float:
    """Return the largest rate that `hits` of `trials` do not rule out.

    Raises:
        BadSample: there is no trial, or hits lie outside 0 .. trials.
    """
    _check(hits, trials, confidence)
    return 1.0 if hits == trials else largest(lambda rate: _at_most(hits, trials, rate) > 1 - confidence)


def lower_bound(hits: int, trials: int, confidence: float = 0.95) -> float:
    """Return the smallest rate that `hits` of `trials` do not rule out.

    Raises:
        BadSample: there is no trial, or hits lie outside 0 .. trials.
    """
    _check(hits, trials, confidence)
    return 1 - upper_bound(trials - hits, trials, confidence)


def trials_to_prove(misses: int, rate: float, confidence: float = 0.95) -> int:
    """Return the fewest trials that, with no more misses than these, prove at least this rate.

    Raises:
        BadSample: the rate is not between 0 and 1, or misses are negative.
    """
    if not 0 < rate < 1:
        raise BadSample(f"rate {rate} is not between 0 and 1; 0.95 is usual")
    few, enough = misses, misses + 1
    while lower_bound(enough - misses, enough, confidence) < rate:
        few, enough = enough, 2 * enough
    while enough - few > 1:
        middle = (few + enough) // 2
        few, enough = (few, middle) if lower_bound(middle - misses, middle, confidence) >= rate else (middle, enough)
    return enough


def _check(hits: int, trials: int, confidence: float) -> None:
    if not 0 <= hits <= trials or trials < 1:
        raise BadSample(f"{hits} of {trials} is no count of hits; give 0 to trials, and at least one trial")
    if not 0 < confidence < 1:
        raise BadSample(f"confidence {confidence} is not between 0 and 1; 0.95 is usual")


def _at_most(hits: int, trials: int, rate: float) -> float:
    """Return P(count <= hits) for a rate strictly between 0 and 1, summed through logarithms against underflow."""
    return sum(
        exp(lgamma(trials + 1) - lgamma(k + 1) - lgamma(trials - k + 1) + k * log(rate) + (trials - k) * log(1 - rate))
        for k in range(hits + 1)
    )


def largest(possible: Callable[[float], bool], most: float = 1.0) -> float:
    """Halve 0 .. `most` until the rate from which on none is possible is known to the last bit that matters."""
    low, high = 0.0, most
    for _ in range(60):
        middle = (low + high) / 2
        if possible(middle):
            low = middle
        else:
            high = middle
    return high

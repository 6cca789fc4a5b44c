"""Racing: candidates are measured in rounds, and leave as soon as the rounds show that another one is faster.

Each round measures every candidate that is still in it once, so that what disturbs a round meets all of them. On
logarithms a time is the sum of a candidate's and of a round's effect and of noise; the noise is pooled over all
candidates, because each alone has too few rounds to tell how it spreads. The interval of a difference is Student's.

Who has left was compared several times, and with several others: an interval of 95 % in each of these looks is no
promise for the whole race. What it is for is not to spend time on what is slow.

Sources: O. Maron and A. W. Moore, "The racing algorithm: model selection for lazy learners", 1997; M. Birattari,
T. Stützle, L. Paquete and K. Varrentrapp, "A racing algorithm for configuring metaheuristics", 2002 (blocks).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, inf, log, sqrt
from statistics import fmean

from bench.analysis.tail import student

CONFIDENCE = 0.95
"""Of each interval, two-sided."""

ALIKE = 0.01
"""Differences that nobody cares for: smaller ones cost rounds, larger ones give speed away."""

LEAST_NOISE = 0.003
"""Standard deviation of a single time, relative, that is taken for granted: a few times may agree by chance."""

_SWEEPS = 20  # of fitting; where every candidate is in every round, the first is exact

Rounds = Mapping[int, float]
"""Round -> seconds."""


@dataclass(frozen=True, slots=True)
class Gap:
    """How many times as long one candidate takes as another one, with the ends of the interval."""

    ratio: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Standing:
    """How a race stands.

    Attributes:
        best: the fastest so far.
        gaps: name -> how many times as long as the best it takes, of all that share a round with it.
        left: those that are slower beyond doubt, and by more than nobody cares for.
        ties: all others, the best included, the fastest first.
        noise: standard deviation of a single time, relative to it.
        decided: whether there is nothing left that another round could tell.
    """

    best: str
    gaps: Mapping[str, Gap]
    left: frozenset[str]
    ties: tuple[str, ...]
    noise: float
    decided: bool


@dataclass(frozen=True, slots=True)
class Fit:
    """Logarithms of times as the sum of a candidate's and of a round's effect.

    Attributes:
        own: name -> its effect.
        noise: standard deviation of what is left; infinite where nothing is left to see it by.
        freedom: its degrees of freedom.
    """

    own: Mapping[str, float]
    noise: float
    freedom: int


def fit(times: Mapping[str, Rounds]) -> Fit:
    """Fit both effects by taking means in turn, since not every candidate is in every round."""
    of_name = {name: [(at, log(seconds)) for at, seconds in rounds.items()] for name, rounds in times.items()}
    cells = [(name, number, value) for name, found in of_name.items() for number, value in found]
    of_round: dict[int, list[tuple[str, float]]] = {}
    for name, number, value in cells:
        of_round.setdefault(number, []).append((name, value))
    own, met = dict.fromkeys(times, 0.0), dict.fromkeys(of_round, 0.0)
    for _ in range(_SWEEPS):
        own = {name: fmean(value - met[at] for at, value in found) for name, found in of_name.items()}
        met = {number: fmean(value - own[who] for who, value in found) for number, found in of_round.items()}
    freedom = len(cells) - len(own) - len(met) + 1
    if freedom < 1:
        return Fit(own, inf, 0)
    square = sum((value - own[name] - met[number]) ** 2 for name, number, value in cells) / freedom
    return Fit(own, max(LEAST_NOISE, sqrt(square)), freedom)


def gap(
    times: Mapping[str, Rounds], name: str, other: str, fitted: Fit | None = None, confidence: float = CONFIDENCE
) -> Gap | None:
    """Return how many times as long ``name`` takes as ``other``, over the rounds that have both; None without one."""
    both = times[name].keys() & times[other].keys()
    if not both:
        return None
    fitted = fitted or fit(times)
    middle = fmean(log(times[name][number]) - log(times[other][number]) for number in both)
    if fitted.freedom < 1:
        return Gap(exp(middle), 0.0, inf)
    half = student((1 + confidence) / 2, fitted.freedom) * fitted.noise * sqrt(2 / len(both))
    return Gap(exp(middle), exp(middle - half), exp(middle + half))


def stand(times: Mapping[str, Rounds], alive: Sequence[str]) -> Standing:
    """Return how the race stands among those that are still in it, of whom each has at least one time.

    Args:
        times: name -> its times; of those that have left as well, because they tell how times spread.
        alive: who is still in the race.
    """
    fitted = fit(times)
    best = min(alive, key=fitted.own.__getitem__)
    gaps = {name: found for name in times if (found := gap(times, name, best, fitted)) is not None}
    left = frozenset(name for name in alive if name in gaps and gaps[name].low > 1 and gaps[name].ratio >= 1 + ALIKE)
    ratios = {name: gaps[name].ratio if name in gaps else inf for name in alive if name not in left}
    ties = tuple(sorted(ratios, key=ratios.__getitem__))
    decided = all(gaps[name].high < 1 + 2 * ALIKE for name in ties if name != best and name in gaps)
    return Standing(best, gaps, left, ties, fitted.noise, len(ties) == 1 or decided)

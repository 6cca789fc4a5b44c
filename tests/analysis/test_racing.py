"""Races: who leaves, who ties, and that the intervals are Student's."""

from __future__ import annotations

from math import exp, log, sqrt
from statistics import fmean, stdev

import pytest

from bench.analysis import racing
from bench.analysis.racing import Gap, fit, gap, stand

ONE = (1.00, 1.03, 0.98, 1.05, 1.01, 0.97)
OTHER = (1.12, 1.10, 1.09, 1.19, 1.08, 1.11)


def rounds(*seconds: float, first: int = 1) -> dict[int, float]:
    """Return times of one round after the other."""
    return dict(enumerate(seconds, start=first))


def test_two_candidates_are_a_paired_t_test() -> None:
    """With two of them the interval is that of the paired t-test; the 97.5 % quantile at 5 degrees is 2.5706."""
    logs = [log(b) - log(a) for a, b in zip(ONE, OTHER, strict=True)]
    half = 2.5706 * stdev(logs) / sqrt(6)
    found = gap({"a": rounds(*ONE), "b": rounds(*OTHER)}, "b", "a")
    assert found is not None
    assert exp(fmean(logs)) == pytest.approx(found.ratio)
    assert (exp(fmean(logs) - half), exp(fmean(logs) + half)) == pytest.approx((found.low, found.high), rel=1e-3)


def test_what_a_round_does_to_all_is_no_noise() -> None:
    """A round in which everything takes twice as long changes nothing."""
    calm = {"a": rounds(*ONE), "b": rounds(*OTHER)}
    wild = {
        name: {at: seconds * (2 if at == 3 else 1) for at, seconds in times.items()} for name, times in calm.items()
    }
    assert fit(calm).noise == pytest.approx(fit(wild).noise)


def test_exact_times_leave_the_least_noise() -> None:
    """Times that are exact multiples have no noise but what is taken for granted."""
    found = fit({"a": rounds(1.0, 2.0, 3.0), "b": rounds(2.0, 4.0, 6.0)})
    assert (found.noise, found.freedom) == (racing.LEAST_NOISE, 2)


def test_one_round_says_nothing() -> None:
    """A ratio of one round has no interval that ends."""
    assert gap({"a": rounds(1.0), "b": rounds(2.0)}, "b", "a") == Gap(2.0, 0.0, float("inf"))


def test_no_round_in_common() -> None:
    """Who never met cannot be compared."""
    assert gap({"a": rounds(1.0), "b": rounds(2.0, first=7)}, "b", "a") is None


def test_slow_ones_leave_and_equal_ones_tie() -> None:
    """Of three, the one that is 10 % slower each time leaves; two that take turns at being first stay and tie."""
    like = tuple(seconds * factor for seconds, factor in zip(ONE, (1.02, 0.98, 1.02, 0.98, 1.03, 0.99), strict=True))
    found = stand({"a": rounds(*ONE), "b": rounds(*OTHER), "c": rounds(*like)}, ["a", "b", "c"])
    assert found.best == "a"
    assert found.left == {"b"}
    assert found.ties == ("a", "c")


def test_decided_when_nothing_matters_any_more() -> None:
    """Two that differ by 0.1 % in each of six rounds: another round would change nothing that anybody cares for."""
    close = tuple(1.001 * seconds for seconds in ONE)
    assert stand({"a": rounds(*ONE), "b": rounds(*close)}, ["a", "b"]).decided
    assert not stand({"a": rounds(*ONE[:2]), "b": rounds(1.05, 0.99)}, ["a", "b"]).decided


def test_who_has_left_still_tells_how_times_spread() -> None:
    """The noise is that of all, those that are out included."""
    times = {"a": rounds(*ONE), "b": rounds(*OTHER)}
    assert stand(times, ["a"]).noise == fit(times).noise


def test_who_missed_the_slow_round_is_no_faster_by_that() -> None:
    """One that was not in the round in which all took twice as long is judged by the others."""
    slow = rounds(1.0, 2.0, 1.0)
    assert stand({"a": slow, "b": rounds(1.1, 2.2, 1.1), "c": {1: 1.05, 3: 1.05}}, ["a", "b", "c"]).best == "a"

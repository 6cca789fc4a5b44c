"""What the next measurement is expected to gain."""

from __future__ import annotations

from math import exp, pi, sqrt

import pytest

from bench.analysis.expected_gain import chance, expected_gain


def test_as_good_as_the_best() -> None:
    """Where the best is predicted again, the gain is the mean of the positive half: error / sqrt(2 pi)."""
    assert 0.2 / sqrt(2 * pi) == pytest.approx(expected_gain(1.0, 1.0, 0.2))
    assert 0.5 == pytest.approx(chance(1.0, 1.0, 0.2))


@pytest.mark.parametrize(("predicted_s", "gain", "likely"), [(exp(-0.3), 0.3, 1.0), (exp(0.3), 0.0, 0.0)])
def test_without_error_the_prediction_is_the_gain(predicted_s: float, gain: float, likely: float) -> None:
    """A time that is known gains what it is shorter, or nothing."""
    assert gain == pytest.approx(expected_gain(1.0, predicted_s, 0.0))
    assert likely == chance(1.0, predicted_s, 0.0)


def test_hopeless() -> None:
    """Five errors slower is worth no visit."""
    assert expected_gain(1.0, exp(0.5), 0.1) < 1e-6


def test_one_error_slower() -> None:
    """At z = -1 the gain is error (phi(1) - Phi(-1)) = 0.2420 - 0.1587 = 0.0833 errors, and the chance 15.87 %."""
    assert 0.0833 * 0.2 == pytest.approx(expected_gain(1.0, exp(0.2), 0.2), rel=1e-3)
    assert 0.1587 == pytest.approx(chance(1.0, exp(0.2), 0.2), rel=1e-3)

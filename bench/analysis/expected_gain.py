"""How much faster than the best so far something may turn out to be: what decides what is measured next.

A time that is not known yet is normal on the logarithm, about what is predicted and as wide as predictions have erred.
The gain that can be expected is small for what is surely slow, and for what is surely as fast as the best.

Source: D. R. Jones, M. Schonlau and W. J. Welch, "Efficient global optimization of expensive black-box functions",
1998, equation 15.
"""

from __future__ import annotations

from math import log
from statistics import NormalDist

_STANDARD = NormalDist()


def expected_gain(best_s: float, predicted_s: float, error: float) -> float:
    """Return the expected gain, relative to the best time.

    Args:
        best_s: the least time so far.
        predicted_s: the time that is not known yet.
        error: standard deviation of the logarithm of what it may be.
    """
    ahead = log(best_s / predicted_s)
    if error <= 0:
        return max(0.0, ahead)
    z = ahead / error
    return ahead * _STANDARD.cdf(z) + error * _STANDARD.pdf(z)


def chance(best_s: float, predicted_s: float, error: float) -> float:
    """Return the chance that it is less than the best time."""
    ahead = log(best_s / predicted_s)
    if error <= 0:
        return float(ahead > 0)
    return _STANDARD.cdf(ahead / error)

"""The laws of scaling and their fits, against scipy and a published fit."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from scipy.optimize import curve_fit

from bench.analysis.laws import AMDAHL, GUSTAFSON, USL, Law, peak

# Throughput of a Cisco switch at 1 to 32 threads, and its fit by R's nls: B. Schwartz, "Practical scalability analysis
# with the Universal Scalability Law", 2015.
CISCO = [
    955.16, 1878.91, 2688.01, 3548.68, 4315.54, 5130.43, 5931.37, 6531.08, 7219.8, 7867.61, 8278.71, 8646.7, 9047.84,
    9426.55, 9645.37, 9897.24, 10097.6, 10240.5, 10532.39, 10798.52, 11151.43, 11518.63, 11806.0, 12089.37, 12075.41,
    12177.29, 12211.41, 12158.93, 12155.27, 12118.04, 12140.4, 12074.39,
]  # fmt: skip


def amdahl(p: np.ndarray, f: float) -> np.ndarray:
    """Amdahl's law as the textbooks write it."""
    return np.asarray(1 / (f + (1 - f) / p))


def gustafson(p: np.ndarray, f: float) -> np.ndarray:
    """Gustafson's law."""
    return np.asarray(p - f * (p - 1))


def usl(n: np.ndarray, gamma: float, sigma: float, kappa: float) -> np.ndarray:
    """Gunther's law."""
    return np.asarray(gamma * n / (1 + sigma * (n - 1) + kappa * n * (n - 1)))


def test_usl_reproduces_a_published_fit() -> None:
    """The 32 points of Schwartz's book give sigma 0.02671591, kappa 7.690945e-4, gamma 995.6486 and a peak at 35."""
    (gamma, sigma, kappa), *_ = USL.fit(np.arange(1.0, 33), np.array([CISCO]))
    assert (995.6486, 0.02671591, 7.690945e-4) == pytest.approx((gamma, sigma, kappa), rel=2e-6)
    assert 35 == int(peak(sigma, kappa))


@pytest.mark.parametrize(
    ("law", "formula", "truth", "high"),
    [
        (AMDAHL, amdahl, (0.08,), (1.0,)),
        (AMDAHL, amdahl, (0.0,), (1.0,)),
        (GUSTAFSON, gustafson, (0.15,), (1.0,)),
        (USL, usl, (0.9, 0.05, 0.002), (inf, 1.0, 1.0)),
        (USL, usl, (1.1, 0.3, 0.0), (inf, 1.0, 1.0)),
        (USL, usl, (1.0, 0.0, 0.01), (inf, 1.0, 1.0)),
    ],
)
@pytest.mark.parametrize("noise", [0.0, 0.02, 0.1])
def test_fits_are_at_least_as_close_as_scipys(
    law: Law, formula: object, truth: tuple[float, ...], high: tuple[float, ...], noise: float
) -> None:
    """For 30 noisy curves, many of them against a bound, parameters agree with scipy's bounded curve_fit.

    Where they differ, ours has the smaller sum of squares; scipy can stop in a corner.
    """
    generator = np.random.default_rng(17)
    workers = np.array([1.0, 2, 3, 4, 6, 8, 12, 16])
    observed = law.value(np.array([truth]), workers) * np.exp(generator.normal(0, noise, (30, workers.size)))
    found = law.fit(workers, observed)
    assert np.all(found >= 0) and np.all(found <= np.array(high))
    assert law.value(found, workers) == pytest.approx(np.array([formula(workers, *row) for row in found]))  # type: ignore[operator]
    same = 0
    for row, curve in zip(found, observed, strict=True):
        low = [1e-9 * truth[0] if law is USL else 0.0, 0.0, 0.0][: len(truth)]
        start = [0.5] if len(truth) == 1 else [curve[0], 0.1, 0.01]
        expected, _ = curve_fit(
            formula, workers, curve, p0=start, bounds=(low, high), xtol=1e-12, ftol=1e-12, gtol=1e-12
        )
        ours = float(((curve - law.value(row[None], workers)) ** 2).sum())
        theirs = float(((curve - formula(workers, *expected)) ** 2).sum())  # type: ignore[operator]
        assert ours <= theirs * (1 + 1e-6) + 1e-12
        same += np.allclose(row, expected, rtol=1e-3, atol=1e-4)
    assert same >= 27


@pytest.mark.parametrize("law", [AMDAHL, GUSTAFSON, USL])
def test_perfect_scaling_has_no_serial_part(law: Law) -> None:
    """Speed-ups equal to P give zero for every fraction, and 1 for gamma."""
    workers = np.arange(1.0, 9)
    (found,) = law.fit(workers, workers[None])
    expected = [1.0, 0.0, 0.0] if law is USL else [0.0]
    assert expected == pytest.approx(found.tolist(), abs=1e-9)


def test_superlinear_speed_up_stays_within_bounds() -> None:
    """A speed-up above P presses the fractions against zero instead of turning negative."""
    workers = np.arange(1.0, 9)
    observed = (workers**1.2)[None]
    assert 0 == AMDAHL.fit(workers, observed)[0, 0] == GUSTAFSON.fit(workers, observed)[0, 0]
    assert [0.0, 0.0] == pytest.approx(USL.fit(workers, observed)[0, 1:].tolist(), abs=1e-12)


@pytest.mark.parametrize(("sigma", "kappa", "expected"), [(0.0, 0.01, 10.0), (0.75, 0.01, 5.0), (0.2, 0.0, inf)])
def test_peak(sigma: float, kappa: float, expected: float) -> None:
    """The peak lies at sqrt((1 - sigma) / kappa), and nowhere without coherency."""
    assert expected == pytest.approx(peak(sigma, kappa))
    if expected < inf:
        around = usl(np.array([expected * 0.99, expected, expected * 1.01]), 1, sigma, kappa)
        assert around[1] == max(around)

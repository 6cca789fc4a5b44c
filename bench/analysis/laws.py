"""Three laws of scaling, each with its formula and its least-squares fit.

Amdahl: a fraction f of fixed work stays serial, S(P) = 1 / (f + (1 - f) / P).
Gustafson: work grows with P, and a fraction f of the parallel time is serial, S(P) = P - f (P - 1).
Universal Scalability Law: contention sigma and coherency kappa, X(N) = gamma N / (1 + sigma (N - 1) + kappa N (N - 1)),
with its peak at sqrt((1 - sigma) / kappa).

Sources: G. M. Amdahl, "Validity of the single processor approach to achieving large scale computing capabilities",
1967; J. L. Gustafson, "Reevaluating Amdahl's law", 1988; N. J. Gunther, "A general theory of computational scalability
based on rational functions", 2008; gamma and six points at least: B. Schwartz, "Practical scalability analysis with
the Universal Scalability Law", 2015.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, sqrt

import numpy as np

from bench.analysis.least_squares import Array, solve


@dataclass(frozen=True, slots=True)
class Law:
    """One law.

    Attributes:
        name: as tables call it.
        parameters: names of its parameters, in the order of every parameter array.
        formula: one line for the reader.
        points: distinct worker counts that a fit needs, one of them above 1.
        weak: whether it needs a run whose work grows with P.
        value: parameters (sets, k) and worker counts (points,) -> speed-ups (sets, points).
        fit: worker counts (points,) and speed-ups (sets, points) -> parameters (sets, k).
    """

    name: str
    parameters: tuple[str, ...]
    formula: str
    points: int
    weak: bool
    value: Callable[[Array, Array], Array]
    fit: Callable[[Array, Array], Array]


def peak(sigma: float, kappa: float) -> float:
    """Return the number of workers at which the Universal Scalability Law turns down; infinity without coherency."""
    return inf if kappa <= 0 else sqrt(max(0.0, 1 - sigma) / kappa)


def _amdahl_value(parameters: Array, workers: Array) -> Array:
    fraction = parameters[:, :1]
    return 1 / (fraction + (1 - fraction) / workers)


def _amdahl_fit(workers: Array, speed_ups: Array) -> Array:
    def model(parameters: Array) -> tuple[Array, Array]:
        values = _amdahl_value(parameters, workers)
        return values, (-(values**2) * (1 - 1 / workers))[..., None]

    # 1/S - 1/P = f (1 - 1/P) is linear in f, and is a good place to start.
    lever = 1 - 1 / workers
    start = ((1 / speed_ups - 1 / workers) @ lever / (lever @ lever))[:, None]
    return solve(model, speed_ups, start, np.zeros(1), np.ones(1))[0]


def _gustafson_value(parameters: Array, workers: Array) -> Array:
    return workers - parameters[:, :1] * (workers - 1)


def _gustafson_fit(workers: Array, speed_ups: Array) -> Array:
    lever = workers - 1
    fraction = (workers - speed_ups) @ lever / (lever @ lever)
    return np.asarray(np.clip(fraction, 0, 1)[:, None])


def _usl_value(parameters: Array, workers: Array) -> Array:
    gamma, sigma, kappa = (parameters[:, i : i + 1] for i in range(3))
    return gamma * workers / (1 + sigma * (workers - 1) + kappa * workers * (workers - 1))


def _usl_fit(workers: Array, speed_ups: Array) -> Array:
    def model(parameters: Array) -> tuple[Array, Array]:
        values = _usl_value(parameters, workers)
        by_gamma = values / parameters[:, :1]
        shrink = -(values**2) / (parameters[:, :1] * workers)
        slopes = np.stack((by_gamma, shrink * (workers - 1), shrink * workers * (workers - 1)), axis=-1)
        return values, slopes

    # N/X = (1 + sigma (N-1) + kappa N(N-1)) / gamma is linear in 1/gamma, sigma/gamma and kappa/gamma.
    basis = np.stack((np.ones_like(workers), workers - 1, workers * (workers - 1)), axis=1)
    linear = np.linalg.lstsq(basis, (workers / speed_ups).T, rcond=None)[0].T
    first = speed_ups[:, :1] / workers[:1]
    sound = linear[:, :1] > 0
    divisor = np.where(sound, linear[:, :1], 1.0)
    algebraic = np.where(sound, np.concatenate((1 / divisor, linear[:, 1:] / divisor), axis=1), 0.0)
    algebraic[:, :1] = np.where(sound, algebraic[:, :1], first)
    tiny = 1e-9 * float(np.min(first))  # gamma is divided by, and must not reach zero
    return solve(model, speed_ups, algebraic, np.array([tiny, 0.0, 0.0]), np.array([inf, 1.0, 1.0]))[0]


AMDAHL = Law("Amdahl", ("serial_fraction",), "S = 1 / (f + (1 - f) / P)", 1, False, _amdahl_value, _amdahl_fit)

GUSTAFSON = Law("Gustafson", ("serial_fraction",), "S = P - f (P - 1)", 1, True, _gustafson_value, _gustafson_fit)

USL = Law(
    "USL",
    ("gamma", "sigma", "kappa"),
    "X = gamma N / (1 + sigma (N - 1) + kappa N (N - 1))",
    6,
    False,
    _usl_value,
    _usl_fit,
)

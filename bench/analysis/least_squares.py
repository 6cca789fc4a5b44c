"""Least squares within bounds, for many data sets at once.

Damped Gauss-Newton steps; a parameter that presses against its bound is held there for the step. All data sets share
the model and the abscissae, so a bootstrap of thousands of fits is one array computation.

Sources: D. W. Marquardt, "An algorithm for least-squares estimation of nonlinear parameters", 1963; holding parameters
at their bounds: D. P. Bertsekas, "Projected Newton methods for optimization problems with simple constraints", 1982.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Model = Callable[[Array], tuple[Array, Array]]
"""Parameters (sets, k) -> values (sets, points) and derivatives (sets, points, k)."""

_STEPS = 300
"""Steps at most; well-posed fits end after 10 to 30."""


def solve(model: Model, observed: Array, start: Array, low: Array, high: Array) -> tuple[Array, Array]:
    """Return the parameters, shape (sets, k), that come closest to the observed values, and their sums of squares.

    Args:
        model: values and derivatives at given parameters.
        observed: shape (sets, points).
        start: where to begin, shape (sets, k), inside the bounds.
        low: smallest value of each parameter, shape (k,).
        high: largest value, shape (k,), infinity allowed.
    """
    at = np.clip(start, low, high)
    values, slopes = model(at)
    cost = ((observed - values) ** 2).sum(axis=1)
    damping = np.full(len(at), 1e-3)
    identity = np.eye(at.shape[1])
    for _ in range(_STEPS):
        downhill = np.einsum("spk,sp->sk", slopes, observed - values)
        free = ~(((at <= low) & (downhill < 0)) | ((at >= high) & (downhill > 0)))
        curvature = np.einsum("spk,spl->skl", slopes, slopes) * free[:, :, None] * free[:, None, :]
        scale = np.where(free, np.einsum("skk->sk", curvature) + 1e-300, 1.0)
        # In units of each parameter's own scale the matrix stays well conditioned, however unlike the units are.
        root = np.sqrt(scale)
        system = curvature / (root[:, :, None] * root[:, None, :]) + damping[:, None, None] * identity
        system += identity * (~free)[:, None, :]
        step = np.linalg.solve(system, (downhill * free / root)[..., None])[..., 0] / root
        there = np.clip(at + step, low, high)
        new_values, new_slopes = model(there)
        new_cost = ((observed - new_values) ** 2).sum(axis=1)
        better = new_cost <= cost
        still = (np.abs(there - at) <= 1e-12 * (np.abs(at) + 1e-12)).all(axis=1)
        at = np.where(better[:, None], there, at)
        values = np.where(better[:, None], new_values, values)
        slopes = np.where(better[:, None, None], new_slopes, slopes)
        cost = np.where(better, new_cost, cost)
        damping = np.clip(np.where(better, damping / 5, damping * 4), 1e-12, 1e12)
        if still.all():
            break
    return at, cost

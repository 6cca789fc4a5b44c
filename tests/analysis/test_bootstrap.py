"""Bootstrap draws of medians."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from bench.analysis import bootstrap


def test_draws_of_groups_have_the_spread_of_a_median() -> None:
    """Medians drawn from two groups scatter as scipy's bootstrap of each group says, and independently."""
    generator = np.random.default_rng(7)
    groups = [generator.normal(1, 0.1, 15).tolist(), generator.normal(5, 1, 21).tolist()]
    draws = bootstrap.median_draws(groups, 20_000, 0)
    for i, group in enumerate(groups):
        expected = stats.bootstrap((group,), np.median, n_resamples=20_000, method="percentile", rng=generator)
        assert expected.standard_error == pytest.approx(draws[:, i].std(), rel=0.05)
    assert abs(stats.pearsonr(draws[:, 0], draws[:, 1]).statistic) < 0.03


def test_the_seed_decides() -> None:
    """One seed gives the same draws, another seed others."""
    group = [np.random.default_rng(4).normal(0, 1, 12).tolist()]
    assert bootstrap.median_draws(group, 100, 1).tolist() == bootstrap.median_draws(group, 100, 1).tolist()
    assert bootstrap.median_draws(group, 100, 1).tolist() != bootstrap.median_draws(group, 100, 2).tolist()

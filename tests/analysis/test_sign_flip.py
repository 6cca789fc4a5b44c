"""The sign-flip test."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bench.analysis import sign_flip
from bench.analysis.errors import BadSample


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=9))
def test_exact_p_value_equals_full_enumeration(differences: list[int]) -> None:
    """Ties and zeros included, the p-value counts every sign pattern whose sum reaches the one seen."""
    sums = [
        sum(s * abs(d) for s, d in zip(signs, differences, strict=True))
        for signs in product((-1, 1), repeat=len(differences))
    ]
    expected = sum(s >= sum(differences) for s in sums) / len(sums)
    assert expected == sign_flip.compare([d / 10 for d in differences]).p_greater


def test_exact_p_value_equals_scipys_permutation_test() -> None:
    """For ten pairs the p-value is that of scipy's exact permutation of paired samples."""
    values = np.random.default_rng(4).normal(0.5, 1, 10)
    expected = stats.permutation_test(
        (values,),
        lambda x, axis: x.mean(axis=axis),
        permutation_type="samples",
        alternative="greater",
        n_resamples=np.inf,
    )
    found = sign_flip.compare(values.tolist())
    assert found.exact
    assert expected.pvalue == pytest.approx(found.p_greater)


def test_random_patterns_agree_with_the_exact_values_of_another_test() -> None:
    """Beyond 20 pairs the p-value is seeded, and differs from a far larger scipy permutation by drawing noise only."""
    values = np.random.default_rng(6).normal(0.15, 1, 40)
    found = sign_flip.compare(values.tolist(), patterns=40_000, seed=1)
    again = sign_flip.compare(values.tolist(), patterns=40_000, seed=1)
    expected = stats.permutation_test(
        (values,),
        lambda x, axis: x.mean(axis=axis),
        permutation_type="samples",
        alternative="greater",
        n_resamples=200_000,
        batch=10_000,
        rng=np.random.default_rng(8),
    ).pvalue
    assert (False, found.p_greater) == (found.exact, again.p_greater)
    assert expected == pytest.approx(found.p_greater, abs=4.5 * (expected * (1 - expected) / 40_000) ** 0.5)


def test_random_patterns_never_give_zero() -> None:
    """With every pair slower, 1000 random patterns give 1 / 1001: the seen pattern counts as one of them."""
    assert 1 / 1001 == sign_flip.compare([1.0] * 40, patterns=1000).p_greater


@pytest.mark.parametrize("bad", [[], [float("nan")]])
def test_differences_that_are_no_numbers_are_refused(bad: list[float]) -> None:
    """An empty row and differences that are not finite raise an error."""
    with pytest.raises(BadSample):
        sign_flip.compare(bad)

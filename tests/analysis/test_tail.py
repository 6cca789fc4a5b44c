"""What typical times hide."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest
from scipy import stats

from bench.analysis import tail
from bench.analysis.gate import judge_pairs
from bench.core.reason import Kind


@pytest.mark.parametrize("freedom", [3, 6, 30])
def test_the_quantile_is_that_of_students_t(freedom):
    """Within one in a thousand of scipy's."""
    assert stats.t.ppf(0.95, freedom) == pytest.approx(tail.student(0.95, freedom), rel=1e-3)


def test_the_bound_of_the_mean_is_that_of_the_ratio_estimator():
    """By hand: means of 2 against 3 and 5 leave the rests -0.25 and +0.25, four of them, each divided by its mean."""
    base, head = [[1.0, 3.0]] * 4, [[3.0, 3.0], [5.0, 5.0]] * 2
    found = tail.look(base, head)
    error = (4 * 0.25**2 / 3) ** 0.5 / 4**0.5
    assert 2.0 == pytest.approx(found.mean)
    assert exp(log(2.0) + stats.t.ppf(0.95, 3) * error) == pytest.approx(found.mean_upper, rel=1e-3)


def test_few_pairs_have_no_bound():
    """Three pairs say nothing of a mean, and what has no bound is not ok."""
    assert tail.look([[1.0]] * 3, [[1.0]] * 3).mean_upper is None


def verdict(head, n=16):
    """Judge heads whose typical time is that of base."""
    dice = np.random.default_rng(5)
    base = dice.lognormal(0, 0.01, (n, 16))
    slow = head(dice, dice.lognormal(0, 0.01, (n, 16)))
    typical = [float(np.median(np.log(two / one))) for one, two in zip(base, slow, strict=True)]
    return judge_pairs({"cell": typical}, tails={"cell": tail.look(base.tolist(), slow.tolist())})


@pytest.mark.parametrize(("share", "factor"), [(0.1, 2), (0.2, 1.5), (0.02, 6)])
def test_a_head_with_a_tail_is_not_ok(share, factor):
    """A tenth of the values twice as slow leaves typical times alone; the mean is told, and the verdict is no ok."""
    found = verdict(lambda dice, times: times * np.where(dice.random(times.shape) < share, factor, 1))
    assert "inconclusive" == found.verdict
    why = found.cells[0].reason
    assert Kind.TYPICALLY is why.kind and why["why"]["mean"] > 0


def test_a_head_without_a_tail_stays_ok():
    """Equal sides are ok, and their mean is told."""
    found = verdict(lambda _dice, times: times)
    assert "ok" == found.verdict
    assert Kind.WITH_MEAN is found.cells[0].reason.kind

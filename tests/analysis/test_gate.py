"""The three-state verdict."""

from __future__ import annotations

from math import log, log1p
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bench.analysis import gate, rate
from bench.analysis.compare import compare
from bench.analysis.errors import BadSample, TooFew
from bench.analysis.evidence import Evidence
from bench.analysis.gate import Reading, confirm, judge, judge_pairs
from bench.core.reason import Kind, Reason


def pairs(shift: float, noise: float = 0.005, n: int = 12, seed: int = 0) -> list[float]:
    """Return log-ratios with a true slowdown."""
    values: list[float] = (log1p(shift) + np.random.default_rng(seed).normal(0, noise, n)).tolist()
    return values


@pytest.mark.parametrize(
    ("shift", "noise", "verdict", "reason"),
    [
        (0.05, 0.005, "regressed", Kind.SLOWER),
        (0.20, 0.005, "regressed", Kind.SLOWER),
        (0.00, 0.005, "ok", Kind.FAST_ENOUGH),
        (0.015, 0.001, "ok", Kind.FAST_ENOUGH),
        (-0.10, 0.005, "ok", Kind.FAST_ENOUGH),
        (0.03, 0.10, "inconclusive", Kind.OPEN),
    ],
)
def test_states(shift: float, noise: float, verdict: str, reason: Kind) -> None:
    """A clear slowdown beyond the margin is regressed, one ruled out is ok, noise is inconclusive; each says why."""
    found = judge_pairs({"cell": pairs(shift, noise)})
    assert (verdict, False) == (found.verdict, found.void)
    assert reason is found.cells[0].reason.kind
    assert bool(found.reasons) == (verdict != "ok")


def test_significant_but_small_is_no_regression() -> None:
    """A slowdown that is certain but within the margin is inconclusive, unless 5 % is ruled out."""
    spread = [0.001 * i for i in range(1, 11)] + [0.09, 0.10, 0.11, 0.12]
    found = judge_pairs({"cell": spread}, margin=0.04)
    assert found.cells[0].p < 0.01
    assert "inconclusive" == found.verdict
    why = found.cells[0].reason
    assert (Kind.WITHIN_MARGIN, 0.04) == (why.kind, why["margin"])


def cell(**fields: float) -> Evidence:
    """Return the evidence of a cell that is 10 % slower beyond doubt, with some fields changed."""
    clear: dict[str, Any] = {
        "ratio": 1.1, "low": 1.09, "high": 1.11, "coverage": 0.95, "upper": 1.11, "p_slower": 1e-6, "p_faster": 1.0,
        "p": 2e-6, "n_base": 20, "n_head": 20, "paired": True, "smallest_p": 1e-6,
    }  # fmt: skip
    return Evidence(**clear | fields)


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({}, "regressed"),
        ({"p_slower": 0.01}, "inconclusive"),
        ({"ratio": 1 + 0.02}, "inconclusive"),
        ({"ratio": 1.0, "p_slower": 0.5, "upper": 1.0499}, "ok"),
        ({"ratio": 1.0, "p_slower": 0.5, "upper": 1 + 0.05}, "inconclusive"),
    ],
)
def test_a_limit_itself_is_not_passed(fields: dict[str, float], verdict: str) -> None:
    """Only a p-value below alpha, a ratio above the margin and an upper bound below the threshold count."""
    assert verdict == judge({"cell": cell(**fields)}, alpha=0.01, margin=0.02, threshold=0.05).verdict


def test_without_a_margin_any_certain_slowdown_is_regressed() -> None:
    """A margin of zero is allowed, and leaves the p-value alone to decide."""
    assert "regressed" == judge({"cell": cell(ratio=1.001)}, margin=0).verdict


FASTER = {"p_slower": 1.0, "upper": 0.9}


@pytest.mark.parametrize(
    ("ratio", "p_faster", "others", "improved"),
    [
        (0.9, 0.001, 0, True),
        (0.9, 0.5, 0, False),  # not certain
        (0.985, 0.001, 0, False),  # within 1 / 1.02
        (0.9, 0.001, 9, False),  # one of ten, where Holm asks for a tenth of alpha
    ],
)
def test_improved_asks_for_as_much_as_an_alarm(ratio: float, p_faster: float, others: int, improved: bool) -> None:
    """An improvement needs an adjusted p-value below alpha and a ratio beyond the margin, like a regression."""
    rest = {str(number): cell(**FASTER, p_faster=0.5) for number in range(others)}
    found = judge({"cell": cell(**FASTER, ratio=ratio, p_faster=p_faster)} | rest, alpha=0.01, margin=0.02)
    assert improved is found.cells[0].improved


def test_large_but_uncertain_is_no_regression() -> None:
    """A large estimate whose p-value misses alpha is not regressed."""
    found = judge_pairs({"cell": [0.3, 0.25, -0.2, 0.4, -0.1, 0.35, 0.2, -0.05]})
    assert found.cells[0].evidence.ratio > 1.1
    assert "inconclusive" == found.verdict


def test_p_values_are_adjusted_for_the_family() -> None:
    """A cell that would be red alone is not red among twenty quiet ones, because Holm multiplies its p-value."""
    cell = [0.04 + 0.001 * i for i in range(11)] + [-0.001]
    alone = judge_pairs({"cell": cell})
    family = judge_pairs({"cell": cell} | {f"quiet-{i}": pairs(0, seed=i, n=12) for i in range(20)})
    assert "regressed" == alone.verdict
    assert stats.wilcoxon(cell, alternative="greater", method="exact").pvalue * 21 == pytest.approx(family.cells[0].p)
    assert "regressed" != family.cells[0].verdict


def test_the_worst_cell_decides() -> None:
    """One regressed cell makes the family regressed, one inconclusive cell inconclusive; cells keep their order."""
    good, unclear, bad = pairs(0), pairs(0.03, 0.1), pairs(0.2)
    assert "ok" == judge_pairs({"a": good, "b": good}).verdict
    assert "inconclusive" == judge_pairs({"a": good, "b": unclear}).verdict
    found = judge_pairs({"a": good, "b": unclear, "c": bad})
    assert "regressed" == found.verdict
    assert ["a", "b", "c"] == [cell.id for cell in found.cells]
    assert ["b", "c"] == [reason.case for reason in found.reasons]


def test_faster_is_a_note_and_no_verdict() -> None:
    """A clear speed-up is ok, and noted as improved; a small one is not noted."""
    found = judge_pairs({"fast": pairs(-0.1), "same": pairs(0)})
    assert [("ok", True), ("ok", False)] == [(cell.verdict, cell.improved) for cell in found.cells]


@pytest.mark.parametrize(("n", "cells", "needed"), [(6, 1, 7), (9, 12, 11), (11, 30, 12)])
def test_a_design_that_cannot_alarm_is_refused(n: int, cells: int, needed: int) -> None:
    """Too few pairs for alpha over the family raise an error that names the number needed; that number is accepted."""
    with pytest.raises(TooFew, match=f"at least {needed} pairs"):
        judge_pairs({f"cell-{i}": pairs(0, n=n) for i in range(cells)})
    clear = judge_pairs({f"cell-{i}": pairs(0.5, n=needed) for i in range(cells)})
    assert all(cell.verdict == "regressed" for cell in clear.cells)


def test_records_that_cannot_alarm_can_still_be_looked_at() -> None:
    """Without refusal, three processes a side are inconclusive even at twice the time: never regressed, never ok."""
    base = [[1.0], [1.01], [1.02]]
    evidence = compare(base, [[2.0], [2.01], [2.02]]).evidence
    assert "inconclusive" == judge({"cell": evidence}, refuse=False).verdict
    with pytest.raises(TooFew, match="3 processes cannot reach alpha"):
        judge({"cell": evidence})


@given(st.lists(st.lists(st.floats(0.01, 0.02), min_size=2, max_size=2), min_size=7, max_size=15), st.booleans())
def test_a_record_against_itself_is_never_regressed(sample: list[list[float]], paired: bool) -> None:
    """Whatever the times, the same record on both sides is not regressed; paired it is always ok."""
    found = judge({"cell": compare(sample, sample, paired=paired).evidence})
    assert "regressed" != found.verdict
    assert not paired or "ok" == found.verdict


def test_unequal_counts_of_the_same_code_are_not_regressed() -> None:
    """30 against 36 processes of one distribution: p-values of 300 such comparisons are valid and no alarm is raised.

    pyperf 2.10 calls every such pair significant, because its t-test raises on unequal lengths.
    """
    generator = np.random.default_rng(21)
    verdicts, small = [], 0
    for _ in range(300):
        base, head = (generator.lognormal(-3, 0.02, (n, 1)).tolist() for n in (30, 36))
        found = judge({"cell": compare(base, head).evidence})
        verdicts.append(found.verdict)
        small += found.cells[0].p < 0.05
    assert "regressed" not in verdicts
    assert stats.binomtest(small, 300, 0.05).pvalue > 1e-3


def test_false_alarms_stay_below_alpha_in_simulation() -> None:
    """Without margin, 2000 A/A verdicts over three cells alarm in at most alpha, here 5 %, within binomial noise."""
    generator = np.random.default_rng(22)
    alarms = 0
    for _ in range(2000):
        cells = {str(i): generator.laplace(0, 0.02, 9).tolist() for i in range(3)}
        alarms += judge_pairs(cells, alpha=0.05, margin=0.0).verdict == "regressed"
    assert rate.lower_bound(alarms, 2000, 0.999) <= 0.05
    assert alarms > 20  # the test is not merely blind


def test_ok_is_rarely_wrong_in_simulation() -> None:
    """A true slowdown of exactly the threshold is called ok in at most 5 % of 1000 runs, within binomial noise."""
    generator = np.random.default_rng(23)
    wrong = 0
    for _ in range(1000):
        cell = (log(1.05) + generator.normal(0, 0.03, 10)).tolist()
        wrong += judge_pairs({"cell": cell}, margin=0.049).verdict == "ok"
    assert rate.lower_bound(wrong, 1000, 0.999) <= 0.05
    assert wrong > 10


@pytest.mark.parametrize("shift", [0.03, -0.03])
def test_a_moved_control_voids_the_verdict(shift: float) -> None:
    """A control that moved either way makes even a clear slowdown inconclusive, with the reason."""
    found = judge_pairs({"cell": pairs(0.2)}, controls={"serial": pairs(shift)})
    assert ("inconclusive", True) == (found.verdict, found.void)
    (why,) = found.reasons
    assert why == Reason.of(Kind.VOID, why=gate.moved({"serial": pairs(shift)})[0])
    moved = why["why"]
    assert isinstance(moved, Reason) and (Kind.CONTROL_MOVED, "serial") == (moved.kind, moved.case)
    assert shift == pytest.approx(moved["change"], abs=0.005)
    assert "inconclusive" == found.cells[0].verdict
    assert (Kind.VOID_ELSE, "regressed") == (found.cells[0].reason.kind, found.cells[0].reason["state"])


def test_a_noisy_control_does_not_void() -> None:
    """A control that is off by more than 1 % merely by noise leaves the verdict alone."""
    noisy = [0.08, -0.06, 0.07, -0.05, 0.03, 0.02, -0.01, 0.04]
    assert not judge_pairs({"cell": pairs(0.2)}, controls={"serial": noisy}).void
    assert not judge_pairs({"cell": pairs(0.2)}, controls={"serial": pairs(0.001)}).void


def test_a_short_control_voids_only_if_all_its_pairs_agree() -> None:
    """Seven pairs cannot reach 1 %: those of a sound control all lie on one side by chance once in 64 times."""
    assert gate.moved({"serial": [0.03, 0.04, 0.02, 0.03, 0.05, 0.04, 0.03]})
    assert not gate.moved({"serial": [0.03, 0.04, 0.02, 0.03, 0.05, 0.04, -0.01]})
    generator = np.random.default_rng(8)
    void = sum(bool(gate.moved({"serial": generator.normal(0, 0.02, 7).tolist()})) for _ in range(1000))
    assert stats.binomtest(void, 1000, 1 / 64, alternative="greater").pvalue > 1e-3


def test_readings_above_their_limit_void_the_verdict() -> None:
    """Steal, throttling or load above the limit, or a reading that is no number, void the verdict; at the limit not."""
    calm = [Reading("steal", gate.STEAL_LIMIT, gate.STEAL_LIMIT), Reading("throttled periods", 0, 0)]
    assert "ok" == judge_pairs({"cell": pairs(0)}, readings=calm).verdict
    loud = [Reading("steal", 0.2, 0.05), Reading("throttled periods", 3, 0), Reading("load", float("nan"), 0.5)]
    found = judge_pairs({"cell": pairs(0)}, readings=[*calm, *loud])
    assert ("inconclusive", True) == (found.verdict, found.void)
    steal = Reason.of(Kind.EXCEEDED, what="steal", value=0.2, limit=0.05)
    throttled = Reason.of(Kind.EXCEEDED, what="throttled periods", value=3, limit=0)
    assert (Reason.of(Kind.VOID, why=steal), Reason.of(Kind.VOID, why=throttled)) == found.reasons[:2]
    assert 3 == len(found.reasons)


def test_red_needs_an_independent_second_batch() -> None:
    """A red cell stays red if the second batch is red, and becomes inconclusive if it is ok, missing or void."""
    first = judge_pairs({"cell": pairs(0.1), "other": pairs(0)})
    assert "regressed" == confirm(first, judge_pairs({"cell": pairs(0.1, seed=9)})).verdict
    denied = confirm(first, judge_pairs({"cell": pairs(0.0, seed=9)}))
    assert "inconclusive" == denied.verdict
    assert (Kind.UNCONFIRMED, "ok") == (denied.cells[0].reason.kind, denied.cells[0].reason["second"])
    assert "inconclusive" == confirm(first, judge_pairs({"other": pairs(0)})).verdict
    disturbed = confirm(first, judge_pairs({"cell": pairs(0.1)}, readings=[Reading("steal", 1, 0)]))
    assert "inconclusive" == disturbed.verdict
    assert Reason.of(Kind.VOID, why=Reason.of(Kind.EXCEEDED, what="steal", value=1, limit=0)) in disturbed.reasons


def test_green_and_void_verdicts_need_no_second_batch() -> None:
    """Confirmation changes nothing about a verdict that is not regressed."""
    red = judge_pairs({"cell": pairs(0.1)})
    for first in (judge_pairs({"cell": pairs(0)}), gate.void(red, ["a reason"])):
        assert first == confirm(first, red)


def test_impossible_settings_are_refused() -> None:
    """No cell, a margin not below the threshold, and an alpha outside 0 to 1 raise an error."""
    with pytest.raises(BadSample, match="no cell"):
        judge_pairs({})
    with pytest.raises(BadSample):
        judge_pairs({"cell": pairs(0)}, margin=0.05, threshold=0.05)
    with pytest.raises(BadSample):
        judge_pairs({"cell": pairs(0)}, alpha=1.0)

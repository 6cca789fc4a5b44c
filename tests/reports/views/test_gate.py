"""The rows of a gate."""

from __future__ import annotations

import math

import pytest

from bench.analysis import evidence, gate
from bench.analysis.paired import Rule
from bench.core.reason import said
from bench.reports.formats import text
from bench.reports.views.gate import gate as view
from bench.samples.finding import Finding


def test_a_case_with_too_few_pairs_was_measured_all_the_same():
    """Two pairs, each with head at 1.5 times base's time: the row says that and how many; a case without pairs not."""
    finding = Finding(
        sides={},
        rule=Rule(),
        verdict=gate.undecided(said("2 pairs are too few.")),
        cases={"two": None, "none": None},
        measured={"two": evidence.from_pairs([math.log(1.5)] * 2)},
    )
    rows = view(finding).data["cases"]
    assert ("two", pytest.approx(1.5), 2, None, "inconclusive", "too few pairs to judge") == tuple(
        rows[0][key] for key in ("id", "ratio", "n", "p", "verdict", "reason")
    )
    assert (None, "inconclusive", "not measured on both sides") == tuple(
        rows[1][key] for key in ("ratio", "verdict", "reason")
    )
    assert "1.5" in text.render(view(finding))

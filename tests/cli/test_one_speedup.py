"""One number, one meaning: every command and format gives the same speed-up for the same row."""

from __future__ import annotations

import json

import pytest

from tests.support.records import backend, record, save

SERIAL, POOL = backend("serial"), backend("pool", 2)
# Medians 1.2 s and 0.8 s: 1.5 times as fast. Means, single quotients and Hodges-Lehmann give other numbers.
TIMES = {
    SERIAL: [[1.0, 4.0], [1.2, 1.2], [2.0, 2.1], [1.1, 1.9], [1.3, 1.4]],
    POOL: [[0.5, 0.9], [0.8, 0.8], [0.82, 3.0], [0.9, 0.95], [0.4, 0.4]],
}


def data(cli, *words):
    """Return what a command prints as JSON."""
    return json.loads(cli(*words, "--format", "json").out)


def test_show_scale_and_compare_agree(cli, tmp_path):
    """1.2 s over 0.8 s is 1.50 in each of them, and the times beside it are these two."""
    save(record(TIMES), tmp_path / "a.json")
    save(record(TIMES, machine={"cpu_model": "Model B"}), tmp_path / "b.json")
    shown = {case["member"]: case for case in data(cli, "show", "a.json")["cases"]}
    (curve,) = data(cli, "scale", "a.json")["curves"]
    (compared,) = data(cli, "compare", "a.json", "b.json", "--normalise", "serial", "--by", "machine")["cases"]
    assert (1.2, 0.8) == (shown["serial"]["typical_s"], shown["pool"]["typical_s"])
    assert (1.2, 0.8) == (curve["baseline_s"], curve["points"][0]["typical_s"])
    assert [1.5] * 4 == pytest.approx(
        [
            shown["pool"]["speedup"],
            curve["points"][0]["speed_up"],
            compared["base_speedup"],
            compared["other_speedup"],
        ]
    )


def test_services_are_told_the_same(cli, tmp_path):
    """The time that a service follows is 0.8 s, and the speed-up in its note 1.50."""
    save(record(TIMES), tmp_path / "a.json")
    entries = json.loads(cli("show", "a.json", "--format", "github-action-benchmark").out)
    (pool,) = (entry for entry in entries if "pool" in entry["name"])
    assert 0.8 == pool["value"] and pool["extra"].startswith("speed-up 1.50")


def test_a_printed_ratio_is_the_quotient_of_printed_times(cli, tmp_path):
    """0.8 s against 1.2 s is 0.667, whatever single pairs say; its interval holds it."""
    save(record(TIMES), tmp_path / "a.json")
    found = data(cli, "compare", "a.json", "--by", "member", "--base", "serial")["cases"]
    (pool,) = (case for case in found if "pool" in case["id"])
    assert 0.8 / 1.2 == pytest.approx(pool["ratio"]) == pytest.approx(pool["other_s"] / pool["base_s"])
    assert pool["low"] is None or pool["low"] <= pool["ratio"] <= pool["high"]


def test_two_kinds_of_ceiling_are_not_compared(cli, tmp_path):
    """A ceiling that adds rates and one of the slowest copy are two quantities: named as such, and no ratio."""
    ceiling = backend("ceiling", 2)
    save(record({**TIMES, ceiling: [0.7, 0.8]}), tmp_path / "old.json")
    newer = record({**TIMES, ceiling: [0.5, 0.6]})
    for process in newer.results[ceiling.id].processes:
        process.metadata["primebench_ceiling_adds_rates"] = 1
    save(newer, tmp_path / "new.json")
    found = data(cli, "compare", "old.json", "new.json")
    assert not any("ceiling" in case["id"] for case in found["cases"])
    (reason,) = (entry["reason"] for entry in found["missing"] if "ceiling" in entry["id"])
    assert "the slowest copy decides" in reason

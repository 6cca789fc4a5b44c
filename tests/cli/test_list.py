"""primebench list: every kind, in words and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import bench.families
from bench.core import catalog

ROOT = Path(bench.families.__path__[0]).parent.parent
KINDS = {
    **{kind: ROOT / "bench/families" / kind for kind in catalog.families("bench.families")},
    "jobs": ROOT / "bench/jobs",
    "kernels": ROOT / "primes/kernels",
    "workloads": ROOT / "primes/workloads",
}


@pytest.mark.parametrize("kind", KINDS)
def test_json_holds_every_public_file(cli, kind):
    """Each public file of the kind's folder is one object with name, summary and missing (null or a reason)."""
    done = cli("list", kind, "--format", "json")
    entries = {entry["name"]: entry for entry in json.loads(done.out)}
    files = {path.stem.replace("_", "-") for path in KINDS[kind].glob("[!_]*.py")}
    assert files == set(entries)
    assert all(entry["summary"] for entry in entries.values())
    assert all(entry["missing"] is None or isinstance(entry["missing"], str) for entry in entries.values())


def test_plans_are_listed_with_their_summaries(cli):
    """Each TOML file of the plans folder is listed, and says in one line what it is for."""
    entries = {entry["name"]: entry for entry in json.loads(cli("list", "plans", "--format", "json").out)}
    assert {path.stem for path in (ROOT / "bench/plans").glob("*.toml")} == set(entries)
    assert all(entry["summary"] for entry in entries.values())


def test_interpreters_are_missing_before_314(cli):
    """Where Python has no InterpreterPoolExecutor the backend is listed with that reason."""
    import concurrent.futures

    entries = {entry["name"]: entry for entry in json.loads(cli("list", "backends", "--format", "json").out)}
    there = hasattr(concurrent.futures, "InterpreterPoolExecutor")
    assert there == (entries["interpreter-executor"]["missing"] is None)


def test_auto_says_what_it_takes_and_why(cli, monkeypatch):
    """With 1 s per call and 1 us per number for the sieve, 1 ms per number for the test: 100000 numbers take 1.1 s."""
    from primes import choice, cost

    rows = {"sieve": (1.0, 1e3), "miller-rabin": (1e-6, 1e6)}
    monkeypatch.setattr(cost, "COSTS", {name: (row, row) for name, row in rows.items()})
    monkeypatch.setattr(choice, "installed", lambda: tuple(rows))
    (auto,) = (entry for entry in json.loads(cli("list", "kernels", "--format", "json").out) if "choices" in entry)
    choices = {each["range"]: each for each in auto["choices"]}
    assert "auto" == auto["name"]
    default = choices["workload default"]
    assert (1_000_000, 1_100_000, "sieve") == (default["lo"], default["hi"], default["kernel"])
    assert "about 1.1 s; next miller-rabin, about 1e+02 s" == default["why"]
    assert {"sieve": 1.1, "miller-rabin": 100.000001} == pytest.approx(default["costs_s"])
    assert "miller-rabin" == choices["2^64 - 1 alone"]["kernel"]
    lines = [" ".join(line.split()) for line in cli("list", "kernels").out.splitlines()]
    assert "workload default sieve 1.10 s miller-rabin 100 s" in lines


def test_typical_ranges_are_what_they_are_called():
    """Words such as "1e9 numbers from 1e12" stand for that range."""
    from bench.cli.listing import TYPICAL

    assert ("2^64 - 1 alone", 2**64 - 1, 2**64) == TYPICAL[-1]
    for text, lo, hi in TYPICAL[:-1]:
        width, begin = text.split(" numbers from ")
        assert (float(begin), float(width)) == (lo, hi - lo)


def test_unknown_kind_names_all(cli):
    """A kind that does not exist ends with exit code 2, the nearest kind, and all kinds."""
    done = cli("list", "kernel")
    assert 2 == done.code
    assert "did you mean kernels?" in done.err
    assert "workloads" in done.err
    assert "plans." in cli("list").err and "plans." in cli("list", "--help").out


def test_the_file_of_a_plan_is_shown_to_be_copied(cli):
    """With --path each plan is listed with its file, which can be read as one."""
    shown = json.loads(cli("list", "plans", "--path", "--format", "json").out)
    assert {ROOT / f"bench/plans/{one['name']}.toml" for one in shown} == {Path(one["path"]) for one in shown}
    assert str(ROOT / "bench/plans/metg.toml") in cli("list", "plans", "--path").out
    assert "path" not in json.loads(cli("list", "plans", "--format", "json").out)[0]

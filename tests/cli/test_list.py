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


def test_unknown_kind_names_all(cli):
    """A kind that does not exist ends with exit code 2, the nearest kind, and all kinds."""
    done = cli("list", "kernel")
    assert 2 == done.code
    assert "did you mean kernels?" in done.err
    assert "workloads" in done.err

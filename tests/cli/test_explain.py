"""primebench explain: what it prints, what it writes, what is refused, and how."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from bench.store import record_file
from tests.support.observations import back_to_back, observation
from tests.support.records import backend, record

POOL, THREADS = backend("pool", 2), backend("thread-pool", 2)


@pytest.fixture
def explainable(cli):
    """A file with two observed cases: one with a huge item, one of which nothing is lost."""
    bodies = {
        POOL.id: observation([(0, 0.8)], back_to_back(0, [0.01] * 16)),
        THREADS.id: observation([(0, 1)], [(0, 1)]),
    }
    record_file.save(replace(record({POOL: 0.8, THREADS: 1.0}), observations=bodies), Path("r.json"))
    return Path("r.json")


def test_the_reason_is_printed(cli, explainable):
    """A tree with a column per case, and the largest loss in a sentence; lines fit into 80 columns."""
    done = cli("explain", "r.json", "--width", "80")
    assert 0 == done.code and all(len(line) <= 80 for line in done.out.splitlines())
    assert "pool: 40 % of the workers' time is waiting at the end" in " ".join(done.out.split())


def test_one_case_is_chosen_by_member_or_pattern(cli, explainable):
    """A member's name, and a pattern over the whole name."""
    for pattern in ("pool", "*/pool *"):
        data = json.loads(cli("explain", "r.json", "--case", pattern, "--format", "json").out)
        assert [POOL.id] == [case["id"] for case in data["cases"]]


def test_a_trace_is_written_and_never_over_another_file(cli, explainable):
    """OUT.json holds the events; a second time it is refused, unless --force says so."""
    assert 0 == cli("explain", "r.json", "--trace", "t.json").code
    assert json.loads(Path("t.json").read_text())["traceEvents"]
    assert 2 == cli("explain", "r.json", "--trace", "t.json").code
    assert 0 == cli("explain", "r.json", "--trace", "t.json", "--force").code
    assert {"r.json", "t.json"} == set(os.listdir())


def test_a_record_without_observations_says_what_to_do(cli, launch):
    """One plain line with exit code 1, and nothing on stdout."""
    cli("run", "--backend", "pool", "-o", "r.json")
    done = cli("explain", "r.json")
    assert (1, "") == (done.code, done.out)
    assert 1 == len(done.err.strip().splitlines())
    assert "it was not observed" in done.err and "primebench run" in done.err


def test_formats_that_need_verdicts_are_refused(cli, explainable):
    """What is explained has no verdict: one line says which formats have a place for it."""
    for form in ("junit", "bencher", "google-benchmark", "github-action-benchmark"):
        done = cli("explain", "r.json", "--format", form)
        assert (2, "") == (done.code, done.out) and "it takes csv, html, json, markdown and text" in done.err


def test_an_unknown_case_is_wrong_usage(cli, explainable):
    """A pattern that nothing fits names what there is."""
    done = cli("explain", "r.json", "--case", "pol")
    assert 2 == done.code and "did you mean pool?" in done.err


@pytest.mark.parametrize(
    ("field", "damage"),
    [
        ("workers", 0),
        ("answered", -1),
        ("answered", 10**18),
        ("spans", {}),
        ("rate", "fast"),
        ("totals", {"worker": "0 1"}),
    ],
)
def test_a_damaged_observation_is_one_line(cli, explainable, field, damage):
    """What cannot be one ends with exit code 1 and a line; what only makes no sense is a case without explanation."""
    data = json.loads(explainable.read_text())
    data["primebench"]["observations"] = {POOL.id: data["primebench"]["observations"][POOL.id] | {field: damage}}
    explainable.write_text(json.dumps(data))
    done = cli("explain", "r.json")
    assert "Traceback" not in done.err
    assert 0 == done.code or (1 == done.code and 1 == len(done.err.strip().splitlines()))


def test_run_explains_below_its_table(cli, launch):
    """The report of run and what is explained are one; where nothing was observed, that is what is said."""
    done = cli("run", "--backend", "pool", "--workers", "2", "--explain", "--format", "json", "-o", "r.json")
    assert 0 == done.code
    data = json.loads(done.out)
    assert [] == data["explained"] and 3 == len(data["cases"])


def test_run_cannot_explain_what_it_leaves_out(cli, launch):
    """--observe no and --explain contradict each other, which is said before anything is measured."""
    done = cli("run", "--backend", "pool", "--explain", "--observe", "no", "-o", "r.json")
    assert 2 == done.code and "--explain" in done.err and not launch.visits

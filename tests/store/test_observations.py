"""What was seen of bodies, in a record and in its journal."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bench.core.errors import UnreadableRecord
from bench.core.observation import Observation, Sample, Span, Unseen, WorkerTotal
from bench.core.record import Failure
from bench.store import journal, record_file
from bench.store.journal import Journal

SEEN = Observation(
    workers=2,
    whole=True,
    ready=0.01,
    called=0.011,
    answered=0.09,
    gone=0.1,
    totals=(WorkerTotal(0, 0.009, 0.012, 0.09, 0.07, 0.06, 0.01, 1, 1, 1, 0),),
    spans=(Span(0, 0.012, 0.082, 0.06, 0.01, 1, None),),
    lost=1,
    items=2,
    samples=(Sample(0.01, 0.002, 40_000_000),),
    missing=(Unseen("bytes_out", "not-pickled"),),
)


@pytest.fixture
def observed(full_record):
    """The record, with what was seen of each result."""
    return replace(full_record, observations=dict.fromkeys(full_record.results, SEEN))


@pytest.mark.parametrize("name", ["r.json", "r.json.gz"])
def test_a_record_keeps_what_was_seen(observed, tmp_path, name):
    """Read back, it is the same, packed or not."""
    record_file.save(observed, tmp_path / name)
    assert record_file.load(tmp_path / name).observations == observed.observations


def test_an_anonymous_record_keeps_it_too(observed, tmp_path):
    """Stamps and bytes tell nobody whose machine it was."""
    record_file.save(observed, tmp_path / "r.json", anonymous=True)
    assert record_file.load(tmp_path / "r.json").observations == observed.observations


def test_the_journal_keeps_it_with_the_visit_and_with_what_was_there_before(observed, tmp_path):
    """One result is added with what was seen of it; that of the other one is known from the beginning."""
    first, second = observed.results.values()
    kept = Journal(replace(observed, observations={first.key: SEEN}), tmp_path / "r.json")
    kept.add(replace(second, observation=SEEN))
    kept.close()
    assert journal.load(kept.path).observations == {first.key: SEEN, second.key: SEEN}


def test_a_failure_takes_it_away_with_the_times(observed):
    """What was seen of a case that has no times belongs to nothing."""
    first, second = observed.results.values()
    assert set(observed.with_outcome(Failure(first.case, "crashed", "boom")).observations) == {second.key}


def test_a_visit_brings_it_into_the_record(full_record):
    """The result itself holds times alone."""
    (first, _) = full_record.results.values()
    grown = full_record.with_outcome(replace(first, observation=SEEN))
    assert grown.observations == {first.key: SEEN}
    assert grown.results[first.key].observation is None


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda seen: seen["spans"].update(end="1 2"), "columns of one length"),
        (lambda seen: seen["spans"].update(end="1e400"), "whole numbers"),
        (lambda seen: seen["spans"].update(end="-"), "whole numbers"),
        (lambda seen: seen["totals"].update(items="-1"), "whole numbers from 0"),
        (lambda seen: seen.update(begun=None), "begun"),
        (lambda seen: seen.update(rate=0), "rate"),
        (lambda seen: seen.pop("totals"), "totals"),
        (lambda seen: seen.update(workers=True), "workers"),
    ],
)
def test_a_damaged_observation_is_named(observed, tmp_path, change, place):
    """The message names the file and what is wrong with the field."""
    path = tmp_path / "r.json"
    record_file.save(observed, path)
    data = json.loads(path.read_text())
    change(next(iter(data["primebench"]["observations"].values())))
    path.write_text(json.dumps(data))
    with pytest.raises(UnreadableRecord, match=f"r.json: primebench.observations.*{place}"):
        record_file.load(path)

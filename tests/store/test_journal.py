"""The journal of a record that is being taken."""

from __future__ import annotations

import json
import os
import resource
from dataclasses import replace
from pathlib import Path

import pytest

from bench.core.errors import OutputFailed, UnreadableRecord
from bench.core.record import Failure
from bench.store import journal, record_file, unfinished
from bench.store.journal import Journal


@pytest.fixture
def path(tmp_path):
    """Where the record will be."""
    return tmp_path / "r.json"


def written(full_record, path):
    """Write a journal of the whole record, an outcome at a time, as a run does, and return its path."""
    empty = replace(full_record, results={}, failures={})
    kept = Journal(empty, path)
    for outcome in (*full_record.results.values(), *full_record.failures.values()):
        kept.add(outcome)
    kept.close()
    return kept.path


def test_what_was_added_is_read_back(full_record, path):
    """Outcomes appended one by one make the record that the file would hold."""
    assert full_record == journal.load(written(full_record, path))


def test_a_journal_begins_with_what_was_known(full_record, path):
    """One that goes on with a record holds it whole, so that nothing else is needed to read it."""
    kept = Journal(full_record, path)
    kept.close()
    assert full_record == journal.load(kept.path)


def test_a_reader_never_meets_the_beginning_of_a_journal(full_record, path):
    """A killed run's journal stays whole until the next one takes its place, in one step."""
    place = written(full_record, path)
    before = place.read_text()
    with place.open() as reader:
        Journal(replace(full_record, command="another"), path).close()
        assert before == reader.read()
    assert "another" == journal.load(place).command


def test_a_full_disk_leaves_the_journal_that_was_there(full_record, path):
    """Where a run that goes on cannot write its own, what the killed one has measured is still there, and no part."""
    place = written(full_record, path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(OutputFailed, match=r"r\.json\.journal cannot be written: "):
            Journal(full_record, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert full_record == unfinished.load(path)[0]
    assert [place.name] == os.listdir(path.parent)


def test_a_half_written_line_is_left_out(full_record, path):
    """A process that is killed while it writes loses the visit in progress and no other."""
    place = written(full_record, path)
    lines = place.read_bytes().splitlines(keepends=True)
    before = journal.load(place)
    place.write_bytes(b"".join(lines) + lines[-1][: len(lines[-1]) // 2])
    assert before == journal.load(place)


def test_a_damaged_line_is_named(full_record, path):
    """A line that is no JSON, or of no case, is an error with its number."""
    place = written(full_record, path)
    lines = place.read_text().splitlines()
    for wrong in ("{", json.dumps({**json.loads(lines[1]), "member": "nobody"}), "[]"):
        place.write_text("\n".join([lines[0], wrong, *lines[2:], ""]))
        with pytest.raises(UnreadableRecord, match=r"r\.json\.journal:2: "):
            journal.load(place)


@pytest.mark.parametrize("text", ["", '{"journal": 1'])
def test_a_journal_without_a_line_holds_nothing(path, text):
    """A process that was killed at its very beginning has measured nothing."""
    journal.place(path).write_text(text)
    with pytest.raises(UnreadableRecord, match="nothing was measured"):
        journal.load(journal.place(path))


def test_pairs_are_planned_anew(full_record, path):
    """The last number of pairs that was planned counts."""
    kept = Journal(full_record, path)
    kept.plan_pairs(24)
    kept.plan_pairs(48)
    kept.close()
    assert 48 == journal.load(kept.path).plan.effort.pairs


def test_a_full_disk_leaves_whole_lines(full_record, path, monkeypatch):
    """When a line does not fit, the part that did is taken back, and the journal is readable."""
    kept = Journal(replace(full_record, results={}, failures={}), path)
    real = os.write

    def full(file, data):
        monkeypatch.setattr(os, "write", lambda _file, _data: (_ for _ in ()).throw(OSError(28, "No space left")))
        return real(file, data[: len(data) // 2])

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OutputFailed, match="No space left"):
        kept.add(next(iter(full_record.results.values())))
    monkeypatch.undo()
    kept.close()
    assert {} == journal.load(kept.path).results


def test_a_journal_is_completed_into_its_record(full_record, path):
    """The name of either leads to the record's place; the journal beside a record is the newer one."""
    record_file.save(replace(full_record, results={}, failures={}), path)
    place = written(full_record, path)
    assert (full_record, path) == unfinished.load(path)
    assert (full_record, path) == unfinished.load(place)
    place.unlink()
    assert {} == unfinished.load(path)[0].results


def test_a_failure_takes_the_place_of_times(full_record, path):
    """As in the record itself: a case that failed once has no times."""
    result = next(iter(full_record.results.values()))
    kept = Journal(replace(full_record, results={}, failures={}), path)
    kept.add(result)
    kept.add(Failure(result.case, "crashed", "gone", "", result.side))
    kept.close()
    found = journal.load(kept.path)
    assert result.key not in found.results and "gone" == found.failures[result.key].message


def test_the_cost_of_a_line_does_not_grow(full_record, path):
    """Each outcome appends its own line and rewrites nothing: the journal grows by the same number of bytes."""
    kept = Journal(replace(full_record, results={}, failures={}), path)
    result = next(iter(full_record.results.values()))
    sizes = []
    for _ in range(3):
        before = Path(kept.path).stat().st_size
        kept.add(result)
        sizes.append(Path(kept.path).stat().st_size - before)
    kept.close()
    assert 1 == len(set(sizes))

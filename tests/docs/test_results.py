"""results/ holds records, and its README describes every field that they have."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from bench.core.machine import Machine
from bench.core.plan import Effort, Ladder, Plan
from bench.core.record import FAILURE_KINDS, SCHEMA, Record, Skip
from bench.store import record_file
from bench.store.anonymity import anonymous, without_build

RESULTS = Path(__file__).parents[2] / "results"
TEXT = (RESULTS / "README.md").read_text()
RECORDS = sorted(path for path in RESULTS.iterdir() if path.name != "README.md")
COMMITTED_BYTES = 300 * 1024  # what is larger is packed


@pytest.mark.parametrize("path", RECORDS, ids=[path.name for path in RECORDS])
def test_each_file_is_an_anonymous_record(path):
    """Beside the README every file is a record that can be read, is small, and names neither host nor build."""
    record = record_file.load(path)
    assert record.results
    assert None is record.machine.host_name
    assert record.machine == anonymous(record.machine)
    platforms = {str(one.metadata["platform"]) for result in record.results.values() for one in result.processes}
    assert platforms == {without_build(platform) for platform in platforms}
    assert path.stat().st_size <= COMMITTED_BYTES


def part(title):
    """Return the words in code marks of the part under a title."""
    text = re.split(r"^#+ ", TEXT.split(f"{title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    return set(re.findall(r"`([\w.-]+)`", text))


def names(record):
    """Return the names of a record's fields."""
    return {field.name for field in fields(record)}


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("## The key `primebench`", {"schema", "hosts"} | names(Record) - {"results", "machine", "others"}),
        ("### `hosts`", names(Machine)),
        ("### `plan`", names(Plan) - {"effort"} | {f"effort.{name}" for name in names(Effort)} | names(Ladder)),
        ("### `plan`", names(Skip) - {"case"}),
        ("### `failures`", {"family", "member", "params", "message", "stderr", *FAILURE_KINDS}),
    ],
)
def test_every_field_is_described(title, expected):
    """Each field that the code writes stands in the document under its part."""
    assert expected - part(title) == set()


def test_the_schema_is_the_one_that_is_written():
    """The document names the current number of the schema."""
    assert f"version of this key; {SCHEMA} since" in TEXT

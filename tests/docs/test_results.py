"""results/ holds records, and its README describes every field that they have."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bench.core.machine import Machine
from bench.core.plan import Effort, Ladder, Plan
from bench.core.record import FAILURE_KINDS, SCHEMA, Record, Skip
from bench.reports.views.show import show
from bench.store import record_file
from bench.store.anonymity import anonymous, without_build
from tests.support import pictures

RESULTS = Path(__file__).parents[2] / "results"
TEXT_NAME = "README.md"
TEXT = (RESULTS / TEXT_NAME).read_text()
SHOWN = {TEXT_NAME, pictures.PAGE.name, pictures.PICTURE.name}
RECORDS = sorted(path for path in RESULTS.iterdir() if path.name not in SHOWN)
COMMITTED_BYTES = 800 * 1024  # what is larger is packed


@pytest.mark.parametrize("path", RECORDS, ids=[path.name for path in RECORDS])
def test_each_file_is_an_anonymous_record(path):
    """Beside README, page and picture each is a record that can be read, is small, and names neither host nor build."""
    record = record_file.load(path)
    assert record.results
    assert None is record.machine.host_name
    assert record.machine == anonymous(record.machine)
    platforms = {str(one.metadata["platform"]) for result in record.results.values() for one in result.processes}
    assert platforms == {without_build(platform) for platform in platforms}
    assert path.stat().st_size <= COMMITTED_BYTES


def test_the_page_is_what_the_command_makes_of_the_records_today():
    """``python -m tests.support.documents`` makes it anew."""
    assert pictures.page(*pictures.PAGE_OF) == pictures.PAGE.read_text()
    assert pictures.PAGE.stat().st_size < 500_000


def test_the_picture_shows_the_steps_of_the_example_and_their_times():
    """Its texts are those of the table that `primebench show` prints of the same record."""
    texts = {"".join(one.itertext()) for one in ET.parse(pictures.PICTURE).iter()}
    (ladder,) = [
        one for one in show(record_file.load(RESULTS / "textbook-2cpu.json")).tables if one.title == pictures.CHART
    ]
    assert {text for row in ladder.texts for text in row[:2]} < texts
    assert pictures.PICTURE.stat().st_size < 10_000


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

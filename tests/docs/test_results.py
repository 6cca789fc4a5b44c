"""results/README.md describes every field that a record has."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from bench.core.machine import Machine
from bench.core.plan import Effort, Ladder, Plan
from bench.core.record import FAILURE_KINDS, SCHEMA, Record, Skip

TEXT = (Path(__file__).parents[2] / "results" / "README.md").read_text()


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
        ("## The key `primebench`", {"schema"} | names(Record) - {"results"}),
        ("### `machine`", names(Machine)),
        ("### `plan`", names(Plan) - {"effort", "work"} | {f"effort.{name}" for name in names(Effort)} | names(Ladder)),
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

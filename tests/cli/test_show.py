"""primebench show: what is refused, and how."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


@pytest.fixture
def record(cli, launch):
    """A record of serial, ceiling and pool."""
    cli("run", "--backend", "pool", "-o", "r.json")
    return Path("r.json")


@pytest.mark.parametrize("form", ["text", "markdown", "csv", "json"])
def test_every_format_holds_the_members(cli, record, form):
    """Whatever the format, each member is in it."""
    done = cli("show", "r.json", "--format", form)
    assert 0 == done.code
    assert all(member in done.out for member in ("serial", "ceiling", "pool"))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda text: text[: len(text) // 2], "truncated"),
        (lambda text: "[1, 2]", "no pyperf file"),
        (lambda text: "", "no JSON"),
        (
            lambda text: json.dumps({k: v for k, v in json.loads(text).items() if k != "primebench"}),
            "no key 'primebench'",
        ),
        (lambda text: text.replace('"schema": 1', '"schema": 99'), "has schema 99"),
        (lambda text: text.replace('"rounds"', '"bounds"'), "damaged"),
        (lambda text: text.replace('"member": "pool"', '"member": "pond"'), "damaged"),
    ],
)
def test_damaged_file_is_one_line(cli, record, damage, said):
    """A file that is no record ends with exit code 1 and one line that names file and reason; no traceback."""
    Path("bad.json").write_text(damage(record.read_text()))
    done = cli("show", "bad.json")
    assert 1 == done.code
    assert 1 == len(done.err.strip().splitlines())
    assert "bad.json" in done.err
    assert said in done.err


def test_missing_file_is_one_line(cli):
    """A file that is not there is said with its name."""
    done = cli("show", "nowhere.json")
    assert 1 == done.code
    assert "nowhere.json: No such file or directory" in done.err


def test_unknown_format_is_wrong_usage(cli, record):
    """A format that no file provides ends with exit code 2."""
    assert 2 == cli("show", "r.json", "--format", "docx").code

"""text, markdown, csv and json: the formats that take any report."""

from __future__ import annotations

import csv
import io
import json

import pytest

from bench.core import catalog
from bench.reports.report import Note, Report, numbers, table

TABLE = table(("name", numbers("time")), (("a|b", "1 ms"), ("long *name*", "10 ms")), "A title")
REPORT = Report(
    ("a heading", "another"),
    (TABLE, Note("A note."), Note("Another.")),
    {"µ": [1, None]},
    (("a", "b"), ((1, 'x,"y"'),)),
)
EMPTY = Report((), (), {})


def render(form, report=REPORT):
    """Return the report in a format."""
    return catalog.load("bench.reports.formats", form).render(report)


@pytest.mark.parametrize("form", ["text", "markdown", "csv", "json"])
def test_no_newline_at_the_end(form):
    """Whoever prints adds it, so that no format ends with an empty line."""
    assert not render(form).endswith("\n")
    assert not render(form, EMPTY).endswith("\n")


def test_text_aligns_numbers_to_the_right():
    """The title stands above, texts are aligned to the left, numbers to the right, and no line ends with blanks."""
    lines = render("text").splitlines()
    assert ["a heading", "another", "", "A title"] == lines[:4]
    assert "a|b           1 ms" in lines and "long *name*  10 ms" in lines
    assert ["", "A note.", "Another."] == lines[-3:]
    assert all(line == line.rstrip() for line in lines)


def test_text_keeps_what_looks_like_a_number():
    """1e5 and 007 are names here and stay as they are."""
    text = render("text", Report((), (table(("x",), (("1e5",), ("007",))),), {}))
    assert ["1e5", "007"] == [line.strip() for line in text.splitlines()[2:]]


def test_markdown_escapes_what_would_break_the_table():
    """A pipe does not start a column, a star no emphasis, and the rule aligns numbers to the right."""
    lines = render("markdown").splitlines()
    assert "| --- | ---: |" in lines
    assert "| a\\|b | 1 ms |" in lines and "| long \\*name\\* | 10 ms |" in lines
    assert "**A title**" in lines


def test_markdown_of_a_cell_with_a_newline_is_one_row():
    """Each row of the table is one line, whatever a failure's message holds."""
    odd = table(("x", "y"), (("a\nb", "<b>"),))
    assert "| a\\\\nb | &lt;b> |" == render("markdown", Report((), (odd,), {})).splitlines()[-1]


def test_csv_is_read_back_as_it_was():
    """Quotes and commas survive a reader of RFC 4180."""
    assert [["a", "b"], ["1", 'x,"y"']] == list(csv.reader(io.StringIO(render("csv"))))


def test_json_is_the_data():
    """Nothing is added or lost, and text that is not ASCII stays readable."""
    assert {"µ": [1, None]} == json.loads(render("json"))
    assert "µ" in render("json")


def test_json_refuses_what_json_has_no_word_for():
    """NaN would make a file that strict readers reject."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        render("json", Report((), (), {"x": float("nan")}))

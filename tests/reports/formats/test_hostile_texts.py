"""Names and messages that were made to break a format: each format is read back by a reader that is not ours."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET

import pytest

from bench.core import catalog
from bench.core.case import Case
from bench.core.visible import visible
from bench.reports.report import Report, notes, table
from bench.reports.views.show import show
from tests.support.records import record

HOSTILE = [
    "\x1b]0;title\x07\x1b[2J",
    "\u202egnp.exe\u2066",
    "one\ntwo\r\nthree\x85four\u2028five",
    "\n::error file=a::b",
    "##[add-path]/tmp",
    "a|b||c\\|d\\\\|e",
    "`code` ``x`` **bold** _it_ ~~gone~~ $x$",
    "[a](javascript:alert(1)) ![i](http://x/y.png) <img src=x onerror=y> https://x.example www.x.example",
    "&lt;script&gt; &#60; <!-- --> ]]> \ufffe",
    "# head",
    "1. item",
    "- item",
    "> said",
    "=1+cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    'quote " and , comma',
    "\ud800 \x00",
    "\\",
]
TABLE = table(("what\x1b", "a|b"), [(text, text) for text in HOSTILE], "title\n::error::x")
REPORT = Report(tuple(HOSTILE), (TABLE, *notes(HOSTILE)), {"texts": HOSTILE}, (("a", "=b"), TABLE.texts))


def render(form, report=REPORT):
    """Return the report in a format."""
    return catalog.load("bench.reports.formats", form).render(report)


def hostile_record():
    """A record whose failures and members are named by somebody hostile."""
    cases = {
        Case.of("backends", text, {"workers": 1, "kernel": text, "workload": "textbook"}): ("crashed", text)
        for text in HOSTILE
    }
    timed = Case.of("backends", "\x1b[31m::error::", {"workers": 1, "workload": "textbook"})
    return record({timed: [1.0, 1.1]}, failures=cases)


FORMS = ["text", "markdown", "csv", "json", "junit", "bencher", "google-benchmark", "github-action-benchmark"]


@pytest.mark.parametrize("form", FORMS)
def test_nothing_steers_a_terminal_or_a_runner(form):
    """No control character but our newlines, no mark of direction, and no line that GitHub's runner would obey."""
    for text in (render(form, show(hostile_record())), *([render(form)] if form in FORMS[:4] else [])):
        assert all(line.isprintable() for line in text.split("\n"))
        assert not re.search(r"^\s*::|##\[", text, re.MULTILINE)
        text.encode()


def test_text_has_a_line_per_row():
    """Whatever the cells hold, a table is its head, a rule and one line per row."""
    lines = render("text", Report((), (TABLE,), {})).split("\n")
    assert len(lines) == 3 + len(HOSTILE)


def cells_of(line):
    """Return the cells of a row as GitHub reads them: a backslash escapes the sign behind it, another pipe ends one."""
    assert line.startswith("| ") and line.endswith(" |")
    cells = re.findall(r"((?:\\.|[^\\|])*)\|", line[1:])
    plain = [re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", cell.strip()) for cell in cells]
    return [cell.replace("&lt;", "<").replace("&amp;", "&") for cell in plain]


def test_markdown_rows_have_the_cells_of_the_table():
    """Strictly read, each row has as many cells as the head, and they say what the texts say."""
    rows = [cells_of(line) for line in render("markdown").splitlines() if line.startswith("| ")][2:]
    assert [[visible(text).strip()] * 2 for text in HOSTILE] == rows


def test_markdown_is_plain_text():
    """An independent parser of GitHub's Markdown finds the table, hard breaks and paragraphs, and no other markup."""
    parser = pytest.importorskip("markdown_it").MarkdownIt("gfm-like", {"linkify": False, "html": True})
    parser.enable("table")
    tokens = [token for each in parser.parse(render("markdown")) for token in (each, *(each.children or ()))]
    kinds = {token.type.removesuffix("_open").removesuffix("_close") for token in tokens}
    assert {"paragraph", "strong", "table", "thead", "tbody", "tr", "th", "td", "inline", "text", "hardbreak"} == (
        kinds - {"text_special"}
    )
    assert 2 == sum(token.type.startswith("strong") for token in tokens)  # the title


@pytest.mark.parametrize("address", ["http://x.example", "https://x.example/a", "www.x.example"])
def test_markdown_makes_no_link_of_an_address(address):
    """GitHub makes a link of ``://`` and of ``www.``; a backslash in them keeps the text and takes the link away."""
    text = render("markdown", Report((address,), (), {}))
    assert not re.search(r"\w://|www\.", text)
    assert address == text.replace("\\", "")


def test_csv_holds_no_formula():
    """No cell begins as a formula would, not even behind blanks, and a reader finds each text again."""
    head, *rows = csv.reader(io.StringIO(render("csv")), strict=True)
    assert ["a", "'=b"] == head
    assert len(HOSTILE) == len(rows)
    for text, row in zip(HOSTILE, rows, strict=True):
        assert not row[0].lstrip().startswith(("=", "+", "-", "@", "\t", "\r"))
        assert visible(text) == row[0].removeprefix("'")


def test_csv_leaves_numbers_alone():
    """A number is no formula, as a number or as text, below zero too; nor is a single dash."""
    row = (-1.5, 3, "-2", "+1e5", "-.5", "-", None, True)
    text = render("csv", Report((), (), {}, (("x",) * len(row), (row,))))
    assert "-1.5,3,-2,+1e5,-.5,-,,True" == text.splitlines()[1]


def test_json_is_exact():
    """A program reads the very texts, whatever they hold."""
    assert {"texts": HOSTILE} == json.loads(render("json"))


@pytest.mark.parametrize("form", ["bencher", "google-benchmark", "github-action-benchmark"])
def test_services_read_the_names(form):
    """Names of cases reach the services unchanged, inside valid JSON."""
    assert "\x1b[31m::error::" in str_of(json.loads(render(form, show(hostile_record()))))


def str_of(data):
    """Return all texts in the data, joined."""
    if isinstance(data, dict):
        return "".join(map(str_of, [*data, *data.values()]))
    return "".join(map(str_of, data)) if isinstance(data, list) else str(data)


def test_junit_is_read_by_two_parsers():
    """The XML is well formed for the standard library and for junitparser; messages are those that were given."""
    text = render("junit", show(hostile_record()))
    messages = [element.get("message") for element in ET.fromstring(text).iter("failure")]
    assert [visible(f"crashed: {text}") for text in HOSTILE] == messages
    junitparser = pytest.importorskip("junitparser")
    assert len(HOSTILE) == sum(suite.failures for suite in junitparser.JUnitXml.fromstring(text.encode()))

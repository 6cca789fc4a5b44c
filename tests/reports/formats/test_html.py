"""A page is one file that asks nobody for anything, in which no text of others becomes markup or script."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import math
import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from bench.reports.formats import html
from bench.reports.formats._html import tables
from bench.reports.formats._html.libraries import libraries
from bench.reports.formats._html.thinning import MOST, MOST_NAMES, thinned
from bench.reports.report import Axis, Cell, Chart, Mark, Note, Report, Rule, Series, table

ROOT = Path(__file__).parents[3]
HOSTILE = "</script><script>alert(1)</script><b title='x'>\"&\u202e"


class Page(HTMLParser):
    """What a browser would find in a page: elements with attributes, and the texts of scripts and styles."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.inside, self.open = [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.open = tag
        if tag in ("script", "style"):
            self.inside.append((tag, dict(attrs), ""))

    def handle_data(self, data):
        if self.open in ("script", "style"):
            tag, attributes, text = self.inside.pop()
            self.inside.append((tag, attributes, text + data))

    def handle_endtag(self, tag):
        self.open = ""


def chart(*marks, kind="points", x="", logarithmic=False, **more):
    """Return a chart with one series."""
    return Chart("title", Axis("x", x), Axis("y", "s", logarithmic), (Series("s", kind, marks),), **more)


def page_of(*blocks, heading=()):
    """Return the page of a report with these blocks."""
    return html.render(Report(heading, blocks, {}))


def test_no_text_becomes_markup():
    """A name that closes a script and opens another stands in the page as text, wherever it comes from."""
    hostile = Chart(
        HOSTILE, Axis(HOSTILE), Axis(HOSTILE), (Series(HOSTILE, "points", (Mark(HOSTILE, 1, note=HOSTILE),)),)
    )
    cell = Cell(HOSTILE, reasons=(HOSTILE,))
    text = page_of(table((HOSTILE,), [(cell,)], HOSTILE), hostile, Note(HOSTILE), heading=(HOSTILE,))
    plain = page_of(
        table(("a",), [(Cell("a", reasons=("a",)),)], "a"), chart(Mark("a", 1, note="a")), Note("a"), heading=("a",)
    )
    assert [tag for tag, _ in Page(plain).elements] == [tag for tag, _ in Page(text).elements]
    assert "\u202e" not in text


def test_a_page_loads_nothing():
    """No element names an address, and the policy allows none; the empty icon is no address."""
    for tag, attributes in Page(page_of(chart(Mark(1, 1)))).elements:
        assert not {"src", "srcset", "action", "data", "style", "onload"} & set(attributes), tag
        assert attributes.get("href", "#").startswith(("#", "data:,")), tag
    assert "default-src 'none'" in page_of()


def test_the_policy_allows_the_scripts_and_styles_of_the_page_and_no_others():
    """The digests are those of what stands in the page, and of the libraries once they are unpacked."""
    page = Page(page_of(chart(Mark(1, 1))))
    policy = next(attributes["content"] for tag, attributes in page.elements if "http-equiv" in attributes)
    rules = {name: set(values.split()) for name, _, values in (rule.partition(" ") for rule in policy.split("; "))}
    packed = [text for _, attributes, text in page.inside if attributes.get("class") == "library"]
    run = [text.encode() for tag, attributes, text in page.inside if tag == "script" and not attributes]
    run += [gzip.decompress(base64.b64decode(text)) for text in packed]
    assert len(libraries()) == len(packed)
    assert rules["script-src"] == {digest(data) for data in run}
    assert {digest(text.encode()) for tag, _, text in page.inside if tag == "style"} < rules["style-src"]


def digest(data):
    """Return a digest as a policy writes it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(data).digest()).decode()}'"


@pytest.mark.parametrize("library", libraries(), ids=lambda one: one.name)
def test_a_shipped_library_is_what_its_authors_published(library):
    """Its digest is the one that is written beside it; its version and copyright stand in it; its licence is there."""
    content = gzip.decompress(library.content)
    assert library.sha256 == hashlib.sha256(content).hexdigest()
    assert f"v{library.version} Copyright".encode() in content[:100]
    assert "with or without fee is hereby granted" in library.licence_text


def test_pages_are_the_same_byte_for_byte():
    """Two processes whose sets and dicts are hashed otherwise print the same page of a record."""
    command = [sys.executable, "-m", "bench", "scale", "results/two-cpus.json", "--format", "html"]
    pages = [
        subprocess.run(
            command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    ]
    assert pages[0] == pages[1]
    assert len(pages[0]) < 500_000


def test_the_data_of_a_chart_are_its_marks():
    """The script finds every mark as x, y, low, high, and every line that marks are held against."""
    page = Page(
        page_of(
            chart(Mark(1, 2, 1.5, 3), Mark(2, 4, note="in doubt", doubtful=True), rules=(Rule("y", 3.5, "margin"),))
        )
    )
    (text,) = [text for _, attributes, text in page.inside if attributes.get("id") == "charts"]
    (drawn,) = json.loads(text)
    assert [[1, 2, 1.5, 3], [2, 4, None, None, "in doubt", True]] == drawn["series"][0]["marks"]
    assert [{"axis": "y", "value": 3.5, "label": "margin"}] == drawn["rules"]


def test_each_chart_has_its_numbers_in_a_table():
    """Without a script nothing is lost: values, ends of intervals, notes and lines are in the details."""
    whole = chart(Mark("pool", 0.25, 0.2, 0.3, "busy machine"), rules=(Rule("y", 0.5, "ceiling"),))
    below = page_of(whole).split("<details>")[1].split("</details>")[0]
    assert all(
        f">{text}<" in below for text in ("pool", "250 ms", "200 ms", "300 ms", "busy machine", "ceiling", "500 ms")
    )


def test_a_page_without_charts_has_no_script():
    """Nothing is shipped that draws nothing."""
    page = Page(page_of(table(("a",), [("b",)])))
    assert "script" not in [tag for tag, _ in page.elements]


def test_a_million_marks_are_thinned_and_no_peak_is_lost():
    """Of 1,000,000 marks at most 2,000 are drawn, which is said; the only high one and the only low one stay."""
    marks = [Mark(0, 1.0)] * 1_000_000
    marks[123_456], marks[654_321] = Mark(123_456, 9.0), Mark(654_321, 0.1)
    found, said = thinned(chart(*marks))
    values = [mark.y for mark in found.series[0].marks]
    assert MOST >= len(values)
    assert (0.1, 9.0) == (min(values), max(values))
    assert f"{len(values):,} of 1,000,000 values are drawn" in said


def test_of_many_names_the_first_ones_are_drawn():
    """Each name needs a line of its own."""
    found, said = thinned(chart(*(Mark(f"case {index}", 1.0) for index in range(MOST_NAMES + 5))))
    assert [f"case {index}" for index in range(MOST_NAMES)] == [mark.x for mark in found.series[0].marks]
    assert "The first 200 of 205 names are drawn." == said


def test_what_has_no_place_on_an_axis_is_left_out_and_said():
    """A logarithmic axis has no place for 0, and none has one for NaN; an end that is not finite is no end."""
    found, said = thinned(chart(Mark(1, 0.0), Mark(2, math.nan), Mark(3, 1.0, 0.5, math.inf), logarithmic=True))
    assert (Mark(3, 1.0, 0.5, None),) == found.series[0].marks
    assert "2 of 3 values have no place on these axes." == said


def test_a_line_without_a_place_is_left_out():
    """A crossing at 0 bytes has no place on a logarithmic axis."""
    size = Axis("size", "B", logarithmic=True)
    series = (Series("s", "points", (Mark(1, 1.0),)),)
    found, _ = thinned(Chart("t", size, Axis("y"), series, (Rule("x", 0, "never"), Rule("x", 2, "here"))))
    assert ["here"] == [rule.label for rule in found.rules]


@pytest.mark.parametrize("seconds", [1e18, -1e18, math.inf])
def test_a_date_beyond_the_calendar_has_no_place(seconds):
    """Python's calendar has the years 1 to 9999; a record that somebody has edited may say anything."""
    found, said = thinned(chart(Mark(seconds, 1.0), Mark(0.0, 1.0), x="date"))
    assert [0.0] == [mark.x for mark in found.series[0].marks]
    assert "1 of 2 values have no place on these axes." == said


def test_numbers_of_numpy_are_numbers():
    """A view may hand on what an analysis has computed."""
    text = page_of(chart(Mark(np.int64(10**7), np.float64(0.5))))
    assert "[10000000,0.5,null,null]" in text


def test_a_long_table_is_cut_and_says_so():
    """A browser takes seconds for tens of thousands of rows."""
    text = page_of(table(("a",), [(str(row),) for row in range(tables.MOST + 1)]))
    assert "the first 2,000 of 2,001 rows" in text
    assert '<th scope="row">1999</th>' in text and '<th scope="row">2000</th>' not in text

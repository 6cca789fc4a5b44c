"""A page as a reader meets it in a real browser: at any width, in light and dark, without a script, by keyboard."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from bench.reports.formats import html
from bench.reports.report import Axis, Chart, Column, Mark, Note, Report, Rule, Section, Series, table
from tests.support import browser as browsers
from tests.support import pictures

pytestmark = pytest.mark.skipif(not browsers.found(), reason="no Chromium here: install the package chromium")

WIDTHS = (400, 800, 1280)
HOSTILE = "<img src=x onerror=alert(1)>"


def mark(x, y):
    """Return a mark with an interval of a tenth to both sides."""
    return Mark(x, y, 0.9 * y, 1.1 * y)


def points(name, *marks):
    """Return what was measured."""
    return Series(name, "points", marks)


NAMES = ("serial", "pool start=forkserver chunksize=10 and as long a name as a case can have", HOSTILE)
CHARTS = (
    Chart(
        "times",
        Axis("backend"),
        Axis("time", "s"),
        (
            points(
                "measured",
                *(mark(name, 0.2) for name in NAMES),
                Mark("in doubt", 0.3, note="busy machine", doubtful=True),
            ),
        ),
        (Rule("y", 0.19, "ceiling"), Rule("y", 0.4, "serial")),
    ),
    Chart(
        "speed-up",
        Axis("workers"),
        Axis("speed-up", zero=True),
        (
            points("measured", *(mark(workers, 0.9 * workers) for workers in range(1, 9))),
            Series("ideal", "line", tuple(Mark(workers, workers) for workers in range(1, 9))),
            Series("possible", "area", tuple(mark(workers, 0.8 * workers) for workers in range(9, 17))),
        ),
    ),
    Chart(
        "latency",
        Axis("size", "B", logarithmic=True),
        Axis("latency", "s", logarithmic=True),
        tuple(
            points(name, *(mark(4**power, 1e-5 + scale * 4**power) for power in range(10)))
            for name, scale in (("pipe", 1e-9), ("queue", 2e-9))
        ),
        (Rule("x", 4096, "the same from here on"),),
    ),
    Chart(
        "where the time goes",
        Axis("backend"),
        Axis("share", "%"),
        (
            Series("work", "bars", (Mark("pool", 0.5), Mark("executor", 0.5))),
            Series("waiting", "bars", (Mark("pool", 0.5), Mark("executor", 0.5, note="busy", doubtful=True))),
        ),
    ),
    Chart(
        "lanes",
        Axis("worker"),
        Axis("time", "s", zero=True),
        (Series("work", "spans", (Mark("1", 1, 0, 1), Mark("2", 1, 1, 2))),),
    ),
    Chart(
        "history",
        Axis("date", "date"),
        Axis("time", "s"),
        tuple(
            points(name, *(mark(1.7e9 + 86_400 * day, seconds) for day in range(9)))
            for name, seconds in (("pool", 0.2), ("executor", 0.21))
        ),
        (Rule("x", 1.7e9 + 86_400, "since abc123"),),
    ),
)
WIDE = table([Column(f"column {index}") for index in range(40)], [[f"value {index}" for index in range(40)]], "wide")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Write a page with every kind of block."""
    path = tmp_path_factory.mktemp("page") / "page.html"
    blocks = (Section("one"), WIDE, Section("two", 2), *CHARTS, Note("note"), Note("    code"))
    path.write_text(html.render(Report(("heading",), blocks, {})))
    return path


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    """Start one browser for all of these tests."""
    with browsers.browser(tmp_path_factory.mktemp("browser")) as one:
        yield one


LOW_CONTRAST = """
(() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const linear = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const luminance = ([red, green, blue]) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  const behind = (element) => {
    for (; element; element = element.parentElement) {
      const found = channels(getComputedStyle(element).backgroundColor);
      if (found.length < 4 || found[3]) return found;
    }
    return [255, 255, 255];
  };
  const ratio = (one, other) => {
    const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };
  const low = [];
  for (const element of document.querySelectorAll("body *:not(script, style)")) {
    const style = getComputedStyle(element), paper = behind(element);
    const contrast = (colour) => (colour === "none" ? 1 : ratio(channels(colour), paper));
    const says = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (says && contrast(element instanceof SVGElement ? style.fill : style.color) < 4.5) low.push(element.textContent);
    const shows = ["circle", "rect"].includes(element.tagName);
    if (shows && Math.max(contrast(style.fill), contrast(style.stroke)) < 3) low.push(element.outerHTML);
  }
  return low;
})()
"""  # WCAG 2.2, 1.4.3 (4.5 for text) and 1.4.11 (3 for what a picture shows)


FOCUSED = """
(() => {
  const { activeElement } = document, number = [...document.querySelectorAll("summary")].indexOf(activeElement);
  const title = document.getElementById(activeElement.getAttribute("aria-labelledby"));
  return `${activeElement.tagName} ${number < 0 ? title?.textContent : number}`;
})()
"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_a_page_is_whole_at_any_width_and_in_both_schemes(reader, page, width, dark):
    """No complaint, no request but for the file itself, nothing to scroll to the side, and contrasts as in WCAG AA."""
    reader.open(page, width=width, dark=dark)
    assert [] == reader.complaints()
    assert [page.as_uri()] == reader.requests()
    assert width >= reader.value("document.documentElement.scrollWidth")
    assert dark == (reader.value("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)")
    assert [] == reader.value(LOW_CONTRAST)


def drawn(reader, number, selector):
    """Return how many elements of a chart a selector finds."""
    return reader.value(
        f"document.querySelectorAll('.drawing')[{number}].querySelectorAll(':scope > svg {selector}').length"
    )


def test_the_browser_draws_every_mark(reader, page):
    """A dot per measured mark, a line per interval and per rule, an area per range, a bar per amount and per span."""
    reader.open(page)
    assert (4, 3 + 2) == (drawn(reader, 0, "[aria-label=dot] circle"), drawn(reader, 0, "[aria-label=rule] line"))
    assert 1 == drawn(reader, 0, '[aria-label=dot] circle[fill="var(--paper)"]')  # in doubt
    assert (8, 8) == (drawn(reader, 1, "[aria-label=dot] circle"), drawn(reader, 1, "[aria-label=rule] line"))
    assert (2, 1) == (drawn(reader, 1, "[aria-label=line] path"), drawn(reader, 1, "[aria-label=area] path"))
    assert 10 == drawn(reader, 2, "[aria-label=dot] circle")  # the other ten are triangles
    assert 4 == drawn(reader, 3, "[aria-label=bar] rect")
    assert 1 == drawn(reader, 3, '[aria-label=bar] rect[fill="var(--paper)"]')
    assert 2 == drawn(reader, 4, "[aria-label=bar] rect")
    assert (9, 2 * 9 + 1) == (drawn(reader, 5, "[aria-label=dot] circle"), drawn(reader, 5, "[aria-label=rule] line"))


def test_every_tick_says_its_value(reader, page):
    """Also of a logarithmic axis over several decades, where d3 by itself leaves the text of some empty."""
    reader.open(page)
    for axis in ("x", "y"):
        ticks = drawn(reader, 2, f'[aria-label="{axis}-axis tick"] path')
        said = drawn(reader, 2, f'[aria-label="{axis}-axis tick label"] text:not(:empty)')
        assert ticks == said > 2


@pytest.mark.parametrize("title", [chart.title for chart in CHARTS if len(chart.series) > 1])
def test_every_series_has_a_sign_in_the_legend(reader, page, title):
    """Beside each name stands what is drawn for it, within the few pixels of its picture, on an axis of dates too."""
    reader.open(page)
    signs = reader.value(f"""
      [...document.querySelectorAll("figure")]
        .filter((one) => one.querySelector("figcaption").textContent === "{title}")
        .flatMap((one) => [...one.querySelectorAll(".legend li svg")])
        .map((key) => {{
          const place = key.getBoundingClientRect();
          return [...key.querySelectorAll("path, rect, circle")].some((shape) => {{
            const own = shape.getBoundingClientRect();
            return own.width > 0 && own.left >= place.left - 1 && own.right <= place.right + 1;
          }});
        }})""")
    chart = next(one for one in CHARTS if one.title == title)
    assert [True] * len(chart.series) == signs


@pytest.mark.parametrize(("low", "high"), [(1.1e-3, 1.4e-3), (0.21, 0.213), (1.0, 2.0), (6.0, 9.0), (3e-6, 4e-3)])
def test_a_logarithmic_axis_has_numbers(reader, tmp_path, low, high):
    """However near to each other the times are, and wherever: three at least, all different, and inside of the axis."""
    times = points("pool", Mark(1, low), Mark(2, high))
    chart = Chart("near", Axis("workers"), Axis("time", "s", logarithmic=True), (times,))
    path = tmp_path / "near.html"
    path.write_text(html.render(Report((), (chart,), {})))
    reader.open(path)
    told = reader.value(
        "[...document.querySelectorAll('[aria-label=\"y-axis tick label\"] text')].map((t) => t.textContent)"
    )
    assert len(told) == len(set(told)) >= 3


@pytest.mark.parametrize("rounding", [0.0, 1e-6, -1e-6])
def test_shares_that_are_stacked_end_at_all_of_it(reader, tmp_path, rounding):
    """0.7 and 0.3 of the time, with what sums of floats leave: the axis goes from 0 % to 100 %, and no further."""
    series = (Series("work", "bars", (Mark("pool", 0.7),)), Series("waiting", "bars", (Mark("pool", 0.3 + rounding),)))
    path = tmp_path / "shares.html"
    path.write_text(html.render(Report((), (Chart("shares", Axis("case"), Axis("share", "%"), series),), {})))
    reader.open(path)
    labels = "[...document.querySelectorAll('[aria-label=\"x-axis tick label\"] text')].map((t) => t.textContent)"
    told = reader.value(labels)
    assert ("0 %", "100 %") == (told[0], told[-1])


def test_a_chart_is_drawn_anew_where_the_window_changes(reader, page):
    """Its width is that of its place, so that letters stay as large as they are."""
    reader.open(page, width=1280)
    reader.resize(400)
    fits = "(one) => Number(one.querySelector(':scope > svg').getAttribute('width')) === one.clientWidth"
    reader.wait_for(f"[...document.querySelectorAll('.drawing')].every({fits})")
    assert 400 >= reader.value("document.documentElement.scrollWidth")


def test_names_with_markup_are_shown_as_they_are(reader, page):
    """In the chart, too, whose texts a script has set."""
    reader.open(page)
    assert reader.value(
        f"[...document.querySelectorAll('.drawing text')].some((one) => one.textContent === '{HOSTILE}')"
    )
    assert 0 == reader.value("document.querySelectorAll('img').length")


def test_a_chart_can_be_saved_as_a_picture(reader, page):
    """The file is SVG with its title, its legend and its colours, and asks nobody for anything."""
    reader.open(page)
    reader.value("URL.createObjectURL = (blob) => ((window.saved = blob), '#')")
    reader.value("document.querySelectorAll('figure button')[1].click()")
    text = reader.value("window.saved.text()")
    picture = ET.fromstring(text)
    assert "{http://www.w3.org/2000/svg}svg" == picture.tag
    assert {"speed-up", "measured", "ideal", "possible"} <= {"".join(one.itertext()) for one in picture.iter()}
    assert "--c0: " in text and "href" not in text and "url(" not in text


def test_the_picture_in_the_results_is_what_a_reader_saves_today(reader, tmp_path):
    """``python -m tests.support.documents`` makes it anew."""
    whole = tmp_path / "page.html"
    whole.write_text(pictures.page(*pictures.PICTURE_OF))
    assert pictures.PICTURE.read_text() == pictures.saved(reader, whole, pictures.CHART)


def test_without_a_script_the_numbers_are_there(reader, page):
    """Each place of a chart says where they are, and its details open without a script."""
    reader.open(page, scripts=False)
    assert len(CHARTS) == reader.value(
        "document.querySelectorAll('figure details td').length && document.querySelectorAll('.drawing p').length"
    )
    assert [] == reader.complaints()


def test_a_printer_gets_charts_and_white_paper(reader, page):
    """A dark screen does not make a dark print."""
    reader.open(page, dark=True, medium="print")
    assert "rgb(255, 255, 255)" == reader.value("getComputedStyle(document.body).backgroundColor")
    assert reader.value(
        "[...document.querySelectorAll('.drawing > svg')].every((one) => one.getBoundingClientRect().height > 40)"
    )


def test_a_keyboard_reaches_and_opens_everything(reader, page):
    """The tabulator walks over each table that may scroll and each summary; the space bar opens the numbers."""
    reader.open(page)
    reached = []
    for _ in range(2 * len(CHARTS) + 4):
        reader.press("Tab", 9)
        reached.append(reader.value(FOCUSED))
    assert {"DIV wide", *(f"SUMMARY {number}" for number in range(len(CHARTS) + 1))} <= set(reached)
    reader.value("document.querySelector('summary').focus()")
    reader.press(" ", 32)
    assert reader.value("document.querySelector('details').open")


def test_a_screen_reader_meets_named_pictures_and_tables(reader, page):
    """A chart is one picture that has its title for a name, a table has its caption, a row what it is about."""
    reader.open(page)
    nodes = reader.call("Accessibility.getFullAXTree")["nodes"]
    named = [(node["role"]["value"], node["name"]["value"]) for node in nodes if "name" in node and "role" in node]
    assert [chart.title for chart in CHARTS] == [name for role, name in named if role in ("img", "image")]
    assert ("table", "wide") in named and ("rowheader", "value 0") in named
    assert ("button", "Save as SVG: latency") in named

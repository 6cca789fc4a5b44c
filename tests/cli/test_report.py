"""primebench report: one page of several records, whatever is wrong with some of them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

RESULTS = Path(__file__).parents[2] / "results"
TEXTBOOK, SWEEP, METG = (str(RESULTS / f"{name}-2cpu.json") for name in ("textbook", "all-backends", "metg"))


def headings(text):
    """Return (level, words) of each heading of a page."""
    return re.findall(r"<h([123])[^>]*>([^<]*)</h", text)


def titles(text):
    """Return the titles of the charts that the script of a page draws."""
    data = re.search(r'id="charts">(.*?)</script>', text)
    return [chart["title"] for chart in json.loads(data[1])]


def test_a_page_has_a_section_for_each_record(cli):
    """Each is named after its file, without the folder, and holds what can be said of it."""
    done = cli("report", SWEEP, METG, "-o", "page.html")
    assert (0, "") == (done.code, done.out)
    page = Path("page.html").read_text()
    names = ["all-backends-2cpu.json", "metg-2cpu.json"]
    assert [("1", ", ".join(names)), *(("2", name) for name in names)] == [
        one for one in headings(page) if one[0] < "3"
    ]
    assert ("3", "The smallest task that pays") in headings(page)
    assert str(RESULTS) not in page
    assert len(page) < 500_000


def test_a_teacher_gets_a_picture_of_the_textbook(cli):
    """A record of the plan has a chart of each of its questions."""
    done = cli("report", TEXTBOOK)
    plan = (RESULTS.parent / "bench/plans/textbook.toml").read_text()
    asked = [json.loads(f'"{title}"') for title in re.findall(r'^title = "(.*)"$', plan, re.MULTILINE)]
    assert asked and set(asked) <= set(titles(done.out))


def test_damaged_files_are_named_and_left_out(cli):
    """Of three files one is no record and one is not there: the page holds the third, and the exit code is 1."""
    Path("bad.json").write_text("{")
    done = cli("report", TEXTBOOK, "bad.json", "gone.json", "-o", "page.html")
    assert 1 == done.code
    assert "left out: bad.json" in done.err and "left out: gone.json" in done.err
    assert [("1", "textbook-2cpu.json")] == [one for one in headings(Path("page.html").read_text()) if one[0] < "2"]


def test_a_file_given_twice_is_in_the_page_once(cli):
    """Nothing is left out then, and the exit code is 0."""
    done = cli("report", TEXTBOOK, TEXTBOOK)
    assert (0, "") == (done.code, done.err)
    assert [("1", TEXTBOOK)] == [one for one in headings(done.out) if one[0] < "2"]


def test_nothing_to_show_makes_no_page(cli):
    """Where no file can be read there is no page, and an old one stays."""
    Path("bad.json").write_text("{")
    done = cli("report", "bad.json", "-o", "page.html")
    assert 1 == done.code and "there is no page to make" in done.err
    assert not Path("page.html").exists()


def test_a_page_is_not_overwritten(cli):
    """Only --force replaces what is there."""
    Path("page.html").write_text("mine")
    assert 2 == cli("report", TEXTBOOK, "-o", "page.html").code
    assert "mine" == Path("page.html").read_text()
    assert 0 == cli("report", TEXTBOOK, "-o", "page.html", "--force").code


def test_files_with_the_same_name_are_told_apart(cli):
    """Two folders may hold records of one name: then the folders are said."""
    for folder in ("a", "b"):
        Path(folder).mkdir()
        Path(folder, "r.json").write_bytes(Path(SWEEP).read_bytes())
    done = cli("report", "a/r.json", "b/r.json")
    assert ["a/r.json", "b/r.json"] == [words for level, words in headings(done.out) if level == "2"]


def test_any_pyperf_file_has_its_times(cli):
    """What pyperf alone has written is a section, too."""
    suite = json.loads(Path(SWEEP).read_text())
    del suite["primebench"]
    Path("plain.json").write_text(json.dumps(suite))
    done = cli("report", "plain.json")
    assert 0 == done.code and "<table" in done.out


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_sections_stand_in_every_format_for_people(form):
    """A view that gathers others needs no format of its own."""
    from bench.core import catalog
    from bench.reports.report import Note, Report, Section

    report = Report((), (Section("Records"), Section("Seconds", 2), Note("finis")), {})
    text = catalog.load("bench.reports.formats", form).render(report)
    assert text.index("Records") < text.index("Seconds") < text.index("finis")

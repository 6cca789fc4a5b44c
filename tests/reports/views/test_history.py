"""What a history says, in sentences, tables and charts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.analysis.change_points import Change
from bench.core.commit import Commit
from bench.core.reason import said
from bench.reports.formats import text
from bench.reports.report import Chart
from bench.reports.views.history import history
from bench.samples.history import COMMIT, RECORD, History, Point, Series
from tests.support.records import backend

POOL = backend("pool", 2)
DAYS = 8


def points(*, commits=True, disturbed=()):
    """Return a point a day of May, each of a commit of the same day of March."""
    return tuple(
        Point(
            f"2026-05-{day:02}T12:00:00+00:00",
            Commit(f"{day:x}" * 40, f"2026-03-{day:02}T12:00:00+00:00", changed=False) if commits else None,
            1.0,
            0.9,
            1.1,
            f"{day}.json",
            disturbed,
        )
        for day in range(1, DAYS + 1)
    )


def series(*changes, machine="Model A, 8 usable CPUs, CPython 3.11", work="default (9 numbers)", found=None):
    """Return a series with these changes: the index, and whether it is sure."""
    told = tuple(Change(at, 1.5, 1.4, 1.6, sure) for at, sure in changes)
    return Series(POOL, machine, work, points() if found is None else found, told)


def report(*found, by=RECORD, undated=()):
    """Return the report of these series."""
    return history(History(found, by, undated))


def charts(made):
    """Return the charts of a report."""
    return [block for block in made.blocks if isinstance(block, Chart)]


def test_a_sentence_tells_the_day_of_the_commit_and_that_of_its_measuring():
    """The commit is of the fourth of March, and its record of the fourth of May."""
    assert "since commit 4444444444 (2026-03-04, measured 2026-05-04) 50 %" in report(series((3, True))).notes[0]


def test_without_a_commit_a_sentence_tells_the_day_of_the_record():
    """There is no other day."""
    assert "since 2026-05-04 50 % slower" in report(series((3, True), found=points(commits=False))).notes[0]


@pytest.mark.parametrize(
    ("ratios", "told"),
    [
        ((2.5, 2.4, 2.6), "150 % slower (140 .. 160)"),
        ((11.0, 9.0, 12.04), "1000 % slower (800 .. 1100)"),
        ((1.081, 1.062, 1.104), "8.1 % slower (6.2 .. 10)"),
        ((0.5, 0.4, 2.5), "50 % faster (-60 .. +150)"),
    ],
)
def test_a_change_is_told_with_two_digits_and_no_exponent(ratios, told):
    """However large it is; the ends of an interval that holds both slower and faster have signs."""
    made = replace(series(), changes=(Change(3, *ratios, True),))
    assert told in report(made).notes[0]


def test_by_commit_the_chart_is_of_days_of_commits():
    """Two months lie between the first point of one and of the other: 61 days."""
    (by_record,), (by_commit,) = charts(report(series())), charts(report(series(), by=COMMIT))
    assert ("record", "commit") == (by_record.x.label, by_commit.x.label)
    assert 61 * 86400 == by_record.series[0].marks[0].x - by_commit.series[0].marks[0].x


def test_one_case_on_two_machines_has_two_names():
    """Each sentence names its machine; the job, which is the same, in none."""
    first, second = report(series((3, True)), series((3, True), machine="Model B")).notes[:2]
    assert first.startswith("pool, 2 workers, Model A, 8 usable CPUs, CPython 3.11: since")
    assert second.startswith("pool, 2 workers, Model B: since")


def test_one_case_with_two_jobs_has_two_names_and_two_charts():
    """Each sentence names its job, and no chart holds both, whose times have nothing to do with each other."""
    made = report(series((3, True)), series((3, True), work="mine:parse (8 items)"))
    assert [note.partition(": since")[0] for note in made.notes[:2]] == [
        "pool, 2 workers, default (9 numbers)",
        "pool, 2 workers, mine:parse (8 items)",
    ]
    assert [[len(chart.series), chart.title.split(": ")[1]] for chart in charts(made)] == [
        [1, "default (9 numbers)"],
        [1, "mine:parse (8 items)"],
    ]


def test_a_job_that_tells_rows_apart_stays_in_a_narrow_table():
    """At 50 columns the first time gives way, and the job does not."""
    shown = text.fit(report(series(), series(work="mine:parse (8 items)")), 50)
    assert "Not shown below 77 columns: first." in shown


def test_changes_are_counted_by_how_sure_they_are():
    """One that is sure and one that is likely are told apart in the table; none is 0, and too few points are a dash."""
    found = [series((3, True), (5, False)), series(machine="B"), series(machine="C", found=points()[:5])]
    (table,) = report(*found).tables
    assert [row[-1] for row in table.texts] == ["1 sure, 1 likely", "0", "-"]


def test_the_chart_says_where_a_change_is_likely_only():
    """The rule of a change that no series is sure of says so."""
    (chart,) = charts(report(series((3, True), (5, False))))
    assert [rule.label for rule in chart.rules] == ["4444444444", "6666666666, likely"]


def test_rates_are_told_with_the_length_that_they_hold_for():
    """The limits were found for series of up to 100 points."""
    assert any("of up to 100 points" in note for note in report(series((3, True))).notes)


def test_short_series_beside_a_long_one_are_counted():
    """No change of the long one is said of it alone."""
    notes = report(series(), series(machine="B", found=points()[:5])).notes
    assert "No time changed its level." in notes
    assert "Changes are looked for from 6 points on; 1 series has fewer." in notes


def test_that_machines_of_an_unknown_model_are_joined_is_said():
    """With one point nothing is joined, and nothing said."""
    unknown = replace(series(), model_known=False)
    alone = replace(unknown, points=unknown.points[:1])
    told = [any("unknown CPU model" in note for note in report(one).notes) for one in (series(), unknown, alone)]
    assert [False, True, False] == told


def test_the_table_for_programs_tells_jobs_apart():
    """The columns hold the work, and both days of a commit that was measured."""
    head, rows = report(series()).tidy
    row = dict(zip(head, rows[0], strict=True))
    assert ("default (9 numbers)", "2026-03-01") == (row["work"], row["commit_at"][:10])


def test_of_many_disturbed_records_five_are_named():
    """The times of eight records are in doubt."""
    notes = report(series(found=points(disturbed=(said("the machine was busy"),)))).notes
    assert "Some times are in doubt, see show: 1.json, 2.json, 3.json, 4.json, 5.json and 3 more." in notes


@pytest.mark.parametrize("changed", [False, True])
def test_no_commit_is_blamed_that_was_measured_before_the_change_as_well(changed):
    """The third and the fourth point have one commit; with changes that were not committed it may be the code."""
    same = Commit("a" * 40, "2026-03-01T12:00:00+00:00", changed=changed)
    one = series((3, True), found=tuple(replace(point, commit=same) for point in points()))
    sentence = report(one).notes[0]
    assert changed == ("since commit aaaaaaaaaa+" in sentence)
    assert changed != ("since 2026-05-04, with commit aaaaaaaaaa before and since" in sentence)
    assert changed != report(one).data["series"][0]["changes"][0]["same_commit"]
    assert changed == charts(report(one))[0].rules[0].label.startswith("aaaaaaaaaa")


def test_a_change_that_rests_on_times_in_doubt_says_so():
    """All of its points were taken on a busy machine."""
    notes = report(series((3, False), found=points(disturbed=(said("the machine was busy"),)))).notes
    assert notes[0].endswith(", from times in doubt.")
    assert any("is in doubt, and at best likely" in note for note in notes)


def test_a_time_in_doubt_says_so_in_its_cell():
    """The first and the last time of the table have their reasons."""
    shown = text.render(report(series(found=points(disturbed=(said("the machine was busy"),)))))
    assert "[1] the machine was busy" in shown


def test_no_sentence_has_two_blanks():
    """What is said of changes, and of how sure they are."""
    assert not any("  " in note for note in report(series((3, True))).notes)

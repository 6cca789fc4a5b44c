"""The view of a list of members."""

from __future__ import annotations

from bench.reports.views.listing import listing


def entry(name, **details):
    """Return a member about which nothing else is known."""
    return {"name": name, "summary": "what it is", "missing": None, **details}


def test_choices_have_a_table_of_their_own():
    """Each range is a row with the first two kernels of its ranking and their costs in units for people."""
    costs = {"fast": 0.0005, "slower": 0.25, "slowest": 3.0}
    choices = [{"range": "few", "costs_s": {"only": 2e-6}}, {"range": "many", "costs_s": costs}]
    report = listing("kernels", [entry("auto", choices=choices), entry("other")])
    assert report.tables[1].texts == (
        ("few", "only", "2.00 µs", "-", "-"),
        ("many", "fast", "500 µs", "slower", "250 ms"),
    )
    assert report.notes


def test_csv_holds_single_values_only():
    """The choices are a table inside a table, and are left to JSON."""
    report = listing("kernels", [entry("auto", choices=[{"range": "few", "costs_s": {"only": 2e-6}}])])
    assert (("name", "summary", "missing"), (("auto", "what it is", None),)) == report.tidy
    assert "choices" in report.data[0]


def test_without_choices_there_is_one_table_and_no_note():
    """Other kinds say nothing about kernels."""
    report = listing("workloads", [entry("small", lo=0, hi=10)])
    assert (1, ()) == (len(report.tables), report.notes)

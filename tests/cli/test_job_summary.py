"""The job summary of GitHub Actions."""

from __future__ import annotations

from bench.cli import job_summary
from bench.reports.formats import markdown
from bench.reports.report import Note, Report, notes, table


def report(rows, reason="why"):
    """Return the report of a gate with so many cases, one of which, far below, is regressed."""
    found = [(f"case-{row}", "ok", reason) for row in range(rows)]
    found[-2] = ("case-slow", "regressed", "+12.0%")
    said = notes(f"case-{row}: {reason}" for row in range(rows))
    slow, verdict = Note("case-slow: +12.0%", telling=True), Note("Verdict: regressed.")
    return Report(("base: HEAD~1",), (table(("case", "verdict", "why"), found), *said, slow, verdict), {})


def test_what_fits_is_whole(tmp_path):
    """A summary below the limit is the report, behind what is there already."""
    file = tmp_path / "summary.md"
    file.write_text("before\n")
    job_summary.append(file, report(20), markdown.render)
    assert f"before\n{markdown.render(report(20))}\n\n" == file.read_text()


def test_what_does_not_fit_keeps_verdict_and_regressed_cases(tmp_path):
    """2,000 cases would take more than 1 MiB: the summary stays below, and nobody has to look for what is slower."""
    file = tmp_path / "summary.md"
    job_summary.append(file, report(2_000, "x" * 400), markdown.render)
    text = file.read_text()
    assert 1_000_000 < len(text) < 1024 * 1024
    assert "| case-slow | regressed | +12.0% |" in text
    assert "case-slow: +12.0%" in text
    assert "rows are left out, because GitHub takes 1 MiB" in text
    assert text.endswith("Verdict: regressed.\n\n")


def test_steps_share_the_room(tmp_path):
    """A second report of a step gets what the first has left: its verdict, or nothing where not even that fits."""
    file = tmp_path / "summary.md"
    file.write_text("x" * (1024 * 1024 - 60))
    job_summary.append(file, report(20), markdown.render)
    assert file.read_text().endswith("xVerdict: regressed.\n\n")
    file.write_text("x" * 1024 * 1024)
    job_summary.append(file, report(20), markdown.render)
    assert 1024 * 1024 == file.stat().st_size


def test_one_endless_reason_does_not_push_the_verdict_out(tmp_path):
    """A reason of 2 MB is cut, the cases around it stay."""
    file = tmp_path / "summary.md"
    job_summary.append(file, report(5, "y" * 2_000_000), markdown.render)
    text = file.read_text()
    assert len(text) < 20_000
    assert "case-slow" in text and "Verdict: regressed." in text

"""Facts travel from the measuring process in one line."""

from __future__ import annotations

from bench.engine import facts_line, verdict_line


def test_the_last_line_counts() -> None:
    """Calibration writes a line too; the process that measured comes after it, and other talk does not matter."""
    talk = "\n".join([facts_line.line({"a": 1}), "Warning: x", facts_line.line({"a": 2, "b": "c", "d": 0.5}), "end"])
    assert {"a": 2, "b": "c", "d": 0.5} == facts_line.parse(talk)


def test_no_line_and_a_damaged_line_tell_nothing() -> None:
    """A child's output may have got in between."""
    assert facts_line.parse("") == {}
    assert facts_line.parse("Warning: x\nprimebench-facts: {'a") == {}


def test_a_caution_is_no_verdict() -> None:
    """What is said beforehand explains a time-out, and is no failure by itself."""
    talk = verdict_line.caution("it may\nhang")
    assert verdict_line.parse(talk) is None
    assert verdict_line.parse_caution(f"Warning: x\n{talk}\nend") == "it may hang"
    assert verdict_line.parse_caution("Warning: x") is None

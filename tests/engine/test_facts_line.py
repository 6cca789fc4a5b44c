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


def test_the_module_that_switches_the_lock_on_is_named_by_cpython() -> None:
    """The words are those of CPython 3.13, Python/import.c; whoever says nothing of it has switched nothing on."""
    talk = (
        "<frozen importlib._bootstrap>:488: RuntimeWarning: The global interpreter lock (GIL) has been enabled to load "
        "module 'gmpy2.gmpy2', which has not declared that it can run safely without the GIL. To override this "
        "behavior and keep the GIL disabled (at your own risk), run with PYTHON_GIL=0 or -Xgil=0."
    )
    assert "gmpy2.gmpy2" == facts_line.gil_module(f"Warning: x\n{talk}\nend")
    assert facts_line.gil_module("Warning: x") is None

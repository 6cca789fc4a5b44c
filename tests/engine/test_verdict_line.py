"""How the measuring process says what kind of failure it met."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.core.record import FAILURE_KINDS
from bench.engine.verdict_line import line, parse


@given(st.sampled_from(sorted(FAILURE_KINDS)), st.text(max_size=80), st.text("ab:\n ", max_size=40))
def test_there_and_back(kind, message, talk):
    """Kind and message come back from the midst of other output; blanks and line ends become one blank."""
    assert parse(f"{talk}\n{line(kind, message)}\n{talk}") == (kind, " ".join(message.split()))


def test_the_first_one_counts():
    """The first failure is the cause; what follows from it is not."""
    assert parse(f"{line('wrong-answer', 'first')}\n{line('crashed', 'second')}") == ("wrong-answer", "first")


@pytest.mark.parametrize("talk", ["", "Traceback\n  boom\n", "it said primebench-failed: crashed: x"])
def test_no_such_line(talk):
    """Output without the line tells nothing; the word in the midst of a line is no verdict."""
    assert parse(talk) is None

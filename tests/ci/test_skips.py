"""Tests of rivals and of two hosts are skipped on a poor machine and never in CI."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support import skips

WORKFLOW = Path(__file__).parents[2] / ".github" / "workflows" / "tests.yml"


@pytest.mark.parametrize(("set_to", "outcome"), [(None, pytest.skip.Exception), ("1", pytest.fail.Exception)])
def test_what_lacks_is_a_failure_where_nothing_may_be_skipped(monkeypatch, set_to, outcome):
    """A library that is not there skips a test; with the variable it fails it, and both name the library."""
    monkeypatch.delenv(skips.NONE_ALLOWED, raising=False)
    if set_to:
        monkeypatch.setenv(skips.NONE_ALLOWED, set_to)
    with pytest.raises(outcome, match="no_such_library"):
        skips.need("no_such_library")


def test_what_is_there_is_returned(monkeypatch):
    """A module of the standard library lacks nowhere."""
    monkeypatch.setenv(skips.NONE_ALLOWED, "1")
    assert re is skips.need("re")


def test_the_workflow_lets_root_run_the_tests_of_clusters_and_skips_none():
    """Each step with tests sets the variable; tests/cluster, left out of the first, is run by sudo in the second."""
    first, second = re.findall(r"^ +(?:- )?run: (.*pytest.*)$", WORKFLOW.read_text(), re.MULTILINE)
    assert "--ignore tests/cluster" in first
    assert second.startswith("sudo ") and second.endswith(" tests/cluster")
    assert all(f"{skips.NONE_ALLOWED}=1" in line for line in (first, second))

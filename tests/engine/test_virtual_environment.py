"""Installations of a source, and nothing left of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.core import start
from bench.core.errors import UsageError
from bench.core.side import here
from bench.engine.virtual_environment import again, copied, from_source, scratch_folder
from tests.support.installation import copy_source
from tests.support.sides import said

PLACE = "import bench.core.version as v; print(v.VERSION, v.__file__)"


def test_a_side_can_be_built_again(tmp_path):
    """Each build imports the same source from a place of its own; a program of the user's stays what it is."""
    copy_source(tmp_path, "9.9")
    (tmp_path / "bench" / "core").chmod(0o500)
    try:
        with scratch_folder() as scratch:
            first = from_source("made", copied("made", tmp_path, scratch), scratch)
            builds = [first, again(first, scratch), again(first, scratch)]
            places = [said(side, PLACE) for side in builds]
            assert [f"9.9 {side.source}/bench/core/version.py" for side in builds] == places
            assert 3 == len(set(places)) == len({side.python for side in builds})
            assert here() == again(here(), scratch)
        assert not scratch.exists()
    finally:
        (tmp_path / "bench" / "core").chmod(0o700)


def test_what_something_else_hides_is_refused(tmp_path, monkeypatch):
    """With another bench first on PYTHONPATH a side would measure the wrong source, so it is refused."""
    copy_source(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with scratch_folder() as scratch, pytest.raises(UsageError, match="unset PYTHONPATH"):
        from_source("ours", Path(start.SOURCE), scratch)


def test_nothing_is_left_after_an_interrupt():
    """Ctrl-C while there are installations removes them as well."""
    seen = []

    def interrupted():
        with scratch_folder() as scratch:
            seen.append(from_source("ours", Path(start.SOURCE), scratch).folder)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [False] == [folder.exists() for folder in seen]

"""What git says of the repository in the current folder."""

from __future__ import annotations

import os

import pytest

from bench.core.errors import UsageError
from bench.core.start import PACKAGES
from bench.engine import installing
from bench.engine.git import checked_out, commit_of, holds_uncommitted, uncommitted
from tests.support.repository import git


def test_a_ref_is_a_commit(inside):
    """A tag and a branch name the commit that git says."""
    assert [git(inside, "rev-parse", ref) for ref in ("old", "main")] == [commit_of("old"), commit_of("main")]


def test_outside_of_a_repository_a_ref_says_so(tmp_path, monkeypatch):
    """HEAD in a folder without a repository tells that there is none."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(UsageError, match="in no git repository"):
        commit_of("HEAD")


def test_what_git_says_is_passed_on(inside, monkeypatch):
    """A repository of somebody else's is there, and git says why it is not read: that is told, not "no repository"."""
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")  # git's own tests pretend so
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    with pytest.raises(UsageError, match="HEAD: git cannot read .* dubious ownership"):
        commit_of("HEAD")


def test_uncommitted_changes_are_told(inside):
    """HEAD and main do not hold what is not committed, which is said; a tag of an older commit is no such trap."""
    file = inside / "primes" / "flags.py"
    before = file.read_text()
    assert uncommitted("HEAD", PACKAGES) is None
    file.write_text(before + "\n# changed\n")
    try:
        assert "without the uncommitted changes to 1 file;" in (uncommitted("HEAD", PACKAGES) or "")
        assert "name the folder ." in (uncommitted("main", PACKAGES) or "")
        assert uncommitted("old", PACKAGES) is None
    finally:
        file.write_text(before)


def test_no_program_of_the_repository_is_run(inside, tmp_path):
    """A monitor of files that its configuration names is not started, whatever is asked about the repository."""
    program = tmp_path / "monitor"
    program.write_text(f"#!/bin/sh\ntouch '{tmp_path}/was-run'\n")
    program.chmod(0o755)
    git(inside, "config", "core.fsmonitor", str(program))
    try:
        assert checked_out(".") is not None
        assert uncommitted("HEAD", PACKAGES) is None
        assert not holds_uncommitted()
        assert (installing.copied(".", inside, tmp_path) / "bench").is_dir()
    finally:
        git(inside, "config", "--unset", "core.fsmonitor")
    assert not (tmp_path / "was-run").exists()

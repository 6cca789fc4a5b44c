"""A repository of primebench with commits of several versions."""

from __future__ import annotations

import pytest

from tests.support.installation import copy_source, set_version
from tests.support.repository import git


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """A small repository with three commits: 9.1 (tag old), 9.2, and one without the packages on a branch."""
    folder = tmp_path_factory.mktemp("repository")
    git(folder, "init", "--quiet", "--initial-branch", "main")
    copy_source(folder)
    for text in ("9.1", "9.2"):
        set_version(folder, text)
        git(folder, "add", "bench", "primes")
        git(folder, "commit", "--quiet", "--message", text)
    git(folder, "tag", "old", "HEAD~1")
    git(folder, "checkout", "--quiet", "--orphan", "bare")
    git(folder, "rm", "--quiet", "-rf", ".")
    (folder / "notes").write_text("nothing")
    git(folder, "add", "notes")
    git(folder, "commit", "--quiet", "--message", "notes")
    git(folder, "checkout", "--quiet", "main")
    return folder


@pytest.fixture
def inside(repository, monkeypatch):
    """Work inside the repository."""
    monkeypatch.chdir(repository)
    return repository

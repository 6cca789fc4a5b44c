"""The nightly job that the guide shows keeps every record and a page, also of nights in which something goes wrong."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys

import pytest

from tests.support.documents import ROOT
from tests.support.records import backend, record, save
from tests.support.repository import git

PAGE = ROOT / "bench/guide/history.md"
STEP = re.compile(r"^      - (if: always\(\)\n        )?run: (.*)$", re.MULTILINE)
PRIMEBENCH = """#!/bin/sh
test "$1" = run || exec {python} -m bench "$@"
while [ "$1" != -o ]; do shift; done
cp "$RECORD" "$2" && exit 1  # a case failed
"""


@pytest.fixture
def programs(tmp_path):
    """A folder with a pip that installs nothing, a calendar, and a primebench whose run ends with 1."""
    folder = tmp_path / "programs"
    folder.mkdir()
    texts = {"pip": "#!/bin/sh\n", "date": "#!/bin/sh\necho $NIGHT\n"}
    for name, text in {**texts, "primebench": PRIMEBENCH.format(python=shlex.quote(sys.executable))}.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return folder


def night(name, origin, folder, programs, made):
    """Carry out the steps in a new clone, as a runner does; return those that failed."""
    git(folder, "clone", "-q", "--depth=1", f"file://{origin}", name)
    env = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "NIGHT": name, "RECORD": str(made)}
    failed = []
    for always, step in STEP.findall(PAGE.read_text(encoding="utf-8")):
        if always or not failed:
            done = subprocess.run(
                ["bash", "-e", "-c", step], cwd=folder / name, env=env, capture_output=True, check=False
            )
            failed += [step.split(" ")[1]] if done.returncode else []
    return failed


def test_records_and_page_are_kept(tmp_path, programs):
    """The first night makes the branch; a failed case and a damaged file cost neither the record nor the page."""
    made = save(record({backend("pool", 2): [1.0] * 6}), tmp_path / "made.json")
    source, origin = tmp_path / "source", tmp_path / "origin.git"
    source.mkdir()
    git(source, "init", "-q")
    git(source, "commit", "-q", "--allow-empty", "-m", "one")
    git(tmp_path, "clone", "-q", "--bare", str(source), str(origin))

    assert ["run"] == night("first", origin, tmp_path, programs, made)
    git(tmp_path, "clone", "-q", "-b", "history", str(origin), "damage")
    (tmp_path / "damage" / "damaged.json").write_text("{")
    git(tmp_path / "damage", "add", ".")
    git(tmp_path / "damage", "commit", "-qm", "damage")
    git(tmp_path / "damage", "push", "-q", "origin", "HEAD:history")
    assert ["run", "history"] == night("second", origin, tmp_path, programs, made)

    names = git(origin, "ls-tree", "--name-only", "history").splitlines()
    assert ["damaged.json", "first.json", "index.html", "second.json"] == names
    assert "Times of backends on Model A" in git(
        origin, "show", "history:index.html"
    )  # a chart, which takes two points

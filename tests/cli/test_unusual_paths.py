"""Paths that lead nowhere: too long for a name, in a circle, or of another user's folder; each is told by its name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bench.app import output
from bench.core.errors import OutputFailed
from tests.support.records import MACHINE

LONG = "x" * 300  # a name has at most 255 bytes
NEARLY = f"{'x' * 245}.json"  # this can be one, and that of the file beside it cannot
GATE = "gate --backend serial --function math:sqrt --items range(9)"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (f"history {LONG}", 1, f"left out: {LONG}: File name too long"),
        ("history circle", 1, "left out: circle: "),
        ("compare circle other", 1, "circle: Too many levels"),
        ("compare circle circle", 2, "circle is given twice"),
        ("gate --records circle --against other", 1, "circle: Too many levels"),
        (f"show {LONG}", 1, f"{LONG}: File name too long"),
        (f"run --resume {LONG}", 1, f"{LONG}: File name too long"),
        (f"run --resume {NEARLY}", 1, f"{NEARLY}: No such file"),
        ("run --resume .", 1, ".: is a folder"),
        ("run --resume /", 1, "/: is a folder"),
        ("run --resume .journal", 1, ".journal: cannot be read"),
        (f"run --backend serial --python {LONG}", 2, f"--python {LONG} is no Python"),
        (f"run --backend serial --python {LONG}/python3", 2, "is no Python"),
        (f"run --backend serial --function math:sqrt --items {LONG}.txt", 2, "do not exist"),
        (f"gate --backend serial --base {LONG} --head .", 2, f"{LONG} is not a commit"),
        (f"{GATE} --base {LONG} --head .", 2, f"{LONG} is not a commit"),
        (f"{GATE} --base . --head . --source {LONG}", 2, f"no folder {LONG}"),
        (f"{GATE} --base . --head . --source circle", 2, "no folder circle"),
        (f"run --backend dask --scheduler x --tls-ca {LONG}", 2, f"--tls-ca {LONG} is no file"),
        (f"search 0 9 -o {LONG}.txt", 1, "cannot be opened: File name too long"),
        (f"search 0 9 -o {LONG}", 2, "no ending that tells the format"),
        (f"search 0 9 --shard 1/2 -o {LONG}.txt", 1, "cannot be opened: File name too long"),
        (f"search --join {LONG}.txt", 2, "cannot be read: File name too long"),
        (f"search --join {NEARLY}", 2, f"{NEARLY} does not exist"),
        ("search --join .", 2, ". is not known to be complete"),
        ("search --join .shard.json", 2, "is not known to be complete"),
    ],
)
def test_a_path_that_cannot_be(cli, launch, words, code, says):
    """A name that is too long or that leads back to itself is refused as one that is not there."""
    Path("circle").symlink_to("circle")
    done = cli(*words.split())
    assert (code, "") == (done.code, done.out), done.err
    assert says in done.err
    assert ["circle"] == os.listdir()


@pytest.mark.parametrize("words", ["history r.json", "compare r.json s.json"])
def test_a_current_folder_that_is_gone(cli, tmp_path, monkeypatch, words):
    """A relative path in it is the path of a file that is not there."""
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    done = cli(*words.split())
    assert (1, "") == (done.code, done.out)
    assert "r.json: No such file or directory" in done.err


def test_a_folder_of_results_that_cannot_be_looked_for(monkeypatch):
    """Even where nobody may know whether there is a folder results, that is one line that names it."""
    monkeypatch.setattr(output, "FOLDER", Path(LONG))
    with (
        pytest.raises(OutputFailed, match=f"the folder {LONG} cannot be made: File name too long"),
        output.reserved(None, MACHINE, "desk", anonymous=False),
    ):
        pass

"""primebench history: many records, good and bad."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import replace
from pathlib import Path

from bench.core.commit import Commit
from tests.support.records import backend, record, save, save_plain

POOL = backend("pool", 2)


def twenty(folder, step=1.5):
    """Save twenty records in a folder, of which the later ten take longer."""
    folder.mkdir(exist_ok=True)
    for day in range(1, 21):
        seconds = 1.0 if day <= 10 else step
        made = replace(
            record({POOL: [seconds] * 6}),
            started_at=f"2026-01-{day:02}T12:00:00+00:00",
            commit=Commit(f"{day:040x}", f"2026-01-{day:02}T11:00:00+00:00", changed=False),
        )
        save(made, folder / f"{day:02}.json")


def test_a_change_is_told_with_its_commit(cli, tmp_path):
    """The sentence names the first commit of the new level, the day, how much, and the interval."""
    twenty(tmp_path / "all")
    done = cli("history", str(tmp_path / "all"))
    assert done.code == 0
    assert f"pool, 2 workers: since commit {11:040x}"[:37] in done.out
    assert "(2026-01-11) 50 % slower (50 .. 50)" in done.out


def test_programs_find_points_and_changes(cli, tmp_path):
    """The keys are those that the changelog promises."""
    twenty(tmp_path / "all")
    (series,) = json.loads(cli("history", str(tmp_path / "all"), "--format", "json").out)["series"]
    assert POOL.id == series["case"]
    assert [point["seconds"] for point in series["points"]] == [1.0] * 10 + [1.5] * 10
    assert series["points"][0]["commit"] == f"{1:040x}"
    (change,) = series["changes"]
    assert (change["at"], change["commit"]) == ("2026-01-11T12:00:00+00:00", f"{11:040x}")
    assert change["low"] <= change["ratio"] <= change["high"]


def test_damaged_files_are_named_and_left_out(cli, tmp_path):
    """Three of twenty are damaged: each is told in a line, the others are shown, and the exit code is 1."""
    twenty(tmp_path / "all")
    for day in ("03", "07", "12"):
        (tmp_path / "all" / f"{day}.json").write_text('{"benchmarks": [')
    done = cli("history", str(tmp_path / "all"), "--format", "json")
    assert done.code == 1
    (series,) = json.loads(done.out)["series"]
    assert len(series["points"]) == 17
    assert [f"{day}.json" in done.err for day in ("03", "07", "12", "13")] == [True, True, True, False]


def test_one_record_is_a_history_of_one_point(cli, tmp_path):
    """There is nothing to look at, which is another thing than no change."""
    file = save(record({POOL: [1.0] * 6}), tmp_path / "one.json")
    done = cli("history", str(file))
    assert done.code == 0
    assert "No series has 6 points, so no change was looked for." in done.out
    assert "No time changed" not in done.out
    assert "like machines" not in done.out


def test_records_of_unlike_machines_only_are_no_history(cli, tmp_path):
    """Each is a series of one point: that nothing was looked at is said, and why."""
    for name in ("A", "B", "C"):
        save(record({POOL: [1.0] * 6}, machine={"cpu_model": f"Model {name}"}), tmp_path / f"{name}.json")
    done = cli("history", str(tmp_path))
    assert done.code == 0
    assert [f"Model {name}" in done.out for name in "ABC"] == [True] * 3
    said = "No series has 6 points, so no change was looked for. No two records are of like machines."
    assert said in " ".join(done.out.split())


def test_by_commit_an_old_one_that_is_measured_later_stands_first(cli, tmp_path):
    """The series falls where commits are counted and rises where records are; both dates stand in the data."""
    for day, made, seconds in (("10", "2026-01-09", 2.0), ("11", "2025-03-01", 1.0)):
        told = replace(record({POOL: [seconds] * 6}), started_at=f"2026-01-{day}T12:00:00+00:00")
        told = replace(told, commit=Commit(day * 20, f"{made}T10:00:00+00:00", changed=False))
        save(told, tmp_path / f"{day}.json")

    def points(*words):
        (one,) = json.loads(cli("history", str(tmp_path), *words, "--format", "json").out)["series"]
        return [(point["seconds"], point["at"][:10], point["commit_at"][:10]) for point in one["points"]]

    newer, older = (2.0, "2026-01-10", "2026-01-09"), (1.0, "2026-01-11", "2025-03-01")
    assert [newer, older] == points()
    assert [older, newer] == points("--by", "commit")


def test_by_commit_records_without_one_are_left_out_and_named(cli, tmp_path):
    """Two of twenty-two records know no commit; without any other there is nothing to show."""
    twenty(tmp_path / "all")
    for name in ("x", "y"):
        save(record({POOL: [1.0] * 6}), tmp_path / "all" / f"{name}.json")
    done = cli("history", str(tmp_path / "all"), "--by", "commit", "--width", "500")
    assert "2 points are left out, for the date of the commit is not known: " in done.out
    assert "x.json, " in done.out and "y.json." in done.out
    alone = cli("history", str(tmp_path / "all" / "x.json"), "--by", "commit")
    assert (1, True) == (alone.code, "leave out --by commit" in alone.err)


def test_a_file_that_is_given_twice_is_one_point(cli, tmp_path):
    """A folder and a file in it name the same record."""
    file = save(record({POOL: [1.0] * 6}), tmp_path / "one.json")
    done = cli("history", str(tmp_path), str(file), "--format", "json")
    assert [len(one["points"]) for one in json.loads(done.out)["series"]] == [1]


def test_of_a_folder_only_records_are_taken(cli, tmp_path):
    """JSON of other programs is left out and told, five of eight by name; hidden folders are not looked into."""
    twenty(tmp_path)
    for number in range(1, 8):
        (tmp_path / f"other{number}.json").write_text('{"some": "settings"}')
    save_plain({"sort": [1.0, 1.1]}, tmp_path / "plain.json")
    for hidden in (".venv", "node_modules"):
        (tmp_path / "below" / hidden).mkdir(parents=True)
        (tmp_path / "below" / hidden / "broken.json").write_text("{")
        save(record({POOL: [1.0] * 6}), tmp_path / "below" / hidden / "record.json")
    done = cli("history", str(tmp_path), "--format", "json")
    assert 0 == done.code
    assert [20] == [len(one["points"]) for one in json.loads(done.out)["series"]]
    assert ("other5.json and 3 more." in done.err, "broken" in done.err) == (True, False)


def test_a_hidden_folder_that_is_named_is_looked_into(cli, tmp_path):
    """Somebody asks for it."""
    twenty(tmp_path / ".records")
    assert 0 == cli("history", str(tmp_path / ".records")).code


def test_a_file_of_another_program_that_is_named_is_an_error(cli, tmp_path):
    """It is told by name beside the folder that it lies in, and the exit code is 1."""
    twenty(tmp_path / "all")
    (tmp_path / "all" / "other.json").write_text('{"some": "settings"}')
    done = cli("history", str(tmp_path / "all"), str(tmp_path / "all" / "other.json"), "--format", "json")
    assert (1, True) == (done.code, "other.json: JSON, but no pyperf file" in done.err)


def test_a_link_in_a_circle_is_an_error(cli, tmp_path):
    """It is told like any other file that cannot be read."""
    twenty(tmp_path / "all")
    (tmp_path / "all" / "circle.json").symlink_to("circle.json")
    done = cli("history", str(tmp_path / "all"), "--format", "json")
    assert (1, True) == (done.code, "circle.json: " in done.err)


def test_a_folder_that_cannot_be_read_is_named(cli, tmp_path, monkeypatch):
    """What lies in it is left out, which is told like a file that cannot be read; an empty history says why it is."""
    twenty(tmp_path / "all")
    (tmp_path / "all" / "locked").mkdir()
    scandir = os.scandir

    def guarded(place):
        if os.fspath(place).endswith("locked"):
            raise PermissionError(errno.EACCES, "Permission denied", place)
        return scandir(place)

    monkeypatch.setattr("os.scandir", guarded)
    done = cli("history", str(tmp_path / "all"), "--format", "json")
    assert (1, 20) == (done.code, len(json.loads(done.out)["series"][0]["points"]))
    assert f"left out: {tmp_path}/all/locked: Permission denied." in done.err
    done = cli("history", str(tmp_path / "all" / "locked"))
    assert (1, "") == (done.code, done.out)
    assert "locked: Permission denied." in done.err and "hold no time" in done.err


def test_a_folder_without_records_says_so(cli, tmp_path):
    """Nothing was found, which is a failure."""
    done = cli("history", str(tmp_path))
    assert (1, "") == (done.code, done.out)
    assert "hold no time" in done.err


def test_a_case_that_fits_nothing_says_so(cli, tmp_path):
    """The pattern stands in the message."""
    file = save(record({POOL: [1.0] * 6}), tmp_path / "one.json")
    assert "fits executor" in cli("history", str(file), "--case", "executor").err


def test_a_page_has_the_chart(cli, tmp_path):
    """The points of the series and the commit of the change are in the data that a browser draws."""
    twenty(tmp_path / "all")
    page = cli("history", str(tmp_path / "all"), "--format", "html").out
    assert f"{11:040x}"[:10] in page
    assert "Times of backends" in page


def test_run_knows_its_commit(cli, tmp_path, monkeypatch):
    """A function of a repository is measured at a commit, with or without changes that are not committed."""
    from tests.support.repository import git

    monkeypatch.chdir(tmp_path)
    Path("own.py").write_text("def same(item):\n    return item\n")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "own.py")
    git(tmp_path, "commit", "-qm", "one")
    words = ["run", "--function", "own:same", "--items", "range(9)", "--backend", "serial"]
    words += ["--values", "1", "--warmups", "0", "--min-time", "0.001"]
    assert cli(*words, "--rounds", "1", "-o", "one.json").code == 0
    Path("own.py").write_text("def same(item):\n    return item  # changed\n")
    assert cli(*words, "--rounds", "1", "-o", "two.json").code == 0
    heads = [json.loads(Path(name).read_text())["primebench"]["commit"] for name in ("one.json", "two.json")]
    assert [head["id"] for head in heads] == [git(tmp_path, "rev-parse", "HEAD")] * 2
    assert [head["changed"] for head in heads] == [False, True]


def test_a_time_whose_processes_lie_apart_is_in_doubt(cli):
    """Minima 1, 1.1 and 1.7 have quartiles 32 % of the median apart, of which show says that it is in doubt."""
    save(record({backend("pool", 2): [1.0, 1.1, 1.7]}), Path("one.json"))
    (series,) = json.loads(cli("history", "one.json", "--format", "json").out)["series"]
    assert ["processes 32 % apart"] == series["points"][0]["disturbed"]

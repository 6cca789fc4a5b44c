"""Where a record goes: what is refused, what is followed, what is taken, and where it is saved instead."""

from __future__ import annotations

import os
import socket
import stat
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from bench.app import output
from bench.app.ledger import Ledger
from bench.core.errors import OutputFailed, UsageError
from bench.store import journal, record_file
from tests.support.records import MACHINE, backend, record

RECORD = record({backend("pool"): 0.1})


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)


def reserved():
    """Reserve a default name."""
    return output.reserved(None, MACHINE, "desk", anonymous=False)


def make_socket(path):
    """Make a socket file."""
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize(
    ("make", "said"),
    [
        (Path.mkdir, "a folder"),
        (os.mkfifo, "a named pipe"),
        (make_socket, "a socket"),
        (lambda path: path.symlink_to("/dev/null"), "a device"),
    ],
    ids=["folder", "pipe", "socket", "link to a device"],
)
def test_only_plain_files_are_written(make, said, force):
    """A folder, a pipe, a socket and a device are refused, --force or not: a record would take their place."""
    path = Path("r.json")
    make(path)
    with pytest.raises(UsageError, match=f"r.json is {said}"):
        output.check(path, force=force)


def test_a_device_stays_a_device(cli, launch):
    """``run -o /dev/null --force`` is wrong usage, and /dev/null is what it was."""
    done = cli("run", "--backend", "pool", "-o", "/dev/null", "--force")
    assert 2 == done.code
    assert "/dev/null is a device; name a plain file." in done.err
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    assert not launch.visits


def test_a_link_is_followed(cli, launch):
    """With --force the file behind a link is replaced, and the link stays."""
    Path("elsewhere").mkdir()
    Path("elsewhere/r.json").write_text("old")
    Path("r.json").symlink_to("elsewhere/r.json")
    assert 2 == cli("run", "--backend", "pool", "-o", "r.json").code
    assert "old" == Path("elsewhere/r.json").read_text()
    assert 0 == cli("run", "--backend", "pool", "--workers", "2", "-o", "r.json", "--force").code
    assert Path("r.json").is_symlink()
    assert 3 == len(record_file.load(Path("elsewhere/r.json")).results)


def test_a_link_to_nothing_needs_force(tmp_path):
    """Whoever made the link did not mean to have a file made behind it; with --force it is made there."""
    Path("r.json").symlink_to("new.json")
    with pytest.raises(UsageError, match="a link to .*new.json, which does not exist"):
        output.check(Path("r.json"), force=False)
    assert tmp_path / "new.json" == output.check(Path("r.json"), force=True)


def test_links_in_a_circle():
    """Links that lead nowhere are refused in one line."""
    Path("a").symlink_to("b")
    Path("b").symlink_to("a")
    with pytest.raises(UsageError, match="a cannot be followed"):
        output.check(Path("a"), force=True)


def test_a_default_name_is_taken_at_once():
    """Three runs that choose a name before any of them has saved get three names."""
    with ExitStack() as stack:
        names = {stack.enter_context(reserved()).name for _ in range(3)}
    assert 3 == len(names)


JOURNALLED = ("run --backend serial", "selftest", "gate --backend serial --base . --head .", "advise")


@pytest.mark.parametrize("command", JOURNALLED)
def test_what_a_killed_run_has_measured_is_not_overwritten(cli, launch, command):
    """A journal whose record is missing holds hours of times: it is refused like a record, and --force replaces it."""
    Path("r.json.journal").write_text("times")
    done = cli(*command.split(), "-o", "r.json")
    assert (2, "times") == (done.code, Path("r.json.journal").read_text())
    assert "r.json.journal holds" in done.err and "--resume r.json" in done.err and "--force" in done.err
    assert not launch.visits


def test_force_replaces_a_journal(cli, launch):
    """Whoever says so begins anew, and nothing is left of what the killed run had."""
    Path("r.json.journal").write_text("times")
    assert 0 == cli("run", "--backend", "serial", "-o", "r.json", "--force").code
    assert ["r.json"] == os.listdir()


@pytest.mark.parametrize("command", ["run --backend pool", "advise", "gate --backend pool --base . --head ."])
def test_a_command_that_measures_nothing_leaves_nothing(cli, command):
    """Neither an empty record nor its folder stays behind a command that was refused after its place was chosen."""
    assert 2 == cli(*command.split(), "--function", "no_such_module:parse", "--items", "range(10)").code
    assert [] == os.listdir()


def test_a_folder_of_others_stays():
    """The folder of records is removed only by who has made it, and only while it is empty."""
    with reserved():
        Path("results/mine.txt").touch()
    assert ["mine.txt"] == os.listdir("results")
    Path("results/mine.txt").unlink()
    with reserved():
        pass
    assert [] == os.listdir("results")


def test_a_record_that_was_saved_stays():
    """What was written into the reserved file is kept."""
    with reserved() as path:
        path.write_text("saved")
    assert "saved" == path.read_text()


def test_a_path_that_was_asked_for_is_left_alone():
    """Whoever names a file gets that one, and it is neither made nor removed."""
    with output.reserved(Path("mine.json"), MACHINE, None, anonymous=False) as path:
        assert Path("mine.json") == path
        assert [] == os.listdir()
        path.touch()
    assert path.exists()


def test_a_name_that_was_taken_for_nothing_is_given_back(monkeypatch, tmp_path):
    """When the record has to be saved elsewhere, no empty file stays in its place."""
    path = Path("results/desk.json")
    path.parent.mkdir()
    path.touch()
    save = record_file.save

    def fail(made, where, **options):
        if where == path:
            raise OutputFailed(f"{where} cannot be written: full.")
        save(made, where, **options)

    monkeypatch.setattr(record_file, "save", fail)
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    ledger = Ledger(RECORD, path)
    with ledger.open():
        pass
    assert tmp_path == ledger.path.parent
    assert any(str(ledger.path) in warned.text for warned in ledger.warnings())
    assert not path.exists()


def test_the_rescue_needs_neither_a_current_folder_nor_a_home(monkeypatch, tmp_path):
    """Where the folder of the record, the current one and the home are gone, temp files have room for it."""

    def gone():
        raise FileNotFoundError(2, "No such file or directory")

    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "cwd", gone)
    monkeypatch.setattr(Path, "home", homeless)
    monkeypatch.setattr("tempfile.gettempdir", gone)
    ledger = Ledger(RECORD, Path("nowhere/r.json"))
    with pytest.raises(OutputFailed), ledger.open():
        pass
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    ledger = Ledger(RECORD, Path("nowhere/r.json"))
    with ledger.open():
        pass
    assert tmp_path == ledger.path.parent


def test_a_rescue_takes_the_journal_along(monkeypatch, tmp_path):
    """Where the disk fills up in the middle, the other place has all, and no older journal is left to go on with."""
    Path("refuge").mkdir()
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "refuge"))
    (result,) = RECORD.results.values()
    ledger = Ledger(RECORD, Path("r.json"))
    with ledger.open():
        ledger.add(result)
        with monkeypatch.context() as full:
            full.setattr(os, "write", lambda _file, _data: (_ for _ in ()).throw(OSError(28, "No space left")))
            ledger.add(result)
        assert ["refuge"] == os.listdir()
        assert ledger.record == journal.load(journal.place(ledger.path))
    assert [ledger.path.name] == os.listdir("refuge")
    assert ledger.record == record_file.load(ledger.path)


def test_a_rescue_replaces_no_other(monkeypatch, tmp_path):
    """Two rescues of one process, and of all whose process has the same number in a container, get two names."""
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    places = set()
    for _ in range(2):
        ledger = Ledger(RECORD, Path("nowhere/r.json"))
        with ledger.open():
            pass
        places.add(ledger.path)
    assert 2 == len(places) == len(os.listdir())


def test_a_rescue_without_a_time_leaves_nothing(monkeypatch, tmp_path):
    """Neither a file that only kept a name elsewhere, where a record needs times and has none."""
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    ledger = Ledger(replace(RECORD, results={}), Path("nowhere/r.json"), needs_times=True)
    with ledger.open():
        assert 2 == len(os.listdir())
    assert [] == os.listdir()

"""A record that is shared tells nothing about whose machine it came from."""

from __future__ import annotations

import getpass
import gzip
import json
import os
import platform
import re
import shlex
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from bench.core.case import Case
from bench.core.record import Failure, Skip
from bench.store import anonymity, record_file
from bench.store.anonymity import scrubbed, without_build

RESULTS = Path(__file__).parents[2] / "results"


@pytest.fixture
def somebody(monkeypatch, tmp_path):
    """A user with a name, a home and a host of their own, working in a folder with a blank in its name."""
    home = tmp_path / "home" / "ada"
    work = home / "my work"
    work.mkdir(parents=True)
    monkeypatch.chdir(work)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr(getpass, "getuser", lambda: "ada")
    monkeypatch.setattr(platform, "node", lambda: "difference-engine")
    return home


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("--output {work}/a.json", "--output ./a.json"),
        ("'{home}/my plans/x.toml'", "'<path>/x.toml'"),
        ("{home}/.pyenv/lib/math.so", "<path>/math.so"),
        ("~/dev/client/job.py:parse", "<path>/job.py:parse"),
        ("{home}", "~"),
        ("{home}lace is somebody else", "<path>/adalace is somebody else"),
        ("/opt/venv/bin/python -m x", "<path>/python -m x"),
        ("run --scheduler 10.0.0.1:8786 --workers 2", "run --scheduler <address> --workers 2"),
        ("run --scheduler=tls://ada.example:8786", "run --scheduler=<address>"),
        ("the worker tcp://10.0.0.2:4711 has gone.", "the worker <address> has gone."),
        ('File "/srv/app/run.py", line 3', 'File "<path>/run.py", line 3'),
        ("file:///srv/app/run.py", "file:<path>/run.py"),
        ("FileNotFoundError: /srv/a/b: gone", "FileNotFoundError: <path>/b: gone"),
        ("-o=/srv/a,/srv/b", "-o=<path>/a,<path>/b"),
        ("ada on difference-engine", "<user> on <host>"),
        ("adapter, Canada", "adapter, Canada"),
        ("/dev/shm has 64 KiB", "/dev/shm has 64 KiB"),
        ("/proc/self/status", "/proc/self/status"),
        ("backends/pool workload=1:2", "backends/pool workload=1:2"),
        ("1/2 of ./here and there/x", "1/2 of ./here and there/x"),
        ("../client/jane/job.py:parse", "<path>/job.py:parse"),
        ("../../..{home}/.pyenv/lib/math.so", "<path>/math.so"),
        ("./here/../../client/job.py", "<path>/job.py"),
        ("{home}/../client/jane/job.py", "<path>/job.py"),
        (
            "--output=../client/a.json -o../client/b.json -o/srv/c.json",
            "--output=<path>/a.json -o<path>/b.json -o<path>/c.json",
        ),
        ("--items '../client jane/a.txt' '/srv/jane b/a.txt'", "--items '<path>/a.txt' '<path>/a.txt'"),
        ("'x' is not in ../client/y, and 'z' is", "'x' is not in <path>/y, and 'z' is"),
        ("HEAD~1..HEAD, origin/main..topic, 1.7 .. 1.8, ...", "HEAD~1..HEAD, origin/main..topic, 1.7 .. 1.8, ..."),
        ("", ""),
    ],
)
def test_what_is_taken_out(somebody, text, left):
    """The working folder becomes a point, paths that lead elsewhere keep their last part, names go."""
    filled = text.format(home=somebody, work=somebody / "my work")
    assert left == scrubbed(filled)


def test_scrubbing_twice_changes_nothing(somebody):
    """A text without anything personal stays as it is, also one that was scrubbed before."""
    once = scrubbed(f"{somebody}/x /srv/app/y ada difference-engine /dev/shm")
    assert once == scrubbed(once)


def test_a_user_without_a_name(monkeypatch):
    """In a container the user id may have no name: then there is nothing to take out, and no error."""

    def nameless():
        raise KeyError("getpwuid(): uid not found: 12345")

    monkeypatch.setattr(anonymity.getpass, "getuser", nameless)
    assert scrubbed("as it is") == "as it is"


def test_a_user_without_a_folder(somebody, monkeypatch):
    """Where the current folder was removed or there is no home, the other one is known, and other paths keep a part."""

    def removed():
        raise FileNotFoundError(2, "No such file or directory")

    def homeless():
        raise RuntimeError("Could not determine home directory.")

    text = f"{somebody}/my work/a.json {somebody}/b.json /srv/c.json"
    with monkeypatch.context() as patched:
        patched.setattr(Path, "cwd", removed)
        assert "<path>/a.json <path>/b.json <path>/c.json" == scrubbed(text.replace("my work", "work"))
    monkeypatch.setattr(Path, "home", homeless)
    assert "./a.json <path>/b.json <path>/c.json" == scrubbed(text)


def test_nothing_personal_is_left_in_a_file(full_record, tmp_path):
    """Host name, user, home, working folder, Python's folders and temp folder occur nowhere in the text."""
    here = f"{Path.cwd()}/bench and {sys.prefix}/bin/python and {tempfile.gettempdir()}/x"
    case = Case.of("backends", "pool-apply-async", {"workers": 2})
    record = replace(
        full_record,
        command=shlex.join(["primebench", "run", "--output", f"{Path.home()}/a.json", "--label", platform.node()]),
        plan=replace(full_record.plan, skips=(Skip(case, "missing", f"{here}: cannot be imported."),)),
        failures={case.id: Failure(case, "crashed", f"exit code 1: {here} on {platform.node()}", f"{here}\n")},
    )
    record_file.save(record, tmp_path / "a.json", anonymous=True)
    text = (tmp_path / "a.json").read_text()
    personal = {str(Path.home()), str(Path.cwd()), sys.prefix, sys.base_prefix, sys.executable, tempfile.gettempdir()}
    assert not [word for word in (*personal, os.sep + "home") if word in text]
    for name in {platform.node(), getpass.getuser()} - {"root"}:
        assert not re.search(rf"\b{re.escape(name)}\b", text)
    assert not re.search(r'"/(?!dev|proc|sys)\w', text)
    assert json.loads(text)["primebench"]["hosts"][0]["host_name"] is None


def test_what_matters_stays(full_record, tmp_path):
    """An anonymous record still has every time, the CPU model and the Python version, and can be read."""
    built = replace(full_record.machine, os="Linux 6.1.0-18-amd64")
    full_record = replace(full_record, machine=built)
    record_file.save(full_record, tmp_path / "a.json", anonymous=True)
    record = record_file.load(tmp_path / "a.json")
    assert [result.samples for result in record.results.values()] == [
        result.samples for result in full_record.results.values()
    ]
    assert record.machine == replace(full_record.machine, host_name=None, os="Linux 6.1.0")
    for result in record.results.values():
        assert {"cpu_model_name", "python_version", "platform"} <= set(result.processes[-1].metadata)


@pytest.mark.parametrize(
    ("system", "left"),
    [
        ("Linux 6.1.0-18-amd64", "Linux 6.1.0"),
        ("Linux 5.15.167.4-microsoft-standard-WSL2", "Linux 5.15.167.4"),
        ("Linux 6.8.12+", "Linux 6.8.12"),
        ("Linux 6.1", "Linux 6.1"),
        ("Darwin 23.1.0", "Darwin 23.1.0"),
        ("FreeBSD 14.1-RELEASE-p5", "FreeBSD 14.1"),
        ("Linux-6.1.0-18-amd64-x86_64-with-glibc2.36", "Linux-6.1.0-x86_64-with-glibc2.36"),
        ("Linux-6.1-x86_64-with-glibc2.36", "Linux-6.1-x86_64-with-glibc2.36"),
        ("macOS-14.1-arm64-arm-64bit", "macOS-14.1-arm64-arm-64bit"),
    ],
)
def test_the_number_of_a_release_is_enough(system, left):
    """What whoever built the system put behind the number goes; number, architecture and C library stay."""
    assert left == without_build(system)


def test_no_build_is_left_in_a_file(full_record, tmp_path):
    """Neither the machine nor the metadata of any process name the build of the system."""
    built = replace(full_record, machine=replace(full_record.machine, os="Linux 6.1.0-18-ours"))
    for result in built.results.values():
        for process in result.processes:
            process.metadata["platform"] = "Linux-6.1.0-18-ours-x86_64-with-glibc2.36"
    record_file.save(built, tmp_path / "a.json", anonymous=True)
    assert "ours" not in (tmp_path / "a.json").read_text()


def test_paths_that_were_given_as_values_are_left_out(somebody):
    """Items of two folders whose files have one name stay two jobs, and nothing of the folders is left."""
    places = ("/srv/ada/old/data.txt", "/srv/ada/new/data.txt", f"{somebody}/my work/mine/text.py:parse")
    cases = [Case.of("backends", "pool", {"items": place, "workers": 2}) for place in places]
    names = anonymity.nameless(cases)
    assert {"./mine/text.py:parse", "<path>/data.txt", "<path>/data.txt#2"} == set(names.values())
    text = anonymity.replaced(json.dumps({case.id: dict(case.params) for case in cases}), names)
    assert "ada" not in text and 3 == len(json.loads(text))


def test_values_that_lead_upwards_are_left_out(somebody):
    """Of a relative path out of the current folder only the file's name stays; one within it stays as it is."""
    places = ("../client acme/jane/job.py:f", "here/../../jane/data.txt", "here/data.txt")
    names = anonymity.nameless(Case.of("backends", "pool", {"items": place, "workers": 2}) for place in places)
    assert {places[0]: "<path>/job.py:f", places[1]: "<path>/data.txt"} == names


def test_no_committed_record_leads_out_of_the_folder_it_was_taken_in():
    """What an anonymous record of results/ says of a job's file is no way through folders of somebody's machine."""
    texts = [gzip.decompress(file.read_bytes()).decode() for file in RESULTS.glob("*.json.gz")]
    texts += [file.read_text(encoding="utf-8") for file in RESULTS.glob("*.json")]
    places = [
        facts.get("file", "") for text in texts for facts in json.loads(text)["primebench"].get("jobs", {}).values()
    ]
    assert any(places)
    assert [place for place in places if place.startswith(("..", "/", "~"))] == []


def test_no_folder_beside_the_current_one_is_left_in_a_file(full_record, tmp_path):
    """Neither the facts of a job, nor its values, nor the command name folders that a relative path leads through."""
    place = "../client acme/jane/job.py"
    case = Case.of("backends", "pool-apply-async", {"function": f"{place}:f", "workers": 2})
    record = replace(
        full_record,
        command=shlex.join(["primebench", "run", "--function", f"{place}:f"]),
        plan=replace(full_record.plan, cases=(*full_record.plan.cases, case)),
        jobs={"key": {"file": place, "function": f"{place}:f"}},
    )
    for result in record.results.values():
        result.processes[-1].metadata["primebench_function"] = f"{place}:f"
    record_file.save(record, tmp_path / "a.json", anonymous=True)
    text = (tmp_path / "a.json").read_text()
    assert "<path>/job.py:f" in text
    assert [word for word in ("acme", "jane") if word in text] == []

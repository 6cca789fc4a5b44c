"""One record is one file."""

from __future__ import annotations

import gzip
import json
import os
import resource
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyperf
import pytest

from bench.core.errors import NotComparable, OutputFailed, UnreadableRecord
from bench.core.record import SCHEMA, Process, Result
from bench.store import record_file


@pytest.fixture(params=["full_record", "small_record", "empty_record"])
def record(request):
    """Records of different shapes."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def saved(full_record, tmp_path):
    """The path of a saved record."""
    record_file.save(full_record, tmp_path / "saved.json")
    return tmp_path / "saved.json"


# --- there and back -----------------------------------------------------------------------------------------------


def test_round_trip(record, tmp_path):
    """Every field of a record comes back from its file, times to the last digit."""
    record_file.save(record, tmp_path / "a.json")
    assert record == record_file.load(tmp_path / "a.json")


def test_saving_again_gives_the_same_text(record, tmp_path):
    """A loaded record writes the very file it came from: nothing is edited on the way."""
    record_file.save(record, tmp_path / "a.json")
    assert (tmp_path / "a.json").read_text() == record_file.to_json(record_file.load(tmp_path / "a.json"))


def test_one_benchmark_with_one_run(small_record, tmp_path):
    """pyperf moves even the date to the top of a file with one run; it is still found in the process it belongs to."""
    record_file.save(small_record, tmp_path / "a.json")
    assert "date" in json.loads((tmp_path / "a.json").read_text())["metadata"]
    (result,) = record_file.load(tmp_path / "a.json").results.values()
    (process,) = result.processes
    assert process.metadata["primebench_workers"] == 2
    assert "date" in process.metadata


def test_every_axis_is_a_scalar_of_the_benchmark(saved):
    """Each benchmark's metadata hold family, member and every axis, as scripts rely on."""
    for benchmark in pyperf.BenchmarkSuite.load(str(saved)):
        metadata = benchmark.get_metadata()
        assert metadata["primebench_family"] == "backends"
        assert metadata["primebench_member"] in benchmark.get_name()
        for axis in ("workers", "start", "chunksize", "ratio"):
            assert f"{axis}={metadata[f'primebench_{axis}']}" in benchmark.get_name()


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
def test_any_file_of_pyperf_can_be_read(tmp_path, packed):
    """A plain pyperf file, packed or not, gives its processes by name."""
    name = "plain.json.gz" if packed else "plain.json"
    runs = [pyperf.Run([1.0, 2.0], metadata={"name": "telco"}), pyperf.Run([3.0, 4.0], metadata={"name": "telco"})]
    pyperf.BenchmarkSuite([pyperf.Benchmark(runs)]).dump(str(tmp_path / name))
    processes = record_file.load_plain(tmp_path / name)["telco"]
    assert [process.values for process in processes] == [(1.0, 2.0), (3.0, 4.0)]


@pytest.mark.parametrize(
    "command",
    [["show"], ["stats"], ["check"], ["hist"], ["metadata"], ["dump"], ["compare_to", "{file}"]],
    ids=lambda command: command[0],
)
def test_commands_of_pyperf_open_it(saved, command):
    """A record is a pyperf file: each of pyperf's own commands opens it."""
    words = [word.format(file=saved) for word in (*command, "{file}")]
    done = subprocess.run([sys.executable, "-m", "pyperf", *words], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    if command != ["compare_to", "{file}"]:  # which says nothing about benchmarks that do not differ
        assert "backends/serial" in done.stdout


# --- writing ------------------------------------------------------------------------------------------------------


def test_nothing_but_the_record_is_left(saved):
    """Saving leaves one file, readable as any other file of this user."""
    assert os.listdir(saved.parent) == ["saved.json"]
    mask = os.umask(0)
    os.umask(mask)
    assert saved.stat().st_mode & 0o777 == 0o666 & ~mask


def test_a_reader_never_meets_a_part(saved, full_record):
    """Whoever opened the old file still reads all of it: the new one takes its place in one step."""
    with saved.open() as reader:
        record_file.save(replace(full_record, command="another"), saved)
        assert json.load(reader)["primebench"]["command"] == full_record.command
    assert record_file.load(saved).command == "another"


def full_disk(folder, monkeypatch):
    """Let any write above 8 KiB fail, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, hard))
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def failing_rename(folder, monkeypatch):
    """Let the last step fail."""

    def refuse(self, target):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "replace", refuse)
    return lambda: None


@pytest.mark.parametrize("fault", [full_disk, failing_rename])
def test_the_old_file_survives(saved, full_record, monkeypatch, fault):
    """When a write fails at any step, the old record is untouched, no part is left and the error names the file."""
    before = saved.read_text()
    undo = fault(saved.parent, monkeypatch)
    try:
        with pytest.raises(OutputFailed, match=r"saved\.json cannot be written: "):
            record_file.save(replace(full_record, command="x" * 10000), saved)
    finally:
        undo()
    assert saved.read_text() == before
    assert os.listdir(saved.parent) == ["saved.json"]


def test_a_packed_record_stays_packed(saved, full_record):
    """A name that ends in .gz means gzip, when a record is written as when it is read."""
    packed = saved.with_suffix(".json.gz")
    record_file.save(full_record, packed)
    assert gzip.decompress(packed.read_bytes()) == saved.read_bytes()
    assert record_file.load(packed) == record_file.load(saved)


FILE_LIMIT = """
import resource, sys
from pathlib import Path
from bench.core.errors import OutputFailed
from bench.store import record_file
record = record_file.load(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
try:
    record_file.save(record, Path(sys.argv[1]))
except OutputFailed as error:
    print(error)
"""


def test_a_write_that_fails_leaves_no_file_open(saved):
    """Python warns of nothing when the disk takes a part of a record only: the file was closed all the same."""
    before = saved.read_text()
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FILE_LIMIT, saved], capture_output=True, text=True, check=False
    )
    assert (0, "") == (done.returncode, done.stderr)
    assert "saved.json cannot be written: File too large." in done.stdout
    assert before == saved.read_text()
    assert os.listdir(saved.parent) == ["saved.json"]


def test_a_full_disk(tmp_path, full_record):
    """On a file system without space left the error says so, and what was there is still there."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24k", "tmpfs", tmp_path], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting a small file system needs root")
    try:
        path = tmp_path / "a.json"
        path.write_text("the old record")
        with pytest.raises(OutputFailed, match=r"a\.json cannot be written: No space left on device\."):
            record_file.save(replace(full_record, command="x" * 30000), path)
        assert path.read_text() == "the old record"
        assert os.listdir(tmp_path) == ["a.json"]
    finally:
        subprocess.run(["umount", tmp_path], check=True)


@pytest.mark.parametrize(
    ("folder", "reason"),
    [("nowhere", "No such file or directory"), ("file", "Not a directory"), ("/proc", "No such file or directory")],
)
def test_a_folder_that_takes_no_file(tmp_path, empty_record, folder, reason):
    """A missing folder, a file in the place of one and a folder that takes no files are clear errors."""
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputFailed, match=rf"a\.json cannot be written: {reason}\."):
        record_file.save(empty_record, tmp_path / folder / "a.json")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_of_somebody_else(tmp_path, empty_record):
    """A folder without the permission to write is a clear error."""
    tmp_path.chmod(0o500)
    with pytest.raises(OutputFailed, match=r"a\.json cannot be written: Permission denied\."):
        record_file.save(empty_record, tmp_path / "a.json")
    tmp_path.chmod(0o700)


def test_an_interrupt_leaves_no_part(saved, full_record, monkeypatch):
    """Ctrl-C in the middle of saving leaves the old record and nothing else."""
    before = saved.read_text()

    def interrupt(_descriptor):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        record_file.save(full_record, saved)
    assert saved.read_text() == before
    assert os.listdir(saved.parent) == ["saved.json"]


def test_one_record_is_one_machine(full_record, tmp_path):
    """Processes of one case from two machines are refused, with the field in which they differ."""
    key, result = next(iter(full_record.results.items()))
    last = result.processes[-1]
    moved = Process(last.values, last.warmups, {**last.metadata, "cpu_model_name": "another CPU"})
    mixed = replace(full_record, results={key: Result(result.case, (*result.processes, moved))})
    with pytest.raises(NotComparable, match="cpu_model_name"):
        record_file.save(mixed, tmp_path / "a.json")


# --- reading what is no record ------------------------------------------------------------------------------------


def damaged(change):
    """Return the text of a record with its key ``primebench`` changed."""

    def edit(text):
        data = json.loads(text)
        change(data["primebench"])
        return json.dumps(data)

    return edit


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda _text: "", "no JSON, or truncated"),
        (lambda text: text[: len(text) // 2], "no JSON, or truncated"),
        (lambda _text: "[" * 100000, "no JSON, or truncated"),
        (lambda _text: "hello", "no JSON, or truncated"),
        (lambda _text: "\udcff\udcfe", "no JSON, or truncated"),
        (lambda _text: "[]", "no pyperf file"),
        (lambda _text: '{"results": []}', "no pyperf file"),
        (lambda _text: '{"version": "1.0", "benchmarks": []}', "not one of primebench"),
        (lambda text: text.replace('"version": "1.0"', '"version": "99.0"'), "no pyperf file, or a truncated one"),
        (lambda text: text.replace('"runs": [', '"runs": 3, "x": ['), "no pyperf file, or a truncated one"),
        (damaged(lambda head: head.update(schema=SCHEMA + 1)), f"has schema {SCHEMA + 1}, and this primebench reads"),
        (damaged(lambda head: head.pop("schema")), "has schema None"),
        (damaged(lambda head: head.pop("machine")), "is damaged"),
        (damaged(lambda head: head["machine"].pop("os")), "is damaged"),
        (damaged(lambda head: head["machine"].update(colour="red")), "is damaged"),
        (damaged(lambda head: head["plan"].update(cases=[])), "is damaged"),
        (damaged(lambda head: head["plan"]["cases"][0].update(params=[])), "is damaged"),
        (damaged(lambda head: head.update(plan=[])), "is damaged"),
        (damaged(lambda head: head.update(failures=None)), "is damaged"),
    ],
)
def test_one_line_says_what_is_wrong(saved, edit, reason):
    """A file that is truncated, foreign, damaged or from a newer schema is named with its reason, in one line."""
    saved.write_text(edit(saved.read_text()), errors="surrogateescape")
    with pytest.raises(UnreadableRecord) as caught:
        record_file.load(saved)
    message = str(caught.value)
    assert message.startswith(f"{saved}: ")
    assert reason in message
    assert "\n" not in message
    assert caught.value.exit_code == 1


@pytest.mark.parametrize(
    "edit", [damaged(lambda head: head.pop("schema")), damaged(lambda head: head.update(schema="x"))]
)
def test_a_damaged_record_is_no_plain_pyperf_file(saved, edit):
    """A record whose schema is no number is damaged, rather than a file that primebench has not written."""
    saved.write_text(edit(saved.read_text()))
    with pytest.raises(UnreadableRecord, match="the key 'primebench' is damaged"):
        record_file.schema_of(saved)


@pytest.mark.parametrize("path", ["nowhere.json", "."])
def test_no_file(tmp_path, path):
    """A missing file and a folder are named with the system's reason."""
    with pytest.raises(UnreadableRecord, match="No such file|Is a directory"):
        record_file.load(tmp_path / path)


@pytest.mark.parametrize("cut", [0, 5, 40])
def test_a_truncated_packed_file(tmp_path, cut):
    """A packed file that breaks off is named like any other."""
    path = tmp_path / "a.json.gz"
    path.write_bytes(gzip.compress(b'{"benchmarks": []}' * 10)[:cut] or b"x")
    with pytest.raises(UnreadableRecord, match=r"a\.json\.gz: "):
        record_file.load_plain(path)

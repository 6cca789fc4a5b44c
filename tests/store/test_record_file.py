"""One record is one file."""

from __future__ import annotations

import gzip
import json
import os
import re
import resource
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyperf
import pytest

from bench.core.errors import NotComparable, OutputFailed, UnreadableRecord
from bench.core.record import SCHEMA, Process, Result
from bench.store import json_file, record_file


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
        (lambda _text: "", "is empty"),
        (lambda _text: " \n", "is empty"),
        (lambda text: text[: len(text) // 2], "no JSON, or truncated"),
        (lambda _text: "[" * 100000, "no JSON, or truncated"),
        (lambda _text: "hello", "no JSON, or truncated"),
        (lambda _text: "\udcff\udcfe", "written in UTF-8 (it seems to be UTF-16)"),
        (lambda _text: '{"a": "\udcff"}', "written in UTF-8 (byte 7 does not fit)"),
        (lambda _text: '{"benchmarks": [], "benchmarks": []}', 'the key "benchmarks" occurs twice'),
        (lambda _text: '{"benchmarks": [1' + "0" * 5000 + "]}", "no JSON, or truncated"),
        (lambda _text: "[]", "no pyperf file"),
        (lambda _text: '{"results": []}', "no pyperf file"),
        (lambda _text: '{"version": "1.0", "benchmarks": []}', "not one of primebench"),
        (lambda text: text.replace('"version": "1.0"', '"version": "99.0"'), 'version is "99.0"; expected 1.0'),
        (lambda text: text.replace('"runs": [', '"runs": 3, "x": ['), "benchmarks[0].runs is 3; expected a list"),
        (damaged(lambda head: head.update(schema=SCHEMA + 1)), f"has schema {SCHEMA + 1}, and this primebench reads"),
        (damaged(lambda head: head.pop("schema")), "primebench.schema is no whole number; expected 2"),
        (damaged(lambda head: head.update(schema=True)), "primebench.schema is no whole number; expected 2"),
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


HUGE = 10**400
DEEP = json.loads("[" * 900 + "]" * 900)


@pytest.mark.parametrize(
    ("place", "value", "expected"),
    [
        ("hosts[0]", None, "is null; expected an object with cpu_model"),
        ("hosts[0].os", 5, "is 5; expected text"),
        ("hosts[0].logical_cpus", True, "is true; expected a whole number from 1 to 1048576"),
        ("hosts[0].logical_cpus", -1, "is -1; expected a whole number from 1 to 1048576"),
        ("hosts[0].usable_cpus", float("nan"), "is NaN; expected a number from"),
        ("hosts[0].cgroup_quota_cpus", float("inf"), "is Infinity; expected a number from 1e-06 to"),
        ("hosts[0].memory_bytes", HUGE, "is 1000000000000000000000000000000000000000... (401 characters); expected"),
        ("hosts[0].libraries.numpy", [], "is a list of 0; expected text"),
        ("plan", [], "is a list of 0; expected an object with cases"),
        ("plan.cases[1].params", [], "is a list of 0; expected an object"),
        ("plan.cases[1].params.workers", "two", 'is "two"; expected a whole number from 1 to 1024, or none'),
        ("plan.cases[1].params.workers", 0, "is 0; expected a whole number from 1 to 1024, or none"),
        ("plan.cases[1].params.start", None, "is null; expected text, or a number"),
        ("plan.cases[1].member", ["pool"], "is a list of 1; expected a name"),
        ("plan.cases[1].member", DEEP, "is a list of 1; expected a name"),
        ("plan.skips[0].kind", "gone", 'is "gone"; expected skipped or missing'),
        ("plan.effort.rounds", 10**9, "is 1000000000; expected a whole number from 1 to 10000"),
        ("plan.effort.timeout_s", "x", 'is "x"; expected a number from 0 to 86400'),
        ("plan.affinity", 3, "is 3; expected a list"),
        ("plan.affinity[0]", None, "is null; expected a whole number"),
        ("plan.references", [], "is a list of 0; expected an object"),
        ("plan.references.x", 7, "is 7; expected an object"),
        ("plan.references.x", {"baseline": []}, ".baseline is a list of 0; expected the id of a case"),
        ("plan.ladders[0].title", 5, "is 5; expected text"),
        ("plan.ladders[0].steps[1]", ["one"], "is a list of 1; expected a list of 2"),
        ("plan.ladders[0].steps[1][1]", [], "is a list of 0; expected text"),
        ("failures", None, "is null; expected a list"),
        ("failures[0].kind", "sad", 'is "sad"; expected wrong-answer or crashed or timed-out or leaked'),
        ("failures[0].message", {}, "is an object; expected text"),
    ],
)
def test_every_field_is_checked(saved, place, value, expected):
    """A field of a wrong type, or out of its limits, is named with its place, its value and what it may hold."""
    data = json.loads(saved.read_text())
    *path, last = re.findall(r"\w+", place)
    at = data["primebench"]
    for step in path:
        at = at[int(step) if isinstance(at, list) else step]
    at[int(last) if isinstance(at, list) else last] = value
    saved.write_text(json.dumps(data))
    message = refusal(saved)
    assert f"{saved}: primebench.{place}" in message and expected in message


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda data: data["primebench"].pop("hosts"), "primebench.hosts is missing; expected a list"),
        (lambda data: data["primebench"]["hosts"][0].pop("os"), "primebench.hosts[0].os is missing; expected text"),
        (lambda data: data["primebench"]["hosts"][0].update(hue="red"), 'hosts[0] has the key "hue"; expected'),
        (lambda data: data["primebench"]["plan"].update(cases=[]), "benchmarks[0] has another name; expected the id"),
        (lambda data: data["benchmarks"][0]["runs"][1]["values"].append(0), "runs[1].values[3] is 0; expected a"),
        (lambda data: data["benchmarks"][0]["runs"][1].update(values=[1e308]), "values[0] is 1e+308; expected a"),
        (lambda data: data["benchmarks"][0]["runs"][0]["warmups"].append([0, 1]), "warmups[2][0] is 0; expected a"),
        (lambda data: data["benchmarks"][0]["runs"][0].pop("warmups"), "runs[0] holds neither; expected values, or"),
        (lambda data: data["benchmarks"].append(data["benchmarks"][0]), "benchmarks[2] has the name of a benchmark"),
        (lambda data: data["metadata"].update(unit="metre"), 'metadata.unit is "metre"; expected second or byte or'),
        (lambda data: data["metadata"].update(x="a\nb"), 'metadata.x is "a\\nb"; expected one line of text'),
        (lambda data: data["metadata"].update(primebench_pair=1), "names only a pair or only a batch; expected both"),
    ],
)
def test_every_level_of_the_file_is_checked(saved, change, expected):
    """Missing and unknown keys, broken times and broken metadata are named with their place."""
    data = json.loads(saved.read_text())
    change(data)
    saved.write_text(json.dumps(data))
    assert expected in refusal(saved)


def refusal(path):
    """Return the one line with which a file is refused."""
    with pytest.raises(UnreadableRecord) as caught:
        record_file.load(path)
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize(
    "edit", [damaged(lambda head: head.pop("schema")), damaged(lambda head: head.update(schema="x"))]
)
def test_a_damaged_record_is_no_plain_pyperf_file(saved, edit):
    """A record whose schema is no number is damaged, rather than a file that primebench has not written."""
    saved.write_text(edit(saved.read_text()))
    with pytest.raises(UnreadableRecord, match="primebench.schema is no whole number"):
        record_file.schema_of(saved)


@pytest.mark.parametrize("path", ["nowhere.json", "."])
def test_no_file(tmp_path, path):
    """A missing file and a folder are named as such."""
    with pytest.raises(UnreadableRecord, match="No such file|is a folder, and not a regular file"):
        record_file.load(tmp_path / path)


@pytest.mark.parametrize("cut", [0, 5, 40])
def test_a_truncated_packed_file(tmp_path, cut):
    """A packed file that breaks off is named like any other."""
    path = tmp_path / "a.json.gz"
    path.write_bytes(gzip.compress(b'{"benchmarks": []}' * 10)[:cut] or b"x")
    with pytest.raises(UnreadableRecord, match=r"a\.json\.gz: "):
        record_file.load_plain(path)


def test_a_pipe_is_not_waited_for(tmp_path):
    """Nobody may ever write into a pipe: it is refused at once."""
    os.mkfifo(tmp_path / "a.json")
    assert "is a pipe, and not a regular file" in refusal(tmp_path / "a.json")


def test_a_packed_file_that_would_fill_the_memory(tmp_path, monkeypatch):
    """What is larger than any record is not unpacked further."""
    monkeypatch.setattr(json_file, "_LARGEST", 2**20)
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(b" " * 2**21))
    assert "larger than 1 MiB" in refusal(tmp_path / "a.json.gz")


@pytest.mark.parametrize("place", [9, 12, -1, -8])
def test_a_damaged_packed_file(saved, place):
    """A flipped bit is found, wherever it is: in the header, in the data or in the checksum."""
    packed = bytearray(gzip.compress(saved.read_bytes()))
    packed[3 if place == 9 else place] ^= 0x80 if place == 9 else 1
    (saved.parent / "b.json.gz").write_bytes(packed)
    assert "packed with gzip, but" in refusal(saved.parent / "b.json.gz")


def test_a_mark_at_the_beginning(saved, full_record):
    """Some editors begin a file with the mark of UTF-8; it is no part of the record."""
    saved.write_bytes(b"\xef\xbb\xbf" + saved.read_bytes())
    assert full_record == record_file.load(saved)


@pytest.mark.parametrize("path", sorted(Path("results").glob("*.json*")), ids=lambda path: path.stem)
def test_reads_what_pyperf_reads(path):
    """Of every committed record pyperf itself reads the same values, warm-ups and metadata."""
    read = record_file.load_plain(path)
    suite = pyperf.BenchmarkSuite.load(str(path)).get_benchmarks()
    assert [benchmark.get_name() for benchmark in suite] == list(read)
    for benchmark in suite:
        runs = [(run.values, run.warmups, run.get_metadata()) for run in benchmark.get_runs()]
        assert runs == [(each.values, each.warmups, dict(each.metadata)) for each in read[benchmark.get_name()]]

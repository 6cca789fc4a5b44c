"""primebench show: what is refused, and how."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from bench.store import record_file
from tests.support.records import backend
from tests.support.records import record as made


@pytest.fixture
def record(cli, launch):
    """A record of serial, ceiling and pool."""
    cli("run", "--backend", "pool", "-o", "r.json")
    return Path("r.json")


@pytest.mark.parametrize("form", ["text", "markdown", "csv", "json"])
def test_every_format_holds_the_members(cli, record, form):
    """Whatever the format, each member is in it."""
    done = cli("show", "r.json", "--format", form)
    assert 0 == done.code
    assert all(member in done.out for member in ("serial", "ceiling", "pool"))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda text: text[: len(text) // 2], "truncated"),
        (lambda text: "[1, 2]", "no pyperf file"),
        (lambda text: "", "is empty"),
        (lambda text: text.replace('"schema": 2', '"schema": 99'), "has schema 99"),
        (lambda text: text.replace('"rounds"', '"bounds"'), "damaged"),
        (lambda text: text.replace('"member": "pool"', '"member": "pond"'), "damaged"),
    ],
)
def test_damaged_file_is_one_line(cli, record, damage, said):
    """A file that is no record ends with exit code 1 and one line that names file and reason; no traceback."""
    Path("bad.json").write_text(damage(record.read_text()))
    done = cli("show", "bad.json")
    assert 1 == done.code
    assert 1 == len(done.err.strip().splitlines())
    assert "bad.json" in done.err
    assert said in done.err


def test_missing_file_is_one_line(cli):
    """A file that is not there is said with its name."""
    done = cli("show", "nowhere.json")
    assert 1 == done.code
    assert "nowhere.json: No such file or directory" in done.err


def test_unknown_format_is_wrong_usage(cli, record):
    """A format that no file provides ends with exit code 2."""
    assert 2 == cli("show", "r.json", "--format", "docx").code


def test_a_plain_pyperf_file_is_shown_in_its_own_units(cli):
    """Seconds, bytes, counts and the largest number there is, each as what it is; the Python is told by one of them."""
    told = {"python_version": "3.12.1", "python_implementation": "cpython"}
    entries = {
        "sort": ("second", [[0.002, 0.001], [0.003, 0.004]], told),
        "memory": ("byte", [[1536.0 * 1024], [1536.0 * 1024]], {}),
        "calls": ("integer", [[1200.0], [1300.0]], {}),
        "long": ("second", [[1e308], [1.2e308]], {}),
    }
    benchmarks = [
        {"metadata": {"name": name, "unit": unit, "loops": 1, **told}, "runs": [{"values": row} for row in rows]}
        for name, (unit, rows, told) in entries.items()
    ]
    Path("p.json").write_text(json.dumps({"version": "1.0", "metadata": {}, "benchmarks": benchmarks}))
    done = cli("show", "p.json")
    assert 0 == done.code
    rows = {line.split()[0]: line for line in done.out.splitlines() if line.strip()}
    assert "1.00 ms" in rows["sort"] and "2.50 ms" in rows["sort"] and "1.50 MiB" in rows["memory"]
    assert "1,250" in rows["calls"] and "1.1e+308 s" in rows["long"]
    assert "Python: CPython 3.12.1" in done.out
    cases = {case["id"]: case for case in json.loads(cli("show", "p.json", "--format", "json").out)["cases"]}
    assert (None, 0.002) == (cases["memory"]["typical_s"], cases["sort"]["typical_s"])
    assert 1 + 10 == len(cli("show", "p.json", "--format", "csv").out.splitlines())


TEXTBOOK = str(Path(__file__).parents[2] / "results/textbook-2cpu.json")


def test_the_answer_stands_above_the_tables(cli):
    """The sentences come first, then the ladder of the worked example, then a row per case."""
    out = cli("show", TEXTBOOK).out
    places = [out.index(word) for word in ("48.2 times as long", "The worked example", "pool-imap-unordered")]
    assert sorted(places) == places


def test_only_what_is_wanted_is_shown(cli):
    """--backend, --family and --case narrow rows, ladders and data, and leave each row's figures as they were."""
    whole = {case["id"]: case for case in json.loads(cli("show", TEXTBOOK, "--format", "json").out)["cases"]}
    few = json.loads(cli("show", TEXTBOOK, "--backend", "pool*", "--case", "*=textbook*", "--format", "json").out)
    assert {"pool", "pool-apply-async", "pool-imap", "pool-imap-unordered"} == {case["member"] for case in few["cases"]}
    assert all(whole[case["id"]] == case for case in few["cases"])
    assert [] == few["ladders"]
    channels = json.loads(cli("show", TEXTBOOK, "--family", "channels", "--format", "json").out)
    assert {"channels"} == {case["family"] for case in channels["cases"]}
    assert ["Thread or process? One message there, half a round trip"] == [one["title"] for one in channels["ladders"]]
    done = cli("show", TEXTBOOK, "--backend", "pol")
    assert (2, "") == (done.code, done.out) and "did you mean pool?" in done.err


def test_several_files_have_sections_and_damaged_ones_are_named(cli, record):
    """Each file that can be read has its section, one that cannot is named and left out, and the exit code is 1."""
    Path("bad.json").write_text("{")
    done = cli("show", "r.json", "bad.json", TEXTBOOK, "--backend", "pool")
    assert 1 == done.code
    assert "bad.json" in done.err and 1 == done.err.count("\n")
    assert re.search(r"^r\.json\n======$", done.out, re.MULTILINE) and f"{TEXTBOOK}\n==" in done.out
    lines = list(csv.DictReader(cli("show", "r.json", TEXTBOOK, "--format", "csv").out.splitlines()))
    assert {"r.json", TEXTBOOK} == {line["file"] for line in lines}
    assert 1 == cli("show", "bad.json", "bad.json").code


def test_of_several_files_those_without_what_is_wanted_are_named(cli):
    """Nothing of a file is wanted, which is no failure: a pattern fits nothing, no case fits all, or there are none."""
    pyperf = {"metadata": {"name": "pipe"}, "benchmarks": [{"runs": [{"values": [1.0]}]}], "version": "1.0"}
    Path("plain.json").write_text(json.dumps(pyperf))
    for name, members in (("none", {"executor": 4}), ("few", {"pool": 2, "executor": 4}), ("all", {"pool": 4})):
        cases = {backend(member, workers): 1.0 for member, workers in members.items()}
        record_file.save(made({backend("serial"): 1.0, **cases}), Path(f"{name}.json"))
    words = ("--backend", "pool", "--case", "*workers=4*", "--format", "json")
    done = cli("show", "none.json", "few.json", "plain.json", "all.json", *words)
    assert 0 == done.code and "all.json" in done.out and "few.json" not in done.out, done.err
    said = ("pool is no backend of none.json", "no case of few.json fits", "plain.json is no record of primebench")
    for begin, line in zip(said, done.err.splitlines(), strict=True):
        assert line.startswith(f"Left out: {begin}")


def test_csv_is_whole(cli):
    """Machine, Python and facts are columns, and what is not there is empty."""
    out = cli("show", TEXTBOOK, "--channel", "pipe", "--format", "csv").out
    line = next(csv.DictReader(out.splitlines()))
    told = {"machine": "Intel(R) Xeon(R) Processor", "usable_cpus": "2", "python": "3.11.7", "member": "pipe"}
    assert told.items() <= line.items()
    assert "8.0" == line["encoded_bytes"] and float(line["p50_s"]) > 0
    everything = cli("show", TEXTBOOK, "--format", "csv").out
    assert not {"none", "None"} & {cell for row in csv.reader(everything.splitlines()) for cell in row}

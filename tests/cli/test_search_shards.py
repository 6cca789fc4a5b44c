"""primebench search --shard and --join: parts that make up the whole, and everything that does not fit together."""

from __future__ import annotations

import errno
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HELD_S = 60
WAY = ("--kernel", "sieve", "--backend", "serial")
SEARCH = ("0", "3000", *WAY)  # 430 primes: OEIS A000720
NAMES = ("primes", "gaps", "longest_gap", "longest_gap_after")


@pytest.fixture
def sharded(cli):
    """Do all shards of a search; return their outputs, in order."""

    def do(parts, *words, form="txt"):
        paths = [f"p{index}.{form}" for index in range(1, parts + 1)]
        for index, path in enumerate(paths, 1):
            done = cli("search", *(words or SEARCH), "--shard", f"{index}/{parts}", "-o", path)
            assert 0 == done.code, done.err
        return paths

    return do


@pytest.fixture
def counted(cli):
    """Count all shards of a search; return the files with what they print."""

    def do(parts, *words):
        paths = [f"c{index}.json" for index in range(1, parts + 1)]
        for index, path in enumerate(paths, 1):
            done = cli("search", *(words or SEARCH), "--shard", f"{index}/{parts}", "--format", "json")
            assert 0 == done.code, done.err
            Path(path).write_text(done.out)
        return paths

    return do


@pytest.mark.parametrize("form", ["txt", "csv", "npy"])
@pytest.mark.parametrize("parts", [1, 3, 8])
def test_joined_shards_are_the_whole_search(cli, sharded, form, parts):
    """In any order on the command line, the shards make the very bytes of one search, and its count."""
    assert 0 == cli("search", *SEARCH, "-o", f"whole.{form}").code
    paths = sharded(parts, form=form)
    done = cli("search", "--join", *reversed(paths), "-o", f"joined.{form}")
    assert (0, "430\n", f"Saved as joined.{form}\n") == done
    assert Path(f"whole.{form}").read_bytes() == Path(f"joined.{form}").read_bytes()
    assert [] == [path.name for path in Path().iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("form", ["txt", "csv", "npy"])
def test_more_shards_than_numbers(cli, sharded, form):
    """Between 90 and 98 lies one prime, 97: of eleven shards at least ten hold none, and the whole is the same."""
    words = ("90", "98", *WAY)
    assert 0 == cli("search", *words, "-o", f"whole.{form}").code
    assert "1\n" == cli("search", "--join", *sharded(11, *words, form=form), "-o", f"joined.{form}").out
    assert Path(f"whole.{form}").read_bytes() == Path(f"joined.{form}").read_bytes()


def test_counts_are_added_up(cli, counted):
    """There are 430 primes below 3000 (OEIS A000720); what a shard prints says which part of what it counted."""
    paths = counted(4)
    found = [json.loads(Path(path).read_text()) for path in paths]
    assert [(0, 3000, f"{index}/4") for index in range(1, 5)] == [(one["lo"], one["hi"], one["shard"]) for one in found]
    assert 430 == sum(one["count"] for one in found)
    assert (0, "430\n", "") == cli("search", "--join", *paths)


@pytest.mark.parametrize("parts", [1, 7, 40])
def test_distances_across_borders_are_counted(cli, counted, parts):
    """Twins and gaps of joined shards are those of one search, also where shards hold one prime or none."""
    words = ("0", "130", *WAY, "--twins", "--gaps")
    whole = cli("search", *words)
    assert "31\ntwins 10\n" in whole.out  # OEIS A000720, A007508: the pairs from (3, 5) to (107, 109)
    assert (0, whole.out) == cli("search", "--join", *counted(parts, *words))[:2]


def test_no_gap_in_joined_shards(cli, counted):
    """Where there are not two primes the longest gap is none, in each shard and in all of them."""
    for lo, hi, count in (("0", "3", 1), ("24", "29", 0)):
        words = (lo, hi, *WAY, "--gaps")
        answer = json.loads(cli("search", "--join", *counted(2, *words), "--format", "json").out)
        assert (count, {}, None, None) == tuple(answer[name] for name in NAMES)


def test_twins_alone_are_counted_across_borders(cli, counted):
    """1000 is the end of 35 pairs of twins (OEIS A007508), however the range is cut."""
    assert "168\ntwins 35\n" == cli("search", "--join", *counted(60, "0", "1000", *WAY, "--twins")).out


def test_names_from_a_pattern_of_the_shell(cli, sharded):
    """``p*`` names the files beside the outputs as well; one stands for its output, both together for one."""
    paths = sharded(3)
    both = sorted([*paths, *(f"{path}.shard.json" for path in paths)])
    assert "430\n" == cli("search", "--join", *both).out
    assert "430\n" == cli("search", "--join", *(f"{path}.shard.json" for path in paths)).out


def test_json_of_a_join(cli, sharded):
    """The joined answer as data, held against published tables: 168 primes below 1000."""
    paths = sharded(2, "0", "1000", *WAY)
    found = json.loads(cli("search", "--join", *paths, "-o", "all.txt", "--format", "json").out)
    assert (0, 1000, 168, True, 2) == tuple(found[name] for name in ("lo", "hi", "primes", "published", "shards"))


def test_a_join_goes_to_standard_output(cli, sharded, monkeypatch):
    """With ``-o -`` the primes are printed, and their number is said beside them; a reader may have gone."""
    paths = sharded(2, "0", "12", *WAY)
    reading, writing = os.pipe()
    monkeypatch.setattr("bench.search.joining.STDOUT", writing)
    assert (0, "", "5 primes\n") == cli("search", "--join", *paths, "-o", "-")
    assert b"2\n3\n5\n7\n11\n" == os.read(reading, 100)
    os.close(reading)
    assert (0, "", "") == cli("search", "--join", *paths, "-o", "-")
    os.close(writing)


def test_a_signal_when_the_output_has_just_been_made(cli, sharded, monkeypatch):
    """SIGTERM ends a join as Ctrl-C does and leaves nothing, also before anything is written."""
    from bench.search import joining

    def interrupt(*_):
        raise KeyboardInterrupt

    opened = joining._open

    def interrupted(path, access):
        descriptor = opened(path, access)
        os.kill(os.getpid(), signal.SIGTERM)
        return descriptor

    paths = sharded(2)
    there = sorted(Path().iterdir())
    monkeypatch.setattr(joining, "_open", interrupted)
    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        assert 130 == cli("search", "--join", *paths, "-o", "all.txt").code
    finally:
        signal.signal(signal.SIGTERM, before)
    assert there == sorted(Path().iterdir())


def test_counts_come_through_pipes(cli, counted):
    """A pipe, such as a shell's ``<(ssh host primebench ...)``, is read as what a shard prints."""
    first, second = counted(2)
    reading, writing = os.pipe()
    os.write(writing, Path(first).read_bytes())
    os.close(writing)
    assert (0, "430\n", "") == cli("search", "--join", f"/dev/fd/{reading}", second)
    os.close(reading)


@pytest.mark.parametrize("form", ["txt", "csv", "npy"])
def test_a_shard_that_was_cut_short_goes_on(cli, sharded, form):
    """What is left of a killed shard cannot be joined; with --resume it is completed, and can."""
    paths = sharded(3, form=form)
    whole = Path(paths[1]).read_bytes()
    Path(f"{paths[1]}.shard.json").unlink()
    if form != "npy":  # whose head is written after the numbers
        Path(paths[1]).write_bytes(whole[: len(whole) // 2])
    done = cli("search", "--join", *paths)
    assert (2, "") == (done.code, done.out)
    assert f"{paths[1]} is not known to be complete, for there is no {paths[1]}.shard.json" in done.err
    assert 0 == cli("search", *SEARCH, "--shard", "2/3", "-o", paths[1], "--resume").code
    assert whole == Path(paths[1]).read_bytes()
    assert "430\n" == cli("search", "--join", *paths).out


def test_a_killed_shard_does_not_pass_for_complete(cli, tmp_path):
    """A shard that is done anew and killed is refused: the file beside its output went before its first prime came."""
    words = ("search", "0", "1e11", "--shard", "1/2", "-o", "p.txt", "--force")
    (tmp_path / "p.txt.shard.json").write_text("{}")
    process = subprocess.Popen(
        [sys.executable, "-m", "bench", *words], cwd=tmp_path, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    try:
        end = time.monotonic() + HELD_S
        path = tmp_path / "p.txt"
        while not (path.exists() and path.stat().st_size > 10**5):
            assert time.monotonic() < end
            time.sleep(0.01)
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(HELD_S)
    done = cli("search", "--join", "p.txt")
    assert 2 == done.code
    assert "p.txt is not known to be complete" in done.err


@pytest.mark.parametrize("form", ["txt", "csv", "npy"])
def test_verify_searches_stretches_again(cli, sharded, form):
    """A shard that lies and knows its checksum (1517 = 37 * 41 for 1511) is told by another kernel, and only so."""
    paths = sharded(3, form=form)
    done = cli("search", "--join", *paths, "--verify")
    assert (0, "430\n") == (done.code, done.out), done.err
    assert "8 random stretches searched again with" in done.err
    old, new = (number.to_bytes(8, "little") if form == "npy" else b"\n%d\n" % number for number in (1511, 1517))
    path = Path(paths[1])
    path.write_bytes(path.read_bytes().replace(old, new))
    reseal(path)
    assert 0 == cli("search", "--join", *paths).code
    done = cli("search", "--join", *paths, "--verify", "-o", f"all.{form}")
    assert (1, "") == (done.code, done.out)
    assert "wrong answer between" in done.err
    assert not Path(f"all.{form}").exists()


def reseal(path):
    """Let the file beside an output say what the output is now, as a shard that lies would."""
    from bench.search.shard import contents_of

    beside = Path(f"{path}.shard.json")
    contents = contents_of(path)
    beside.write_text(
        json.dumps(json.loads(beside.read_text()) | {"size_bytes": contents.size_bytes, "crc32": contents.crc32})
    )


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("0", "10", "--shard", "0/4"), 2, "--shard 0/4 is not possible; the parts are 1/4 to 4/4"),
        (("0", "10", "--shard", "5/4"), 2, "--shard 5/4 is not possible; the parts are 1/4 to 4/4"),
        (("0", "10", "--shard", "1/0"), 2, "a search has from 1 to 1000000 parts"),
        (("0", "10", "--shard", "1/1000001"), 2, "a search has from 1 to 1000000 parts"),
        (("0", "10", "--shard", "-1/4"), 2, "the parts are 1/4 to 4/4"),
        (("0", "10", "--shard", "2"), 2, "--shard 2 names no part; write I/N"),
        (("0", "10", "--shard", "a/b"), 2, "a is no whole number"),
        (("0", "10", "--shard", "1/"), 2, "nothing is no whole number"),
        (("0", "10", "--shard", "1/2", "--nth", "1"), 2, "leave out one"),
        (("0", "10", "--shard", "1/2", "-o", "-"), 2, "and - is no file"),
        (("0", "10", "--shard", "1/2", "-o", "there.txt"), 2, "there.txt exists"),
        (("0", "10", "--shard", "1/2", "--twins", "--resume", "-o", "there.txt"), 2, "need the whole range"),
        ((), 2, "the range is missing"),
        (("0", "10", "20"), 2, "20 is a third"),
        (("--join",), 2, "no shards are named"),
        (("--join", "nothing.txt"), 2, "nothing.txt does not exist"),
        (("--join", "nothing.json"), 2, "nothing.json does not exist"),
        (("--join", "there.txt"), 2, "there.txt is not known to be complete"),
        (("--join", "there.txt", "-o", "there.txt"), 2, "there.txt exists"),
        (("--join", "there.txt", "-o", "all.dat"), 2, "ends in one of .csv, .npy, .txt"),
        (("--join", "there.txt", "-o", "nowhere/all.txt"), 1, "the folder nowhere does not exist"),
        (("--join", "there.txt", "-o", "-", "--format", "json"), 2, "both the primes and JSON"),
        (("--join", "there.txt", "--shard", "1/2"), 2, "--shard says nothing to it"),
        (("--join", "there.txt", "--resume"), 2, "--resume says nothing to it"),
        (("--join", "there.txt", "--nth", "3"), 2, "--nth says nothing to it"),
        (("--join", "there.txt", "--kernel", "sieve"), 2, "--kernel says nothing to it"),
        (("--join", "there.txt", "--tls-ca", "ca.pem"), 2, "--tls-ca says nothing to it"),
    ],
)
def test_bad_input(cli, words, code, says):
    """Each mistake is one line with the exit code of its kind, and nothing on disk is touched."""
    Path("there.txt").write_text("mine\n")
    done = cli("search", *words)
    assert (code, "") == (done.code, done.out), done.err
    assert says in done.err
    assert ["there.txt"] == [path.name for path in Path().iterdir()]
    assert "mine\n" == Path("there.txt").read_text()


def test_what_lies_beside_an_output_is_overwritten_only_with_force(cli):
    """A file that --shard would replace is refused like its output; with --force both are written anew."""
    beside = Path("p.txt.shard.json")
    beside.write_text("mine")
    words = ("search", *SEARCH, "--shard", "1/2", "-o", "p.txt")
    refused(cli(*words), "p.txt.shard.json exists and is not overwritten; name another file, or add --force.")
    assert ("mine", False) == (beside.read_text(), Path("p.txt").exists())
    assert 0 == cli(*words, "--force").code
    assert 0 == cli(*words, "--resume").code
    assert "1/2" == json.loads(beside.read_text())["shard"]


@pytest.mark.parametrize("more", [(), ("--force",), ("--resume",)])
def test_what_cannot_lie_beside_an_output(cli, more):
    """A folder of that name, or an output whose name leaves no room for the ending: refused before anything is made."""
    Path("p.txt.shard.json").mkdir()
    refused(cli("search", *SEARCH, "--shard", "1/2", "-o", "p.txt", *more), "p.txt.shard.json is a folder")
    long = "x" * 248 + ".txt"
    done = cli("search", *SEARCH, "--shard", "1/2", "-o", long, *more)
    assert (1, "") == (done.code, done.out)
    assert f"{long}.shard.json cannot be opened: File name too long" in done.err
    assert ["p.txt.shard.json"] == os.listdir()


def test_what_lies_beside_an_output_cannot_be_removed(cli, monkeypatch):
    """One line says so, and the output stays as it was."""
    words = ("search", *SEARCH, "--shard", "1/2", "-o", "p.txt")
    assert 0 == cli(*words).code
    before = Path("p.txt").read_bytes()

    def refuse(*_words, **_options):
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "unlink", refuse)
    done = cli(*words, "--force")
    assert (1, "") == (done.code, done.out)
    assert "p.txt.shard.json cannot be removed: Operation not permitted" in done.err
    assert before == Path("p.txt").read_bytes()


def refused(done, says):
    """Say whether a join was refused with one line that says this."""
    assert (2, "") == (done.code, done.out), done.err
    assert says in done.err
    assert 1 == len(done.err.splitlines()), done.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("0", "3001", *WAY, "--shard", "2/3"), "their range is 0 to 3000 and 0 to 3001"),
        (("1", "3000", *WAY, "--shard", "2/3"), "their range is 0 to 3000 and 1 to 3000"),
        ((*SEARCH, "--shard", "2/4"), "their number of shards is 3 and 4"),
        (("0", "3000", "--kernel", "wheel6", "--shard", "2/3"), "their kernel is sieve and wheel6"),
        ((*SEARCH, "--gaps", "--shard", "2/3"), "their option is no distances and --gaps"),
    ],
)
def test_shards_of_different_searches(cli, sharded, words, says):
    """The first difference between two searches is named with both values and both files."""
    paths = sharded(3)
    assert 0 == cli("search", *words, "-o", "other.txt").code
    refused(cli("search", "--join", paths[0], "other.txt", paths[2]), f"{paths[0]} and other.txt are of different")
    refused(cli("search", "--join", paths[0], "other.txt", paths[2]), says)


def test_what_does_not_fit_together(cli, sharded, counted):
    """A missing shard, one twice, unlike formats, counts among primes, and outputs that cannot be."""
    text, table, counts = sharded(8), sharded(8, form="csv"), counted(8)
    refused(cli("search", "--join", *text[:7]), "shard 8 of 8 is missing")
    refused(cli("search", "--join", text[3]), "shards 1, 2, 3, 5, 6 and 2 more of 8 are missing")
    refused(cli("search", "--join", *text, text[4]), "shard 5/8 is there twice, in p5.txt and p5.txt")
    refused(cli("search", "--join", *text[:7], table[7]), "their format is .txt and .csv")
    refused(cli("search", "--join", *text[:7], counts[7]), "their format is .txt and a count")
    refused(cli("search", "--join", *counts, "-o", "all.txt"), "holds a count and no primes; leave out --output")
    refused(cli("search", "--join", *counts, "--verify"), "give --verify to each shard")
    refused(cli("search", "--join", *text, "-o", "all.npy"), "end its name in .txt")
    refused(cli("search", "--join", *text, "-o", text[2], "--force"), "p3.txt is itself one of the shards")
    Path("all.txt").write_text("mine\n")
    refused(cli("search", "--join", *text, "-o", "all.txt"), "all.txt exists")
    assert "mine\n" == Path("all.txt").read_text()
    assert 0 == cli("search", "--join", *text, "-o", "all.txt", "--force").code
    assert 430 == len(Path("all.txt").read_text().splitlines())


@pytest.mark.parametrize("form", ["txt", "csv", "npy"])
@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda data: data[:-8], "when it was complete; do that shard again"),
        (lambda data: data + data[-8:], "when it was complete; do that shard again"),
        (lambda data: b"x" + data[1:], "is damaged: "),
        (lambda data: data[:-8] + b"9" * 7 + data[-1:], "is damaged: "),
        (lambda data: data[:-60] + bytes([data[-60] ^ 1]) + data[-59:], "its bytes are not those"),
        (lambda data: b"", "it has 0 bytes"),
    ],
)
def test_damaged_outputs(cli, sharded, form, damage, says):
    """A byte more, fewer or other is found in any format, and no output is left, nor an old one touched."""
    paths = sharded(2, form=form)
    Path(paths[1]).write_bytes(damage(Path(paths[1]).read_bytes()))
    old = Path(f"old.{form}")
    old.write_text("mine\n")
    there = sorted(Path().iterdir())
    refused(cli("search", "--join", *paths, "-o", f"all.{form}"), says)
    refused(cli("search", "--join", *paths, "-o", old.name, "--force"), says)
    assert (there, "mine\n") == (sorted(Path().iterdir()), old.read_text())


def test_an_output_that_is_lost(cli, sharded):
    """Of a shard only the description is there: one line names what is missing, and an old output is not touched."""
    paths = sharded(2)
    Path(paths[0]).unlink()
    Path("all.txt").write_text("mine\n")
    refused(cli("search", "--join", *paths, "-o", "all.txt", "--force"), "p1.txt cannot be read: No such file")
    assert "mine\n" == Path("all.txt").read_text()


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "[" * 100_000, "\xff", '{"primebench_shard": 1}', "null", "{BROKEN", "{COUNT", "{SHARD", "{END"],
)
@pytest.mark.parametrize("beside", [True, False])
def test_damaged_descriptions(cli, sharded, counted, text, beside):
    """What is no JSON of a shard is refused in one line, be it beside an output or by itself."""
    paths = sharded(2) if beside else counted(2)
    path = Path(f"{paths[1]}.shard.json" if beside else paths[1])
    whole = json.loads(path.read_text())
    broken = {"{BROKEN": {"lo": "0"}, "{COUNT": {"count": -1}, "{SHARD": {"shard": "3/2"}, "{END": {"end": 1}}
    path.write_text(json.dumps(whole | broken[text]) if text in broken else text, encoding="latin-1")
    refused(cli("search", "--join", *paths), f"{path} is damaged, or not what a shard writes")


@pytest.mark.parametrize("lost", ["first", "last", "longest_gap_after"])
def test_distances_that_lack_a_part(cli, lost):
    """Without its first or last prime nothing can be said of the distance between a shard and the next."""
    for index in (1, 2):
        told = cli("search", "0", "1000", "--gaps", "--shard", f"{index}/2", "--format", "json").out
        Path(f"{index}.json").write_text(told)
    whole = json.loads(Path("2.json").read_text())
    del whole[lost]
    Path("2.json").write_text(json.dumps(whole))
    refused(cli("search", "--join", "1.json", "2.json"), "2.json is damaged, or not what a shard writes")


def test_cuts_that_do_not_meet(cli, counted):
    """Parts that another version has cut elsewhere are told by their ends, between two shards and at both ends."""
    paths = counted(3)
    for path, change, says in (
        (paths[1], {"begin": 900}, "shard 2/3 begins at 900, and the one before it ends at 1000"),
        (paths[0], {"begin": 1}, "has 1 for an end of the range, which is 0"),
        (paths[2], {"end": 2999}, "has 2999 for an end of the range, which is 3000"),
    ):
        whole = Path(path).read_text()
        Path(path).write_text(json.dumps(json.loads(whole) | change))
        refused(cli("search", "--join", *paths), says)
        Path(path).write_text(whole)


def test_a_count_that_tables_contradict(cli, counted):
    """Below 1000 there are 168 primes; shards that say 169 are not believed."""
    paths = counted(2, "0", "1000", *WAY)
    found = json.loads(Path(paths[0]).read_text())
    Path(paths[0]).write_text(json.dumps(found | {"count": found["count"] + 1}))
    done = cli("search", "--join", *paths)
    assert (1, "") == (done.code, done.out)
    assert "the shards hold 169 primes from 0 to below 1000, and published tables say 168" in done.err


def test_a_full_disk_leaves_nothing(cli, sharded, tmp_path):
    """Where the joined file does not fit, one line says so, and no part of it stays."""
    paths = sharded(2)
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4k,nr_inodes=8", "tmpfs", str(disk)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.decode().strip()}")
    try:
        (disk / "full").write_bytes(bytes(4096))
        done = cli("search", "--join", *paths, "-o", "disk/all.txt")
        assert (1, "") == (done.code, done.out)
        assert "disk/all.txt cannot be written: No space left on device" in done.err
        assert ["full"] == [path.name for path in disk.iterdir()]
    finally:
        subprocess.run(["umount", str(disk)], check=True)
        shutil.rmtree(disk)


@pytest.mark.parametrize(
    ("wanted", "again"),
    [((), ("--resume",)), (("--twins",), ("--force", "--twins")), (("--gaps",), ("--force", "--gaps"))],
)
def test_an_output_whose_description_finds_no_room_is_complete(cli, monkeypatch, wanted, again):
    """The primes are all there, which is said with the command that writes down what they are; it does."""
    words = ("search", "0", "1e6", "--shard", "1/2", "-o", "a.txt")
    with monkeypatch.context() as full:
        full.setattr("bench.search.shard.Path.write_text", no_room)
        done = cli(*words, *wanted)
    assert (1, "") == (done.code, done.out)
    assert "a.txt.shard.json cannot be written: No space left on device" in done.err
    assert "a.txt is complete, and lacks only what --join needs beside it; make room, and then: " in done.err
    assert f"{shlex.join(('primebench', *words, *again))}\n" in done.err
    assert 0 == cli(*words, *again).code
    assert Path("a.txt.shard.json").exists()


def no_room(*_words, **_options):
    """Be a file on a full disk."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

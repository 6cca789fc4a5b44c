"""Outputs that are complete at any time, and what is left of them when a process is killed."""

from __future__ import annotations

import csv
import errno
import io

import numpy as np
import pytest

from bench.core.errors import UsageError
from bench.search.output import Output, form_of, open_file
from tests.support.pipes import full_pipe

# Primes on both sides of a power of ten: OEIS A000040.
PRIMES = (83, 89, 97, 101, 103, 107, 109, 113, 127, 131)
LO, HI = 80, 132
FORMATS = ("txt", "csv", "npy")


def whole(path, *, resume=False):
    """Write the primes that the file lacks, two at a time."""
    output = open_file(path, LO, HI, resume=resume)
    output.begin()
    rest = [prime for prime in PRIMES if prime >= output.complete_to]
    for at in range(0, len(rest), 2):
        output.write(np.array(rest[at : at + 2], np.uint64), rest[at : at + 2][-1] + 1)
    output.close()
    return output


@pytest.mark.parametrize("form", ["txt", "csv"])
def test_a_file_cut_anywhere_is_completed(tmp_path, form):
    """Wherever a killed process stopped writing, going on leads to the same bytes as never stopping."""
    path = tmp_path / f"primes.{form}"
    whole(path)
    expected = path.read_bytes()
    for size in range(len(expected)):
        path.write_bytes(expected[:size])
        assert len(PRIMES) == whole(path, resume=True).count
        assert expected == path.read_bytes(), size


def test_an_array_is_as_long_as_it_claims(tmp_path):
    """A header may lag behind by the block that a killed process wrote last; one that claims more is refused."""
    path = tmp_path / "primes.npy"
    whole(path)
    expected = path.read_bytes()
    claims_6 = expected.replace(b"(10,), }", b"(6,), } ")
    for size in range(128 + 6 * 8, len(expected) + 1):
        path.write_bytes(claims_6[:size])
        assert len(PRIMES) == whole(path, resume=True).count
        assert expected == path.read_bytes(), size
    path.write_bytes(expected[:-1])
    with pytest.raises(UsageError, match="its header claims 10 numbers, and 9 are there"):
        whole(path, resume=True)
    assert expected[:-1] == path.read_bytes()


@pytest.mark.parametrize("form", FORMATS)
def test_resuming_what_is_not_there_begins_anew(tmp_path, form):
    """A script may always say --resume."""
    path = tmp_path / f"primes.{form}"
    whole(path, resume=True)
    resumed = path.read_bytes()
    whole(path)
    assert path.read_bytes() == resumed


def test_other_programs_read_what_was_written(tmp_path):
    """numpy.load, the csv module and int read back the same primes."""
    for form in FORMATS:
        whole(tmp_path / f"primes.{form}")
    loaded = np.load(tmp_path / "primes.npy")
    assert np.uint64 == loaded.dtype
    assert list(PRIMES) == loaded.tolist()
    rows = list(csv.DictReader(io.StringIO((tmp_path / "primes.csv").read_text())))
    assert list(PRIMES) == [int(row["prime"]) for row in rows]
    assert list(PRIMES) == [int(line) for line in (tmp_path / "primes.txt").read_text().splitlines()]


def test_an_array_loads_at_any_time(tmp_path):
    """A .npy file is valid after every block, so that a killed search leaves something to load."""
    output = open_file(tmp_path / "primes.npy", LO, HI, resume=False)
    output.begin()
    assert [] == np.load(tmp_path / "primes.npy").tolist()
    output.write(np.array(PRIMES[:3], np.uint64), 98)
    assert list(PRIMES[:3]) == np.load(tmp_path / "primes.npy").tolist()
    output.close()


def test_a_pipe_that_does_not_block_is_waited_for():
    """Primes for a full pipe arrive as soon as there is room."""
    primes = np.full(100_000, 2**63 + 29, np.uint64)
    with full_pipe() as pipe:
        Output(pipe.writing, "a pipe", form_of("-"), 0).write(primes, 2**63 + 30)
    assert f"{2**63 + 29}\n".encode() * 100_000 == pipe.found


@pytest.mark.parametrize(
    ("form", "data"),
    [
        ("txt", b"dear diary\n"),
        ("txt", b"no line ends here"),
        ("txt", b"89\n97\n"),  # the range begins with 83
        ("txt", b"83\n89\n91\n"),  # 7 * 13
        ("txt", b"83\n89\n137\n"),  # beyond the range
        ("txt", b"83\n\x00\x00\x00\x00"),
        ("csv", b"number\n83\n"),
        ("npy", b"83\n89\n97\n"),
        ("npy", b"\x93NUMPY\x02\x00" + b" " * 200),
    ],
)
def test_what_is_not_our_output_is_not_touched(tmp_path, form, data):
    """A file that cannot have come from this search is refused and stays as it is."""
    path = tmp_path / f"primes.{form}"
    path.write_bytes(data)
    with pytest.raises(UsageError, match="no output of this search"):
        whole(path, resume=True)
    assert data == path.read_bytes()


def test_a_file_that_another_search_has_just_made_stays(tmp_path, monkeypatch):
    """Two begin at once: the one that comes second to the lock removes nothing of the first one's."""
    path = tmp_path / "p.txt"

    def lost(_descriptor, _operation):
        raise BlockingIOError(errno.EAGAIN, "taken")

    monkeypatch.setattr("bench.search.output.fcntl.lockf", lost)
    with pytest.raises(UsageError, match="another search is writing"):
        open_file(path, 0, 100, resume=False)
    assert path.exists()


def test_a_link_that_leads_nowhere_yet_is_followed(tmp_path):
    """The file behind it was not there before; both are written to, and the link stays."""
    link = tmp_path / "link.txt"
    link.symlink_to(tmp_path / "p.txt")
    output = open_file(link, 0, 100, resume=False)
    assert output.made
    output.close()
    output.withdraw()
    assert (True, False) == (link.is_symlink(), (tmp_path / "p.txt").exists())

"""primebench search with a kernel of the user's: what it may leave out, and what is said of one that is wrong."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

SIEVE = "from primes.kernels import sieve\n"
ONLY_COUNTS = SIEVE + "count = sieve.count\n"


@pytest.fixture
def searched(cli):
    """Search with a kernel of this text."""

    def search(text, *words):
        Path("judge.py").write_text(text)
        return cli("search", "--backend", "serial", "--kernel", "judge.py", *words)

    yield search
    for name, module in [*sys.modules.items()]:
        if (getattr(module, "__file__", None) or "").endswith("judge.py"):
            del sys.modules[name]


def test_a_kernel_that_only_counts_finds_the_kth_prime(searched):
    """Counting is enough to find one prime: the 10,000th is 104729 (OEIS A006988)."""
    done = searched(ONLY_COUNTS, "0", "1e6", "--nth", "10000")
    assert (0, "104729\n") == (done.code, done.out), done.err


@pytest.mark.parametrize("words", [("-o", "p.txt"), ("--gaps",), ("--twins",)])
def test_a_kernel_that_only_counts_is_refused_where_primes_are_wanted(searched, words):
    """What it would have to define is said before anything is made."""
    done = searched(ONLY_COUNTS, "0", "1e6", *words)
    assert (2, "", 1) == (done.code, done.out, len(done.err.splitlines()))
    assert "the kernel judge.py only counts" in done.err
    assert "define flags(lo, hi) or is_prime(number)" in done.err
    assert ["judge.py"] == [path.name for path in Path().iterdir() if path.is_file()]


@pytest.mark.parametrize("count", ["1.5", "None", "-1", "hi - lo + 1", "'4'"])
@pytest.mark.parametrize("words", [(), ("--nth", "2"), ("--format", "json")])
def test_a_count_that_is_none_is_no_answer(searched, count, words):
    """What is no whole number, or more than there are numbers, ends the search with a line that names the kernel."""
    done = searched(f"def count(lo, hi): return {count}", "0", "100", *words)
    assert (1, "", 1) == (done.code, done.out, len(done.err.splitlines())), done.err
    assert "in the kernel judge.py, count(0, " in done.err


@pytest.mark.parametrize("backend", ["serial", "shared-memory"])
def test_a_count_of_numpy_is_a_number(searched, backend):
    """Whole numbers of numpy reach shared memory and JSON."""
    text = f"import numpy\n{SIEVE}def count(lo, hi): return numpy.int64(sieve.count(lo, hi))"
    done = searched(text, "0", "1000", "--format", "json", "--backend", backend)
    assert 168 == json.loads(done.out)["primes"], done.err  # OEIS A006880


@pytest.mark.parametrize("words", [(), ("--nth", "2"), ("-o", "p.txt"), ("--twins",)])
def test_flags_that_are_no_bytes_are_no_answer(searched, words):
    """A list of the right length is refused in a line that names the kernel."""
    done = searched("def flags(lo, hi): return [0] * ((hi - lo + 7) // 8)", "0", "100", *words)
    assert (1, "", 1) == (done.code, done.out, len(done.err.splitlines())), done.err
    assert "in the kernel judge.py, flags(" in done.err
    assert "is of type list, and no bytes" in done.err


@pytest.mark.parametrize("made", ["bytearray(found)", "numpy.frombuffer(found, numpy.uint8)"])
def test_flags_may_be_anything_that_holds_bytes(searched, made):
    """A bytearray and an array of numpy are as good as bytes."""
    text = f"import numpy\n{SIEVE}def flags(lo, hi):\n    found = sieve.flags(lo, hi)\n    return {made}"
    done = searched(text, "0", "100", "-o", "p.txt")
    assert (0, "25\n") == (done.code, done.out), done.err


def test_a_kernel_that_contradicts_itself(searched):
    """Flags that lack primes which were counted, 180 below 1071, cannot hold the k-th one."""
    text = f"{SIEVE}count = sieve.count\ndef flags(lo, hi): return bytes((hi - lo + 7) // 8)"
    done = searched(text, "0", "1e6", "--nth", "10")
    assert (1, "") == (done.code, done.out)
    assert "wrong answer between 0 and 1071: judge.py finds 180 primes there at first, and then 0." in done.err
    assert "Look into judge.py, or choose another kernel." in done.err


def test_primes_cannot_be_far_apart(searched):
    """A kernel that finds no prime for longer than any gap below 2**64 is wrong, and is named."""
    text = "def is_prime(n): return n in (2, 3, 5, 1999, 2003)"
    done = searched(text, "0", "10000", "--gaps")
    assert (1, "") == (done.code, done.out)
    assert "wrong answer: judge.py finds no prime between 5 and 1999" in done.err
    assert "Look into judge.py" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("words", [(), ("--verify",)])
def test_whoever_wrote_a_kernel_is_to_look_into_it(searched, words):
    """A wrong count of a kernel that is not ours is nothing to report to us."""
    done = searched("def is_prime(n): return n % 3 == 1", "0", "100", *words)
    assert (1, "") == (done.code, done.out)
    assert "wrong answer" in done.err
    assert "Look into judge.py, or choose another kernel." in done.err
    assert "report" not in done.err

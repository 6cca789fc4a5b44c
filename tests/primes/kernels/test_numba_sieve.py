"""numba-sieve: exact up to 2**64 - 1, over every edge, and with whatever memory it is given."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import pytest

from primes import truth
from primes.kernels import numba_sieve as kernel

if kernel.missing():
    pytest.skip(str(kernel.missing()), allow_module_level=True)

from primes.kernels import _machine_code
from primes.kernels._compiled.sieve_layout import Plan
from primes.kernels._numba_sieve import ranges


@pytest.mark.parametrize("power", [8, 9])
def test_pi_of_powers_of_ten(power):
    """pi(10**8) and pi(10**9) are the published ones; the contract of all kernels goes up to 10**7."""
    assert truth.PI_OF_POWERS_OF_TEN[power] == kernel.count(0, 10**power + 1)


def test_windows_all_over_64_bits(agree_everywhere):
    """Windows from 1e6 to the end of the 64 bits agree with an independent primality test."""
    agree_everywhere(kernel, 100_000)


def test_edges(agree_at_edges):
    """Ranges may begin and end at any residue, be narrower than a byte of flags, empty, or end at 2**64."""
    agree_at_edges(kernel)


def test_counts_add_up_over_any_cut(cut):
    """Pieces that begin inside a segment hold together what the whole holds, over several segments and windows."""
    for lo, hi in ((10**11, 10**11 + 10**8), (10**15, 10**15 + 3 * 10**7)):
        assert kernel.count(lo, hi) == sum(kernel.count(*piece) for piece in cut(lo, hi, 7))


def test_flags_and_count_tell_the_same_over_many_segments():
    """The flags of three segments hold as many primes as their count, which is computed without them."""
    lo, hi = 10**14 + 11, 10**14 + 90_000_000
    assert kernel.count(lo, hi) == int.from_bytes(kernel.flags(lo, hi), "little").bit_count()


def test_published_counts_of_ranges():
    """Between neighbouring powers of ten lie as many primes as the published table says."""
    for power in (7, 8):
        increment = truth.PI_OF_POWERS_OF_TEN[power + 1] - truth.PI_OF_POWERS_OF_TEN[power]
        assert increment == kernel.count(10**power, 10 ** (power + 1))


def test_squares_of_sieving_primes_are_struck():
    """Squares of primes on both sides of each limit between striding, near and far primes are composite."""
    for root in (16381, 16411, 65521, 65537, 2097143, 2097169, 16777213, 16777259, 4294967291):
        assert truth_is_prime(root)
        square = root * root
        assert kernel.count(square, square + 1) == 0
        assert kernel.flags(square - 8, square + 1)[1] == 0


def truth_is_prime(n: int) -> bool:
    """Trial division, for a number below 2**32."""
    return n > 1 and all(n % d for d in range(2, int(n**0.5) + 1) if d < 4 or d % 2)


def test_full_buckets_are_enlarged(monkeypatch):
    """Where more hits fall into a segment than were expected, the range is sieved again with more room."""
    want = kernel.count(10**15, 10**15 + 10**6)
    capacity = ranges._capacity
    asked = []

    def stingy(length: int, low: int, high: int, slack: float) -> int:
        asked.append(slack)
        return capacity(length, low, high, slack) // 40

    monkeypatch.setattr(ranges, "_capacity", stingy)
    assert want == kernel.count(10**15, 10**15 + 10**6)
    assert max(asked) > min(asked), "no bucket was ever too small: the test tests nothing"


def test_a_plan_has_the_fields_of_its_layout_alone():
    """A misspelt field is an error where the plan is made, and not a zero in the compiled code."""
    with pytest.raises(AttributeError):
        Plan(k_beginning=1)


def test_threads_do_not_share_working_memory():
    """Four threads at once, each with the GIL released, count what one alone counts."""
    ranges = [(10**12 + n * 10**7, 10**12 + (n + 1) * 10**7) for n in range(8)]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda ends: kernel.count(*ends), ranges))
    assert together == [kernel.count(*ends) for ends in ranges]


def test_a_fresh_process_does_not_import_numba():
    """Once compiled, the machine code is loaded without numba, whose import alone takes half a second."""
    kernel.warm()
    program = "import sys; from primes.kernels import numba_sieve as k; k.warm(); print('numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_machine_code_is_found_without_reading_metadata():
    """Which numba compiled it is read off a folder's name; importlib.metadata would lengthen every start."""
    kernel.warm()
    program = "import sys; from primes.kernels import numba_sieve as k; k.warm(); "
    program += "print('importlib.metadata' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize("package", ["numba", "llvmlite"])
def test_machine_code_belongs_to_one_release(package):
    """The name under which it is kept changes with the versions that importlib.metadata tells of numba and llvmlite."""
    assert f"{package}-{version(package)}.dist-info" == _machine_code._release(package)


def test_machine_code_needs_the_compiler_to_be_installed():
    """Without the library there is no release to name, which is an import that fails."""
    with pytest.raises(ImportError, match="no_such_library is not installed"):
        _machine_code._release("no_such_library")


def test_damaged_machine_code_is_not_run(tmp_path):
    """A file cut short or changed is treated as missing."""
    kernel.warm()
    files = [file for folder in _machine_code._folders() for file in Path(folder).glob("sieve-*.machine-code")]
    content = files[0].read_bytes()
    for damaged in (content[:-1], content[:40], b"", content[:50] + bytes([content[50] ^ 1]) + content[51:]):
        (tmp_path / "code").write_bytes(damaged)
        assert _machine_code._read(str(tmp_path), "code") is None
    assert _machine_code._read(str(tmp_path), "missing") is None

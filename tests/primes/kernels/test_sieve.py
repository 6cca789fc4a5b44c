"""The sieve is right whichever of its ways a range takes, and wherever its segments are cut."""

from __future__ import annotations

import random
import threading
from array import array

import pytest

from primes import flags as packed
from primes.kernels import _sieve_planes, _sieving_primes, sieve

try:
    from sympy import isprime
except ImportError:
    from primes.kernels.wheel6 import is_prime as isprime

END = 400_000


@pytest.fixture(scope="module")
def marks() -> bytes:
    """One byte per number below END, from sympy, or from the wheel where sympy is not installed."""
    return bytes(map(isprime, range(END)))


@pytest.fixture(params=["odd", "planes", "many planes", "many odd segments"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Force one of the ways through the sieve, so that small ranges show what wide ones would do."""
    match request.param:
        case "odd":
            monkeypatch.setattr(sieve, "_NARROW", 1 << 62)
        case "many odd segments":
            monkeypatch.setattr(sieve, "_NARROW", 1 << 62)
            monkeypatch.setattr(sieve, "_ODD_SEGMENT", 1000)
        case "planes":
            monkeypatch.setattr(sieve, "_NARROW", 1)
            monkeypatch.setattr(sieve, "_NARROW_PER_ROOT", 0)
        case "many planes":
            monkeypatch.setattr(sieve, "_NARROW", 1)
            monkeypatch.setattr(sieve, "_NARROW_PER_ROOT", 0)
            monkeypatch.setattr(sieve, "_PLANE_SIZES", (40, 40))
    return str(request.param)


def check(lo: int, hi: int, marks: bytes) -> None:
    """Compare flags and count of a range with sympy's."""
    assert sieve.flags(lo, hi) == packed.pack(marks[lo:hi]), f"flags of {lo}:{hi}"
    assert sieve.count(lo, hi) == sum(marks[lo:hi]), f"count of {lo}:{hi}"


@pytest.mark.usefixtures("way")
def test_every_start_and_small_width_is_right(marks: bytes) -> None:
    """Starts of every residue modulo 120, from 0 on, with widths around bytes, wheel turns and rows of flags."""
    for lo in range(125):
        for width in (0, 1, 2, 7, 8, 9, 29, 30, 31, 64, 119, 120, 121, 240):
            check(lo, lo + width, marks)


@pytest.mark.usefixtures("way")
def test_random_ranges_are_right(marks: bytes) -> None:
    """Ranges that begin and end anywhere, over several segments where these are small."""
    draw = random.Random(7)
    for _ in range(25):
        lo, hi = sorted((draw.randrange(END), draw.randrange(END)))
        check(lo, hi, marks)


@pytest.mark.parametrize("edge", [23**2, 29**2, 31**2, 211**2, 541**2])
@pytest.mark.usefixtures("way")
def test_squares_of_sieving_primes_are_struck(edge: int, marks: bytes) -> None:
    """A range that begins or ends at the square of a prime leaves it out or strikes it."""
    for lo, hi in ((edge - 50, edge), (edge - 50, edge + 1), (edge, edge + 50), (edge + 1, edge + 50)):
        check(lo, hi, marks)


@pytest.mark.parametrize(
    ("start", "width"),
    [(10**9, 5), (10**9, 1000), (10**12, 5), (10**12, 1000), (10**14, 1000), (sieve.LIMIT - 999, 1000)],
)
def test_windows_far_out_are_right(start: int, width: int) -> None:
    """Windows up to the limit agree with sympy; there most sieving primes have no multiple in the window."""
    want = packed.pack(isprime(n) for n in range(start, start + width))
    assert sieve.flags(start, start + width) == want
    assert sieve.count(start, start + width) == packed.count(want)


def test_a_wide_count_takes_planes_and_is_right() -> None:
    """pi(10**7) = 664579 (OEIS A006880), without any constant changed."""
    assert any(wide for _, _, wide in sieve._segments(0, 10**7))
    assert sieve.count(0, 10**7) == 664579


def test_the_last_number_within_the_limit_is_taken_and_the_next_refused() -> None:
    """10**16 is composite; the number behind it is beyond what is offered."""
    assert sieve.flags(sieve.LIMIT, sieve.LIMIT + 1) == b"\0"
    with pytest.raises(ValueError, match=str(sieve.LIMIT)):
        sieve.count(sieve.LIMIT, sieve.LIMIT + 2)


def test_counting_does_without_zlib(marks: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python built without zlib counts the same."""
    monkeypatch.setattr(sieve, "adler32", None)
    assert sieve.count(0, 300_000) == sum(marks[:300_000])


def test_ones_are_counted_over_many_blocks() -> None:
    """The checksum wraps at 65521; 200001 ones in a row are still counted, and so is none at all."""
    assert sieve._ones(bytearray(b"\1") * 200_001) == 200_001
    assert sieve._ones(bytearray(200_001)) == 0


def test_sieving_primes_are_kept_and_extended(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second call with the same root searches nothing, and a larger one only what is new; sympy agrees with both."""
    monkeypatch.setattr(_sieving_primes, "_known", (2, array("I")))
    assert list(_sieving_primes.sieving_primes(5000)) == [n for n in range(3, 5001) if isprime(n)]
    known = _sieving_primes._known
    assert list(_sieving_primes.sieving_primes(97)) == [n for n in range(3, 98) if isprime(n)]
    assert _sieving_primes._known is known
    assert list(_sieving_primes.sieving_primes(300_000)) == [n for n in range(3, 300_001) if isprime(n)]


def test_threads_may_extend_the_primes_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads that begin at once with nothing known all count right, and the table holds each prime once."""
    monkeypatch.setattr(_sieving_primes, "_known", (2, array("I")))
    monkeypatch.setattr(_sieve_planes, "_table", [])
    monkeypatch.setattr(sieve, "_NARROW_PER_ROOT", 0)
    monkeypatch.setattr(sieve, "_NARROW", 1)
    counts: list[int] = []

    def count(lo: int) -> None:
        counts.append(sieve.count(lo, lo + 10**5))

    threads = [threading.Thread(target=count, args=(10**8 * k,)) for k in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    want = [sum(map(isprime, range(lo, lo + 10**5))) for lo in range(10**8, 9 * 10**8, 10**8)]
    assert sorted(counts) == sorted(want)
    struck = [p for p, _ in _sieve_planes._table]
    assert struck == sorted(set(struck))


def test_warming_builds_the_patterns(monkeypatch: pytest.MonkeyPatch) -> None:
    """After warm() a wide range finds the pattern of every residue, so no timed call builds one."""
    monkeypatch.setattr(_sieve_planes, "_patterns", {})
    sieve.warm()
    assert set(_sieve_planes._patterns) == set(_sieve_planes.RESIDUES)

"""The known answers are known by others too."""

from __future__ import annotations

import subprocess
import sys

import pytest

from primes import choice, truth

sympy = pytest.importorskip("sympy", reason="sympy is the second opinion on every number of primes.truth")


def naive_flags(lo: int, hi: int) -> bytes:
    """Return the flags of a range from sympy's verdicts, one bit at a time."""
    flags = bytearray((hi - lo + 7) // 8)
    for n in range(lo, hi):
        if sympy.isprime(n):
            flags[(n - lo) // 8] += 1 << (n - lo) % 8
    return bytes(flags)


@pytest.mark.parametrize(("n", "prime"), list(truth.decided()))
def test_sympy_agrees_on_every_number(n: int, prime: bool) -> None:
    """Each number of the file is prime exactly where sympy says so."""
    assert sympy.isprime(n) == prime


def test_every_number_is_decided_once() -> None:
    """No number is listed as both prime and composite, and none twice."""
    numbers = [n for n, _ in truth.decided()]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("power", range(7))
def test_pi_agrees_with_sympy(power: int) -> None:
    """The table of pi(10**k) is right where sympy can count in a moment."""
    assert truth.PI_OF_POWERS_OF_TEN[power] == sympy.primepi(10**power)


def test_pi_follows_the_logarithmic_integral() -> None:
    """Each pi(10**k) from k = 8 on lies below li(10**k) by less than its square root, as in every known case."""
    from mpmath import li, sqrt

    for power, known in list(enumerate(truth.PI_OF_POWERS_OF_TEN))[8:]:
        assert 0 < li(10**power) - known < sqrt(10**power), f"pi(10**{power})"


def test_each_strong_pseudoprime_deceives_its_bases() -> None:
    """The k-th number passes the strong test to each of the first k prime bases, by gmpy2's test."""
    gmpy2 = pytest.importorskip("gmpy2")
    for count, n in enumerate(truth.STRONG_PSEUDOPRIMES_TO_FIRST_BASES, start=1):
        assert all(gmpy2.is_strong_prp(n, base) for base in truth.SMALL_PRIMES[:count])


def test_each_base_2_pseudoprime_deceives_base_2() -> None:
    """The list of base-2 strong pseudoprimes is one, by gmpy2's test; the Wieferich squares belong to it."""
    gmpy2 = pytest.importorskip("gmpy2")
    for n in (*truth.STRONG_PSEUDOPRIMES_BASE_2, 1093**2, 3511**2):
        assert gmpy2.is_strong_prp(n, 2)


def test_carmichael_numbers_obey_korselt() -> None:
    """Each is composite, square-free, and p - 1 divides n - 1 for each of its primes p (A. Korselt, 1899)."""
    for n in truth.CARMICHAEL:
        factors = sympy.factorint(n)
        assert len(factors) >= 3
        assert all(power == 1 and (n - 1) % (p - 1) == 0 for p, power in factors.items())


def test_strong_lucas_pseudoprimes_deceive_the_lucas_test() -> None:
    """The list holds all of those below 164000, by gmpy2's test."""
    gmpy2 = pytest.importorskip("gmpy2")
    found = [n for n in range(9, 164_000, 2) if gmpy2.is_strong_selfridge_prp(n) and not sympy.isprime(n)]
    assert tuple(found) == truth.STRONG_LUCAS_PSEUDOPRIMES


def test_the_square_that_single_precision_misses_is_there() -> None:
    """281476419553081 = 16777259**2 is tested: its root in 32-bit floating point is too small by one or more."""
    import struct

    square = 281476419553081
    assert square in truth.PRIME_SQUARES
    single = struct.unpack("f", struct.pack("f", float(square)))[0]
    assert struct.unpack("f", struct.pack("f", single**0.5))[0] < 16777259


@pytest.mark.parametrize(
    ("lo", "hi"),
    [
        (0, 0),
        (0, 1),
        (0, 3),
        (2, 3),
        (0, 1000),
        (1_000_000, 1_001_000),
        (10**9 - 3, 10**9 + 500),
        (4_398_046_511_104 - 90, 4_398_046_511_104 + 90),  # the sieve hands over to a kernel at 2**42
        (2**64 - 100, 2**64),
    ],
)
@pytest.mark.parametrize("kernel", ["trial-division", "baillie-psw", "numba-baillie-psw", "miller-rabin"])
def test_expected_flags_and_count_agree_with_sympy(lo: int, hi: int, kernel: str) -> None:
    """The right answer for a range is right, whichever kernel may not be used for it."""
    want = naive_flags(lo, hi)
    assert truth.expected_flags(lo, hi, kernel) == want
    assert truth.expected_count(lo, hi, kernel) == sum(byte.bit_count() for byte in want)


def test_wide_ranges_are_joined_without_a_seam() -> None:
    """A range of several internal pieces holds pi(4 * 10**6) - pi(12345) primes, by sympy, and flags agree with it."""
    lo, hi = 12_345, 4_000_000
    want = int(sympy.primepi(hi - 1) - sympy.primepi(lo - 1))
    assert truth.expected_count(lo, hi, "sieve") == want
    assert sum(byte.bit_count() for byte in truth.expected_flags(lo, hi, "sieve")) == want


@pytest.mark.parametrize(("kernel", "judge"), [("baillie-psw", "miller_rabin"), ("miller-rabin", "baillie_psw")])
def test_a_kernel_does_not_judge_itself(kernel: str, judge: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the sieve's reach the answer comes from the other kernel, even if the one under test is broken."""
    import importlib

    broken = importlib.import_module(f"primes.kernels.{kernel.replace('-', '_')}")
    monkeypatch.setattr(broken, "is_prime", lambda n: True)
    assert truth.expected_flags(2**63, 2**63 + 64, kernel) == naive_flags(2**63, 2**63 + 64)
    other = importlib.import_module(f"primes.kernels.{judge}")
    monkeypatch.setattr(other, "is_prime", lambda n: True)
    assert truth.expected_count(2**63, 2**63 + 64, kernel) == 64


@pytest.mark.parametrize(
    ("installed", "judge"),
    [(("numba-baillie-psw", "sieve"), "miller_rabin"), (("numpy-miller-rabin", "miller-rabin"), "baillie_psw")],
)
def test_auto_is_judged_by_the_test_that_it_does_not_use(
    installed: tuple[str, ...], judge: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What auto may take depends on what is installed, and so does what checks it."""
    import importlib

    monkeypatch.setattr(choice, "installed", lambda: installed)
    monkeypatch.setattr(importlib.import_module(f"primes.kernels.{judge}"), "is_prime", lambda n: True)
    assert truth.expected_count(2**63, 2**63 + 64, "auto") == 64


def test_powers_of_ten_are_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between powers of ten the count is the published one, and nothing is searched for it."""
    counted = sum(sympy.isprime(n) for n in range(1000, 100_000))
    monkeypatch.setattr(truth, "_marks", lambda *_: pytest.fail("searched"))
    assert truth.expected_count(1000, 100_000, "sieve") == counted
    assert truth.expected_count(10**9, 10**10, "sieve") == 455_052_511 - 50_847_534
    assert truth.expected_count(0, 10, "sieve") == 4


@pytest.mark.parametrize("kernel", ["miller-rabin", "auto"])
def test_what_nothing_can_check_is_refused(kernel: str) -> None:
    """Above 2**64 only miller-rabin is exact, which auto takes, so nothing can judge it, and the message says so."""
    with pytest.raises(ValueError, match=f"nothing can check {kernel} up to 18446744073709551616"):
        truth.expected_flags(2**64, 2**64 + 1, kernel)


@pytest.mark.parametrize(("lo", "hi"), [(-1, 5), (7, 6)])
def test_what_is_no_range_is_refused(lo: int, hi: int) -> None:
    """A negative or reversed range has no answer, and the message names it."""
    with pytest.raises(ValueError, match=f"{lo}:{hi}"):
        truth.expected_count(lo, hi, "sieve")


def test_importing_the_truth_imports_no_kernel_and_no_library() -> None:
    """Every measuring process loads this module, so it loads nothing that costs time."""
    probe = "import sys, primes.truth; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True).stdout.split()
    assert "primes.truth" in loaded
    heavy = [name for name in loaded if name.startswith(("primes.kernels", "dataclasses", "typing", "numpy"))]
    assert heavy == []

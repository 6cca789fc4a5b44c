"""Each step of the ladder ends at the first number that deceives its bases."""

from __future__ import annotations

import pytest

from primes.kernels import miller_rabin

gmpy2 = pytest.importorskip("gmpy2", reason="gmpy2 is the second opinion on strong probable primes")
STEPS = miller_rabin._LADDER


@pytest.mark.parametrize(("end", "bases"), [step for step in STEPS if step[0] != 1 << 64])
def test_each_step_ends_at_a_pseudoprime(end: int, bases: tuple[int, ...]) -> None:
    """The published end of each base set is composite and passes all its bases, so end and bases are copied aright."""
    assert not gmpy2.is_prime(end)
    assert all(gmpy2.is_strong_prp(end, base % end) for base in bases)
    assert miller_rabin._passes(end, bases)


def test_the_steps_rise_to_the_limit() -> None:
    """Ends ascend and the last one is the number behind LIMIT."""
    ends = [end for end, _ in STEPS]
    assert ends == sorted(set(ends))
    assert ends[-1] - 1 == miller_rabin.LIMIT == 3317044064679887385961980


@pytest.mark.parametrize(("end", "bases"), STEPS)
def test_the_step_decides_its_last_numbers(end: int, bases: tuple[int, ...]) -> None:
    """The 2000 numbers below each end are decided as gmpy2 decides them, with 40 rounds."""
    assert len(bases) == len(set(bases))
    for n in range(end - 2000, end):
        assert miller_rabin.is_prime(n) == gmpy2.is_prime(n, 40)


def test_the_first_step_alone_is_exact() -> None:
    """The single base decides every odd number from 3 to its end, small ones included where it is a multiple of n."""
    end, bases = STEPS[0]
    assert all(miller_rabin._passes(n, bases) == gmpy2.is_prime(n) for n in range(3, end, 2))


def test_the_edges_of_the_small_primes_are_exact() -> None:
    """Numbers around 211 and 223**2, where the gcd filter begins and ends, are decided as gmpy2 decides them."""
    for n in [*range(-5, 1000), *range(223 * 223 - 500, 223 * 223 + 500)]:
        assert miller_rabin.is_prime(n) == (n > 1 and gmpy2.is_prime(n))


def test_the_seven_bases_are_the_published_ones() -> None:
    """No number below 2**64 deceives J. Sinclair's seven bases (2011), so only the list itself can show a slip."""
    assert dict(STEPS)[1 << 64] == (2, 325, 9375, 28178, 450775, 9780504, 1795265022)

"""Which kernel searches a range, and which one checks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.core import kernels
from bench.core.errors import UsageError
from bench.search.errors import SearchFailed
from primes import choice
from primes.tasks import Warm

if TYPE_CHECKING:
    from primes.kernel import Kernel

MOST = 2**64  # the end of the longest range: output and sieves hold 64-bit numbers

# What a search may cost with another kernel, in seconds, before the fastest is compiled for it. To compile numba-sieve
# takes 6 to 7 s of one core, once on a machine; 0.1 s is what numpy-sieve needs for 250 million numbers.
_NOT_WORTH_COMPILING_S = 0.1

# Fastest first.
_JUDGES = (("primesieve", "numba-sieve", "sieve"), ("numba-baillie-psw", "gmpy2", "baillie-psw", "miller-rabin"))


def choose(name: str, lo: int, hi: int, end: int | None = None) -> Kernel:
    """Return the kernel of this name, or for ``auto`` the one that `primes.choice` takes for ``[lo, hi)``.

    Where a search will most likely come to an end before ``hi``, ``end`` is there: the kernel is exact up to ``hi``,
    and the one that costs least up to ``end``.

    Raises:
        UnknownName: there is no such kernel.
        BrokenPlugin: it cannot be loaded.
        UsageError: the range is beyond it.
        SearchFailed: it needs something that is not installed; the message says what to install.
    """
    if name == "auto":
        return kernels.load(choice.choose(lo, hi if end is None else end, hi)[0])
    chosen = kernels.load(name)
    if chosen.missing:
        raise SearchFailed(f"the kernel {name} cannot run here: {chosen.missing}")
    if not chosen.reaches(hi):
        raise UsageError(
            f"{hi} is beyond the kernel {name}, which is exact up to {chosen.limit}; end the range there, or choose "
            'another kernel ("primebench list kernels" shows their limits).'
        )
    return chosen


def farthest(name: str, lo: int, hi: int) -> int:
    """Return where a search from ``lo`` on ends at the latest that nobody gave an end: ``hi``, or the kernel's limit.

    Raises:
        UnknownName, BrokenPlugin: as `choose` does.
        UsageError: it would begin beyond the kernel.
    """
    if name == "auto":
        return hi
    limit = kernels.load(name).limit
    if limit is not None and lo > limit:
        raise UsageError(
            f"{lo} is beyond the kernel {name}, which is exact up to {limit}; choose another kernel "
            '("primebench list kernels" shows their limits).'
        )
    return hi if limit is None else min(hi, limit + 1)


def without_compiling(chosen: Kernel, lo: int, hi: int, end: int | None = None) -> Kernel:
    """Return the kernel, or where it has to be compiled first, for a short search one that has not.

    ``end`` is as in `choose`. Not for what several machines have to choose alike: what is compiled already differs.
    """
    if not Warm(chosen.code).compiles():
        return chosen
    for name, seconds in choice.ranking(lo, hi if end is None else end, hi).items():
        if seconds <= _NOT_WORTH_COMPILING_S and not Warm(name).compiles():
            return kernels.load(name)
    return chosen


def alternatives(name: str, lo: int, hi: int, end: int | None = None) -> dict[str, float]:
    """Return the kernels that ``name`` leaves open, with what the search costs with each, in proportion; best first.

    ``end`` is as in `choose`.
    """
    return choice.ranking(lo, hi if end is None else end, hi) if name == "auto" else {name: 1.0}


def judge(searched: str, hi: int) -> Kernel:
    """Return the fastest kernel that works in another way than ``searched`` and is exact below ``hi``.

    Raises:
        SearchFailed: there is none.
    """
    sieves, tests = _JUDGES
    # A vectorised or compiled variant bears its original's name at the end, and may share its constants.
    family = next((name for name in (*sieves, *tests) if searched.endswith(name)), searched)
    others = [name for name in (*sieves, *tests) if not name.endswith(family) and not family.endswith(name)]
    for found in map(kernels.load, others):
        if not found.missing and found.reaches(hi):
            return found
    raise SearchFailed(f"no kernel other than {searched} is exact up to {hi - 1}; leave --verify out.")

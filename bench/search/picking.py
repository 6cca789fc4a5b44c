"""Find the k-th prime in chunks whose counts are known, by counting parts of parts, and at last by flags."""

from __future__ import annotations

from itertools import accumulate, islice, pairwise
from typing import TYPE_CHECKING

from bench.search.blame import advice
from bench.search.chunk_size import least
from bench.search.errors import SearchFailed
from bench.search.shortage import describe
from primes import flags
from primes.tasks import ChunkCount, ChunkFlags

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.contract.backend import Mapper
    from primes.kernel import Kernel

    Chunk = tuple[int, int]

# Numbers whose flags one process asks for at once, at most: 8 MiB. A sieve gives them in less than half a second, and
# what a call of it costs by itself near 2**64 is as much.
_MOST_FLAGS = 1 << 26
# Parts per worker, of which only one is looked into further: as many where a call costs little by itself, and so few
# where with more of them that would be most of the time.
_MANY, _FEW = 64, 2


def pick(kernel: Kernel, workers: int, mapper: Mapper, chunks: Sequence[Chunk], counts: Sequence[int], k: int) -> int:
    """Return the ``k``-th prime in the chunks, which hold so many primes each.

    Raises:
        SearchFailed: the kernel fails, or finds another number of primes in the parts of a chunk than in all of it.
    """
    while True:
        index = next(index for index, found in enumerate(accumulate(counts)) if found >= k)
        k -= sum(counts[:index])
        (lo, hi), found = chunks[index], counts[index]
        if hi - lo == 1:
            return lo
        if hi - lo <= _at_once(kernel, hi):
            marked = _flags(kernel, lo, hi)
            _check(kernel, lo, hi, found, flags.count(marked))
            return _kth(marked, lo, k)
        chunks = list(pairwise((*range(lo, hi, _size(kernel, lo, hi, workers)), hi)))
        counts = mapper(ChunkCount(kernel.code), chunks, 1)
        _check(kernel, lo, hi, found, sum(counts))


def _check(kernel: Kernel, lo: int, hi: int, whole: int, parts: int) -> None:
    if whole != parts:
        raise SearchFailed(
            f"wrong answer between {lo} and {hi}: {kernel.name} finds {whole} primes there at first, and then {parts}. "
            f"{advice(kernel)}"
        )


def _flags(kernel: Kernel, lo: int, hi: int) -> bytes:
    try:
        return ChunkFlags(kernel.code)((lo, hi))
    except Exception as error:
        raise SearchFailed(f"the search failed between {lo} and {hi}: {describe(error)}") from error


def _at_once(kernel: Kernel, hi: int) -> int:
    """Return among how many numbers a prime is looked up by flags: as many as a call is worth, and one without them."""
    if kernel.is_prime is None and kernel.flags is None:
        return 1
    return min(_MOST_FLAGS, least(kernel, hi))


def _size(kernel: Kernel, lo: int, hi: int, workers: int) -> int:
    """Return how many numbers a part of ``[lo, hi)`` has."""
    few, many = (-(-(hi - lo) // (parts * workers)) for parts in (_FEW, _MANY))
    return max(_at_once(kernel, hi), many, min(few, least(kernel, hi)))


def _kth(marked: bytes, lo: int, k: int) -> int:
    """Return the ``k``-th marked number, where there are so many; by halving, which counts bits and no numbers."""
    while len(marked) > 1:
        half = len(marked) // 2
        before = flags.count(marked[:half])
        if before >= k:
            marked = marked[:half]
        else:
            marked, lo, k = marked[half:], lo + 8 * half, k - before
    return next(islice(flags.primes(marked, lo), k - 1, None))

"""Searching stretches of a range again, and looking up in the files of its shards whether the same primes are there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.search.errors import SearchFailed
from bench.search.numbers import blocks
from bench.search.output import form_of
from primes.tasks import ChunkFlags

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bench.search.known import Sample
    from bench.search.numbers import Numbers
    from bench.search.shard import Shard

_NUMBER_BYTES = 64  # more than two numbers take in any format


def verify(found: Sequence[tuple[Path, Shard]], samples: Sequence[Sample]) -> None:
    """Search each stretch with its judge; SearchFailed where the files, whose order and form are checked, differ."""
    for sample in samples:
        flags = ChunkFlags(sample.judge.name)((sample.lo, sample.hi))
        expected = np.concatenate([block for block, _ in blocks(flags, sample.lo, sample.hi)])
        parts = [
            primes(path, max(sample.lo, shard.begin), min(sample.hi, shard.end))
            for path, shard in found
            if shard.begin < sample.hi and sample.lo < shard.end
        ]
        there = np.concatenate(parts)
        if not np.array_equal(expected, there):
            raise SearchFailed(
                f"wrong answer between {sample.lo} and {sample.hi}: the shards hold {len(there)} primes, and "
                f"{sample.judge.name} finds {len(expected)}{' others' if len(there) == len(expected) else ''}; "
                "do the shards again with --verify."
            )


def primes(path: Path, lo: int, hi: int) -> Numbers:
    """Return the numbers from ``lo`` to below ``hi`` in a file of ascending ones, read only there."""
    form = form_of(str(path))
    with path.open("rb", buffering=0) as file:
        begin, end = (_find(file.fileno(), form, number) for number in (lo, hi))
        found: Numbers = form.numbers(os.pread(file.fileno(), end - begin, begin))
        return found


def _find(descriptor: int, form: Any, number: int) -> int:
    """Return where in the file the first number that is not below this one begins, by halving."""
    start, grain = len(form.head(0)), form.GRAIN_BYTES
    size = os.fstat(descriptor).st_size
    low, high = 0, (size - start) // grain
    while low < high:
        middle = (low + high) // 2
        at = _begin(descriptor, form, start, middle * grain)
        data = os.pread(descriptor, _NUMBER_BYTES, at)
        if at >= size or form.numbers(data[: form.whole(data)])[0] >= number:
            high = middle
        else:
            low = middle + 1
    return _begin(descriptor, form, start, low * grain)


def _begin(descriptor: int, form: Any, start: int, offset: int) -> int:
    """Return where the first number begins that begins at this offset of the body or behind."""
    if offset == 0:
        return start
    before: int = start + offset - form.GRAIN_BYTES
    skipped: int = form.skip(os.pread(descriptor, _NUMBER_BYTES, before))
    return before + skipped

"""Searching a range: counting, writing what is found, and finding the k-th prime."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from math import log
from time import monotonic
from typing import TYPE_CHECKING, Any

from bench.core.errors import reason
from bench.search.blame import advice
from bench.search.chunk_size import ChunkSize
from bench.search.errors import SearchFailed, TooLittleRoom
from bench.search.picking import pick
from bench.search.writer import Writer
from primes import flags
from primes.tasks import ChunkCount, ChunkFlags

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bench.contract.backend import Mapper
    from bench.search.known import Sample
    from bench.search.numbers import Gaps, Numbers
    from bench.search.output import Comparison, Output
    from bench.search.stream import Found
    from primes.kernel import Kernel

    Chunk = tuple[int, int]
    Stream = Callable[["Search", "Tally", "type[ChunkCount | ChunkFlags]", Callable[[], int]], Iterator[Found]]


@dataclass(slots=True)
class Tally:
    """How far a search has come; up to date whenever an exception ends it.

    Attributes:
        complete_to: every number below it is searched.
        count: primes found.
        verified: samples that another kernel has confirmed.
    """

    complete_to: int
    count: int = 0
    verified: int = 0


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched, how and by whom.

    Attributes:
        lo, hi: the half-open range.
        kernel: decides.
        workers: how many take chunks from ``mapper``.
        mapper: see `bench.contract.backend`.
        report: called after every window with the tally.
        samples: stretches to be searched twice, ascending, without overlap.
        blocks: whether every worker gets a block of the chunks, instead of taking them one by one.
        stream: has workers of unlike speed search windows of their own, in place of the chunks of one; see
            `bench.search.cluster.Workers.stream`.
    """

    lo: int
    hi: int
    kernel: Kernel
    workers: int
    mapper: Mapper
    report: Callable[[Tally], None]
    samples: Sequence[Sample] = field(default=())
    blocks: bool = False
    stream: Stream | None = None


def count(search: Search, tally: Tally) -> None:
    """Count the primes of the range into ``tally``; SearchFailed when a sample contradicts."""
    for chunks, counts in _windows(search, tally, ChunkCount):
        tally.count += sum(counts)
        tally.complete_to = chunks[-1][1]
        search.report(tally)


def write(search: Search, tally: Tally, output: Output | Comparison | None, gaps: Gaps | None) -> None:
    """Write the primes of the range to ``output`` and count their distances, as far as each is given.

    Raises:
        BrokenPipeError, OutputFailed: as `Output.write` does.
        SearchFailed: a sample contradicts, or no primes can be so far apart.
    """

    def take(primes: Numbers, complete_to: int) -> None:
        if output is not None:
            output.write(primes, complete_to)
        if gaps is not None:
            try:
                gaps.add(primes)
            except ValueError as error:
                what = f"wrong answer: {search.kernel.name} finds {reason(error)}. {advice(search.kernel)}"
                raise SearchFailed(what) from error
        tally.count += len(primes)
        tally.complete_to = complete_to

    with Writer(take) as writer:
        for chunks, found in _windows(search, tally, ChunkFlags):
            writer.put([(part, *chunk) for part, chunk in zip(found, chunks, strict=True)])
            search.report(tally)
    search.report(tally)


def nth(search: Search, tally: Tally, k: int) -> int | None:
    """Return the ``k``-th prime of the range, counting from 1; None when the range has fewer."""
    for chunks, counts in _windows(search, tally, ChunkCount, k):
        if tally.count + sum(counts) < k:
            tally.count += sum(counts)
            tally.complete_to = chunks[-1][1]
            search.report(tally)
            continue
        return pick(search.kernel, search.workers, search.mapper, chunks, counts, k - tally.count)
    return None


def _windows(
    search: Search, tally: Tally, kind: type[ChunkCount | ChunkFlags], want: int | None = None
) -> Iterator[tuple[Sequence[Chunk], list[Any]]]:
    """Search window after window, from where the tally stands; yield each one's chunks and results.

    With ``want`` no window is much longer than it takes, at the density of primes expected there, to find so many.
    """
    if search.stream:
        yield from _streamed(search, tally, kind, want, search.stream)
        return
    at = tally.complete_to
    likely = expected_end(at, search.hi, None if want is None else want - tally.count)
    size = ChunkSize(search.kernel, at, likely, search.workers, flags=kind is ChunkFlags, equal=search.blocks)
    task = kind(search.kernel.code)
    samples = [sample for sample in search.samples if sample.lo >= at]
    while at < search.hi:
        sample = samples[0] if samples and samples[0].lo <= at else None
        stop = sample.hi if sample else samples[0].lo if samples else search.hi
        left = expected_end(at, stop, None if want is None else want - tally.count) - at
        chunks = list(pairwise(accumulate(size.cut(left), initial=at)))
        end = chunks[-1][1]
        started = monotonic()
        try:
            results = search.mapper(task, chunks, 1)
        except TooLittleRoom:
            if size.shrink(end - at):
                continue
            raise
        size.learn(end - at, monotonic() - started)
        if sample:
            _verify(search, sample, chunks, results, task)
            if end == sample.hi:
                tally.verified += 1
                samples.pop(0)
        yield chunks, results
        at = end


def _streamed(
    search: Search, tally: Tally, kind: type[ChunkCount | ChunkFlags], want: int | None, stream: Stream
) -> Iterator[tuple[Sequence[Chunk], list[Any]]]:
    def end() -> int:
        return expected_end(tally.complete_to, search.hi, None if want is None else want - tally.count)

    for found in stream(search, tally, kind, end):
        chunk = found.window.lo, found.window.hi
        if found.sample:
            _compare(search, found.sample, chunk, found.result, found.again)
            tally.verified += found.window.hi == found.sample.hi
        yield [chunk], [found.result]


def expected_end(lo: int, hi: int, primes: int | None) -> int:
    """Return where a search will end: at ``hi``, or a little behind where so many primes are expected."""
    return hi if primes is None else min(hi, lo + expected_width(primes, lo))


def expected_width(primes: int, lo: int) -> int:
    """Return about how many numbers from ``lo`` on hold so many primes (their density is 1 / log), and some more."""
    width = 1000.0
    for _ in range(3):
        width = 1.02 * primes * log(lo + width) + 1000
    return int(width)


def _verify(search: Search, sample: Sample, chunks: Sequence[Chunk], results: list[Any], task: Any) -> None:
    again = search.mapper(type(task)(sample.judge.name), chunks, 1)
    for chunk, found, expected in zip(chunks, results, again, strict=True):
        _compare(search, sample, chunk, found, expected)


def _compare(search: Search, sample: Sample, chunk: Chunk, found: Any, expected: Any) -> None:
    if found != expected:
        counts = [answer if isinstance(answer, int) else flags.count(answer) for answer in (found, expected)]
        raise SearchFailed(
            f"wrong answer between {chunk[0]} and {chunk[1]}: {search.kernel.name} finds {counts[0]} primes, and "
            f"{sample.judge.name} {counts[1]}{' others' if counts[0] == counts[1] else ''}. {advice(search.kernel)}"
        )

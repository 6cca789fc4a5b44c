"""One case's search: how a mapper is called, and what the right answer is."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

from bench.core.case import NONE, Case, Value
from bench.core.errors import WrongAnswer
from primes import flags, tasks, workload

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.families.backends._role import Mapper


class Search:
    """One case's search: how a mapper is called, and what the right answer is."""

    def __init__(self, case: Case, workers: int, *, copies: bool) -> None:
        """Read a case; with ``copies`` each of the workers does the whole search, and answers for itself."""
        self.copies = workers if copies else None
        self.member = case.member
        self.kernel = str(case["kernel"])
        # A copy does the work of one worker, whatever the number of copies.
        self.numbers = workload.load(str(case["workload"]), 1 if copies else workers)
        self.answer = str(case["answer"])
        size = len(self.numbers)
        per_message = _numbers_per_message(case["chunksize"], size, workers)
        self.items: Sequence[Any]
        self.task: Any
        if case["task"] == "number":
            self.task = tasks.kernel_module(self.kernel).is_prime
            self.items = range(self.numbers.lo, self.numbers.hi)
            self.chunksize = per_message
        else:
            self.task = (tasks.ChunkFlags if self.answer == "flags" else tasks.ChunkCount)(self.kernel)
            self.items = workload.Chunks(self.numbers.lo, self.numbers.hi, per_message or max(1, size))
            self.chunksize = 1
        self.single = case["task"] == "number"
        self.expected_count: int | None = None
        self.expected_flags: bytes | None = None

    def run(self, mapper: Mapper) -> list[Any]:
        """Search once."""
        return mapper(self.task, self.items, self.chunksize)

    def check(self, results: list[Any]) -> None:
        """Raise `WrongAnswer` unless the results say exactly which numbers are prime, or how many."""
        if self.copies is None:
            self._check_one(results)
            return
        if len(results) != self.copies:
            raise WrongAnswer(f"{len(results)} copies answered, not {self.copies}.")
        for copy in results:
            self._check_one(copy)

    def _check_one(self, results: list[Any]) -> None:
        if len(results) != len(self.items):
            raise WrongAnswer(f"{self.member} returned {len(results)} results for {len(self.items)} tasks.")
        from primes import truth

        lo, hi = self.numbers.lo, self.numbers.hi
        if self.answer == "count":
            if self.expected_count is None:
                self.expected_count = truth.expected_count(lo, hi, self.kernel)
            found = sum(results)
            if found != self.expected_count:
                raise WrongAnswer(f"{self.member} found {found} primes in {lo}:{hi}; there are {self.expected_count}.")
            return
        if self.expected_flags is None:
            self.expected_flags = truth.expected_flags(lo, hi, self.kernel)
        marks = flags.pack(results) if self.single else flags.join(zip(results, map(_width, self.items), strict=True))
        if marks != self.expected_flags:
            raise WrongAnswer(_difference(marks, self.expected_flags, lo, hi - lo))


def _width(chunk: tuple[int, int]) -> int:
    return chunk[1] - chunk[0]


def _numbers_per_message(chunksize: Value, numbers: int, workers: int) -> int | None:
    if chunksize == "auto":
        return max(1, ceil(numbers / (4 * workers)))
    return None if chunksize in ("api", NONE) else int(chunksize)


def _difference(found: bytes, expected: bytes, lo: int, size: int) -> str:
    pairs = zip(flags.unpack(found, size), flags.unpack(expected, size), strict=True)
    wrong = [(lo + offset, is_prime) for offset, (claim, is_prime) in enumerate(pairs) if claim != is_prime]
    number, is_prime = wrong[0]
    truth = "prime" if is_prime else "not prime"
    return f"{number} is {truth}, but the answer says otherwise ({len(wrong)} wrong of {size} numbers)."

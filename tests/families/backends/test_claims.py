"""What workers claim from shared memory, and what is read back from it."""

from __future__ import annotations

import pytest

from bench.families.backends import _claims
from primes.tasks import ChunkCount, ChunkFlags
from primes.workload import Chunks


class Watched:
    """A lock that notes where the counter stands whenever it is released."""

    def __init__(self, memory):
        self.memory, self.stood = memory, [0]

    def acquire(self, *_):
        return True

    def release(self):
        self.stood.append(int.from_bytes(self.memory[: _claims.HEAD], "little"))


def claims(items, chunksize, workers):
    """Return how many items each claim of a lone worker takes; the last claim finds nothing left."""
    memory = memoryview(bytearray(_claims.HEAD + items))
    lock = Watched(memory)
    assert items == _claims.search(memory, lock, bool, range(items), chunksize, workers)
    return [after - before for before, after in zip(lock.stood, lock.stood[1:], strict=False)]


@pytest.mark.parametrize(
    ("items", "chunksize", "workers", "sizes"),
    [
        (20, None, 2, [5, 3, 3, 2, 1, 1, 1, 1, 1, 1, 1, 0]),  # a quarter of 20, 15, 12, 9, 7, 6, 5, 4, 3, 2, 1
        (20, None, 5, [2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0]),  # a tenth of 20, 18, 17 ...
        (20, 8, 2, [8, 8, 4, 0]),
        (0, None, 2, [0]),
    ],
)
def test_a_claim_is_half_of_a_fair_share_or_the_chunksize(items, chunksize, workers, sizes):
    """A claim takes 1 / (2 x workers) of what is left, rounded down and at least one; or what is asked for."""
    assert sizes == claims(items, chunksize, workers)


def test_nothing_of_an_earlier_search_is_left():
    """Cleared memory holds no claim and no answer, whatever was in it; what lies behind it is not touched."""
    memory = memoryview(bytearray(b"\xff" * 24))
    _claims.clear(memory, 20)
    assert bytes(20) + b"\xff" * 4 == bytes(memory)


def test_each_answer_has_its_own_width():
    """An answer that is shorter than its slot is read back as it was written, without the rest of the slot."""
    items, task = Chunks(2, 52, 20), ChunkFlags("trial-division")
    memory = memoryview(bytearray(_claims.HEAD + 3 * 3))
    _claims.search(memory, Watched(memory), task, items, None, 1)
    assert [3, 3, 2] == [len(answer) for answer in _claims.read(memory, task, items)]
    # 42 + 1, 42 + 5 are the primes from 42 to 51.
    assert bytes([0b00100010, 0]) == _claims.read(memory, task, items)[2]


def test_counts_are_read_back_all_at_once():
    """Answers of one width, which need no item to be read, are those of each item alone."""
    items, task = Chunks(2, 52, 20), ChunkCount("trial-division")
    memory = memoryview(bytearray(_claims.HEAD + 3 * 8))
    _claims.search(memory, Watched(memory), task, items, None, 1)
    assert [8, 5, 2] == _claims.read(memory, task, items)  # 2 to 19; 23 to 41; 43 and 47
    assert [] == _claims.read(memory, task, items[:0])


def test_writing_an_answer_touches_no_other_slot():
    """A worker writes as many bytes as its answer has, and nothing between them and the next slot."""
    items, task = Chunks(2, 52, 20), ChunkFlags("trial-division")
    memory = memoryview(bytearray(bytes(_claims.HEAD) + b"\xff" * 9))
    _claims.search(memory, Watched(memory), task, items, None, 1)
    assert b"\xff" == bytes(memory[-1:])


def test_a_number_is_no_bool():
    """A task that gives 2 for one of its items is not said to have given True."""
    memory = memoryview(bytearray(_claims.HEAD + 3))
    _claims.search(memory, Watched(memory), lambda item: item, range(3), None, 1)
    with pytest.raises(TypeError, match="a result is the number 2, and not True or False"):
        _claims.read(memory, bool, range(3))

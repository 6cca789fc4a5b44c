"""Which items stand for all: one by chance of each stretch of them, the same ones each time."""

from __future__ import annotations

from itertools import pairwise
from random import Random


def one_of_each(count: int, parts: int) -> list[int]:
    """Return rising places of one of so many items.

    At even distances a part would miss what has a period, as the dear items where each file is done with an option and
    without it; by chance alone it would miss what rises.

    Args:
        count: how many items there are.
        parts: one of so many is wanted, and one at least.
    """
    wanted = max(1, count // parts)
    chance = Random(count)
    ends = (at * count // wanted for at in range(wanted + 1))
    return [begin + int(chance.random() * (end - begin)) for begin, end in pairwise(ends)]

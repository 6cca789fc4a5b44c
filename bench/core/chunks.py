"""How many items travel in one message, by what was asked for."""

from __future__ import annotations

from math import ceil

from bench.core.case import NONE, Value


def per_message(asked: Value, items: int, workers: int) -> int | None:
    """Return the number of items in a message: of ``auto`` a quarter of a worker's fair share, at least one.

    Args:
        asked: the value on the axis ``chunksize``.
        items: how many there are.
        workers: how many share them.

    Returns:
        None where the interface decides, or nothing is handed out.
    """
    if asked == "auto":
        return max(1, ceil(items / (4 * workers)))
    return None if asked in ("api", NONE) else int(asked)

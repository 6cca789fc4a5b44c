"""How large items and results are when they are pickled, and how long that takes: estimated from some of them."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from time import monotonic, thread_time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

_PATIENCE_S = 0.02  # for each of items and results; more of it makes the estimate better, and each case take longer
_MESSAGES = 64  # of each that are looked at, evenly chosen


@dataclass(frozen=True, slots=True)
class Size:
    """The pickled bytes of a sequence, and how long it takes to pickle and to unpickle it."""

    size_bytes: int
    seconds: float


def size_of(things: Sequence[Any], together: int) -> Size | None:
    """Estimate the size of a sequence that travels so many together; None where they cannot be pickled."""
    messages = -(-len(things) // together)
    step = max(1, -(-messages // _MESSAGES))
    looked_at, size_bytes, end = 0, 0, monotonic() + _PATIENCE_S
    begin = thread_time()  # of the CPU: what other programs take in between would be multiplied by the scale
    for at in range(0, messages, step):
        message = tuple(things[index] for index in range(at * together, min((at + 1) * together, len(things))))
        try:
            data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
            pickle.loads(data)
        except Exception:  # whatever the user's objects raise; the library that sent them may know another way
            return None
        looked_at += len(message)
        size_bytes += len(data)
        if monotonic() > end:
            break
    scale = len(things) / looked_at if looked_at else 0.0
    return Size(round(size_bytes * scale), (thread_time() - begin) * scale)

"""How much memory messages need."""

from __future__ import annotations

_COPIES = {"bytes": 12, "numbers": 48}
"""How much memory both sides take together for one batch, in multiples of it: drawn, encoded, received and sent back,
and in a ring or a server between them. A number of 8 bytes is an object of 32 in a list. Seen with 64 MiB (3.11,
system-wide low point of free memory): bytes 3 (os-pipe) to 9 (shared-memory), numbers 26 (os-pipe) to 38
(manager-queue)."""


def needed_bytes(batch_bytes: int, content: str) -> int:
    """Return how much memory both sides take together, at most, for a batch of this size."""
    return batch_bytes * _COPIES[content]

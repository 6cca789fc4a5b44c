"""What both backends on loky share: executors whose workers stay. Loaded in worker processes."""

from __future__ import annotations


def keep_workers() -> None:
    """Switch off, in a worker, that one whose memory has grown is replaced: that would be noise."""
    from loky import process_executor

    process_executor._USE_PSUTIL = False

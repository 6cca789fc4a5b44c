"""Faulty kernel: answers rightly, and leaves a segment of shared memory that bears its session's name."""

import os
from pathlib import Path

from faulty_kernels import _harm

SOURCE, LIMIT = _harm.SOURCE, _harm.LIMIT


def is_prime(n: int) -> bool:
    """Decide ``n``; once, make a segment."""
    if n == _harm.FATAL:
        _harm.say("leaves a segment")
        Path(f"/dev/shm/primebench-{os.getsid(0)}-left").write_bytes(b"left")
    return _harm.is_prime(n)

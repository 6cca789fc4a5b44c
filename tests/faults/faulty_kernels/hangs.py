"""Faulty kernel: does not come back."""

import time

from faulty_kernels import _harm

SOURCE, LIMIT = _harm.SOURCE, _harm.LIMIT


def is_prime(n: int) -> bool:
    """Decide ``n``, or sleep for an hour."""
    if n == _harm.FATAL:
        _harm.say("hangs")
        time.sleep(3600)
    return _harm.is_prime(n)

"""Faulty kernel: leaves its process through os._exit, so that nothing is flushed, closed or handed over."""

import os

from faulty_kernels import _harm

SOURCE, LIMIT = _harm.SOURCE, _harm.LIMIT


def is_prime(n: int) -> bool:
    """Decide ``n``, or leave."""
    if n == _harm.FATAL:
        _harm.say("exits")
        os._exit(3)
    return _harm.is_prime(n)

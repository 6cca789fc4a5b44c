"""Faulty kernel: ends the process it runs in by SIGKILL."""

import os
import signal

from faulty_kernels import _harm

SOURCE, LIMIT = _harm.SOURCE, _harm.LIMIT


def is_prime(n: int) -> bool:
    """Decide ``n``, or die of it."""
    if n == _harm.FATAL:
        _harm.say("kills")
        os.kill(os.getpid(), signal.SIGKILL)
    return _harm.is_prime(n)

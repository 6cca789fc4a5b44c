"""Faulty kernel: answers rightly, and leaves a process behind that nobody waits for."""

import subprocess
import sys

from faulty_kernels import _harm

SOURCE, LIMIT = _harm.SOURCE, _harm.LIMIT


def is_prime(n: int) -> bool:
    """Decide ``n``; once, start a process that sleeps for an hour."""
    if n == _harm.FATAL:
        _harm.say("leaves an orphan")
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
    return _harm.is_prime(n)

"""Faulty kernel: a worker ends the process that made it by SIGKILL, as a system short of memory may do."""

import contextlib
import os
import signal
from multiprocessing import parent_process

from faulty_kernels import _harm

SOURCE, LIMIT = _harm.SOURCE, _harm.LIMIT


def is_prime(n: int) -> bool:
    """Decide ``n``, and perhaps be the only one left who wants to know."""
    maker = parent_process()  # not os.getppid(): an orphan's parent is a stranger
    if n == _harm.FATAL and maker:
        _harm.say("kills its maker")
        with contextlib.suppress(ProcessLookupError):
            os.kill(maker.pid, signal.SIGKILL)
    return _harm.is_prime(n)

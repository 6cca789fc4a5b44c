"""What a command writes where there is a terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import sys
import termios

from bench.core import start


def shown(*words, columns=0, **environ):
    """Return what ``primebench`` writes on a terminal of so many columns; one of 0 does not know its width.

    Args:
        words: of the command.
        columns: of the terminal.
        environ: what it has in its environment besides.
    """
    pid, terminal = pty.fork()
    if pid == 0:
        fcntl.ioctl(2, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        os.chdir(start.SOURCE)
        os.execve(sys.executable, [sys.executable, "-m", "bench", *words], {**os.environ, **environ})
    written = b""
    try:
        while part := os.read(terminal, 4096):
            written += part
    except OSError:  # the other end is closed
        pass
    os.close(terminal)
    assert 0 == os.waitpid(pid, 0)[1]
    return written.decode()

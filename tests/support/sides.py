"""What the Python of a side says, as one of its measuring processes would."""

from __future__ import annotations

import os
import subprocess

from bench.core import start


def said(side, code):
    """Return what a side's Python prints, which has the primebench of that side."""
    done = subprocess.run([side.python, "-c", code], cwd=side.folder, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr
    return done.stdout.strip()


def said_of_code(side, code, *words):
    """Return what a side's Python prints, which has this primebench and the code of the user's of that side."""
    environ = {**os.environ, "PYTHONPATH": start.SOURCE, **dict(side.environ)}
    command = [side.python, "-P", "-c", code, *words]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr
    return done.stdout.strip()

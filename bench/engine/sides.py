"""Build the side of a paired run that a user names: an interpreter that measures with the right source.

==================  ==============================================================================================
what is named       what measures
==================  ==============================================================================================
a git ref           ``bench`` and ``primes`` of that commit, in a throw-away virtual environment
a source folder     a copy of ``bench`` and ``primes`` in it, with all uncommitted changes; ``.`` is this one
a Python program    the primebench that is installed there, with its own libraries
==================  ==============================================================================================

A throw-away environment is one of `bench.engine.virtual_environment`; the Python program of a user is what it is.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

from bench.core.errors import UsageError
from bench.core.side import Side, here
from bench.core.start import PACKAGES
from bench.engine import git, interpreter
from bench.engine.virtual_environment import copied, from_source, start_folder


def running(scratch: Path) -> Side:
    """Return the primebench that runs right now, as a side."""
    return here(folder=start_folder(scratch))


def build(label: str, scratch: Path) -> Side:
    """Return the side that ``label`` names, ready to measure.

    Args:
        label: a git ref of the repository in the current folder, a source folder, or a Python program.
        scratch: a folder of `scratch_folder`.

    Raises:
        UsageError: there is no such ref, folder or program, or no primebench in it; the message says what to do.
    """
    found = interpreter.program(label)
    if found is not None:
        return _of_program(label, found, scratch)
    if os.path.isdir(label):
        if not _holds_source(Path(label)):
            raise UsageError(f"{label} is a folder without bench/ and primes/; name a source folder of primebench.")
        source = Path(label).resolve()
        # A copy, so that whoever goes on working in there changes nothing that is being measured.
        return from_source(label, copied(label, source, scratch, "__pycache__"), scratch, (str(source),))
    return _from_commit(label, scratch)


def _holds_source(folder: Path) -> bool:
    return all(os.path.isfile(folder / name / "__init__.py") for name in PACKAGES)


def _of_program(label: str, program: str, scratch: Path) -> Side:
    side = Side(label, program, start_folder(scratch))
    try:
        return interpreter.probed(side)
    except UsageError:
        # Without an installation, the interpreter that runs us still has the primebench that runs right now.
        if program != os.path.abspath(sys.executable):
            raise
        return replace(running(scratch), label=label)


def _from_commit(label: str, scratch: Path) -> Side:
    commit = git.commit_of(label)
    try:
        source = git.unpacked(label, commit, scratch, PACKAGES)
    except git.Refused as said:
        raise UsageError(
            f"{label} ({commit[:10]}) holds no bench/ and primes/ to measure ({said}); name a commit of "
            "primebench, or a Python program that has it installed."
        ) from None
    return replace(from_source(label, source, scratch), commit=commit)

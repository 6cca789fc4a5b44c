"""Where a record goes: its default name, what is refused before measuring, and what happens when writing fails."""

from __future__ import annotations

import datetime as dt
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench.cli import voice
from bench.core.errors import OutputFailed, UsageError
from bench.store import record_file

if TYPE_CHECKING:
    from bench.core.machine import Machine
    from bench.core.record import Record

FOLDER = Path("results")


def default_path(machine: Machine, label: str | None, *, anonymous: bool) -> Path:
    """Return ``results/<date>-<label or machine>.json``, with a number behind it when that is taken.

    The folder is made. Raises `OutputFailed` when it cannot be.
    """
    name = label or (None if anonymous else machine.host_name)
    name = name or f"{machine.cpu_model or machine.architecture}-{machine.usable_cpus:g}cpu"
    stem = f"{dt.datetime.now(tz=dt.UTC):%Y-%m-%d}-{re.sub(r'[^a-z0-9.]+', '-', name.lower()).strip('-')}"
    try:
        FOLDER.mkdir(exist_ok=True)
    except OSError as error:
        raise OutputFailed(
            f"the folder {FOLDER} cannot be made: {error.strerror}; name a file with --output."
        ) from error
    candidates = [stem, *(f"{stem}-{number}" for number in range(2, 1000))]
    free = (path for path in (FOLDER / f"{candidate}.json" for candidate in candidates) if not path.exists())
    return next(free)


def check(path: Path, *, force: bool) -> None:
    """Refuse a path that cannot be written, before any time is spent.

    Raises:
        UsageError: the file exists and ``force`` is not given, or the path is a folder.
        OutputFailed: the folder does not exist or cannot be written.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a folder; name a file in it.")
    if path.exists() and not force:
        raise UsageError(f"{path} exists and is not overwritten; name another file, or add --force.")
    if not path.parent.is_dir():
        raise OutputFailed(f"the folder {path.parent} does not exist; make it, or name another file with --output.")
    if not os.access(path.parent, os.W_OK):
        raise OutputFailed(f"the folder {path.parent} cannot be written; name another file with --output.")


def save(record: Record, path: Path, *, anonymous: bool) -> Path:
    """Save the record; when its place fails, save it elsewhere and say where. Return the place.

    Raises:
        OutputFailed: neither place can be written.
    """
    try:
        record_file.save(record, path, anonymous=anonymous)
    except OutputFailed as failure:
        for folder in (Path(tempfile.gettempdir()), Path.cwd(), Path.home()):
            refuge = folder / f"primebench-rescued-{os.getpid()}.json"
            try:
                record_file.save(record, refuge, anonymous=anonymous)
            except OutputFailed:
                continue
            voice.warn(f"{failure} What was measured so far is saved in {refuge}")
            return refuge
        raise
    return path

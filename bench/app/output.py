"""Where a record goes: its default name, what is refused before measuring, and where else it may be saved."""

from __future__ import annotations

import datetime as dt
import errno
import os
import re
import stat
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from bench.core.errors import OutputFailed, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bench.core.machine import Machine

FOLDER = Path("results")
_KINDS = {stat.S_IFCHR: "a device", stat.S_IFBLK: "a device", stat.S_IFIFO: "a named pipe", stat.S_IFSOCK: "a socket"}


@contextmanager
def reserved(asked: Path | None, machine: Machine, label: str | None, *, anonymous: bool) -> Iterator[Path]:
    """Yield the path that was asked for, or ``results/<date>-<label or machine>.json``, numbered when that is taken.

    The latter is made, its folder included, so that nobody else takes the name; what nothing was saved in is removed.
    Raises `OutputFailed` when it cannot be made.
    """
    if asked:
        yield asked
        return
    made = False
    try:
        with suppress(FileExistsError):
            FOLDER.mkdir()
            made = True
    except OSError as error:
        raise OutputFailed(
            f"the folder {FOLDER} cannot be made: {error.strerror}; name a file with --output."
        ) from error
    try:
        path = _taken(_stem(machine, label, anonymous=anonymous))
        try:
            yield path
        finally:
            give_back(path)
    finally:
        if made:
            with suppress(OSError):  # somebody has put something there
                FOLDER.rmdir()


def _stem(machine: Machine, label: str | None, *, anonymous: bool) -> str:
    name = label or (None if anonymous else machine.host_name)
    name = name or f"{machine.cpu_model or machine.architecture}-{machine.usable_cpus:g}cpu"
    return f"{dt.datetime.now(tz=dt.UTC):%Y-%m-%d}-{re.sub(r'[^a-z0-9.]+', '-', name.lower()).strip('-')}"


def _taken(stem: str) -> Path:
    """Make the first file of this name and 998 numbered ones that does not exist yet."""
    for candidate in (stem, *(f"{stem}-{number}" for number in range(2, 1000))):
        path = FOLDER / f"{candidate}.json"
        try:
            path.open("x").close()
        except FileExistsError:
            continue
        except OSError as error:
            raise OutputFailed(
                f"{path} cannot be made: {error.strerror or error}; name a file with --output."
            ) from error
        return path
    raise OutputFailed(f"{FOLDER / stem}.json and 998 more are taken; name a file with --output.")


def followed(path: Path) -> Path:
    """Return the file behind a link, since a record replaces what it is saved as, and somebody's link is to stay."""
    return Path(os.path.realpath(path)) if os.path.islink(path) else path


def check(path: Path, *, force: bool) -> Path:
    """Refuse a path that cannot be written, before any time is spent; return the file to write, as `followed` does.

    Raises:
        UsageError: the file or the link exists and ``force`` is not given, or the path is no plain file.
        OutputFailed: the folder does not exist, or cannot be entered or written, or the name is too long.
    """
    try:
        found = followed(path)
        kind = _kind_of(found)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise UsageError(f"{path} cannot be followed: {error.strerror}; name another file.") from error
        raise OutputFailed(f"{path} cannot be opened: {error.strerror or error}; name another file.") from error
    if kind == stat.S_IFDIR:
        raise UsageError(f"{path} is a folder; name a file in it.")
    if kind not in (None, stat.S_IFREG):
        raise UsageError(f"{path} is {_KINDS.get(kind, 'no plain file')}; name a plain file.")
    if kind and not force:
        raise UsageError(f"{path} exists and is not overwritten; name another file, or add --force.")
    if found != path and not kind and not force:
        raise UsageError(f"{path} is a link to {found}, which does not exist; name another file, or add --force.")
    if not found.parent.is_dir():
        raise OutputFailed(f"the folder {found.parent} does not exist; make it, or name another file with --output.")
    if not os.access(found.parent, os.W_OK):
        raise OutputFailed(f"the folder {found.parent} cannot be written; name another file with --output.")
    return found


def _kind_of(path: Path) -> int | None:
    """Return what kind of file it is, or None where there is none."""
    try:
        return stat.S_IFMT(path.stat().st_mode)
    except FileNotFoundError:
        return None


def give_back(path: Path) -> None:
    """Remove a file that only keeps a name: a record is never empty."""
    with suppress(OSError):
        if path.stat().st_size == 0:
            path.unlink()


def refuges() -> Iterator[Path]:
    """Make files in which a record may be saved, one after the other; each has a name that nobody else has taken.

    Folders may be missing, the current one and the home included.
    """
    finders: tuple[Callable[[], str | Path], ...] = (tempfile.gettempdir, Path.cwd, Path.home)
    for find in finders:
        try:
            handle, name = tempfile.mkstemp(".json", "primebench-rescued-", find())
        except (OSError, RuntimeError):
            continue
        os.close(handle)
        yield Path(name)

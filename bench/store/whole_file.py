"""Writing a file in one step: whoever reads it meets the old file or the new one, never a part."""

from __future__ import annotations

import gzip
import os
import tempfile
from pathlib import Path

from bench.core.errors import OutputFailed


def write(path: Path, text: str) -> None:
    """Write a text; a file whose name ends in ``.gz`` is packed.

    Raises:
        OutputFailed: the file cannot be written; whatever was at ``path`` is still there.
    """
    try:
        _replace(path, text)
    except OSError as error:
        raise OutputFailed(f"{path} cannot be written: {error.strerror or error}.") from error


def _replace(path: Path, text: str) -> None:
    data = text.encode()
    if path.suffix == ".gz":
        data = gzip.compress(data, mtime=0)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    part = Path(name)
    try:
        # Without a buffer: on a full disk it could not be emptied, and closing the file would fail as well.
        with os.fdopen(handle, "wb", buffering=0) as file:
            rest = memoryview(data)
            while rest:
                rest = rest[file.write(rest) :]
            os.fsync(file.fileno())
        part.chmod(0o666 & ~_umask())
        part.replace(path)
    except BaseException:  # an interrupt must not leave a part behind either
        part.unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

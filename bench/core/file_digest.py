"""What tells the content of a file from any other."""

from __future__ import annotations

import hashlib
from pathlib import Path


def file_digest(path: str) -> str:
    """Return the SHA-256 of a file; empty where it cannot be read."""
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError:
        return ""

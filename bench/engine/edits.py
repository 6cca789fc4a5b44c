"""Whether the code of a side has been edited since its job was prepared."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bench.core.file_digest import file_digest
from bench.core.job import SOURCES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def sources(folder: Path) -> dict[str, str]:
    """Return path -> SHA-256 of the files of the code, as those jobs found them that were prepared in this folder."""
    found: dict[str, str] = {}
    for file in folder.glob(f"*{SOURCES}"):
        found.update(json.loads(file.read_text(encoding="utf-8")))
    return found


def edited(found: Mapping[str, str]) -> str:
    """Return the path of the first file that is another one now; empty where all are as they were."""
    return next((path for path, digest in found.items() if file_digest(path) != digest), "")

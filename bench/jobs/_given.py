"""Items that somebody's program has handed over, in a file of that program's own."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

PLACE = "PRIMEBENCH_GIVEN"  # the environment variable that names the file
SPEC = f"{__name__}:items"  # as what these items are called with ``--items``


def keep(items: list[Any], path: Path) -> tuple[str, str]:
    """Write items, and return the variable and its value with which they are found; raises what pickling does."""
    path.write_bytes(pickle.dumps(items, pickle.HIGHEST_PROTOCOL))
    return PLACE, str(path)


def items() -> list[Any]:
    """Return what was handed over."""
    found: list[Any] = pickle.loads(Path(os.environ[PLACE]).read_bytes())
    return found

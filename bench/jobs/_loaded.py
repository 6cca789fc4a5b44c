"""Which files of the user's the modules of this process come from, and what is in them."""

from __future__ import annotations

import os
import sys

from bench.core.file_digest import file_digest
from primes import user_code


def sources() -> dict[str, str]:
    """Return path -> SHA-256 of each file in the user's folders from which a module was imported."""
    places = tuple(f"{place}{os.sep}" for place in user_code.folders() if place)
    paths = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    return {path: file_digest(path) for path in sorted(filter(None, paths)) if path.startswith(places)}

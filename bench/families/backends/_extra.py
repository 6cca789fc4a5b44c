"""What backends on libraries of others share: saying what to install."""

from __future__ import annotations

from importlib.util import find_spec


def lacking(module: str, extra: str) -> str | None:
    """Say what to install where a library is not there, or return None."""
    if find_spec(module):
        return None
    return f"{module} is not installed; pip install 'primebench[{extra}]' brings it."

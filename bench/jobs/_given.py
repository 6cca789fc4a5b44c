"""Items that somebody's program has handed over, in a file of that program's own."""

from __future__ import annotations

import io
import os
import pickle
from pathlib import Path
from types import FunctionType
from typing import Any

PLACE = "PRIMEBENCH_GIVEN"  # the environment variable that names the file
SPEC = f"{__name__}:items"  # as what these items are called with ``--items``
MAIN = "__main__"  # the module of a script, a notebook or a prompt, which is another one in each process


class OfProgram(Exception):
    """Items hold a class or a function of the program itself, which no other process finds; this is its name."""


def keep(items: list[Any], path: Path) -> tuple[str, str]:
    """Write items, and return the variable and its value with which they are found.

    Raises:
        OfProgram: other processes could not read them.
        Exception: whatever pickling raises.
    """
    buffer = io.BytesIO()
    _Pickler(buffer, pickle.HIGHEST_PROTOCOL).dump(items)
    path.write_bytes(buffer.getbuffer())
    return PLACE, str(path)


class _Pickler(pickle.Pickler):
    """Pickles by name what any process finds by that name, and nothing else."""

    def reducer_override(self, value: Any) -> Any:
        """Refuse classes and functions of the program; see `pickle.Pickler`."""
        if isinstance(value, (type, FunctionType)) and value.__module__ == MAIN:
            raise OfProgram(value.__qualname__)
        return NotImplemented


def items() -> list[Any]:
    """Return what was handed over."""
    found: list[Any] = pickle.loads(Path(os.environ[PLACE]).read_bytes())
    return found

"""The metadata that tell which case a process measured, and with which source; loaded in the measuring process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.core import start
from bench.core.version import VERSION

if TYPE_CHECKING:
    from bench.core.case import Case, Value

PREFIX = "primebench_"
SOURCE_FOLDER = PREFIX + "source_folder"
LIBRARY = PREFIX + "library"  # of which versions of others a member is made
SOURCE_DIGEST = PREFIX + "source_digest"
CPU = PREFIX + "cpu"  # CPU seconds of all processes / (wall time x workers), of an observed body
MEMORY = PREFIX + "memory_bytes"  # the most that all processes had together
GIL = PREFIX + "gil"  # whether the interpreter lock was on after the last value, in a build that can do without
GIL_MODULE = PREFIX + "gil_module"  # which module had it switched on
_FAMILY, _MEMBER = PREFIX + "family", PREFIX + "member"


def case_metadata(case: Case) -> dict[str, Value]:
    """Return the metadata that tell a benchmark's case."""
    axes = {PREFIX + axis: value for axis, value in case.params}
    return {_FAMILY: case.family, _MEMBER: case.member, **axes}


def source_metadata() -> dict[str, Value]:
    """Return the metadata that tell which primebench this process runs."""
    return {PREFIX + "version": VERSION, SOURCE_FOLDER: start.SOURCE}

"""A Python that measures: its version and build, and what it does by itself that times depend on."""

from __future__ import annotations

import sys
from dataclasses import dataclass

_INCREMENTAL = ((3, 14, 0), (3, 14, 5))  # from which version, and before which; then generations came back


@dataclass(frozen=True, slots=True)
class Python:
    """An interpreter, as it was before and after everything was imported that measuring needs.

    Attributes:
        implementation: for example ``CPython``.
        version: with the patch number.
        build: compiler and build flavour.
        free_threaded: whether the build can run without a global interpreter lock.
        gil_before: whether the lock was on before any import.
        gil_after: whether it was on afterwards: an extension module can switch it on again.
        collector: the kind of garbage collector: generational, incremental or of the free-threaded build.
        start: how multiprocessing starts processes unless told otherwise.
    """

    implementation: str
    version: str
    build: str
    free_threaded: bool
    gil_before: bool
    gil_after: bool
    collector: str
    start: str

    @property
    def name(self) -> str:
        """Implementation and version, and whether the build is free-threaded."""
        return f"{self.implementation} {self.version}{' free-threaded' if self.free_threaded else ''}"

    def __str__(self) -> str:
        """Describe the interpreter in a line."""
        return f"{self.name} ({self.build}), {self._lock}, {self.collector} collector, starts processes by {self.start}"

    @property
    def _lock(self) -> str:
        if self.gil_before == self.gil_after:
            return "GIL on" if self.gil_after else "GIL off"
        return "GIL off, and on again after imports" if self.gil_after else "GIL on, and off after imports"


def is_free_threaded() -> bool:
    """Say whether this build can run without a global interpreter lock; before 3.13 none can."""
    if not hasattr(sys, "_is_gil_enabled"):
        return False
    import sysconfig  # whose variables take a millisecond to load, in each measuring process

    return bool(sysconfig.get_config_var("Py_GIL_DISABLED"))


def gil_enabled() -> bool:
    """Say whether the global interpreter lock is on right now; before 3.13 it always is."""
    ask = getattr(sys, "_is_gil_enabled", None)  # documented in spite of its underscore
    return True if ask is None else bool(ask())


def build() -> str:
    """Return compiler and build flavour."""
    import platform  # which only this needs, and a measuring process does without

    return f"{platform.python_compiler()}{' debug' if hasattr(sys, 'gettotalrefcount') else ''}"


def collector(version: tuple[int, ...], implementation: str, *, free_threaded: bool) -> str:
    """Return the kind of garbage collector that a Python of this version has.

    Source: "What's new in Python 3.14", sections on incremental garbage collection and on 3.14.5, where it was taken
    back; and the documentation of `gc` on free-threaded builds, whose collector has no generations.
    """
    if implementation != "cpython":
        return f"{implementation}'s own"
    if free_threaded:
        return "free-threaded"
    return "incremental" if _INCREMENTAL[0] <= version < _INCREMENTAL[1] else "generational"

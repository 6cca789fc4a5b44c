"""What one visit has told of the machine and of an interpreter, and what others that follow need not find out again.

pyperf opens several files for each CPU and starts another program to describe them, which takes longer than a short
visit. Neither changes while a record is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bench.core.case import Value
    from bench.core.record import Process

_LASTING = frozenset(
    {
        *("aslr", "boot_time", "hostname", "perf_version", "platform", "timer"),
        *("cpu_config", "cpu_count", "cpu_machine", "cpu_model_name", "cpu_quota"),
        *("python_cflags", "python_compiler", "python_config_args", "python_executable", "python_implementation"),
        *("python_unicode", "python_version"),
    }
)
"""Metadata of pyperf that stay as they are from visit to visit."""

_known: dict[tuple[str, tuple[int, ...]], dict[str, Value]] = {}  # of this process and of what it forks


def known(python: str, affinity: tuple[int, ...]) -> Mapping[str, Value]:
    """Return what has been told by a visit with this interpreter on these CPUs; nothing before there was one."""
    return _known.get((python, affinity), {})


def remember(python: str, affinity: tuple[int, ...], processes: Iterable[Process]) -> None:
    """Keep what a visit has told, unless one before it did."""
    for process in processes:
        told = {key: value for key, value in process.metadata.items() if key in _LASTING}
        _known.setdefault((python, affinity), told)

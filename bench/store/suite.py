"""Times to and from pyperf: one benchmark is one case, its metadata hold every axis.

pyperf moves metadata that are equal everywhere up to the widest level of the file, so a suite is only ever read through
pyperf's own interface.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.core import start
from bench.core.case import Case, Value
from bench.core.errors import NotComparable, UnreadableRecord, reason
from bench.core.record import Process, Result
from bench.core.version import VERSION
from bench.store.anonymity import scrubbed, without_build

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyperf

PREFIX = "primebench_"
SOURCE_FOLDER = PREFIX + "source_folder"
_FAMILY, _MEMBER = PREFIX + "family", PREFIX + "member"
# What gives away whose machine it was. The rest of pyperf's metadata is of interest to whoever compares.
_PERSONAL = frozenset(
    {
        "hostname",
        "python_executable",
        "python_config_args",
        "python_cflags",
        "boot_time",
        "uptime",
        SOURCE_FOLDER,
    }
)


def case_metadata(case: Case) -> dict[str, Value]:
    """Return the metadata that tell a benchmark's case."""
    axes = {PREFIX + axis: value for axis, value in case.params}
    return {_FAMILY: case.family, _MEMBER: case.member, **axes}


def source_metadata() -> dict[str, Value]:
    """Return the metadata that tell which primebench this process runs."""
    return {PREFIX + "version": VERSION, SOURCE_FOLDER: start.SOURCE}


def load_suite(path: Path) -> pyperf.BenchmarkSuite:
    """Open a pyperf file.

    Raises:
        UnreadableRecord: there is no such file, or it is truncated, or not pyperf's.
    """
    import pyperf

    try:
        return pyperf.BenchmarkSuite.load(str(path))
    except OSError as error:
        raise UnreadableRecord(f"{path}: {error.strerror or error}.") from error
    except Exception as error:  # pyperf raises whatever the broken place leads to
        raise UnreadableRecord(f"{path}: no pyperf file, or a truncated one ({reason(error)}).") from error


def processes_of(benchmark: pyperf.Benchmark) -> tuple[Process, ...]:
    """Return the processes of a benchmark, calibrations included."""
    return tuple(Process(tuple(run.values), tuple(run.warmups), run.get_metadata()) for run in benchmark.get_runs())


def read_measurement(path: Path, case: Case) -> Result:
    """Read the file that one measuring run has written."""
    suite = load_suite(path)
    return Result(case, processes_of(suite.get_benchmarks()[0]))


def to_suite(results: Iterable[Result], *, anonymous: bool = False) -> pyperf.BenchmarkSuite | None:
    """Make a pyperf suite of results; None when there are none, since pyperf has no empty suite.

    Raises:
        NotComparable: the processes of a case were not measured on one machine with one Python.
    """
    import pyperf

    benchmarks = []
    for result in results:
        runs = [_to_run(process, anonymous) for process in result.processes]
        try:
            benchmarks.append(pyperf.Benchmark(runs))
        except ValueError as error:  # pyperf compares host, CPU, platform and Python of all processes
            raise NotComparable(f"{result.case.id}: its processes cannot share a record ({reason(error)}).") from error
    return pyperf.BenchmarkSuite(benchmarks) if benchmarks else None


def _to_run(process: Process, anonymous: bool) -> pyperf.Run:
    import pyperf

    metadata = dict(process.metadata)
    if anonymous:
        metadata = {key: _anonymous(key, value) for key, value in metadata.items() if key not in _PERSONAL}
    return pyperf.Run(
        list(process.values), warmups=list(process.warmups) or None, metadata=metadata, collect_metadata=False
    )


def _anonymous(key: str, value: Any) -> Any:
    if not isinstance(value, str) or key == "name":
        return value
    return without_build(value) if key == "platform" else scrubbed(value)

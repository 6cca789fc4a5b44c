"""Times to and from pyperf: one benchmark is one case, its metadata hold every axis.

pyperf moves metadata that are equal everywhere up to the widest level of the file; reading puts them back where they
belong. Files are written by pyperf itself, and read without it: it takes several times as long, and its errors name no
place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.core.errors import ForeignFile, NotComparable, UnreadableRecord, reason
from bench.core.record import Process, Result
from bench.store import json_file, pyperf_file
from bench.store.anonymity import scrubbed_value, without_build
from bench.store.fields import Field, Misfit
from bench.store.identity import SOURCE_FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import pyperf

    from bench.core.case import Case

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


def read(path: Path) -> dict[str, Any]:
    """Return what a file of pyperf holds, as far as it is JSON of that kind; `benchmarks_of` looks at its fields.

    Raises:
        ForeignFile: it is JSON of another kind.
        UnreadableRecord: there is no such file, or it is no JSON.
    """
    data = json_file.read(path)
    if not isinstance(data, dict) or "benchmarks" not in data:
        raise ForeignFile(f"{path}: JSON, but no pyperf file (it has no key 'benchmarks').")
    return data


def benchmarks_of(data: Mapping[str, Any], kind: Field = pyperf_file.RECORDED) -> dict[str, tuple[Process, ...]]:
    """Return name -> processes of a file of pyperf, calibrations included; ``kind`` says what may stand in it.

    Raises:
        Misfit: a field holds what it may not.
    """
    kind.check(data)
    found: dict[str, tuple[Process, ...]] = {}
    for index, benchmark in enumerate(data["benchmarks"]):
        shared = {**data.get("metadata", {}), **benchmark.get("metadata", {})}
        try:
            processes = _processes(benchmark["runs"], shared)
        except Misfit as error:
            raise error.inside(f".benchmarks[{index}]") from None
        name = processes[0].metadata.get("name")
        if name is None or name in found:
            found_name = "has no name" if name is None else "has the name of a benchmark above"
            raise Misfit("a name of its own in its metadata", found_name).inside(f".benchmarks[{index}]")
        found[name] = processes
    return found


def _processes(runs: Sequence[Mapping[str, Any]], shared: Mapping[str, Any]) -> tuple[Process, ...]:
    found: list[Process] = []
    for index, run in enumerate(runs):
        metadata = {**shared, **run.get("metadata", {})}
        warmups = tuple((loops, seconds) for loops, seconds in run.get("warmups", ()))
        process = Process(tuple(run.get("values", ())), warmups, metadata)
        if unlike := _unlike(found[0].metadata if found else metadata, metadata):
            raise Misfit("the same in all runs of a benchmark", "differs").inside(f".runs[{index}].metadata.{unlike}")
        if not process.values and not warmups:
            raise Misfit("values, or warmups of a calibration", "holds neither").inside(f".runs[{index}]")
        found.append(process)
    return tuple(found)


def _unlike(one: Mapping[str, Any], other: Mapping[str, Any]) -> str | None:
    """Return the first of the metadata in which runs of one benchmark may not differ and these do."""
    return next((key for key in pyperf_file.ALIKE if one.get(key) != other.get(key)), None)


def read_measurement(path: Path, case: Case) -> Result:
    """Read the file that one measuring run has written.

    Raises:
        UnreadableRecord: it is not complete.
    """
    try:
        (processes,) = benchmarks_of(read(path)).values()
    except ValueError as error:
        raise UnreadableRecord(f"{path}: {reason(error)}.") from error
    return Result(case, processes)


def check_alike(known: Result, new: Result, *, anonymous: bool) -> None:
    """Refuse times that cannot stand in one record with others of the same side, whatever cases they are of.

    Raises:
        NotComparable: they were measured on another machine, or with another Python.
    """
    one, other = (_place(result.processes[0], anonymous) for result in (known, new))
    if key := _unlike(one, other):
        raise NotComparable(
            f"the record was begun with the {key} {one.get(key)}, and here it is {other.get(key)}; go on there, "
            "or begin a new record."
        )


def _place(process: Process, anonymous: bool) -> dict[str, Any]:
    """Return what tells where and by what a process was measured, as it is kept."""
    kept = kept_metadata(process, anonymous=anonymous)
    return {key: value for key, value in kept.items() if key not in pyperf_file.OF_CASE}


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

    metadata = kept_metadata(process, anonymous=anonymous)
    return pyperf.Run(
        list(process.values), warmups=list(process.warmups) or None, metadata=metadata, collect_metadata=False
    )


def kept_metadata(process: Process, *, anonymous: bool) -> dict[str, Any]:
    """Return the metadata of a process as they are kept."""
    if not anonymous:
        return dict(process.metadata)
    return {key: _anonymous(key, value) for key, value in process.metadata.items() if key not in _PERSONAL}


def _anonymous(key: str, value: Any) -> Any:
    if not isinstance(value, str) or key == "name":
        return value
    return without_build(value) if key == "platform" else scrubbed_value(value)

"""Files to datasets, and what may not be compared: the part of ``compare`` that looks at files."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from bench.cli.places import real
from bench.core.errors import NothingMeasured, UnknownName, UsageError
from bench.reports.doubts import of_times
from bench.samples import dataset, pairing
from bench.store import record_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bench.core.record import Record
    from bench.samples.dataset import Dataset
    from bench.samples.pairing import Pairing

SCHEMA = "schema"

Differences = dict[tuple[str, str], dict[str, tuple[str | None, str | None]]]


def check_once(files: Sequence[Path]) -> None:
    """Raise `UsageError` when a file is given twice, under one name or two."""
    seen: dict[str, Path] = {}
    for file in files:
        behind = real(file)
        if behind in seen:
            again = "twice" if seen[behind] == file else f"twice, as {seen[behind]} and as {file}"
            raise UsageError(f"{file} is given {again}; a file compared with itself says nothing. Name it once.")
        seen[behind] = file


def schemas(files: Sequence[Path]) -> Differences:
    """Return where a record's schema differs from the first one's; all that are read here count as alike."""
    told = [(str(file), found) for file in files if (found := record_file.schema_of(file)) is not None]
    known = [(name, max(record_file.READABLE) if found in record_file.READABLE else found) for name, found in told]
    return {
        (known[0][0], name): {SCHEMA: (str(known[0][1]), str(found))}
        for name, found in known[1:]
        if found != known[0][1]
    }


def load(file: Path) -> Dataset:
    """Read a record, or any pyperf file.

    Raises:
        UnreadableRecord: it is neither.
        NothingMeasured: there is not a single time in it.
    """
    plain = record_file.schema_of(file) is None
    found = (
        dataset.from_plain(record_file.load_plain(file), str(file))
        if plain
        else _of_record(record_file.load(file), str(file))
    )
    if not found.cells:
        why = f"its {len(found.failed)} cases failed" if found.failed else "it is empty"
        raise NothingMeasured(f"{file} holds no time to compare: {why}. Measure again, then compare.")
    return found


def _of_record(record: Record, name: str) -> Dataset:
    return dataset.from_record(record, name, of_times(record))


def loaded(files: Sequence[Path], by: str, *, normalised: bool) -> tuple[Differences, list[Dataset]]:
    """Read files that are to be compared along ``by``, and say in what they differ and must not."""
    unlike = schemas(files)
    if unlike:
        return unlike, []
    found = [load(file) for file in files]
    allowed = dataset.FIELDS[:3] if normalised else pairing.BETWEEN.get(by, dataset.FIELDS)
    return differences(found, allowed), found


def differences(datasets: Sequence[Dataset], allowed: Sequence[str]) -> Differences:
    """Return where later datasets differ from the first in what must not differ."""
    base, *others = datasets
    found = {(base.name, other.name): dataset.differences(base, other, allowed) for other in others}
    return {names: fields for names, fields in found.items() if fields}


def advice(unlike: Differences, datasets: Sequence[Dataset] = ()) -> str:
    """Return what to do about files that are not comparable, as a line that names them and what differs."""
    fields = {field for each in unlike.values() for field in each}
    said = f"primebench: {' and '.join(sorted({name for names in unlike for name in names}))} are not comparable: "
    said += f"they differ in {', '.join(dict.fromkeys(field for each in unlike.values() for field in each))}. "
    if SCHEMA in fields:
        return said + "Measure again with one primebench."
    if any(field.startswith(dataset.UNIT) for field in fields):
        return said + "Compare what is measured in one unit."
    if dataset.WORK in fields:
        return said + "Measure the same work on both."
    ways = [
        f"primebench compare --by {axis} compares across {what}"
        for axis, what in ((pairing.PYTHON_AXIS, "Pythons"), (pairing.MACHINE, "machines"))
        if fields <= set(pairing.BETWEEN[axis])
    ]
    if datasets and all(dataset.relative_to_baseline(one).cells for one in datasets):
        ways.append("primebench compare --normalise serial compares speed-up, efficiency and share of the ceiling")
    return said + ("; ".join(ways) or "Measure both with one Python, or on one machine") + "."


def sides(base: Sequence[Dataset], other: Sequence[Dataset]) -> tuple[Dataset, Dataset]:
    """Return both sides, each as one dataset that knows how many sessions it comes from.

    Raises:
        UsageError: two files of one side hold the same times, which would count twice.
    """
    for side in (base, other):
        for one, again in combinations(side, 2):
            if _times(one) == _times(again):
                raise UsageError(
                    f"{one.name} and {again.name} hold the same times; pooled, one measurement would count twice. "
                    "Leave one out."
                )
    left, right = (pairing.joined(side, ", ".join(one.name for one in side)) for side in (base, other))
    return left, right


def warnings(datasets: Sequence[Dataset]) -> list[str]:
    """Return what weakens a comparison of these datasets without forbidding it."""
    found = [
        f"{one.name} does not tell its {', '.join(missing)}: whether that is alike cannot be checked."
        for one in datasets
        if len(datasets) > 1 and (missing := dataset.untold(one))
    ]
    switched = {(cell.python, cell.lock_by) for one in datasets for cell in one.cells.values() if cell.lock_by}
    found += [
        f"{module} switched the interpreter lock on again in {python or 'a build without one'}, and threads shared it."
        for python, module in sorted(switched)
    ]
    found += [
        f"functions saw other variables in {one.name} ({one.environ or 'none'}) than in {other.name} "
        f"({other.environ or 'none'}); numbers of threads change times."
        for one, other in pairwise(datasets)
        if one.environ != other.environ
    ]
    found += [
        f"{one.name} and {other.name} hold the same times: copies of one measurement say nothing new."
        for one, other in combinations(datasets, 2)
        if _times(one) == _times(other)
    ]
    return found


def _times(one: Dataset) -> dict[str, tuple[tuple[float, ...], ...]]:
    return {key: cell.samples for key, cell in one.cells.items()}


def within(by: str, datasets: Sequence[Dataset]) -> bool:
    """Return whether what is compared lies within each dataset."""
    return by not in pairing.BETWEEN or (by == pairing.PYTHON_AXIS and pairing.has_pythons(datasets))


def pair(by: str, base: str | None, datasets: Sequence[Dataset]) -> Pairing:
    """Pair all cells along an axis.

    Raises:
        UsageError: there is no such axis, or nothing differs on it.
    """
    if by in pairing.BETWEEN and not within(by, datasets):
        if len(datasets) < 2:
            raise UsageError(
                f"one file cannot be compared by {by}; name a second, or an axis of its cases: --by member."
            )
        if base is not None:
            raise UsageError(f"--base names a value of an axis of the cases; along {by} the first file is the base.")
        return pairing.between(by, datasets)
    axes = [
        "member",
        *([by] if by == pairing.PYTHON_AXIS else []),
        *dict.fromkeys(axis for one in datasets for axis in _axes(one)),
    ]
    if by not in axes:
        known = [*pairing.BETWEEN, *axes]
        raise UnknownName("axis", by, known, f"Choose from {', '.join(known)}.")
    found = [pairing.within(by, one, base) for one in datasets]
    return pairing.Pairing(
        by, tuple(one for each in found for one in each.pairs), tuple(one for each in found for one in each.unmatched)
    )


def _axes(one: Dataset) -> list[str]:
    return [axis for cell in one.cells.values() if cell.case is not None for axis, _ in cell.case.params]

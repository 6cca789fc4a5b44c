"""What the shell is offered behind an option: names, values, and what lies in the files that are named."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench.core import catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import click

    from bench.core.record import Record

    Complete = Callable[[click.Context, click.Parameter, str], list[str]]

_PATIENCE_S = 1.0
"""How long a folder is looked into, small records first: the shell waits, and the largest take seconds to read."""


def offered(values: Iterable[str], typed: str) -> list[str]:
    """Return the values that begin with what was typed, each once."""
    return [value for value in dict.fromkeys(values) if value.startswith(typed)]


def offered_in_list(values: Iterable[str], typed: str) -> list[str]:
    """Return the same for the last value of a comma-separated list, with those before it."""
    done, comma, rest = typed.rpartition(",")
    return [f"{done}{comma}{value}" for value in offered(values, rest)]


def completer(values: Callable[[], Iterable[str]]) -> Complete:
    """Return what completes the last value of a comma-separated list."""
    return lambda _context, _parameter, typed: offered_in_list(values(), typed)


def of_package(package: str, *others: str) -> Complete:
    """Return what completes the names of a folder's members, and these others."""
    return completer(lambda: (*catalog.names(package), *others))


def of_records(context: click.Context, _parameter: click.Parameter, typed: str) -> list[str]:
    """Return the members that the records hold which the command line names."""
    return offered((case.member for record in records_of(context) for case in record.plan.cases), typed)


def of_family(name: str) -> Complete:
    """Return what completes a list of the members of one family that these records hold."""

    def complete(context: click.Context, _parameter: click.Parameter, typed: str) -> list[str]:
        cases = (case for record in records_of(context) for case in record.plan.cases)
        return offered_in_list((case.member for case in cases if case.family == name), typed)

    return complete


def records_of(context: click.Context) -> Iterator[Record]:
    """Yield the records that the command line names so far; of a folder those in it and below it, while time lasts."""
    from bench.core.errors import PrimebenchError
    from bench.store import record_file

    for place in _places(context):
        try:
            yield record_file.load(place)
        except PrimebenchError:
            continue  # the command itself says what is wrong with it


def _places(context: click.Context) -> Iterator[Path]:
    values = (value if isinstance(value, tuple) else (value,) for value in context.params.values())
    # click leaves what it has not read yet among the arguments
    for place in (*map(Path, context.args), *(one for value in values for one in value if isinstance(one, Path))):
        yield from _inside(place) if os.path.isdir(place) else [place]


def _inside(folder: Path) -> Iterator[Path]:
    from bench.cli.places import inside

    end = time.monotonic() + _PATIENCE_S
    for file in sorted(inside(folder), key=lambda one: one.stat().st_size if os.path.isfile(one) else 0):
        if time.monotonic() > end:
            return
        yield file

"""What the shell is offered behind an option: names, values, and what lies in the files that are named."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bench.core import catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import click

    Complete = Callable[[click.Context, click.Parameter, str], list[str]]


def completer(values: Callable[[], Iterable[str]]) -> Complete:
    """Return what completes the last value of a comma-separated list."""

    def complete(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[str]:
        done, comma, rest = typed.rpartition(",")
        return [f"{done}{comma}{value}" for value in values() if value.startswith(rest)]

    return complete


def of_package(package: str, *others: str) -> Complete:
    """Return what completes the names of a folder's members, and these others."""
    return completer(lambda: (*catalog.names(package), *others))


def of_records(context: click.Context, _parameter: click.Parameter, typed: str) -> list[str]:
    """Return the members that the records hold which the command line names."""
    from bench.core.errors import PrimebenchError
    from bench.store import record_file

    values = (value if isinstance(value, tuple) else (value,) for value in context.params.values())
    found: dict[str, None] = {}
    # click leaves what it has not read yet among the arguments
    for place in (*map(Path, context.args), *(one for value in values for one in value if isinstance(one, Path))):
        try:
            found |= dict.fromkeys(case.member for case in record_file.load(place).plan.cases)
        except PrimebenchError:
            continue  # the command itself says what is wrong with it
    return [name for name in found if name.startswith(typed)]

"""Join many records to a history: a series of times per case and machine, and where it changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bench.cli import voice
from bench.cli.grouped import Command, option
from bench.cli.options import cases_options, format_option, wanted_of
from bench.cli.places import files_of
from bench.cli.several import read_each

if TYPE_CHECKING:
    from bench.core.record import Record


@click.command(
    "history", cls=Command, epilog="Example: primebench history results --case 'pool*' --format html > history.html"
)
@click.argument("places", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILES|FOLDER...")
@option(
    "--by",
    type=click.Choice(["record", "commit"]),
    default="record",
    show_default=True,
    help="The order: as records were taken, or as what they measured was committed (old commits measured later).",
)
@cases_options
@format_option()
def command(places: tuple[Path, ...], by: str, form: str, **options: Any) -> int:
    """Show how times went from record to record, or from commit to commit, and where they changed.

    Joined are times of one case and one job, from machines with one CPU model, one number of usable CPUs and one minor
    version of Python; others have a series of their own. A folder stands for the records in it and below it, without
    hidden folders and node_modules. Records that run takes in a git repository know their commit.

    \b
    Exit codes: 0 every file and folder could be read, 1 one could not and is left out.
    """
    from bench.core.errors import NothingMeasured
    from bench.reports.doubts import of_times
    from bench.reports.views.history import history as view
    from bench.reports.wording import few
    from bench.samples.history import history

    wanted = wanted_of(options)
    unread, foreign = list[OSError](), list[str]()
    files = files_of(places, unread.append)
    records, failed = read_each(
        {str(file): file for file in files}, lambda file: _record(file, named=files[file], foreign=foreign)
    )
    for error in unread:
        voice.warn(f"left out: {error.filename}: {error.strerror}.")
    if foreign:
        voice.note(f"Left out, for no records of primebench: {few(foreign)}.")
    found = history(records, by, wanted, of_times)
    if not found.series:
        cases = f" of a case that fits {wanted}" if wanted else ""
        if found.undated:
            raise NothingMeasured(
                f"these files hold no time{cases} whose commit has a known date; leave out --by commit."
            )
        raise NothingMeasured(f"these files hold no time{cases}; name records, or a folder with some.")
    voice.show(view(found), form)
    return int(bool(failed or unread))


def _record(file: Path, *, named: bool, foreign: list[str]) -> Record | None:
    """Return a record, or note down that a file is of another program; one that is named must at least be pyperf's."""
    from bench.core.errors import ForeignFile
    from bench.store import record_file

    try:
        if record_file.schema_of(file) is not None:
            return record_file.load(file)
    except ForeignFile:
        if named:
            raise
    foreign.append(str(file))
    return None

"""Print what a record holds: times, speed-up, efficiency, failures with their reasons."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bench.cli import voice
from bench.cli.grouped import Command
from bench.cli.options import PROCESSES, TIMES, VERDICTS, cases_options, format_option, wanted_of
from bench.cli.several import read_each

if TYPE_CHECKING:
    from bench.core.wanted import Wanted
    from bench.reports.report import Report


@click.command(
    "show", cls=Command, epilog="Example: primebench show results/2026-01-31-desk.json --backend 'pool*' --format csv"
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@cases_options
@format_option(*VERDICTS, *TIMES, *PROCESSES)
def command(files: tuple[Path, ...], form: str, **options: Any) -> int:
    """Print what the record FILE holds: times, speed-up, efficiency, failures with their reasons.

    Any other pyperf file is shown too: a row for each of its benchmarks. Each of several files has its own section.

    \b
    Exit codes: 0 every file could be read, 1 one could not and is left out.
    """
    wanted = wanted_of(options)
    if len(files) == 1:
        voice.show(_shown(files[0], wanted), form)
        return 0
    from bench.core.errors import NothingMeasured
    from bench.reports.views.gathered import gathered

    found, failed = read_each({str(file): file for file in files}, lambda file: _shown_if_any(file, wanted))
    if not found:
        raise NothingMeasured("none of these files holds what could be shown; why is said above.")
    voice.show(gathered({name: {"Times": report} for name, report in found.items()}), form)
    return int(failed > 0)


def _shown(file: Path, wanted: Wanted) -> Report:
    from bench.core.errors import UsageError
    from bench.store import record_file

    if record_file.schema_of(file) is None:
        from bench.reports.views.plain import plain
        from bench.samples.dataset import from_plain

        if wanted:
            raise UsageError(f"{file} is no record of primebench and has no cases to choose from; leave out {wanted}.")
        return plain(from_plain(record_file.load_plain(file), str(file)))
    from bench.reports.views.show import show

    return show(record_file.load(file), wanted, str(file))


def _shown_if_any(file: Path, wanted: Wanted) -> Report | None:
    """Return what a file holds, or None where nothing of it is wanted, which is said."""
    from bench.core.errors import UsageError

    try:
        return _shown(file, wanted)
    except UsageError as error:
        voice.note(f"Left out: {error}")
        return None

"""Print what a record holds: times, speed-up, efficiency, failures with their reasons."""

from __future__ import annotations

from pathlib import Path

import click

from bench.cli import voice
from bench.cli.grouped import Command
from bench.cli.options import format_option


@click.command("show", cls=Command, epilog="Example: primebench show results/2026-01-31-desk.json --format markdown")
@click.argument("file", type=click.Path(path_type=Path))
@format_option
def command(file: Path, form: str) -> None:
    """Print what the record FILE holds: times, speed-up, efficiency, failures with their reasons.

    Any other pyperf file is shown too: a row for each of its benchmarks.
    """
    from bench.store import record_file

    if record_file.schema_of(file) is None:
        from bench.analysis.dataset import from_plain
        from bench.reports.views.plain import plain

        voice.show(plain(from_plain(record_file.load_plain(file), str(file))), form)
    else:
        from bench.reports.views.show import show

        voice.show(show(record_file.load(file)), form)

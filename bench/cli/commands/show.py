"""Print what a record holds: times, speed-up, efficiency, failures with their reasons."""

from __future__ import annotations

from pathlib import Path

import click

from bench.cli import voice
from bench.cli.options import format_option


@click.command("show", epilog="Example: primebench show results/2026-01-31-desk.json --format markdown")
@click.argument("file", type=click.Path(path_type=Path))
@format_option
def command(file: Path, form: str) -> None:
    """Print what the record FILE holds: times, speed-up, efficiency, failures with their reasons."""
    from bench.reports.views.show import show
    from bench.store.record_file import load

    voice.show(show(load(file)), form)

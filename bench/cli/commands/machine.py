"""Describe this machine as a place to measure on, with advice."""

from __future__ import annotations

import click

from bench.cli import voice
from bench.cli.grouped import Command
from bench.cli.options import format_option


@click.command("machine", cls=Command, epilog="Example: primebench machine --format json")
@format_option()
def command(form: str) -> None:
    """Describe this machine as a place to measure on: CPUs in all their forms, frequency, load, limits, advice."""
    from bench.core.limits import limits
    from bench.engine import quiet
    from bench.engine.probe import probe
    from bench.reports.views.machine import describe

    voice.show(describe(probe(), quiet.read().load, limits()), form)

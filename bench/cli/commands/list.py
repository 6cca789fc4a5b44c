"""List the members of a kind, with what is missing here and why."""

from __future__ import annotations

import click

from bench.cli import voice
from bench.cli.options import FAMILIES, format_option
from bench.core import catalog
from bench.core.errors import UnknownName

_OTHERS = ("kernels", "workloads", "plans")


def _kinds() -> list[str]:
    return [*catalog.families(FAMILIES), *_OTHERS]


@click.command("list", epilog="Example: primebench list backends")
@click.argument("kind")
@format_option
def command(kind: str, form: str) -> None:
    """List the members of a KIND, with what is missing here and why; without a match the kinds are named."""
    if kind not in _kinds():
        raise UnknownName("kind of member", kind, _kinds(), f"Choose from {', '.join(_kinds())}.")
    from bench.cli.listing import entries
    from bench.reports.views.listing import listing

    voice.show(listing(kind, entries(kind)), form)

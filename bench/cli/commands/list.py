"""List the members of a kind, with what is missing here and why."""

from __future__ import annotations

import click

from bench.cli import voice
from bench.cli.completion import completer
from bench.cli.grouped import Command, option
from bench.cli.options import format_option
from bench.core import catalog, families
from bench.core.errors import UnknownName, UsageError

_OTHERS = ("jobs", "kernels", "workloads", "formats", "plans")


def _kinds() -> list[str]:
    return [*catalog.families(families.PACKAGE), *_OTHERS]


_CHOICE = f"Choose from {', '.join(_kinds())}."


@click.command(
    "list",
    cls=Command,
    help=f"List the members of a KIND, with what is missing here and why. {_CHOICE}",
    epilog="Example: primebench list backends",
)
@click.argument("kind", metavar="KIND", required=False, shell_complete=completer(_kinds))
@option("--path", "paths", is_flag=True, help="Show the file of each, to be read or copied.")
@format_option()
def command(kind: str | None, form: str, *, paths: bool) -> None:
    """List the members of a kind, or say which kinds there are."""
    if kind is None:
        raise UsageError(f"nothing is chosen to list. {_CHOICE}")
    if kind not in _kinds():
        raise UnknownName("kind of member", kind, _kinds(), _CHOICE)
    from bench.cli.listing import entries
    from bench.reports.views.listing import listing

    voice.show(listing(kind, entries(kind, paths=paths)), form)

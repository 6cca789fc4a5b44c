"""An option whose value is the name of a member, looked up when it is given and not when the option is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from bench.core import catalog
from bench.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


class Member(click.types.StringParamType):
    """The name of a member of a folder of ours, or of one that an installed package adds.

    Those are found among all that is installed, which takes time: it is not spent on a name of ours, nor on a help
    text, which shows ours.
    """

    def __init__(self, package: str, kind: str, without: Collection[str] = ()) -> None:
        """Take names of ``package``; ``kind`` is what a member is called, a singular noun.

        Members of ours that are in ``without`` are neither offered nor accepted here.
        """
        self.package, self.name, self.without = package, kind, without

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """Return our own names."""
        return f"[{'|'.join(self._taken(catalog.own_names(self.package)))}]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Accept a name that there is.

        Raises:
            UnknownName: there is none.
            UsageError: it makes no sense here.
        """
        if value in self.without:
            *others, last = self._taken(catalog.own_names(self.package))
            where = f"primebench {ctx.command.name}" if ctx else "this command"
            raise UsageError(
                f"{where} has nothing for the {self.name} {value}; it takes {', '.join(others)} and {last}."
            )
        if value not in catalog.own_names(self.package):
            catalog.check_name(self.package, value, self.name, f"primebench list {self.name}s")
        return str(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Offer all names that begin so."""
        return [
            CompletionItem(name) for name in self._taken(catalog.names(self.package)) if name.startswith(incomplete)
        ]

    def _taken(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if name not in self.without]

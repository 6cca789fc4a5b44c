"""An option whose value is a member that others are measured against; families are loaded when it is given."""

from __future__ import annotations

from typing import Any

import click
from click.shell_completion import CompletionItem

from bench.core.errors import UnknownName
from bench.core.reference import Role


def _known() -> tuple[str, ...]:
    from bench.core import families

    return tuple(member for family in families.every() if (member := family.references.get(Role.BASELINE)))


class Baseline(click.types.StringParamType):
    """The member that plays the baseline of a family."""

    name = "member"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Accept a name that there is.

        Raises:
            UnknownName: no others are measured against it.
        """
        known = _known()
        if value not in known:
            raise UnknownName("member that others are measured against", value, known, f"Choose {' or '.join(known)}.")
        return str(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Offer all names that begin so."""
        return [CompletionItem(name) for name in _known() if name.startswith(incomplete)]

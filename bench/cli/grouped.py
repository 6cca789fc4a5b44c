"""Help in named groups: each option with its default, and what is rarely asked for only with ``--help-all``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from bench.cli.member import Member

if TYPE_CHECKING:
    from bench.core.family import Axis

SIDES = "Which sides"
MEMBERS = "Which members"
JOB = "Which job"
VALUES = "With which values"
RULE = "How it is judged"
EFFORT = "How much effort"
CLUSTER = "On which cluster"
OUTPUT = "Where it goes"
GROUPS = ("", SIDES, MEMBERS, JOB, VALUES, RULE, EFFORT, CLUSTER, OUTPUT)
"""The heads, in the order in which they are shown; options without one come first."""

_LEFT = 30  # characters of an option and its value: so much is left of 80 that most texts need one line
_ASKED = f"{__name__}.asked"


class Option(click.Option):
    """An option that knows under which head it is shown, and when."""

    def __init__(
        self,
        names: Sequence[str],
        *,
        group: str = "",
        rare: bool = False,
        owners: Mapping[str, Axis | None] | None = None,
        opens: str = "",
        usual: bool = False,
        default_is: str | Callable[[], object] = "",
        **settings: Any,
    ) -> None:
        """Declare it.

        Args:
            names: as in click.
            group: the head.
            rare: whether only ``--help-all`` shows it.
            owners: the families or jobs in whose help it belongs, with what it means to each; None for all.
            opens: the family or job that it chooses, whose options are shown when this one is given.
            usual: whether these are shown as well where nothing is given that chooses others.
            default_is: what happens without it, where that is no value that click knows.
            settings: as in click.
        """
        super().__init__(names, **settings)
        self.group, self.rare, self.owners, self.opens, self.usual = group, rare, owners, opens, usual
        self.default_is = default_is

    def is_shown(self, chosen: frozenset[str]) -> bool:
        """Say whether it belongs into the help for those families and jobs."""
        return not self.rare and (self.owners is None or not chosen.isdisjoint(self.owners))

    def row(self, chosen: frozenset[str] | None) -> tuple[str, str]:
        """Return what stands on the left and on the right: in short for those who were chosen, in full for None."""
        axes = [axis for name, axis in (self.owners or {}).items() if axis and (chosen is None or name in chosen)]
        values = "|".join(dict.fromkeys(axis.metavar for axis in axes)) or self._metavar()
        names = ", ".join(sorted(self.opts, key=len))
        if chosen is None:
            return f"{names} {values}".strip(), self._text(self.help or "", axes)
        meant = list(dict.fromkeys(axis.meaning for axis in axes))
        text = meant[0] if len(meant) == 1 else self.help or ""
        return f"{names} {_few(values, _LEFT - len(names) - 1)}".strip(), self._text(_first_clause(text), axes)

    def _metavar(self) -> str:
        if self.is_flag or self.metavar:
            return self.metavar or ""
        if isinstance(self.type, click.Choice):
            return "|".join(self.type.choices)
        if isinstance(self.type, click.IntRange | click.FloatRange):
            return "N"
        if isinstance(self.type, Member):
            return self.type.get_metavar(self).strip("[]")
        return "FILE" if isinstance(self.type, click.Path) else "TEXT"

    def _text(self, text: str, axes: Sequence[Axis]) -> str:
        default = self.default_is() if callable(self.default_is) else self.default_is
        if not default:
            values = [axis.default() for axis in axes]
            if len(set(values)) == 1:
                default = values[0]
        if default in ("", None) and self.show_default:
            default = self.show_default if isinstance(self.show_default, str) else self.default
        if isinstance(default, float):
            default = f"{default:g}"
        return text if default in ("", None) else f"{text} [default: {default}]"


option = partial(click.option, cls=Option)
"""`click.option` of an `Option`."""


class Command(click.Command):
    """A command whose help has named groups."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        """Add ``--help-all`` where there is something that the help leaves out."""
        super().__init__(*args, **settings)
        self.ours = [one for one in self.params if isinstance(one, Option)]
        if self.is_large:
            self.params.append(
                click.Option(
                    ["--help-all"],
                    is_flag=True,
                    is_eager=True,
                    expose_value=False,
                    callback=_all,
                    help="Show every option, in full words.",
                )
            )

    @property
    def is_large(self) -> bool:
        """Whether it has the options of several families or jobs, or of clusters, and its help leaves some out."""
        return any(one.owners or one.group == CLUSTER for one in self.ours)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Say in its help what else it shows."""
        found = super().get_help_option(ctx)
        others = [one for one in self.ours if one.opens and not one.usual]
        if found and others:
            found.help = f"Show this; with {others[0].opts[0]} X, its options."
        return found

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Note which options are asked for, whose families the help then shows."""
        ctx.meta[_ASKED] = frozenset(word.partition("=")[0] for word in args)
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the groups, and how to see what is not in them."""
        asked = ctx.meta.get(_ASKED) if self.is_large else None
        chosen = None if asked is None else _chosen(self.ours, asked)
        shown = [one for one in self.ours if chosen is None or one.is_shown(chosen)]
        sections = {head or "Options": [one.row(chosen) for one in shown if one.group == head] for head in GROUPS}
        others = [one for one in self.get_params(ctx) if isinstance(one, click.Option) and not isinstance(one, Option)]
        sections["Help"] = [record for one in others if (record := one.get_help_record(ctx))]
        wide = max(min(len(left), _LEFT) for rows in sections.values() for left, _ in rows)
        for head, rows in sections.items():
            if rows:
                with formatter.section(head):
                    formatter.write_dl([(left.ljust(wide), right) for left, right in rows], col_max=_LEFT)


def _all(ctx: click.Context, _parameter: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        ctx.meta[_ASKED] = None
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()


def _chosen(options: Sequence[Option], asked: frozenset[str]) -> frozenset[str]:
    """Return the families, and where one of them distributes jobs the job, that the command line names or implies."""
    found: set[str] = set()
    for head in (MEMBERS, JOB):
        openers = [one for one in options if one.group == head and one.opens]
        given = {one.opens for one in openers if not asked.isdisjoint(one.opts)}
        if head == JOB and not found & {one.opens for one in options if one.group == MEMBERS and one.usual}:
            break
        found |= given or {one.opens for one in openers if one.usual}
    return frozenset(found)


def _first_clause(text: str) -> str:
    """Return a text up to its first colon or semicolon, without a full stop."""
    return re.split(r"[:;] |\. ", text, maxsplit=1)[0].rstrip(".")


def _few(values: str, room: int) -> str:
    """Leave out alternatives at the end that do not fit."""
    parts = values.split("|")
    if len(values) <= room or len(parts) == 1:
        return values
    shorter = ["|".join([*parts[:count], "..."]) for count in range(len(parts) - 1, 0, -1)]
    return next((one for one in shorter if len(one) <= room), shorter[-1])

"""Options that take several words: ``--records a.json b.json --against c.json``."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import click

from bench.cli import grouped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Words(grouped.Option):
    """An option that takes all words up to the next option."""

    def __init__(self, names: Sequence[str], **settings: Any) -> None:
        """Declare it as one that may be repeated, which is how click reads it."""
        super().__init__(names, **{**settings, "multiple": True})


class Command(grouped.Command):
    """A command that may have options of the class `Words`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Repeat each such option before every one of its words."""
        greedy = {name for parameter in self.params if isinstance(parameter, Words) for name in parameter.opts}
        return super().parse_args(ctx, list(_repeated(args, greedy)))


def _repeated(args: Sequence[str], greedy: set[str]) -> Iterator[str]:
    option = ""
    for word, following in zip_longest(args, args[1:], fillvalue="--"):
        if word.startswith("-") and word != "-":
            option = word if word in greedy else ""
            if not option or (following.startswith("-") and following != "-"):  # without a word, which click refuses
                yield word
        elif option:
            yield from (option, word)
        else:
            yield word

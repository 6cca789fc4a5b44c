"""Numbers among the options: read as everywhere else, and held within bounds."""

from __future__ import annotations

from typing import Any

import click

from bench.core import units
from bench.core.errors import UsageError


class NumberRange(click.FloatRange):
    """A number within bounds, as `units.decimal_number` reads it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read the number."""
        if isinstance(value, str):
            try:
                value = units.decimal_number(value)
            except UsageError as error:
                self.fail(str(error), param, ctx)
        number: float = super().convert(value, param, ctx)
        return number


class WholeRange(click.IntRange):
    """A whole number within bounds, as `units.whole_number` reads it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read the number."""
        if isinstance(value, str):
            try:
                value = units.whole_number(value)
            except UsageError as error:
                self.fail(str(error), param, ctx)
        number: int = super().convert(value, param, ctx)
        return number

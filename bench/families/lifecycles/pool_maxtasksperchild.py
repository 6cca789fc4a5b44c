"""One Pool whose workers are replaced after so many tasks: a cure for leaks, paid with new processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.families.lifecycles import _batches

if TYPE_CHECKING:
    from bench.families.lifecycles._role import Order

TAKES = {"tasks", "batches", "tasks_per_child"}


def live(order: Order) -> list[list[int]]:
    """Make a pool, map each batch, end it."""
    return _batches.reused(_batches.pool, order)

"""One Pool for all batches: the workers are paid for once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.families.lifecycles import _batches

if TYPE_CHECKING:
    from bench.families.lifecycles._role import Order

TAKES = {"tasks", "batches"}


def live(order: Order) -> list[list[int]]:
    """Make a pool, map each batch, end it."""
    return _batches.reused(_batches.pool, order)

"""A new Pool for every batch: what a program pays that makes its pool inside the function that needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.families.lifecycles import _batches

if TYPE_CHECKING:
    from bench.families.lifecycles._role import Order

TAKES = {"tasks", "batches"}


def live(order: Order) -> list[list[int]]:
    """Make a pool, map, end it, for each batch."""
    return _batches.renewed(_batches.pool, order)

"""A new ProcessPoolExecutor for every batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.families.lifecycles import _batches

if TYPE_CHECKING:
    from bench.families.lifecycles._role import Order

TAKES = {"tasks", "batches"}


def live(order: Order) -> list[list[int]]:
    """Make an executor, map, end it, for each batch."""
    return _batches.renewed(_batches.executor, order)

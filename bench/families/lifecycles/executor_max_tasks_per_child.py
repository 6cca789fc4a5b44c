"""One ProcessPoolExecutor whose workers are replaced after so many tasks; it hangs on several released Pythons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.families._starving import STARVING
from bench.families.lifecycles import _batches

if TYPE_CHECKING:
    from bench.families.lifecycles._role import Order

TAKES = {"tasks", "batches", "tasks_per_child"}
CAUTION = STARVING


def refuse(order: Order) -> str | None:
    """Say why the executor cannot be made."""
    if order.start == "fork":
        return "ProcessPoolExecutor refuses max_tasks_per_child with the start method fork; use spawn or forkserver."
    return None


def live(order: Order) -> list[list[int]]:
    """Make an executor, map each batch, end it."""
    return _batches.reused(_batches.executor, order)

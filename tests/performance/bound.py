"""Binding this process, and what it starts, to so many CPUs."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def bound(most: int) -> Iterator[None]:
    """Use the last CPUs that are allowed, at most so many; where the system cannot bind processes, all of them."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(allowed)[-most:])
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)

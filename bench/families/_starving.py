"""When ProcessPoolExecutor waits for ever: a fault of released Pythons that more than one family meets."""

from __future__ import annotations

# Seen on 3.11.7, 3.12.1 and 3.13.0 with limits above 1, at the end of the first worker that had been idle before.
STARVING = (
    "ProcessPoolExecutor with max_tasks_per_child above 1 may wait for ever for a worker that it does not replace "
    "(CPython gh-115634, in Python 3.11 and later)"
)

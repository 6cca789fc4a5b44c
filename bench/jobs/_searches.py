"""Small searches that between them go every way of the prime search: with one item, with none, with many."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from bench.core.case import Value

    Search = dict[str, Value]

SMALL: Search = {"workload": "1000:1100", "chunksize": "auto"}
EMPTY, TINY = "1000:1000", "1000:1001"  # the latter has fewer items than workers
JOBS: tuple[Search, ...] = (
    {"task": "number", "chunksize": "api"},
    {"task": "chunk", "chunksize": 7, "answer": "flags"},
    {"task": "chunk", "chunksize": "auto", "answer": "count"},
)
MAP: tuple[Search, ...] = (
    *JOBS,
    {"workload": EMPTY, "task": "number", "chunksize": "api"},
    {"task": "chunk", "kernel": "sieve", "pin": "yes"},
)
WHOLE: dict[str, tuple[Search, ...]] = {
    "few": ({"task": "number", "chunksize": 7, "pin": "yes"}, {"workload": TINY}, {"workload": EMPTY}),
}
WHOLE["all"] = (*WHOLE["few"], *JOBS)

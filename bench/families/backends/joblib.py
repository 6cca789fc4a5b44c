"""joblib.Parallel with its own processes: batches that grow until each takes 0.2 s, unless their size is given."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.families.backends._extra import lacking

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from bench.contract.backend import Crew, Mapper, Task

PARALLELISM = "processes"
EXTRA = "joblib"
FIXED = {"start": "none", "pin": "no"}  # its workers are those of loky, which starts them in a way of its own
LOADS_PROGRAM = False


def missing() -> str | None:
    """Say what to install."""
    return lacking("joblib", EXTRA)


@contextmanager
def open_mapper(crew: Crew) -> Iterator[Mapper]:
    """Lend the workers to all jobs inside; joblib keeps them for later, so leaving ends them."""
    from joblib import Parallel, delayed
    from joblib.externals.loky import get_reusable_executor

    kill = True
    try:

        def mapper(task: Task, items: Sequence[Any], chunksize: int | None) -> list[Any]:
            parallel = Parallel(n_jobs=crew.workers, backend="loky", batch_size=chunksize or "auto")
            call = delayed(task)
            return list(parallel(call(item) for item in items))

        yield mapper
        kill = False
    finally:
        get_reusable_executor(crew.workers).shutdown(kill_workers=kill)


def snippet(crew: Crew, function: str, items: str, chunksize: int | None) -> str:
    """Return the code that does this."""
    size = chunksize or '"auto"'
    return f"""\
from joblib import Parallel, delayed

results = Parallel(n_jobs={crew.workers}, batch_size={size})(delayed({function})(item) for item in {items})
"""

"""joblib.Parallel with its own processes: batches that grow until each takes 0.2 s, unless their size is given."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from bench.families.backends._extra import lacking

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from bench.contract.backend import Crew, Mapper, Task
    from bench.core.case import Value

PARALLELISM = "processes"
EXTRA = "joblib"
FIXED = {"start": "none", "pin": "no"}  # its workers are those of loky, which starts them in a way of its own
LOADS_PROGRAM = False

_IDLE_S = 1_000_000  # joblib takes no time-out for none; this is longer than any visit


def missing() -> str | None:
    """Say what to install."""
    return lacking("joblib", EXTRA)


@contextmanager
def open_mapper(crew: Crew) -> Iterator[Mapper]:
    """Lend the workers to all jobs inside; joblib keeps them for later, so leaving ends them."""
    from joblib.externals.loky import get_reusable_executor

    kill = True
    try:
        yield _Mapper(crew.workers)
        kill = False
    finally:
        # The one that is there, whatever it was made with: another would take its place, and wait for its workers.
        get_reusable_executor(crew.workers, reuse=True).shutdown(kill_workers=kill)


class _Mapper:
    """Has tasks done by joblib, and notes the sizes of the batches into which it cuts each call."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._sizes: list[int] = []

    def __call__(self, task: Task, items: Sequence[Any], chunksize: int | None) -> list[Any]:
        """Return the results in the order of the items."""
        from joblib import Parallel, delayed

        self._sizes.clear()
        parallel = Parallel(n_jobs=self._workers, backend=self._backend(), batch_size=chunksize or "auto")
        call = delayed(task)
        return list(parallel(call(item) for item in items))

    def _backend(self) -> Any:
        """Return joblib's own backend, whose workers stay and whose batches are noted as they are handed over."""
        from joblib.parallel import BACKENDS

        backend = BACKENDS["loky"]()
        backend.configure = partial(backend.configure, idle_worker_timeout=_IDLE_S, initializer=keep_workers)
        name = "submit" if hasattr(backend, "submit") else "apply_async"  # as joblib up to 1.4 calls it
        submit, note = getattr(backend, name), self._sizes.append

        def noting(batch: Any, callback: Any = None) -> Any:
            note(len(batch))
            return submit(batch, callback)

        setattr(backend, name, noting)
        return backend

    def facts(self) -> dict[str, Value]:
        """Return what is switched off in workers, and the batches of the last call; one worker is no process."""
        if not self._sizes:
            return {}
        sizes = " ".join(f"{size}x{times}" for size, times in Counter(self._sizes).items())
        return {
            "batches": len(self._sizes),
            "batch_sizes": sizes,
            "idle_timeout_s": _IDLE_S,
            "memory_restarts": "off",
        }


def keep_workers() -> None:
    """Switch off, in a worker, that one whose memory has grown is replaced: that would be noise."""
    from joblib.externals.loky import process_executor

    process_executor._USE_PSUTIL = False


def snippet(crew: Crew, function: str, items: str, chunksize: int | None) -> str:
    """Return the code that does this."""
    size = chunksize or '"auto"'
    return f"""\
from joblib import Parallel, delayed

results = Parallel(n_jobs={crew.workers}, batch_size={size})(delayed({function})(item) for item in {items})
"""

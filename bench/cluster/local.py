"""A cluster of this machine alone: one process per worker, one thread each, on loopback, without an HTTP server."""

from __future__ import annotations

import logging
import os
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bench.cluster.connection import quieten

if TYPE_CHECKING:
    from collections.abc import Iterator

_HOST = "127.0.0.1"
# No sampling of stacks, no moving of tasks, and a task whose worker died is not done again; the rest is Dask's default.
SETTINGS = {
    "distributed.worker.profile.enabled": False,
    "distributed.scheduler.work-stealing": False,
    "distributed.scheduler.allowed-failures": 0,
}


@contextmanager
def _environment_kept() -> Iterator[None]:
    """Undo what Dask sets in the environment of this process for its workers: hash seed, threads of BLAS."""
    before = dict(os.environ)
    try:
        yield
    finally:
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)


@contextmanager
def local(workers: int) -> Iterator[Any]:
    """Yield a client on a scheduler in this process and on so many workers, which end when it is left."""
    import dask
    from distributed import Client, Nanny
    from distributed.deploy.spec import SpecCluster
    from distributed.security import Security

    from bench.cluster._local import LocalScheduler, LocalWorker

    quieten()
    # Nothing leaves this machine: what Dask's configuration says of encryption and certificates is for others.
    security = Security(require_encryption=False, tls_ca_file=None)
    common = {"host": _HOST, "protocol": "tcp://", "security": security, "dashboard": False}
    # Without a limit no worker is told to keep data on disk, to wait, or to end because of its memory.
    one = {"nthreads": 1, "worker_class": LocalWorker, "memory_limit": None, "silence_logs": logging.CRITICAL}
    worker = {"cls": Nanny, "options": {**common, **one}}
    scheduler = {"cls": LocalScheduler, "options": {**common, "port": 0}}
    with (
        # Dask's own folder for what workers keep on disk stays behind, with its locks.
        tempfile.TemporaryDirectory(prefix="primebench-", ignore_cleanup_errors=True) as folder,
        _environment_kept(),
        dask.config.set({**SETTINGS, "temporary-directory": folder}),
        SpecCluster(
            workers=dict.fromkeys(range(workers), worker),
            scheduler=scheduler,
            worker=worker,
            security=security,
            silence_logs=False,
        ) as cluster,
        Client(cluster, security=security, set_as_default=False) as client,
    ):
        yield client

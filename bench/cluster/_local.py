"""A scheduler and a worker of Dask without the HTTP server that each opens even where no dashboard is wanted."""

from __future__ import annotations

from typing import Any

from distributed import Scheduler, Worker


class LocalScheduler(Scheduler):
    """A scheduler that answers its workers and clients only."""

    def start_http_server(self, *_: Any, **__: Any) -> None:
        """Open nothing."""


class LocalWorker(Worker):
    """A worker that answers its scheduler only."""

    def start_http_server(self, *_: Any, **__: Any) -> None:
        """Open nothing."""

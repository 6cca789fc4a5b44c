"""How a cluster is set up: what may not be so while it is measured, and what belongs into a record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.cluster.errors import ClusterFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Of the scheduler's configuration, which no client can change: what decides where and when a task runs.
_SCHEDULER = (
    "allowed-failures",
    "no-workers-timeout",
    "work-stealing",
    "work-stealing-interval",
    "worker-saturation",
    "worker-ttl",
)
_PROFILE = ("distributed.worker.profile.enabled", "distributed.worker.profile.interval")


def read(client: Any) -> dict[str, Any]:
    """Return the settings that decide how tasks are handed out, as the scheduler has them."""
    names = (*(f"distributed.scheduler.{name}" for name in _SCHEDULER), *_PROFILE)
    found: dict[str, Any] = client.run_on_scheduler(_reading(names))
    return found


def refuse(client: Any, workers: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise when a cluster cannot be measured.

    Raises:
        ClusterFailed: a worker runs several tasks at once, or workers come and go with the load.
    """
    for address, told in sorted(workers.items()):
        if told["nthreads"] != 1:
            raise ClusterFailed(
                f"the worker {address} runs {told['nthreads']} tasks at once, in threads that share one interpreter; "
                "start workers with --nthreads 1 (and --nworkers N) to have them measured."
            )
    if client.run_on_scheduler(_watching_for_adaptation()):
        raise ClusterFailed(
            "the cluster is adaptive: workers come and go with the load, so that no time belongs to a number of them; "
            "end that with cluster.scale(N), and measure then."
        )


def _reading(names: tuple[str, ...]) -> Callable[[], dict[str, Any]]:
    def look() -> dict[str, Any]:
        import dask

        return {name: dask.config.get(name, None) for name in names}

    return look


def _watching_for_adaptation() -> Callable[..., Any]:
    """Return what says, on the scheduler, whether anybody asks it how many workers the load needs."""

    async def look(dask_scheduler: Any) -> bool:
        import asyncio

        import dask
        from dask.utils import parse_timedelta

        asked = []
        real = dask_scheduler.handlers["adaptive_target"]

        def noted(*args: Any, **kwargs: Any) -> Any:
            asked.append(True)
            return real(*args, **kwargs)

        dask_scheduler.handlers["adaptive_target"] = noted
        try:
            # Whoever adapts asks once in each interval.
            await asyncio.sleep(1.2 * parse_timedelta(dask.config.get("distributed.adaptive.interval"), default="s"))
        finally:
            dask_scheduler.handlers["adaptive_target"] = real
        return bool(asked)

    return look

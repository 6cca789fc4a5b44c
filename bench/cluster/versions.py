"""Comparing what all sides of a cluster run, before anything of ours is sent to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.cluster.errors import ClusterFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_TRAVELS_BY = ("distributed", "dask", "cloudpickle", "msgpack")  # distributions that must understand each other


def compared(client: Any) -> list[str]:
    """Return a sentence for each difference that may be of harm.

    Raises:
        ClusterFailed: a side runs another Python, which cannot be relied on to read what this one pickles.
    """
    found = client.get_versions()
    here = found["client"]["packages"]
    told = [each for side, packages in _others(found) for each in _differences(side, packages, here)]
    return list(dict.fromkeys(told))


def compared_with(client: Any, worker: str) -> list[str]:
    """Do the same for one worker. The scheduler knows its versions, so that it need not be asked.

    Raises:
        ClusterFailed: as above, or the worker has gone.
    """
    from distributed.versions import get_versions

    packages = client.run_on_scheduler(_versions_of(worker))
    if packages is None:
        raise ClusterFailed(f"the worker {worker} has gone.")
    return _differences(f"the worker {worker}", packages, get_versions()["packages"])


def _versions_of(worker: str) -> Callable[..., Any]:
    def look(dask_scheduler: Any) -> Any:
        found = dask_scheduler.workers.get(worker)
        return found and found.versions["packages"]

    return look


def _differences(side: str, packages: Mapping[str, Any], here: Mapping[str, Any]) -> list[str]:
    theirs, ours = _release(packages["python"]), _release(here["python"])
    if theirs[:2] != ours[:2]:
        raise ClusterFailed(
            f"{side} runs Python {_written(theirs)}, and this is {_written(ours)}: what one of them pickles the "
            "other cannot be relied on to read; use the same Python on all sides."
        )
    told = [f"{side} runs Python {_written(theirs)}, and this is {_written(ours)}."] if theirs != ours else []
    return told + [
        f"{side} has {name} {packages.get(name)}, and here it is {here.get(name)}."
        for name in _TRAVELS_BY
        if packages.get(name) != here.get(name)
    ]


def _others(found: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield "the scheduler", found["scheduler"]["packages"]
    for address, told in found["workers"].items():
        if isinstance(told, dict) and "packages" in told:
            yield f"the worker {address}", told["packages"]


def _release(text: str) -> tuple[str, ...]:
    return tuple(text.split(".")[:3])


def _written(release: tuple[str, ...]) -> str:
    return ".".join(release)

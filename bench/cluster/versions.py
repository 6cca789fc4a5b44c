"""Comparing what all sides of a cluster run, before anything of ours is sent to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.cluster.errors import ClusterFailed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TRAVELS_BY = ("distributed", "dask", "cloudpickle", "msgpack")  # distributions that must understand each other


def compared(client: Any) -> list[str]:
    """Return a sentence for each difference that may be of harm.

    Raises:
        ClusterFailed: a side runs another Python, which cannot be relied on to read what this one pickles.
    """
    found = client.get_versions()
    here = found["client"]["packages"]
    warnings: dict[str, None] = {}
    for side, packages in _others(found):
        theirs, ours = _release(packages["python"]), _release(here["python"])
        if theirs[:2] != ours[:2]:
            raise ClusterFailed(
                f"{side} runs Python {_written(theirs)}, and this is {_written(ours)}: what one of them pickles the "
                "other cannot be relied on to read; use the same Python on all sides."
            )
        if theirs != ours:
            warnings[f"{side} runs Python {_written(theirs)}, and this is {_written(ours)}."] = None
        for name in _TRAVELS_BY:
            if packages.get(name) != here.get(name):
                warnings[f"{side} has {name} {packages.get(name)}, and here it is {here.get(name)}."] = None
    return list(warnings)


def _others(found: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield "the scheduler", found["scheduler"]["packages"]
    for address, told in found["workers"].items():
        if isinstance(told, dict) and "packages" in told:
            yield f"the worker {address}", told["packages"]


def _release(text: str) -> tuple[str, ...]:
    return tuple(text.split(".")[:3])


def _written(release: tuple[str, ...]) -> str:
    return ".".join(release)

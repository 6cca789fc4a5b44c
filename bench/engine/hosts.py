"""The machines on which the workers of a cluster run, as they describe themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bench.cluster.access import is_elsewhere
from bench.cluster.errors import ClusterFailed
from bench.engine.probe import probe

if TYPE_CHECKING:
    from bench.core.machine import Machine

_LIBRARIES = ("distributed", "numba")  # of which a worker may have another version than this machine


def hosts(client: Any) -> list[Machine]:
    """Return every other machine of the cluster once; this one is not among them.

    Raises:
        ClusterFailed: a worker cannot describe its machine.
    """
    found: dict[str | None, Machine] = {}
    for address, machine in sorted(client.run(probe, None, _LIBRARIES, on_error="return").items()):
        if isinstance(machine, BaseException):
            raise ClusterFailed(
                f"the worker {address} cannot describe its machine ({type(machine).__name__}: {machine})."
            )
        if is_elsewhere(address):
            found.setdefault(urlsplit(address).hostname, machine)
    return list(found.values())

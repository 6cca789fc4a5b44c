"""In what the backend of a case works, whether that was on this machine, and whether its workers stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.contract.backend import HOSTS
from bench.core import catalog
from bench.core.errors import BrokenPlugin
from bench.families.backends import _backend
from bench.store.identity import GIL, GIL_MODULE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.core.case import Case
    from bench.core.record import Process, Record
    from bench.families.backends._backend import Backend


def parallelism(member: str) -> str | None:
    """Return in what a backend of ours works, or None."""
    backend = _own(member)
    return backend.parallelism if backend else None


def may_stand(member: str) -> bool:
    """Say whether workers of a backend can stay for several jobs, as far as that is known."""
    backend = _own(member)
    return backend is None or backend.standing


def waits(member: str) -> bool:
    """Say whether a backend of ours waits for each message, so that only one worker ever has work."""
    backend = _own(member)
    return backend is not None and backend.waits


def _own(member: str) -> Backend | None:
    # Only our own members are loaded: whoever shows a record runs no code that the record names.
    if member not in catalog.own_names(_backend.PACKAGE):
        return None
    try:
        return _backend.load(member)
    except BrokenPlugin:
        return None


def are_threads(case: Case) -> bool:
    """Say whether what works in a case is threads of one interpreter."""
    if case.family == "backends":
        return parallelism(case.member) == "threads"
    return case.member.partition("-")[0] == "thread"  # channels, primitives and lifecycles say so in their names


def lock_switched_on(case: Case, processes: Sequence[Process]) -> str:
    """Return who switched the interpreter lock on under threads, in a build that can do without; empty where nobody."""
    told = [process.metadata for process in processes if process.metadata.get(GIL)]
    if not told or not are_threads(case):
        return ""
    return next((str(one[GIL_MODULE]) for one in told if GIL_MODULE in one), "a module or a setting")


def on_cluster(record: Record, case: Case) -> bool:
    """Say whether a case ran on workers of a cluster that existed, and not on workers made for it here."""
    if not record.cluster or case.family != "backends":
        return False
    return dict(case.params).get("start") == HOSTS or parallelism(case.member) == "hosts"

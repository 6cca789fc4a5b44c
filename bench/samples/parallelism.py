"""In what the backend of a case works, and whether that was on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.contract.backend import HOSTS
from bench.core import catalog
from bench.core.errors import BrokenPlugin
from bench.families.backends import _backend

if TYPE_CHECKING:
    from bench.core.case import Case
    from bench.core.record import Record


def parallelism(member: str) -> str | None:
    """Return in what a backend of ours works, or None."""
    # Only our own members are loaded: whoever shows a record runs no code that the record names.
    if member not in catalog.own_names(_backend.PACKAGE):
        return None
    try:
        return _backend.load(member).parallelism
    except BrokenPlugin:
        return None


def on_cluster(record: Record, case: Case) -> bool:
    """Say whether a case ran on workers of a cluster that existed, and not on workers made for it here."""
    if not record.cluster or case.family != "backends":
        return False
    return dict(case.params).get("start") == HOSTS or parallelism(case.member) == "hosts"

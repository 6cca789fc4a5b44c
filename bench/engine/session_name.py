"""The name that a session gives to its semaphores and shared memory; loaded in the measuring process."""

from __future__ import annotations


def token(session: int) -> str:
    """Return the prefix that shared memory and semaphores of a session carry in their name."""
    return f"primebench-{session}-"

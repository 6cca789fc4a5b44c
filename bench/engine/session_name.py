"""The name that a session gives to its semaphores and shared memory; loaded in the measuring process."""

from __future__ import annotations

import multiprocessing.process
import os


def token(session: int) -> str:
    """Return the prefix that shared memory and semaphores of a session carry in their name."""
    return f"primebench-{session}-"


def session_names() -> None:
    """Let the names of semaphores tell the session, so that those left behind can be found and are ours to remove."""
    config = getattr(multiprocessing.process.current_process(), "_config", None)
    if config is not None and "semprefix" in config:
        config["semprefix"] = f"/{token(os.getsid(0))}"

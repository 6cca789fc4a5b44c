"""The names of the semaphores that a process of a session makes."""

from __future__ import annotations

import multiprocessing.process
import os

from bench.engine.session_name import token


def session_names() -> None:
    """Let the names of semaphores tell the session, so that those left behind can be found and are ours to remove."""
    config = getattr(multiprocessing.process.current_process(), "_config", None)
    if config is not None and "semprefix" in config:
        config["semprefix"] = f"/{token(os.getsid(0))}"

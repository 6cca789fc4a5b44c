"""What keeps a measuring process from ending."""

from __future__ import annotations

import threading

from bench.engine.worker.clock import threads_left


def test_threads_that_have_not_ended_are_named():
    """A thread that waits is named, a daemon is not, and none that has ended."""
    end = threading.Event()
    threads = [threading.Thread(target=end.wait, name=name, daemon=name == "beside") for name in ("stays", "beside")]
    before = threads_left()
    for thread in threads:
        thread.start()
    try:
        assert {"stays"} == {*threads_left().split(", ")} - {*before.split(", ")}
    finally:
        end.set()
        for thread in threads:
            thread.join()
    assert before == threads_left()

"""Making a pool: one that cannot be made leaves nothing that goes on making workers."""

from __future__ import annotations

import multiprocessing
import threading

import pytest

from bench.contract.backend import Crew
from bench.families.backends._pools import open_pool


def test_half_a_pool_makes_no_more_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The third of a pool's threads cannot be started; its two workers are ended then, and not replaced."""
    start, started = threading.Thread.start, []

    def refuse(thread: threading.Thread) -> None:
        if len(started) == 2:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", refuse)
    with pytest.raises(RuntimeError, match="new thread"), open_pool(Crew(2, "fork")):
        pytest.fail("there is no pool")
    monkeypatch.undo()
    workers = multiprocessing.active_children()
    for worker in workers:
        worker.terminate()
        worker.join()
    started[0].join(10)
    assert len(workers) == 2
    assert not started[0].is_alive()
    assert multiprocessing.active_children() == []

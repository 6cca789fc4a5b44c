"""Tests of taking back what sides of a cluster were lent; how it is lent is tested on two hosts."""

from __future__ import annotations

import asyncio
import sys
import time

import pytest

from bench.cluster import code
from bench.cluster.sides import LENT

distributed = pytest.importorskip("distributed")


@pytest.fixture
def mine(tmp_path):
    """Return a module of the user's that no side has."""
    (tmp_path / "lent_module.py").write_text("ANSWER = 42\n")
    return {"lent_module": tmp_path / "lent_module.py"}


def lent():
    """Return the folders from which this process, which is all sides, imports what it was lent."""
    return [entry for entry in sys.path if LENT in entry]


def test_what_was_lent_is_taken_back(in_process, mine):
    """The module can be imported on a worker until the end, and then neither it nor its folder is there."""
    _, client = in_process
    told = []
    with code.lent(client, told.append, mine) as compare:
        assert 42 == client.submit(lambda: __import__("lent_module").ANSWER, pure=False).result()
        assert [] == compare(next(iter(client.scheduler_info()["workers"])))
    assert "lent_module (0 kB) is sent to the workers and the scheduler" in told[0]
    assert ([], False) == (lent(), "lent_module" in sys.modules)


@pytest.mark.parametrize("answer", ["none", "wrong"])
def test_taking_back_replaces_no_error(in_process, mine, monkeypatch, answer):
    """What ends the body ends all, in a moment, also where the scheduler gives no answer or a wrong one just then."""
    made, client = in_process
    monkeypatch.setattr(code, "_TAKE_BACK_S", 0.2)

    async def unregister(**_):
        if answer == "none":
            await asyncio.sleep(60)
        raise distributed.comm.CommClosedError("gone")

    monkeypatch.setitem(made.scheduler.handlers, "unregister_worker_plugin", unregister)
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt), code.lent(client, [].append, mine):
        raise KeyboardInterrupt
    assert time.monotonic() - started < 10
    client.close()  # which the scheduler hears, and cleans up
    end = time.monotonic() + 10
    while lent():
        assert time.monotonic() < end
        time.sleep(0.01)

"""What it costs to note an item."""

from __future__ import annotations

import os

from bench.engine.worker import noting, observed_task


def test_noting_costs_something_and_leaves_nothing_open():
    """A second measurement, when all modules are there, opens as many descriptors as it closes."""
    noting.noting_s(1)
    before = len(os.listdir("/dev/fd"))
    found = noting.noting_s(1)
    assert found is not None and found > 0
    assert before == len(os.listdir("/dev/fd"))


def test_without_room_for_notes_it_is_not_known(monkeypatch):
    """Where no notes can be taken, nothing is claimed about what they cost."""

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(observed_task, "Notes", full)
    assert noting.noting_s(1) is None

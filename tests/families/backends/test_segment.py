"""The segment of shared memory, which nobody may forget."""

from __future__ import annotations

import os
import signal
from multiprocessing.shared_memory import SharedMemory

import pytest

from bench.families.backends import shared_memory


class Interrupted(SharedMemory):
    """A segment during whose making somebody presses Ctrl-C."""

    def __init__(self, *words: object, **options: object) -> None:
        """Make it."""
        os.kill(os.getpid(), signal.SIGINT)
        super().__init__(*words, **options)  # type: ignore[arg-type]


def test_ctrl_c_while_a_segment_is_made_leaves_one_that_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The signal comes when the segment has an owner, who removes it."""
    room = shared_memory._Room()
    monkeypatch.setattr(shared_memory, "SharedMemory", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        room.fit(1 << 20)
    assert room.segment is not None
    room.close()

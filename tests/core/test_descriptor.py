"""Writing where nothing can be taken yet."""

from __future__ import annotations

from bench.core import descriptor
from tests.support.pipes import full_pipe


def test_all_arrives_in_a_full_pipe_that_does_not_block():
    """What does not fit is written as soon as somebody has read."""
    data = bytes(range(256)) * 1000
    with full_pipe() as pipe:
        descriptor.write_all(pipe.writing, data)
    assert data == pipe.found

"""Tests of choosing workers."""

from __future__ import annotations

from bench.cluster.opened import in_turn


def test_machines_give_workers_in_turn():
    """Two workers of four on two machines are one of each."""
    a1, a2, b1, c1 = "tcp://10.0.0.1:1", "tcp://10.0.0.1:2", "tcp://10.0.0.2:1", "tcp://10.0.0.3:9"
    assert (a1, b1, c1, a2) == in_turn([a2, c1, b1, a1])

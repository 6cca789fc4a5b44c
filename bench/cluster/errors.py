"""What can go wrong with a cluster, as errors that end a command with one line."""

from __future__ import annotations

from bench.core.errors import PrimebenchError


class ClusterFailed(PrimebenchError):
    """A cluster cannot be reached, is not as it was asked for, or has gone."""


class WorkerLost(ClusterFailed):
    """A worker that was to be measured has gone, whatever the scheduler makes of its tasks."""

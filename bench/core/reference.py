"""The role that one case plays for another: what it is measured against."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a case is measured against.

    Attributes:
        BASELINE: the same job without any parallelism; speed-ups are made of it.
        LIMIT: what the machine can give with so many workers; no way to distribute the job can be better.
    """

    BASELINE = "baseline"
    LIMIT = "limit"

    @property
    def label(self) -> str:
        """What people call a case that plays the role."""
        return {Role.BASELINE: "serial loop", Role.LIMIT: "ceiling"}[self]

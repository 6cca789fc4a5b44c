"""The commit of what was measured, as a record keeps it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit of the repository that holds the code that was measured.

    Attributes:
        id: its whole hash.
        at: when it was committed, ISO 8601; empty where only its hash is known.
        changed: whether files that git tracks had changes that were not committed.
    """

    id: str
    at: str
    changed: bool

    def __str__(self) -> str:
        """Return its short name, with a ``+`` where there were uncommitted changes."""
        return self.id[:10] + ("+" if self.changed else "")

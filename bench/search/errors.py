"""What can go wrong in a search, apart from its output and its command line."""

from __future__ import annotations

from bench.core.errors import PrimebenchError


class SearchFailed(PrimebenchError):
    """A worker was lost, a kernel cannot run here, or an answer contradicts what is known."""


class TooLittleRoom(SearchFailed):
    """There is no memory for the answers of a window; those of a smaller one may fit."""

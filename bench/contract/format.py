"""What an output format defines: how a report becomes a text.

A format is one file that defines ``render(report)``, which returns a text without a newline at its end. A report has

``heading``
    lines that hold for everything below;
``tables``
    each with ``title``, ``head`` (texts), ``rows`` (tuples of texts, as long as the head) and ``numeric`` (the indexes
    of the columns that hold numbers);
``notes``
    plain sentences that end the report;
``data``
    the same content as dicts, lists, texts and numbers;
``tidy``
    (column names, rows) with one row per value.

Texts may come from files of others: whatever is markup in the format has to be escaped.
"""

from __future__ import annotations

from typing import Any, Protocol


class Render(Protocol):
    """The function that a format defines."""

    def __call__(self, report: Any, /) -> str:
        """Return the whole text of a report."""

"""What an output format defines: how a report becomes a text.

A format is one file that defines ``render(report)``, which returns a text without a newline at its end. A report has

``heading``
    lines that hold for everything below;
``blocks``
    tables, charts, notes, code and sections, in the order in which they are read; `bench.reports.report` describes
    them. A format that cannot draw leaves charts out, and nothing is lost: tables say the same;
``title``
    what a page is called, where the report is more than that of one command, else empty;
``tables``
    those blocks that are tables, each with ``title``, ``columns`` (each with ``head``, and ``numeric`` where it holds
    numbers) and ``rows`` of cells, as long as the columns. ``str(cell)`` is what people read; ``cell.value``,
    ``cell.unit``, ``cell.low`` and ``cell.high`` are the number behind it, and ``cell.reasons`` says why it is so;
``notes``
    the sentences among the blocks;
``data``
    the same content as dicts, lists, texts and numbers;
``tidy``
    (column names, rows) with one row per value.

A format whose lines can be made to fit defines ``fit(report, width)`` besides, which returns a text whose lines have at
most so many characters; it is called where the width is known. One for terminals defines
``on_terminal(report, width, signs, coloured=)``, too. The width is None where it is not known; ``signs`` are what bars
may be made of, from the smallest part of a character to a whole one, beside the numbers of the column that is
``drawn``; where ``coloured`` is true, ``tone`` of a cell or a note says what is bad, doubtful or best.

Texts may come from files of others: whatever is markup in the format has to be escaped.
"""

from __future__ import annotations

from typing import Any, Protocol


class Render(Protocol):
    """The function that a format defines."""

    def __call__(self, report: Any, /) -> str:
        """Return the whole text of a report."""

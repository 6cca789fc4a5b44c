"""Reports before they have a format: blocks of typed cells, marks and sentences.

A view makes a `Report`; a format turns it into text. A view knows nothing of formats and a format nothing of views, so
that m views and n formats cost m + n files.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Entry = TypeVar("Entry")

DETAIL, USEFUL, WEIGHTY, ESSENTIAL = 1, 2, 3, 4
"""How important a column is: where there is no room, details give way first, and what is essential never does."""


BAD, DOUBTFUL, BEST = "bad", "doubtful", "best"
"""What a cell or a sentence may mean beyond its words: regressed or failed, not to be trusted, the best of all."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One entry of a table; `bench.reports.cells` makes those that hold numbers.

    Attributes:
        shown: what people read.
        value: the same as a number or text; None where there is nothing.
        unit: of the value: ``s``, ``B``, or empty for a plain number or a text.
        low: lower end of the value's 95 % interval, or None.
        high: upper end, or None.
        reasons: why it is as it is, in words; a format may put them in another place.
        tone: `BAD`, `DOUBTFUL` or `BEST` where it means one of these, for whoever can show it in colour; else empty.
    """

    shown: str
    value: float | str | None = None
    unit: str = ""
    low: float | None = None
    high: float | None = None
    reasons: tuple[str, ...] = ()
    tone: str = ""

    def __str__(self) -> str:
        """Return what people read, with the reasons behind it."""
        return ": ".join(text for text in (self.shown, "; ".join(self.reasons)) if text)


@dataclass(frozen=True, slots=True)
class Column:
    """What the cells below a head have in common.

    Attributes:
        head: the head.
        numeric: whether its cells are numbers, and so aligned to the right and never broken.
        importance: `DETAIL`, `USEFUL`, `WEIGHTY` or `ESSENTIAL`.
        key: whether it tells rows apart; it gives way only where the columns that stay still do.
        movable: whether it moves to the heading where all rows have the same in it.
        name: what it is called outside of its table; the head if empty.
        drawn: whether bars help to compare its numbers; at most one column of a table.
    """

    head: str
    numeric: bool = False
    importance: int = ESSENTIAL
    key: bool = False
    movable: bool = False
    name: str = ""
    drawn: bool = False


def key(head: str) -> Column:
    """Return a column of an axis, by whose values rows are told apart."""
    return Column(head, importance=USEFUL, key=True)


def numbers(head: str, importance: int = ESSENTIAL, name: str = "", *, drawn: bool = False) -> Column:
    """Return a column of numbers."""
    return Column(head, numeric=True, importance=importance, name=name, drawn=drawn)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells below heads; `table` makes one of texts, too.

    Attributes:
        columns: from left to right.
        rows: each as long as `columns`.
        title: a line above, or empty.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""

    @property
    def head(self) -> tuple[str, ...]:
        """The heads of all columns."""
        return tuple(column.head for column in self.columns)

    @property
    def numeric(self) -> frozenset[int]:
        """The indexes of the columns of numbers."""
        return frozenset(index for index, column in enumerate(self.columns) if column.numeric)

    @property
    def texts(self) -> tuple[tuple[str, ...], ...]:
        """The rows as texts."""
        return tuple(tuple(map(str, row)) for row in self.rows)


def table(columns: Sequence[Column | str], rows: Iterable[Sequence[Cell | str]], title: str = "") -> Table:
    """Return a table; a text in place of a column or a cell becomes a column of texts or a cell with it."""
    return Table(
        tuple(Column(column) if isinstance(column, str) else column for column in columns),
        tuple(tuple(Cell(cell, cell) if isinstance(cell, str) else cell for cell in row) for row in rows),
        title,
    )


def tabulated(
    columns: Sequence[tuple[Column | str, Callable[[Entry], Cell | str]]], entries: Sequence[Entry], title: str = ""
) -> Table:
    """Return the table with a row per entry, whose cells are what the columns make of it."""
    return table([column for column, _ in columns], [[make(entry) for _, make in columns] for entry in entries], title)


@dataclass(frozen=True, slots=True)
class Axis:
    """What one direction of a chart means.

    Attributes:
        label: its name.
        unit: of its values: ``s``, ``B``, ``%`` (1 is 100 %), ``date`` (seconds since 1970, UTC), or
            empty for a number.
        logarithmic: whether equal steps are equal factors; what is not above 0 has no place on it.
        zero: whether it begins at 0 even where no mark is near.
    """

    label: str
    unit: str = ""
    logarithmic: bool = False
    zero: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """One place on the axes.

    Attributes:
        x: what is varied; a text where it is a name.
        y: what was found there.
        low: lower end of the 95 % interval of ``y``, or where a range or a span begins.
        high: upper end, or where it ends.
        note: what is to be said of this mark alone.
        doubtful: whether ``y`` cannot be trusted; the note says why.
    """

    x: float | str
    y: float
    low: float | None = None
    high: float | None = None
    note: str = ""
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """Marks that belong together.

    Attributes:
        name: stands in the legend.
        kind: ``points`` for what was measured, ``line`` for what follows from a formula, ``area`` for a range from low
            to high, ``bars`` for amounts that are stacked where several series have the same x, ``spans`` for what
            lasts from low to high in the lane x.
        marks: from left to right.
    """

    name: str
    kind: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A value that marks are held against: a line across the chart; ``axis`` is ``x`` or ``y``."""

    axis: str
    value: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Marks over axes: data alone, which a format may draw, and one that cannot leaves out.

    Where x are names, y is drawn from left to right and each name has a line of its own.
    """

    title: str
    x: Axis
    y: Axis
    series: tuple[Series, ...]
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """A plain sentence.

    Attributes:
        text: the sentence.
        telling: whether it is about a case that failed or has become slower, and stays where there is no room for all.
        tone: as that of a cell.
    """

    text: str
    telling: bool = False
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """A program, which is shown line by line as it is, so that it can be pasted."""

    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """What the blocks that follow are about, up to the next one; ``level`` 1 holds those of level 2."""

    title: str
    level: int = 1


Block = Table | Chart | Note | Code | Section


def notes(texts: Iterable[str]) -> tuple[Note, ...]:
    """Return a note for each text."""
    return tuple(map(Note, texts))


@dataclass(frozen=True, slots=True)
class Report:
    """What is shown to people, and the same as data for programs.

    Attributes:
        heading: lines that hold for everything below.
        blocks: in the order in which they are read.
        data: the same content for ``--format json``; keys are part of the public interface.
        tidy: (column names, rows) with one row per value, for ``--format csv``.
        title: what a page is called, where it is more than the report of one command.
    """

    heading: tuple[str, ...]
    blocks: tuple[Block, ...]
    data: Mapping[str, Any]
    tidy: tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]] = field(default=((), ()))
    title: str = ""

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables among the blocks."""
        return tuple(block for block in self.blocks if isinstance(block, Table))

    @property
    def notes(self) -> tuple[str, ...]:
        """The sentences among the blocks."""
        return tuple(block.text for block in self.blocks if isinstance(block, Note))

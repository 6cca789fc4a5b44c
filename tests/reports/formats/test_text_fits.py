"""Text within a width: what wraps, what gives way, and what never does."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.core.visible import visible
from bench.reports.cells import because
from bench.reports.formats import text
from bench.reports.report import DETAIL, USEFUL, Cell, Column, Note, Report, Table, key, numbers, table

words = st.text(st.sampled_from("ab-_/.:#[ \n\x1b\u202e"), max_size=40)
columns = st.builds(
    Column, words, st.booleans(), st.integers(DETAIL, 4), st.booleans(), st.booleans(), st.sampled_from(["", "name"])
)
cells = st.builds(Cell, words, reasons=st.lists(words, max_size=2).map(tuple))


@st.composite
def tables(draw):
    """A table of any texts, whatever its columns say of themselves."""
    heads = draw(st.lists(columns, min_size=1, max_size=8))
    row = st.tuples(*[cells] * len(heads))
    return Table(tuple(heads), tuple(draw(st.lists(row, max_size=4))), draw(words))


@settings(max_examples=80)
@given(tables(), words, st.integers(1, 120))
def test_no_line_is_longer_than_the_width(made, sentence, width):
    """Whatever a report holds, no line exceeds the width, and none is a command to the runner of GitHub Actions."""
    lines = text.fit(Report((sentence,), (made, Note(sentence)), {}), width).split("\n")
    assert max(map(len, lines)) <= width
    assert not [line for line in lines if re.match(r"\s*::|##\[", line) or not line.isprintable()]


def test_a_head_without_a_word_needs_no_room():
    """A column whose head is one blank has no word to be wide for, and is drawn where no room is left."""
    assert text.fit(Report((), (table([" ", "long words"], [["", "a b"]]),), {}), 7).split("\n")[0].split() == ["long"]


def squeezed(texts):
    """Return texts without blanks and without what stands before a colon that must not begin a line."""
    return re.sub(r"[ \\\\\n]", "", "".join(texts))


@settings(max_examples=80)
@given(st.lists(words, min_size=1, max_size=4), st.integers(8, 60))
def test_wrapping_loses_nothing(texts, width):
    """A column that never gives way holds each of its signs, broken or not."""
    drawn = text.fit(Report((), (table(["x"], [[one] for one in texts]),), {}), width).split("\n")[2:]
    assert squeezed(map(visible, texts)) == squeezed(drawn)


def lines(made, width):
    """Return the lines of a table."""
    return text.fit(Report((), (made,), {}), width).splitlines()


WIDE = table(
    ["case", key("workers"), numbers("time"), numbers("spread", DETAIL), numbers("share", USEFUL), "status"],
    [
        ["pool", "1", "1.00 s", "3 %", "97 %", "ok"],
        ["pool", "2", "10.0 s", "3 %", "96 %", because("failed", "a child died")],
        ["queue", "2", "-", "-", "-", because("failed", "a child died", "twice")],
    ],
)


def test_details_give_way_first():
    """All take 5 + 7 + 6 + 6 + 5 + 12 and gaps of 2, 51 in all; with one less the detail goes, and that is said."""
    assert "case   workers    time  spread  share  status" == lines(WIDE, 51)[0]
    shown = lines(WIDE, 50)
    assert "case   workers    time  share  status" == shown[0]
    assert "Not shown below 51 columns: spread." == shown[-1]


def test_a_key_stays_where_it_tells_rows_apart():
    """Without workers two rows of pool would be alike: they stay, while all that is less essential goes."""
    assert "case   workers    time  status" == lines(WIDE, 38)[0]
    alone = table([*WIDE.columns[:1], key("workers"), numbers("time")], [["a", "1", "1 s"], ["b", "2", "2 s"]])
    assert "case  time" == lines(alone, 12)[0]


def test_a_head_and_its_cell_make_no_command():
    """Each is harmless, and with the colon between them they would begin with two."""
    made = table([":", numbers("b")], [["x" * 20, "123456"]])
    assert ":\\:" == lines(made, 6)[0]


def test_reasons_stand_below_once():
    """Two rows with one reason share its number, and the reason wraps behind the number."""
    assert ["[1] a child died", "[2] twice"] == lines(WIDE, None)[-2:]
    assert "failed [1,2]" == lines(WIDE, None)[4].split("  ")[-1].strip()
    long = table(["x"], [[because("failed", "one two three four")]])
    assert ["[1] one two", "    three", "    four"] == lines(long, 12)[-3:]


def test_in_a_pipe_nothing_wraps_or_gives_way():
    """Without a width a line is as long as it takes."""
    made = table(["x", Column("y", importance=DETAIL)], [["word " * 50 + "end", "z " * 50 + "end"]])
    assert 3 == len(lines(made, None)) and "word " * 50 + "end  " + "z " * 50 + "end" == lines(made, None)[2]


def test_what_all_rows_share_is_said_above():
    """A movable column of one value becomes a line; the first column and a single row stay as they are."""
    heads = [Column("a", movable=True), Column("b", movable=True), "c"]
    assert ["b 1", "a  c"] == lines(table(heads, [["x", "1", "1"], ["x", "1", "2"]]), None)[:2]
    assert "a  b  c" == lines(table(heads, [["x", "1", "1"]]), None)[0]


def test_long_words_break_behind_punctuation():
    """A name that no line can hold is parted where a reader would part it."""
    made = table(["name", numbers("n")], [["pool-imap-unordered", "1"]])
    assert ["pool-imap-  1", "unordered"] == lines(made, 16)[2:]


def test_a_row_that_no_line_holds_is_a_line_per_cell():
    """Numbers are never broken: where they do not fit beside each other, they stand below each other."""
    made = table(["a", numbers("b"), numbers("c")], [["x", "123456", "654321"], ["y", "1", "2"]])
    assert ["a: x", "b: 123456", "c: 654321", "", "a: y", "b: 1", "c: 2"] == lines(made, 12)


def test_a_broken_word_is_no_command():
    """A line that begins with two colons would be obeyed by the runner of GitHub Actions, which no break may make."""
    shown = text.fit(Report(("x" * 20 + "::error::y",), (), {}), 20).splitlines()
    assert ["x" * 20, ":\\:error:\\:y"] == shown


def columns_of(line):
    """Return how many columns a line takes; Han, and the one Hiragana sign here, take two each."""
    return len(line) + sum("\u3040" <= sign <= "\u9fff" for sign in line)


@pytest.mark.parametrize("width", [25, 40, None])
def test_wide_signs_are_aligned(width):
    """A name of eight signs takes 16 columns, and the times behind it and behind a short one end in column 24."""
    made = table(("名前", numbers("time")), [("素数計算並列処理", "1.25 s"), ("pool", "10.5 s"), ("素数", "3.75 s")])
    lines = text.fit(Report((), (made,), {}), width).split("\n")
    assert [24] * 3 == [columns_of(line) for line in lines if line.endswith(" s")]
    assert "-" * 16 + "  " + "-" * 6 in lines


@pytest.mark.parametrize("width", [8, 11, 15, 24])
def test_wide_signs_stay_within_the_width(width):
    """Of a sentence and of a table, whose words are broken where they must be, and never within a sign."""
    made = table(("名前", "何"), [("素数計算並列処理", "計算時間abc"), ("pool", "x")])
    whole = text.fit(Report((), (made, Note("素数計算並列処理の時間 is long")), {}), width)
    assert all(columns_of(line) <= width for line in whole.split("\n"))
    assert set("素数計算並列処理の時間") <= set(whole)

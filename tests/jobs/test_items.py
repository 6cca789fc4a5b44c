"""Where the items of a user's job come from."""

from __future__ import annotations

import re
import sys

import pytest

from bench.core import jobs, memory
from bench.core.errors import UsageError
from bench.jobs import _items


@pytest.mark.parametrize(
    ("spec", "items"),
    [
        ("range(4)", [0, 1, 2, 3]),
        ("range(2, 8, 3)", [2, 5]),
        ("range(1e1,-1,-5)", [10, 5, 0]),
        ("mine.work:numbers", [3, 1, 2]),
        ("lines.txt", ["a", "b c", ""]),
        ("lines.jsonl", [{"a": 1}, [2]]),
        ("table.csv", [{"a": "1", "b": "x,y"}, {"a": "2", "b": ""}]),
    ],
)
def test_every_source_gives_what_it_holds(place, spec, items):
    """A range counts, a name is looked up, and each kind of file has an item per line or row."""
    (place / "lines.txt").write_text("a\nb c\n\n")
    (place / "lines.jsonl").write_text('{"a": 1}\n\n[2]\n')
    (place / "table.csv").write_text('a,b\n1,"x,y"\n2,\n')
    assert items == list(_items.read(spec))


def test_no_more_is_read_than_is_taken(place):
    """What is wrong further down a file is not met."""
    (place / "long.jsonl").write_text("1\n2\n{\n")
    (place / "long.txt").write_bytes(b"a\nb\n" + b"c\n" * 100_000 + b"\xe9\n")
    assert [1, 2] == list(_items.read("long.jsonl", take=2))
    assert ["a", "b"] == list(_items.read("long.txt", take=2))


def test_rows_of_an_array_are_items(place):
    """A file of numpy's has an item per row."""
    import numpy as np

    np.save(place / "rows.npy", np.arange(6).reshape(3, 2))
    assert [[0, 1], [2, 3], [4, 5]] == [list(row) for row in _items.read("rows.npy")]


@pytest.mark.parametrize(("take", "first", "last"), [(3, 0, 2), (slice(None, 9, 4), 0, 8)])
def test_no_more_rows_are_read_than_are_taken(place, monkeypatch, take, first, last):
    """Of a million rows of 8 KiB, three are taken in a memory of 16 MiB; without --take the bound is told."""
    import numpy as np

    np.lib.format.open_memmap(place / "long.npy", mode="w+", dtype="i8", shape=(1_000_000, 1024))[:9, 0] = range(9)
    before = memory.resident_bytes()
    found = _items.read("long.npy", take=take)
    assert (3, first, last) == (len(found), found[0][0], found[2][0])
    assert type(found[0]) is np.ndarray and found[0].base is None
    assert memory.resident_bytes() - before < 2**24
    monkeypatch.setattr(memory, "available_bytes", lambda: 2**28)
    with pytest.raises(UsageError, match="a quarter of the memory that is free"):
        _items.read("long.npy")


def test_rows_fill_no_more_memory_than_they_hold(place, monkeypatch):
    """Of 64 MiB of rows nothing is counted twice, in the file and as items, where 80 MiB are a quarter of all."""
    import numpy as np

    np.save(place / "long.npy", np.ones((8192, 1024)))
    monkeypatch.setattr(memory, "available_bytes", lambda: 320 * 2**20)
    assert 8192 == len(_items.read("long.npy"))


@pytest.mark.parametrize(
    ("content", "said"),
    [(3.5, "the array has no rows, but the single value 3.5"), (b"1,2\n", "magic string"), (b"", "cannot be read")],
)
def test_what_holds_no_rows_is_told_in_one_line(place, content, said):
    """A single value, a file of something else, and an empty one."""
    import numpy as np

    if isinstance(content, bytes):
        (place / "rows.npy").write_bytes(content)
    else:
        np.save(place / "rows.npy", np.array(content))
    with pytest.raises(UsageError, match=said) as caught:
        _items.read("rows.npy")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text", "items"),
    [
        ("a.txt", "x\n", ["x"]),
        ("a.jsonl", '{"a": 1}\n', [{"a": 1}]),
        ("a.csv", "a\n1\n", [{"a": "1"}]),
    ],
)
def test_a_mark_of_the_byte_order_is_no_part_of_the_items(place, name, text, items):
    """Files that a spreadsheet has written begin with one."""
    (place / name).write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert items == list(_items.read(name))


def test_a_pickled_array_is_refused(place):
    """Nothing is unpickled: a file could run code."""
    import numpy as np

    np.save(place / "objects.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(UsageError, match="objects.npy cannot be read"):
        _items.read("objects.npy")


def test_take_and_repeat(place):
    """The first two, three times."""
    assert [3, 1] * 3 == list(_items.read("mine.work:numbers", take=2, repeat=3))
    assert [1, 1] == list(_items.read("mine.work:forever", take=2))


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("range()", "is no range"),
        ("range(1, 2, 0)", "must not be zero"),
        ("range(__import__('os'))", "is no whole number"),
        ("range(0)", "holds no items"),
        ("range(1e20)", "gives more than 50,000,000 items; take fewer with --take N"),
        ("absent.jsonl", "absent.jsonl do not exist"),
        ("broken.jsonl", "broken.jsonl:2: no JSON"),
        ("latin.txt", "cannot be read"),
        ("mine.work:absent", "defines no absent"),
        ("mine.absent:items", "no module mine.absent"),
        ("mine.work:count", "is 5, and not iterable"),
        ("mine.work:square", r"square\(\) fails"),
        ("mine.work:breaks_off", r"cannot be read to the end \(OSError: gone\)"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line(place, spec, said):
    """Each says what was named and what is wrong with it."""
    (place / "broken.jsonl").write_text("1\n{\n")
    (place / "latin.txt").write_bytes(b"\xe9\n")
    with pytest.raises(UsageError, match=said) as caught:
        _items.read(spec)
    assert "\n" not in str(caught.value)


def test_what_never_ends_is_bounded(place, monkeypatch):
    """An iterable that gives more than can be kept is refused, with the way to take fewer."""
    monkeypatch.setattr(_items, "MOST", 1000)
    with pytest.raises(UsageError, match="more than 1,000 items, and may never end; take fewer with --take"):
        _items.read("mine.work:forever")


def test_what_never_ends_is_bounded_by_memory(place, monkeypatch):
    """With 256 MiB free, a quarter holds 671 items of 100 kB; --take says that more are meant."""

    def held():
        return 100_000 * len(sys.modules["mine.work"].calls)

    monkeypatch.setattr(memory, "available_bytes", lambda: 2**28)
    monkeypatch.setattr(memory, "resident_bytes", held)
    with pytest.raises(UsageError, match="a quarter of the memory that is free, and may never end") as caught:
        _items.read("mine.work:counted_forever")
    count = int(re.search(r"the first ([\d,]+) items", str(caught.value))[1].replace(",", ""))
    assert 671 < count < 690
    assert 1000 == len(_items.read("mine.work:counted_forever", take=1000))


@pytest.mark.parametrize("spec", ["numbers", "items.json", "mine.work"])
def test_what_names_nothing_is_told_before_anything_is_read(spec):
    """Only a range, a name with a colon, and four kinds of file are items."""
    with pytest.raises(UsageError, match="names no items; write range"):
        _items.check(spec)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("3", [0, 1, 2]), ("::4", [0, 4, 8]), (":6:4", [0, 4]), (":2:", [0, 1])],
)
def test_part_of_the_items(text: str, expected: list[int]) -> None:
    """A number takes from the front; a slice takes what a slice of Python takes."""
    assert expected == list(_items.read("range(10)", _items.part(text)))


@pytest.mark.parametrize(
    ("text", "parts", "expected"), [("none", 3, ":::3"), ("6", 3, ":6::3"), (":6:2", 3, ":6:2:3"), ("::2", 5, "::2:5")]
)
def test_one_of_so_many_parts(text: str, parts: int, expected: str) -> None:
    """One of so many parts of a part: what is taken stays, and is told apart from how much of it is measured."""
    assert (expected, parts) == (_items.one_of(text, parts), _items.parts(expected))


@pytest.mark.parametrize("text", ["none", "6", "::2", ":6:2"])
def test_all_that_is_taken_is_used(text: str) -> None:
    """Unless it is said, no part of it is meant."""
    assert 1 == _items.parts(text)


def test_part_is_of_what_is_taken() -> None:
    """Of every third of 300 items one of 4: 25 of the multiples of three, one of each dozen."""
    text = _items.one_of("::3", 4)
    found = list(_items.read("range(300)", _items.part(text), parts=_items.parts(text)))
    assert (set(), list(range(25))) == ({at % 3 for at in found} - {0}, [at // 12 for at in found])


@pytest.mark.parametrize("text", ["1:2:3", "5:", "x", "::0", ":1:2:3:4"])
def test_no_part_of_the_items(text: str) -> None:
    """Whatever else is written is refused."""
    with pytest.raises(UsageError):
        _items.part(text)


def test_repeating_is_bounded(place):
    """Three items, fifty million times, are refused before they are made."""
    with pytest.raises(UsageError, match="numbers, 50000000 times, gives more than 50,000,000 items"):
        _items.read("mine.work:numbers", repeat=50_000_000)


def test_part_that_advice_measures_is_not_asked_for() -> None:
    """Code to paste takes what a slice takes, so that no user can name another part."""
    take = next(axis for axis in jobs.load("function").axes if axis.name == "take")
    with pytest.raises(UsageError, match=r"--take :::8 is a part that only advice measures; write ::10"):
        take.parse(":::8")

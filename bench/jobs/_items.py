"""Reading the items of a user's job: from an importable name, a range, or a file."""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from bench.core import memory, units
from bench.core.case import NONE
from bench.core.errors import UsageError, reason
from bench.core.places import one_of_each
from bench.jobs._compare import shown
from bench.jobs._travel import resolve
from primes import user_code
from primes.user_code import said

MOST = 50_000_000  # items that are kept; an iterable that gives more is taken for one that never ends
# Of an array's file at a time: larger ones count longer as memory, smaller ones open it more often.
_MAPPED_BYTES = 2**20
_READ_AT_ONCE = 10_000  # items between two looks at the memory, at most
ENDINGS = (".txt", ".jsonl", ".csv", ".npy")
_RANGE = re.compile(r"range\((.*)\)")

ENCODING = "utf-8-sig"  # of files of text: a mark of the byte order is no part of the first item


def read(spec: str, take: int | slice | None = None, repeat: int = 1, parts: int = 1) -> Sequence[Any]:
    """Return the items that ``spec`` names, as a real sequence.

    Args:
        spec: ``module:name`` of an iterable, or of a callable that returns one; ``range(...)``; or a file that ends
            with .txt (a line each), .jsonl, .csv (a dict each) or .npy (a row each).
        take: only so many from the front, or a slice of them.
        repeat: how many times all of them are used.
        parts: one of so many of those that are taken is used, at places that follow no pattern.

    Raises:
        UsageError: there is no such thing, it cannot be read, or it holds no item.
    """
    found = numbers(spec) if spec.startswith("range(") else _file(spec) if _is_file(spec) else _named(spec)
    items = _kept(spec, found, take)
    if not len(items):
        raise UsageError(f"{spec} holds no items; there is nothing to do.")
    if parts > 1:
        items = [items[at] for at in one_of_each(len(items), parts)]
    _bounded(spec, items, repeat)
    return items if repeat == 1 else [item for _ in range(repeat) for item in items]


def check(spec: str) -> None:
    """Raise `UsageError` for a spec that can be told to be wrong without reading anything."""
    if spec.startswith("range("):
        numbers(spec)
    elif not _is_file(spec) and ":" not in spec:  # whether there is such a file, a side of a gate knows for itself
        raise UsageError(
            f"{spec} names no items; write range(1000), pkg.module:name, or a file that ends with "
            f"{', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}."
        )


def is_called(spec: str) -> bool:
    """Say whether the items are what a callable returns that ``spec`` names."""
    if spec.startswith("range(") or _is_file(spec):
        return False
    found = resolve(spec)
    return callable(found) and not isinstance(found, Iterable)


def _is_file(spec: str) -> bool:
    return spec.endswith(ENDINGS) and ":" not in spec


def numbers(spec: str) -> range:
    """Return the range that is written so; UsageError where it is none."""
    match = _RANGE.fullmatch(spec)
    parts = [part.strip() for part in match[1].split(",")] if match else []
    if not 1 <= len(parts) <= 3 or not all(parts):
        raise UsageError(f"{spec} is no range; write range(end), range(begin, end) or range(begin, end, step).")
    ends = [-units.whole_number(part[1:]) if part.startswith("-") else units.whole_number(part) for part in parts]
    try:
        return range(*ends)
    except ValueError as error:
        raise UsageError(f"{spec} is no range ({reason(error)}).") from error


def _existing(spec: str) -> Path:
    path = Path(user_code.path_of(spec))
    if not os.path.isfile(path):
        what = "are no file" if os.path.exists(path) else "do not exist"
        raise UsageError(f"the items {spec} {what} in {user_code.folder() or 'the current folder'}.")
    return path


def _file(spec: str) -> Iterable[Any]:
    path = _existing(spec)
    return _rows_of_array(spec, path) if spec.endswith(".npy") else _rows(spec, path)


def _rows_of_array(spec: str, path: Path) -> Iterator[Any]:
    """Return a copy of each row, made when it is wanted: a file may hold more than is taken, or fits into memory."""
    from numpy import array as array_of
    from numpy.lib.format import open_memmap

    try:
        array = open_memmap(path, mode="r")  # which refuses what would have to be unpickled
    except (OSError, ValueError, EOFError) as error:
        raise UsageError(f"the items {spec} cannot be read ({said(error)}).") from error
    if not array.ndim:
        raise UsageError(f"the items {spec} cannot be read (the array has no rows, but the single value {array}).")
    count, size = len(array), max(1, _MAPPED_BYTES // max(1, array[:1].nbytes))
    # What is mapped counts as memory of this process from when it was read, so no more than a block is at a time.
    blocks = (array_of(open_memmap(path, mode="r")[at : at + size]) for at in range(0, count, size))
    return (row.copy() for block in blocks for row in block)


def _rows(spec: str, path: Path) -> Iterator[Any]:
    """Yield an item for each line or row, as they are wanted: a file may hold more than is taken."""
    try:
        with path.open(encoding=ENCODING, newline="" if spec.endswith(".csv") else None) as file:
            if spec.endswith(".csv"):
                yield from csv.DictReader(file, strict=True)
                return
            for at, line in enumerate(file, 1):
                if not _is_json(spec):
                    yield line.rstrip("\n")
                elif line.strip():
                    yield _json(spec, at, line)
    except (OSError, ValueError, csv.Error) as error:
        raise UsageError(f"the items {spec} cannot be read ({said(error)}).") from error


def _is_json(spec: str) -> bool:
    return spec.endswith(".jsonl")


def _json(spec: str, at: int, line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{spec}:{at}: no JSON ({said(error)}).") from error


def _named(spec: str) -> Iterable[Any]:
    try:
        found = resolve(spec)
    except (user_code.UnknownCode, user_code.BrokenCode) as error:
        raise UsageError(f"the items {spec} cannot be found: {reason(error)}.") from error
    if callable(found) and not isinstance(found, Iterable):
        try:
            found = found()
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            raise UsageError(f"{spec}() fails ({said(error)}).") from error
    try:
        return iter(found) if not isinstance(found, range | list | tuple) else found
    except TypeError as error:
        raise UsageError(f"{spec} is {shown(found)}, and not iterable; name what is, or returns it.") from error


def part(text: str) -> int | slice:
    """Read how many items are taken: a number from the front, or ``:END:STEP``, either of which may be missing.

    Of these advice may have measured one of so many, which ``:END:STEP:PARTS`` says; see `parts`.

    Raises:
        UsageError: it is none of these.
    """
    words = text.split(":")
    if len(words) == 1:
        return _count(text, words[0])
    if len(words) not in (3, 4) or words[0]:
        raise UsageError(f"--take {text} is no part of the items; write 100, ::10 for every tenth, or :100:10.")
    end, step = (_count(text, word) if word else None for word in words[1:3])
    return slice(None, end, step)


def parts(text: str) -> int:
    """Return one of how many of the items that are taken is measured; 1 for all."""
    words = text.split(":")
    return _count(text, words[3]) if len(words) == 4 else 1


def _count(text: str, word: str) -> int:
    number = units.whole_number(word)
    if not 1 <= number <= MOST:
        raise UsageError(f"--take {text} is not possible; write a number from 1 to {MOST}.")
    return number


def one_of(text: str, parts: int) -> str:
    """Return how to take one of so many of the items that are taken now."""
    now = "::" if text == NONE else text
    return f"{now}:{parts}" if ":" in now else f":{now}::{parts}"


def _kept(spec: str, found: Iterable[Any], take: int | slice | None) -> Sequence[Any]:
    if isinstance(found, range | list | tuple):
        return _bounded(spec, found if take is None else found[:take] if isinstance(take, int) else found[take])
    end, step = (take.stop, take.step) if isinstance(take, slice) else (take, None)
    taken = islice(found, None, end, step)
    try:
        return list(taken) if end else _whole(spec, taken)
    except (KeyboardInterrupt, UsageError):
        raise
    except BaseException as error:
        raise UsageError(f"the items of {spec} cannot be read to the end ({said(error)}).") from error


def _whole(spec: str, found: Iterator[Any]) -> list[Any]:
    """Return all items of an iterable that does not tell how many they are; `UsageError` where no end is in sight.

    They may fill a quarter of the memory that is free: each measuring process reads them, and keeps results as well.
    """
    free, before = memory.available_bytes(), memory.resident_bytes()
    items: list[Any] = []
    size = 1
    while more := list(islice(found, size)):
        items += more
        if len(items) > MOST:
            raise UsageError(f"{spec} gives more than {MOST:,} items, and may never end; take fewer with --take N.")
        size = min(2 * size, _READ_AT_ONCE)
        if free is None or before is None:
            continue
        grown = (memory.resident_bytes() or 0) - before
        if grown > free // 4:
            raise UsageError(
                f"the first {len(items):,} items of {spec} take {grown / 2**20:,.0f} MiB, a quarter of the memory that "
                "is free, and may never end; take so many as are wanted with --take N."
            )
        if grown > 0:  # so many that about half of what is left is taken
            size = min(size, max(1, (free // 4 - grown) // 2 * len(items) // grown))
    return items


def _bounded(spec: str, items: Sequence[Any], repeat: int = 1) -> Sequence[Any]:
    try:
        count = len(items) * repeat
    except OverflowError:  # a range of more than fit into the memory of any machine
        count = MOST + 1
    if count > MOST:
        times = f", {repeat} times," if repeat > 1 else ""
        raise UsageError(f"{spec}{times} gives more than {MOST:,} items; take fewer with --take N.")
    return items

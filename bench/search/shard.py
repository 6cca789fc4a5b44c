"""One of the parts into which a search is divided among hosts, and the small JSON that says what came of it.

What a shard that writes primes has found stands in a file beside its output, written once the output is complete. The
output itself stays as any other: it has no room for it.
"""

from __future__ import annotations

import json
import os
import zlib
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from bench.core import units
from bench.core.errors import OutputFailed, UsageError
from bench.search import cuts
from bench.search.output import is_stream

if TYPE_CHECKING:
    from collections.abc import Iterator

ENDING = ".shard.json"
MOST = 10**6  # parts of a search; the least of them would take less time than its process takes to start
_BLOCK_BYTES = 1 << 20
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Place:
    """Which of how many parts, counted from 1."""

    index: int
    of: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``I/N``; UsageError where that is no part of anything."""
        index, slash, of = text.partition("/")
        if not slash:
            raise UsageError(f"--shard {text} names no part; write I/N, for example 1/4 for the first of four.")
        found = cls(units.whole_number(index), units.whole_number(of))
        if not 1 <= found.of <= MOST:
            raise UsageError(f"--shard {text} is not possible; a search has from 1 to {MOST} parts.")
        if not 1 <= found.index <= found.of:
            raise UsageError(f"--shard {text} is not possible; the parts are 1/{found.of} to {found.of}/{found.of}.")
        return found

    def range(self, lo: int, hi: int, kernel: str) -> tuple[int, int]:
        """Return the half-open range of this part of ``[lo, hi)``."""
        begin, end = (cuts.cut(lo, hi, kernel, at, self.of) for at in (self.index - 1, self.index))
        return begin, end

    def __str__(self) -> str:
        """Return ``I/N``."""
        return f"{self.index}/{self.of}"


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file held when it was complete: the ending that tells its format, its size, the CRC-32 of its bytes."""

    format: str
    size_bytes: int
    crc32: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """A part that is complete.

    Attributes:
        lo, hi: the range of the whole search.
        place: which part.
        begin, end: the half-open range of the part.
        kernel: who searched.
        count: primes in the part.
        distances: twins, gaps, and, None where there is none, first and last prime and longest gap; as far as wanted.
        contents: of the file with the primes; None where only their number was wanted.
    """

    lo: int
    hi: int
    place: Place
    begin: int
    end: int
    kernel: str
    count: int
    distances: dict[str, Any]
    contents: Contents | None

    def as_json(self) -> dict[str, Any]:
        """Return what is written of it."""
        written = {"primebench_shard": _VERSION, "lo": self.lo, "hi": self.hi, "shard": str(self.place)}
        written |= {"begin": self.begin, "end": self.end, "kernel": self.kernel, "count": self.count}
        return written | self.distances | (asdict(self.contents) if self.contents else {})


def beside(output: Path) -> Path:
    """Return the file that says what the shard in ``output`` is."""
    return Path(f"{output}{ENDING}")


def contents_of(output: Path) -> Contents:
    """Read a complete file."""
    crc = size = 0
    with output.open("rb", buffering=0) as file:
        for block in blocks(file.fileno()):
            crc, size = zlib.crc32(block, crc), size + len(block)
    return Contents(output.suffix.removeprefix(".").lower(), size, crc)


def blocks(descriptor: int) -> Iterator[memoryview]:
    """Yield what the file holds from here on; each block is overwritten by the next one."""
    buffer = bytearray(_BLOCK_BYTES)
    view = memoryview(buffer)
    while size := os.readv(descriptor, [buffer]):
        yield view[:size]


def save(shard: Shard, output: Path) -> None:
    """Write down beside a complete output what it is; OutputFailed where that cannot be."""
    path = beside(output)
    try:
        path.write_text(json.dumps(shard.as_json()) + "\n", encoding="utf-8")
    except OSError as error:
        with suppress(OSError):
            path.unlink()
        raise OutputFailed(f"{path} cannot be written: {error.strerror or error}.") from error


def forget(output: Path) -> None:
    """Remove what is written down beside an output that is about to change; OutputFailed where that cannot be."""
    path = beside(output)
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise OutputFailed(f"{path} cannot be removed: {error.strerror or error}.") from error


def load(path: Path) -> Shard:
    """Read what a shard is: from its own JSON, or from the file beside its output.

    Raises:
        UsageError: there is none, it cannot be read, or it is damaged.
    """
    counted = path.suffix == ".json" or is_stream(path)
    source = path if counted else beside(path)
    try:
        text = source.read_bytes()
    except FileNotFoundError:
        if counted or not os.path.exists(path):
            raise UsageError(f"{path} does not exist; name the outputs of all shards.") from None
        raise UsageError(
            f"{path} is not known to be complete, for there is no {source}; go on with that shard with --resume, "
            "and bring both of its files here."
        ) from None
    except OSError as error:
        raise UsageError(f"{source} cannot be read: {error.strerror or error}.") from error
    try:
        shard = _read(json.loads(text), path.suffix.removeprefix(".").lower())
    except (ValueError, TypeError, KeyError, AttributeError, UsageError, RecursionError) as error:
        raise UsageError(
            f"{source} is damaged, or not what a shard writes (--shard I/N with --output or --format json); "
            "do that shard again."
        ) from error
    if counted == (shard.contents is not None):
        named = "names primes in a file; name that file" if counted else "only counts; name it by itself"
        raise UsageError(f"{source} {named} instead.")
    return shard


def _read(found: dict[str, Any], ending: str) -> Shard:
    if found["primebench_shard"] != _VERSION:
        raise ValueError
    lo, hi, begin, end, count = (_whole(found[name]) for name in ("lo", "hi", "begin", "end", "count"))
    if not (lo <= begin <= end <= hi and count <= end - begin):
        raise ValueError
    distances = _distances(found)
    needed = {"first", "last", *(("longest_gap", "longest_gap_after") if "gaps" in distances else ())}
    if distances and not needed <= distances.keys():
        raise ValueError
    if any((distances[name] is None) != (count == 0) for name in ("first", "last") if name in distances):
        raise ValueError
    contents = None
    if "format" in found:
        contents = Contents(str(found["format"]), _whole(found["size_bytes"]), _whole(found["crc32"]))
        if ending not in (contents.format, "json", ""):
            raise ValueError
    return Shard(
        lo=lo,
        hi=hi,
        place=Place.parse(found["shard"]),
        begin=begin,
        end=end,
        kernel=str(found["kernel"]),
        count=count,
        distances=distances,
        contents=contents,
    )


def _distances(found: dict[str, Any]) -> dict[str, Any]:
    read: dict[str, Any] = {
        name: None if found[name] is None else _whole(found[name])
        for name in ("first", "last", "longest_gap", "longest_gap_after")
        if name in found
    }
    read |= {"twins": _whole(found["twins"])} if "twins" in found else {}
    if "gaps" in found:
        read["gaps"] = {int(gap): _whole(times) for gap, times in found["gaps"].items()}
    return read


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError
    return value

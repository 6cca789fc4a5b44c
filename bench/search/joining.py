"""Putting the outputs of shards together: one answer, or one file, as if the whole range had been searched at once."""

from __future__ import annotations

import os
import zlib
from collections import Counter
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.core.descriptor import write_all
from bench.core.errors import OutputFailed, UsageError, reason
from bench.core.signals import held_back
from bench.search import shard as shards
from bench.search.output import STDOUT, form_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bench.search.shard import Contents, Shard

    Found = list[tuple[Path, Shard]]

_MOST_NAMED = 5  # missing shards named in a message
_NUMBER_BYTES = 64  # more than two lines of the longest number, and a whole number of those of a fixed size


def load(paths: Sequence[Path]) -> Found:
    """Return the shards in these files, in the order of their ranges: all of one search, each once.

    The file that stands beside an output stands for it, and for nothing where both are named.

    Raises:
        UsageError: something is missing, there twice, damaged, or of another search.
    """
    named = set(paths)
    outputs = [_output(path) for path in paths if _output(path) == path or _output(path) not in named]
    found = [(path, shards.load(path)) for path in outputs]
    for pair in pairwise(found):
        _check_alike(*pair)
    found.sort(key=lambda pair: pair[1].place.index)
    _check_complete(found)
    for (_, one), (path, other) in pairwise(found):
        if one.end != other.begin:
            raise UsageError(
                f"{path}: shard {other.place} begins at {other.begin}, and the one before it ends at {one.end}; "
                "they were cut by different versions of primebench, so do them again with one version."
            )
    (first, begin), (last, end) = found[0], found[-1]
    for path, edge, wanted in ((first, begin.begin, begin.lo), (last, end.end, end.hi)):
        if edge != wanted:
            raise UsageError(f"{path}: its part has {edge} for an end of the range, which is {wanted}; do it again.")
    return found


def _output(path: Path) -> Path:
    return Path(str(path).removesuffix(shards.ENDING))


def _check_alike(one: tuple[Path, Shard], other: tuple[Path, Shard]) -> None:
    for what, of in _TRAITS.items():
        values = [of(shard) for _, shard in (one, other)]
        if values[0] != values[1]:
            raise UsageError(
                f"{one[0]} and {other[0]} are of different searches: their {what} is {values[0]} and {values[1]}; "
                "name shards of one search."
            )


def _wanted(shard: Shard) -> str:
    wanted = [f"--{name}" for name in ("twins", "gaps") if name in shard.distances]
    return " and ".join(wanted) or "no distances"


_TRAITS: dict[str, Callable[[Shard], Any]] = {
    "range": lambda shard: f"{shard.lo} to {shard.hi}",
    "number of shards": lambda shard: shard.place.of,
    "kernel": lambda shard: shard.kernel,
    "format": lambda shard: f".{shard.contents.format}" if shard.contents else "a count",
    "option": _wanted,
}


def _check_complete(found: Found) -> None:
    for (path, one), (other, two) in pairwise(found):
        if one.place == two.place:
            raise UsageError(f"shard {one.place} is there twice, in {path} and {other}; name it once.")
    of = found[0][1].place.of
    there = {shard.place.index for _, shard in found}
    missing = [str(index) for index in range(1, of + 1) if index not in there]
    if missing:
        named = ", ".join(missing[:_MOST_NAMED]) + (
            f" and {len(missing) - _MOST_NAMED} more" if missing[_MOST_NAMED:] else ""
        )
        subject = f"shard {named} of {of} is" if len(missing) == 1 else f"shards {named} of {of} are"
        raise UsageError(f"{subject} missing; name the outputs of all shards, and do first what is not done.")


def total(found: Found) -> dict[str, Any]:
    """Return the count and the distances of the whole range, by the names under which a search shows them."""
    answer: dict[str, Any] = {"primes": sum(shard.count for _, shard in found)}
    wanted = found[0][1].distances
    if "first" not in wanted:
        return answer
    gaps: Counter[int] = Counter()
    twins = longest = 0
    last: int | None = None
    longest_after: int | None = None
    for _, shard in found:
        if not shard.count:
            continue
        inside = shard.distances
        gaps.update(inside.get("gaps", {}))
        twins += inside.get("twins", 0)
        across = inside["first"] - last if last is not None else 0
        if across:  # the distance across the border between two shards is in neither
            gaps[across] += 1
            twins += across == 2
        for gap, after in ((across, last), (inside.get("longest_gap") or 0, inside.get("longest_gap_after"))):
            if gap > longest:
                longest, longest_after = gap, after
        last = inside["last"]
    answer |= {"twins": twins} if "twins" in wanted else {}
    if "gaps" in wanted:
        answer |= {"gaps": dict(sorted(gaps.items()))}
        answer |= {"longest_gap": longest or None, "longest_gap_after": longest_after}
    return answer


def copy(found: Found, path: Path | None) -> None:
    """Copy the primes of all shards to a file, which is there only when it is complete, or to ``-``; check each.

    Without ``path`` they are only checked.

    Raises:
        BrokenPipeError: whoever read standard output has gone.
        OutputFailed: the output cannot be written; UsageError: a shard does not hold what it did when it was complete.
    """
    form = form_of(str(found[0][0]))
    head = form.head(sum(shard.count for _, shard in found))
    with _opened(path) as write:
        write(head)
        for source, shard in found:
            if shard.contents:
                _copy(source, shard, shard.contents, form, write)


def _copy(source: Path, shard: Shard, contents: Contents, form: Any, write: Callable[[Any], None]) -> None:
    try:
        descriptor = os.open(source, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise UsageError(f"{source} cannot be read: {error.strerror or error}.") from error
    try:
        size = os.fstat(descriptor).st_size
        if size != contents.size_bytes:
            raise _damaged(source, f"it has {size} bytes, and had {contents.size_bytes} when it was complete")
        head = os.read(descriptor, len(form.head(0)))
        if head != form.head(shard.count):
            raise _damaged(source, "its first bytes are others")
        _check_ends(source, shard, form, descriptor, size)
        crc = zlib.crc32(head)
        for block in shards.blocks(descriptor):
            crc = zlib.crc32(block, crc)
            write(block)
        if crc != contents.crc32:
            raise _damaged(source, "its bytes are not those that it had when it was complete")
    finally:
        os.close(descriptor)


def _check_ends(source: Path, shard: Shard, form: Any, descriptor: int, size: int) -> None:
    """Hold the first and the last number of a file against the range of its shard."""
    start = len(form.head(0))
    if (size == start) != (shard.count == 0):
        raise _damaged(source, f"it has {size} bytes for {shard.count} primes")
    if size == start:
        return
    at = max(start, size - _NUMBER_BYTES)
    first, last = os.pread(descriptor, _NUMBER_BYTES, start), os.pread(descriptor, _NUMBER_BYTES, at)
    skipped = form.skip(last) if at > start else 0
    try:
        lowest, highest = form.numbers(first[: form.whole(first)])[0], form.numbers(last[skipped:])[-1]
    except (ValueError, IndexError) as error:
        raise _damaged(source, reason(error)) from error
    if not shard.begin <= lowest <= highest < shard.end:
        part = f"{shard.begin} to below {shard.end}"
        raise _damaged(source, f"it holds primes from {lowest} to {highest}, and its part is from {part}")


def _damaged(source: Path, why: str) -> UsageError:
    return UsageError(f"{source} is damaged: {why}; do that shard again.")


@contextmanager
def _opened(path: Path | None) -> Iterator[Callable[[Any], None]]:
    """Open an output; a file takes its name when all is written, and leaves nothing when the body raises."""
    if path is None:
        yield lambda data: None
        return
    if str(path) == "-" or (os.path.exists(path) and not os.path.isfile(path)):
        descriptor = STDOUT if str(path) == "-" else _open(path, os.O_WRONLY)
        yield lambda data: _write(descriptor, data, path)
        return
    target = Path(os.path.realpath(path))  # somebody's link is to stay
    begun = target.with_name(f".{target.name}.{os.getpid()}-{os.urandom(4).hex()}")  # in a container each is process 1
    made: list[int] = []
    try:
        with held_back():  # else a signal could come between making it and knowing of it
            made.append(_open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
        yield lambda data: _write(made[0], data, path)
        begun.replace(target)
    except OSError as error:
        raise OutputFailed(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        with held_back(), suppress(OSError):  # and a second one while the first is answered
            for descriptor in made:
                os.close(descriptor)
                begun.unlink()


def _open(path: Path, access: int) -> int:
    try:
        return os.open(path, access | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise OutputFailed(f"{path} cannot be opened: {error.strerror or error}.") from error


def _write(descriptor: int, data: Any, path: Path) -> None:
    try:
        write_all(descriptor, data)
    except BrokenPipeError:
        raise
    except OSError as error:
        name = "standard output" if str(path) == "-" else path
        raise OutputFailed(f"{name} cannot be written: {error.strerror or error}.") from error

"""Numbers in decimal, one per line."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.search.numbers import same_leading_digits

if TYPE_CHECKING:
    from bench.search.numbers import Numbers

GRAIN_BYTES = 1  # a number may begin at any byte
_MOST_DIGITS = 20  # of a number below 2**64
_LAST = np.uint64(2**64 - 1)
_WORD = 8  # digits read at a time
_HUNDRED_MILLION = np.uint64(10**_WORD)
_ZEROS = np.uint64(int.from_bytes(b"0" * _WORD, "little"))


def encode(primes: Numbers) -> bytes:
    """Return the lines of ascending numbers.

    The last eight digits are looked up, four at a time, in a table of all four-digit texts; those before them are the
    same for all numbers of a piece. That takes 20 ns a number, where formatting each takes 300.
    """
    return b"".join(map(_piece, same_leading_digits(primes)))


def _piece(primes: Numbers) -> bytes:
    leading = int(primes[0]) // 10**8
    rest = (primes - np.uint64(leading * 10**8)).astype(np.uint32)
    upper = rest // np.uint32(10**4)
    lower = rest - upper * np.uint32(10**4)
    prefix = str(leading).encode() if leading else b""
    fields = [("upper", np.uint32), ("lower", np.uint32), ("end", np.uint8)]
    lines = np.empty(len(primes), np.dtype([("prefix", f"S{len(prefix)}"), *fields] if prefix else fields))
    if prefix:
        lines["prefix"] = prefix
    lines["upper"], lines["lower"], lines["end"] = _four_digits().take(upper), _four_digits().take(lower), ord("\n")
    if prefix:
        return lines.tobytes()
    digits = len(str(int(primes[0])))  # of all of them
    return lines.view(np.uint8).reshape(-1, 9)[:, 8 - digits :].tobytes()


@cache
def _four_digits() -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    """Return the texts 0000 to 9999, each as the uint32 with these bytes in memory."""
    return np.frombuffer(b"".join(b"%04d" % number for number in range(10**4)), np.uint32)


def whole(data: bytes) -> int:
    """Return how many bytes of this part of the body are whole lines."""
    return data.rfind(b"\n") + 1


def skip(data: bytes) -> int:
    """Return how many bytes precede the first line that begins behind the first byte of this part of the body."""
    return data.find(b"\n") + 1


def check_rest(data: bytes) -> None:
    """Raise ValueError when what follows the last whole line cannot be the beginning of another one."""
    if data and not (data.isdigit() and len(data) <= _MOST_DIGITS):
        raise _misplaced(data)


def check_claim(found: bytes, count: int) -> None:
    """Accept any count: a text claims none."""


def numbers(data: bytes) -> Numbers:
    """Return the numbers of whole lines; ValueError where something else stands.

    Lines of the same length are read together, eight digits in each step. That takes about 30 ns a number.
    """
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n"))
    lengths = np.diff(ends, prepend=-1) - 1
    wrong = (lengths < 1) | (lengths > _MOST_DIGITS)
    wrong[1:] |= lengths[1:] < lengths[:-1]  # numbers ascend
    _refuse(data, ends, wrong)
    padded = bytes(_WORD) + data  # the first word of the first line begins before it
    found = np.empty(len(ends), np.uint64)
    begin = 0
    while begin < len(ends):
        length = int(lengths[begin])
        end = int(np.searchsorted(lengths, length, side="right"))
        found[begin:end], wrong = _table(padded, int(ends[begin]) + _WORD, length, end - begin)
        _refuse(data, ends[begin:end], wrong)
        begin = end
    return found


def _table(data: bytes, first_end: int, length: int, lines: int) -> tuple[Numbers, Any]:
    """Return the numbers of lines of one length, the first of which ends at ``first_end``, and which are none."""
    values, wrong = np.zeros(lines, np.uint64), np.zeros(lines, np.bool_)
    words = -(-length // _WORD)
    for word in reversed(range(words)):
        at = first_end - _WORD * (word + 1)
        texts = np.ndarray((lines,), "<u8", data, at, (length + 1,)).astype(np.uint64)
        if word == words - 1:
            before = 8 * (_WORD * words - length)  # bits that stand before the line
            wrong |= texts >> np.uint64(before) & np.uint64(0xFF) == np.uint64(ord("0"))
            texts = texts >> np.uint64(before) << np.uint64(before) | np.uint64(int(_ZEROS) % 2**before)
        digits, none = _eight_digits(texts)
        wrong |= none
        if word == 0 and length == _MOST_DIGITS:
            wrong |= (values > _LAST // _HUNDRED_MILLION) | (
                (values == _LAST // _HUNDRED_MILLION) & (digits > _LAST % _HUNDRED_MILLION)
            )
        values = values * _HUNDRED_MILLION + digits
    return values, wrong


def _eight_digits(texts: Numbers) -> tuple[Numbers, Any]:
    """Return the numbers whose digits are the bytes of these words, the first digit lowest, and which are none.

    Neighbours are joined to two, four and eight digits. Source: J. Keiser, D. Lemire, "Number parsing at a gigabyte per
    second", 2021, section 5.
    """
    digits = texts ^ _ZEROS
    none = ((digits + np.uint64(0x0606060606060606)) | digits) & np.uint64(0xF0F0F0F0F0F0F0F0) != 0
    digits = digits * np.uint64(10) + (digits >> np.uint64(8))
    twos = digits & np.uint64(0x00FF00FF00FF00FF)
    fours = (twos * np.uint64(100) + (twos >> np.uint64(16))) & np.uint64(0x0000FFFF0000FFFF)
    return (fours * np.uint64(10**4) + (fours >> np.uint64(32))) & np.uint64(0xFFFFFFFF), none


def _refuse(data: bytes, ends: Any, wrong: Any) -> None:
    if wrong.any():
        end = int(ends[int(wrong.argmax())])
        raise _misplaced(data[data.rfind(b"\n", 0, end) + 1 : end])


def _misplaced(line: bytes) -> ValueError:
    return ValueError(f"the line {line[:40].decode(errors='replace')!r} cannot stand there")

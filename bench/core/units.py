"""Numbers as people write them, and times and sizes as people read them."""

from __future__ import annotations

import re
from math import floor, isfinite, log10, nan

from bench.core.errors import UsageError

MOST = 2**62  # of whole numbers in a record: far above what is counted here, and within what every program reads
DAY_S = 86_400  # the longest time that is given to anything
_MOST_BITS = 4096  # what a number on the command line may have; keeps 9**9**9 from filling the memory
_MOST_DIGITS = 1234  # of a number with that many bits, plus a rounding
_DIGITS = r"[0-9]+(?:_[0-9]+)*"  # ASCII only: [0-9] where \d also takes the digits of every other script
_GROUPS = r"[0-9]{1,3}(?:(?:,[0-9]{3})+|(?: [0-9]{3})+)"
_LITERAL = re.compile(rf"({_GROUPS}|{_DIGITS})(\.{_DIGITS})?([eE]\+?{_DIGITS})?")
_DECIMAL = re.compile(rf"[+-]?({_DIGITS}\.?|({_DIGITS})?\.{_DIGITS})([eE][+-]?{_DIGITS})?")
_OPERATOR = re.compile(r" *(\*\*|[-+*^]) *")
_NOTHING = 1e-9
_MOST_DECIMALS = 6  # 0.000012 is still read at a glance, 1.2e-07 more easily than 0.00000012
_SHORT = {"second": "s", "byte": "B", "integer": ""}  # pyperf's units
_SIZE_UNITS = {"": 1, "b": 1, "kib": 2**10, "k": 2**10, "mib": 2**20, "m": 2**20, "gib": 2**30, "g": 2**30}


def whole_number(text: str) -> int:
    """Read a whole number: ``1000000``, ``1_000_000``, ``1e6``, ``2**32``, ``10^6`` or a sum such as ``1e12+1e6``.

    Digits are those of ASCII. Between two of them may stand one underscore; before each group of three, a comma or a
    space.

    Raises:
        UsageError: the text is no whole number, or has more than 4096 bits.
    """
    first, *others = re.split(r"(?<![eE])([+-])", _OPERATOR.sub(r"\1", text.strip(" ")))
    total = _product(first, text) if first or not others else 0
    for sign, term in zip(others[::2], others[1::2], strict=True):
        value = _product(term, text)
        total += value if sign == "+" else -value
    return _checked(total, text)


def _product(term: str, text: str) -> int:
    value = 1
    for factor in re.split(r"(?<!\*)\*(?!\*)", term):
        base, *exponents = (_literal(part, text) for part in re.split(r"\*\*|\^", factor))
        exponent = 1
        for power in reversed(exponents):
            exponent = _power(power, exponent, text)
        value = _checked(value * _power(base, exponent, text), text)
    return value


def _power(base: int, exponent: int, text: str) -> int:
    if (base.bit_length() - 1) * exponent >= _MOST_BITS:  # found without computing it
        raise _too_large(text)
    return _checked(int(base**exponent), text)


def _literal(part: str, text: str) -> int:
    if not _LITERAL.fullmatch(part):
        raise _no_number(text)
    mantissa, _, exponent = re.sub("[_, ]", "", part).lower().partition("e")
    whole, _, fraction = mantissa.partition(".")
    if max(len(mantissa), len(exponent)) > _MOST_DIGITS or int(exponent or 0) > _MOST_DIGITS:
        raise _too_large(text)
    power, fraction = int(exponent or 0), fraction.rstrip("0")
    if len(fraction) > power:
        raise _no_number(text)
    return _checked(int(whole + fraction) * int(10 ** (power - len(fraction))), text)


def _checked(value: int, text: str) -> int:
    if value.bit_length() > _MOST_BITS:
        raise _too_large(text)
    return value


def _too_large(text: str) -> UsageError:
    return UsageError(f"{_shortened(text)} is too large: at most {_MOST_BITS} bits are allowed.")


def _no_number(text: str) -> UsageError:
    shown = _shortened(text) if text.strip() else "nothing"
    return UsageError(f"{shown} is no whole number; write it like 1000000, 1_000_000, 1e6 or 2**32.")


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:40]}... ({len(text)} characters)"


def decimal_number(text: str) -> float:
    """Read a number with a decimal point or an exponent, or without: ``0.05``, ``1e-3``, ``90``.

    Raises:
        UsageError: the text is no such number, or one beyond what a float holds.
    """
    value = float(text) if _DECIMAL.fullmatch(text.strip(" ")) else nan
    if not isfinite(value):
        shown = _shortened(text) if text.strip() else "nothing"
        raise UsageError(f"{shown} is no number; write it like 90, 0.05 or 1e-3.")
    return value


def size_bytes(text: str) -> int:
    """Read a size in bytes: ``0``, ``4096``, ``16KiB``, ``64MiB``.

    Raises:
        UsageError: the text is no size.
    """
    match = re.fullmatch(r"(.*?[0-9]) *([A-Za-z]*)", text.strip(" "))
    try:
        size = whole_number(match[1]) * _SIZE_UNITS[match[2].lower()] if match else -1
    except (UsageError, KeyError):
        size = -1
    if size < 0:
        raise UsageError(f"{_shortened(text) or 'nothing'} is no size; write it like 0, 4096, 16KiB or 64MiB.")
    return size


def format_seconds(seconds: float) -> str:
    """Write a time with three significant digits and the unit that suits it: ``1.23 ms``."""
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if abs(seconds) >= scale * 0.9995:
            return f"{_three_digits(seconds / scale)} {unit}"
    return f"{_three_digits(seconds / 1e-9)} ns"


def format_decimal(value: float, digits: int = 2) -> str:
    """Write a plain number with so many decimals, and a small one with as many as leave two digits that mean something.

    What is smaller than a computation with floats can tell from nothing is written as nothing.
    """
    size = abs(value)
    if not _NOTHING < size < 1:
        return f"{value:.{digits}f}"
    needed = 1 - floor(log10(size))
    return f"{value:.2g}" if needed > max(digits, _MOST_DECIMALS) else f"{value:.{max(digits, needed)}f}"


def format_percent(ratio: float, digits: int = 0) -> str:
    """Write a ratio as percent: 0.93 is ``93 %``, and one that would round to nothing keeps a digit: ``0.03 %``."""
    percent = 100 * ratio
    rounded = f"{percent:.{digits}f}"
    return f"{rounded if float(rounded) or abs(percent) < _NOTHING else f'{percent:.1g}'} %"


def format_bytes(size: int) -> str:
    """Write a size with the largest binary unit that divides it: ``64 KiB``."""
    for unit, scale in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if size and size % scale == 0:
            return f"{size // scale} {unit}"
    return f"{size} B"


def format_value(value: float, unit: str) -> str:
    """Write a value in pyperf's units, ``second``, ``byte`` and ``integer``; any other unit is named behind it."""
    if abs(value) >= 1e15:
        return f"{value:.3g} {_SHORT.get(unit, unit)}".rstrip()
    if unit == "second":
        return format_seconds(value)
    if unit == "byte":
        for name, scale in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
            if abs(value) >= scale:
                return f"{_three_digits(value / scale)} {name}"
        return f"{value:.0f} B"
    written = f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"
    return written if unit == "integer" else f"{written} {unit}"


def _three_digits(value: float) -> str:
    magnitude = abs(value)
    decimals = 0 if magnitude >= 99.95 else 1 if magnitude >= 9.995 else 2
    return f"{value:.{decimals}f}"

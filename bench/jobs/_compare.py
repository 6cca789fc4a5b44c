"""Whether results of a user's function are those of the plain loop."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from bench.core.errors import UsageError
from bench.jobs._same import same, unfound
from bench.jobs._travel import resolve
from primes.user_code import said

RELATIVE = 1e-9  # how far approximate numbers may be apart, unless said otherwise
WORDS = ("equal", "approx", "unordered", "length")


class CheckFailed(Exception):
    """A check of the user's own raises something; the message names it, and is a part of a sentence."""


Compare = Callable[[Sequence[Any], Sequence[Any], list[Any]], str | None]


def check(text: str) -> None:
    """Raise `UsageError` unless ``text`` names a way to compare."""
    if text in WORDS or is_own(text):
        return
    if text.startswith("approx:"):
        _tolerance(text)
        return
    raise UsageError(f"{text} is no check; write {', '.join(WORDS)}, approx:1e-6, or pkg.module:name.")


def is_own(text: str) -> bool:
    """Say whether a check is a function of the user's."""
    return ":" in text and not text.startswith("approx:")


def comparison(text: str, whose: str = "the plain loop") -> Compare:
    """Return the comparison: (items, expected, results) -> what is wrong in one line, or None.

    Args:
        text: how results are compared.
        whose: who gives those that are expected.

    Raises:
        UnknownCode, BrokenCode: it is a function of the user's, and cannot be found or imported.
    """
    if text == "equal":
        return partial(_each, whose, same)
    if text == "approx" or text.startswith("approx:"):
        tolerance = _tolerance(text)
        return partial(_each, whose, partial(same, tolerance=tolerance))
    if text == "unordered":
        return _unordered
    if text == "length":
        return lambda _items, _expected, _results: None  # how many there are is counted for every job
    function = resolve(text)
    return lambda items, _expected, results: _verdict(text, function, items, results)


def _tolerance(text: str) -> float:
    number = text.partition(":")[2]
    try:
        tolerance = float(number) if number else RELATIVE
    except ValueError:
        tolerance = math.nan
    if not 0 <= tolerance < 1:
        raise UsageError(f"{text} is no check; write approx, or approx:1e-6 with a relative error below 1.")
    return tolerance


def _verdict(text: str, function: Any, items: Sequence[Any], results: list[Any]) -> str | None:
    try:
        answer = function(items, results)
    except AssertionError as error:  # many a check is written so
        return f"{text} says {said(error)}"
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise CheckFailed(f"the check {text} fails ({said(error)})") from error
    numpy = sys.modules.get("numpy")  # whose truth is another object than Python's
    kinds = (bool, numpy.bool_) if numpy else bool
    return None if answer is None or (isinstance(answer, kinds) and answer) else f"{text} says {shown(answer)}"


def _each(
    whose: str, equal: Callable[..., bool], items: Sequence[Any], expected: Sequence[Any], results: list[Any]
) -> str | None:
    for at, (item, right, found) in enumerate(zip(items, expected, results, strict=True)):
        if not equal(right, found):
            return f"item {at} ({shown(item)}) gives {shown(found)}; {whose} gives {shown(right)}."
    return None


def _unordered(items: Sequence[Any], expected: Sequence[Any], results: list[Any]) -> str | None:
    for right in unfound(expected, results):
        item = next(at for at, each in enumerate(expected) if each is right)
        where = f"item {item} ({shown(items[item])}) gives {shown(right)}"
        return f"{where}, which is not among the results, in whatever order."
    return None


def shown(value: Any, most: int = 60) -> str:
    """Return a value in one line of at most ``most`` characters."""
    try:
        text = " ".join(repr(value).split())
    except Exception as error:
        text = f"a {type(value).__name__} that cannot be shown ({type(error).__name__})"
    return text if len(text) <= most else f"{text[: most - 3]}..."

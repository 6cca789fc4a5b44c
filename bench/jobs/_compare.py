"""Whether results of a user's function are those of the plain loop."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from bench.core.errors import UsageError
from bench.jobs._travel import resolve

RELATIVE = 1e-9  # how far approximate numbers may be apart, unless said otherwise
WORDS = ("equal", "approx", "unordered", "length")

Compare = Callable[[Sequence[Any], Sequence[Any], list[Any]], str | None]


def check(text: str) -> None:
    """Raise `UsageError` unless ``text`` names a way to compare."""
    if text in WORDS or (":" in text and not text.startswith("approx:")):
        return
    if text.startswith("approx:"):
        _tolerance(text)
        return
    raise UsageError(f"{text} is no check; write {', '.join(WORDS)}, approx:1e-6, or pkg.module:name.")


def comparison(text: str, whose: str = "the plain loop") -> Compare:
    """Return the comparison: (items, expected, results) -> what is wrong in one line, or None.

    Args:
        text: how results are compared.
        whose: who gives those that are expected.
    """
    if text == "equal":
        return partial(_each, whose, same)
    if text.startswith("approx"):
        tolerance = _tolerance(text)
        return partial(_each, whose, partial(same, tolerance=tolerance))
    if text == "unordered":
        return _unordered
    if text == "length":
        return lambda _items, _expected, _results: None  # how many there are is counted for every job
    function = resolve(text)
    return lambda items, _expected, results: _verdict(text, function(items, results))


def _tolerance(text: str) -> float:
    number = text.partition(":")[2]
    try:
        tolerance = float(number) if number else RELATIVE
    except ValueError:
        tolerance = math.nan
    if not 0 <= tolerance < 1:
        raise UsageError(f"{text} is no check; write approx, or approx:1e-6 with a relative error below 1.")
    return tolerance


def _verdict(text: str, answer: Any) -> str | None:
    if answer is None or answer is True:
        return None
    return f"{text} says {shown(answer)}"


def _each(
    whose: str, equal: Callable[..., bool], items: Sequence[Any], expected: Sequence[Any], results: list[Any]
) -> str | None:
    for at, (item, right, found) in enumerate(zip(items, expected, results, strict=True)):
        if not equal(right, found):
            return f"item {at} ({shown(item)}) gives {shown(found)}; {whose} gives {shown(right)}."
    return None


def _unordered(items: Sequence[Any], expected: Sequence[Any], results: list[Any]) -> str | None:
    try:
        missing = Counter(expected) - Counter(results)
    except TypeError:  # not hashable
        missing = Counter(map(repr, expected)) - Counter(map(repr, results))
    if not missing:
        return None
    return f"{shown(next(iter(missing)))} is not among the results, in whatever order ({missing.total()} are missing)."


def same(one: Any, other: Any, tolerance: float = 0.0) -> bool:
    """Say whether two results are equal: arrays element by element, NaN equal to NaN, numbers within the tolerance."""
    kinds = {type(one).__module__.partition(".")[0], type(other).__module__.partition(".")[0]}
    if "numpy" in kinds:
        return _same_arrays(one, other, tolerance)
    if "pandas" in kinds:
        return type(one) is type(other) and (bool(one.equals(other)) if hasattr(one, "equals") else bool(one == other))
    if isinstance(one, float) or isinstance(other, float):
        return _same_numbers(one, other, tolerance)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key], tolerance) for key in one)
    if isinstance(one, list | tuple) and type(one) is type(other):
        return len(one) == len(other) and all(same(a, b, tolerance) for a, b in zip(one, other, strict=True))
    return bool(one == other)


def _same_numbers(one: Any, other: Any, tolerance: float) -> bool:
    if not isinstance(one, int | float) or not isinstance(other, int | float):
        return False
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and math.isnan(other)
    return math.isclose(one, other, rel_tol=tolerance) if tolerance else one == other


def _same_arrays(one: Any, other: Any, tolerance: float) -> bool:
    import numpy as np

    a, b = np.asarray(one), np.asarray(other)
    if a.shape != b.shape or (a.dtype.kind in "fc") != (b.dtype.kind in "fc"):
        return False
    if a.dtype.kind in "fc":
        return bool(np.allclose(a, b, rtol=tolerance, atol=0.0, equal_nan=True))
    return bool(np.array_equal(a, b))


def shown(value: Any, most: int = 60) -> str:
    """Return a value in one line of at most ``most`` characters."""
    try:
        text = " ".join(repr(value).split())
    except Exception as error:
        text = f"a {type(value).__name__} that cannot be shown ({type(error).__name__})"
    return text if len(text) <= most else f"{text[: most - 3]}..."

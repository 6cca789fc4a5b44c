"""Whether results of a user's function are those of the plain loop."""

from __future__ import annotations

import cmath
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from bench.core.errors import UsageError
from bench.jobs._digest import fingerprint
from bench.jobs._travel import resolve

RELATIVE = 1e-9  # how far approximate numbers may be apart, unless said otherwise
WORDS = ("equal", "approx", "unordered", "length")

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
    missing, spare = _unmatched(expected, results)
    spare.reverse()  # those that are left stand in about the same order, and a list is shortest cut at its end
    for right in missing:
        at = next((at for at in reversed(range(len(spare))) if same(right, spare[at])), None)
        if at is None:
            item = next(at for at, each in enumerate(expected) if each is right)
            where = f"item {item} ({shown(items[item])}) gives {shown(right)}"
            return f"{where}, which is not among the results, in whatever order."
        del spare[at]
    return None


def _unmatched(expected: Sequence[Any], results: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """Return what is left of both without those that can be told to be the same at little cost."""
    try:
        right, found = Counter(expected), Counter(results)
    except TypeError:  # not hashable
        return _unmatched_by_fingerprint(expected, results)
    return [*(right - found).elements()], [*(found - right).elements()]


def _unmatched_by_fingerprint(expected: Sequence[Any], results: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    alike: dict[bytes, list[Any]] = defaultdict(list)
    for result in results:
        alike[fingerprint(result)].append(result)
    missing = []
    for right in expected:
        found = alike[fingerprint(right)]
        if found and same(right, found[-1]):
            found.pop()
        else:
            missing.append(right)
    return missing, [result for found in alike.values() for result in found]


def same(one: Any, other: Any, tolerance: float = 0.0) -> bool:
    """Say whether two results are equal: arrays element by element, NaN equal to NaN, numbers within the tolerance."""
    kinds = {type(one).__module__.partition(".")[0], type(other).__module__.partition(".")[0]}
    if "pandas" in kinds:
        return type(one) is type(other) and _same_in_pandas(one, other, tolerance)
    if "numpy" in kinds:
        return _same_arrays(one, other, tolerance)
    if isinstance(one, float | complex) or isinstance(other, float | complex):
        return _same_numbers(one, other, tolerance)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key], tolerance) for key in one)
    if isinstance(one, list | tuple) and type(one) is type(other):
        return len(one) == len(other) and all(same(a, b, tolerance) for a, b in zip(one, other, strict=True))
    return bool(one == other)


def _same_numbers(one: Any, other: Any, tolerance: float) -> bool:
    if not isinstance(one, int | float | complex) or not isinstance(other, int | float | complex):
        return False
    if one == other:
        return True
    try:
        if cmath.isnan(one) or cmath.isnan(other):
            return cmath.isnan(one) and cmath.isnan(other)
        return bool(tolerance) and cmath.isclose(one, other, rel_tol=tolerance)
    except OverflowError:  # an int that no float is near to
        return False


def _same_in_pandas(one: Any, other: Any, tolerance: float) -> bool:
    if not hasattr(one, "equals"):  # a time, or what stands for one that is missing
        return one is other or bool(one == other)
    pandas = sys.modules["pandas"]  # which has made what is compared
    compare = {
        pandas.DataFrame: pandas.testing.assert_frame_equal,
        pandas.Series: pandas.testing.assert_series_equal,
        pandas.Index: pandas.testing.assert_index_equal,
    }
    within = next((found for kind, found in compare.items() if isinstance(one, kind)), None)
    if not tolerance or within is None:
        return bool(one.equals(other))
    try:
        within(one, other, check_exact=False, rtol=tolerance, atol=0.0, check_names=False)  # as `equals` checks none
    except AssertionError:
        return False
    return True


def _same_arrays(one: Any, other: Any, tolerance: float) -> bool:
    import numpy as np

    a, b = np.asarray(one), np.asarray(other)
    if a.shape != b.shape or a.dtype.names != b.dtype.names:
        return False
    if a.dtype.names:
        return all(_same_arrays(a[name], b[name], tolerance) for name in a.dtype.names)
    if "O" in a.dtype.kind + b.dtype.kind:
        return all(same(*pair, tolerance) for pair in zip(a.ravel().tolist(), b.ravel().tolist(), strict=True))
    if any((a.dtype.kind in kinds) != (b.dtype.kind in kinds) for kinds in ("fc", "mM")):
        return False
    if a.dtype.kind in "fc":
        return bool(np.allclose(a, b, rtol=tolerance, atol=0.0, equal_nan=True))
    return bool(np.array_equal(a, b, equal_nan=a.dtype.kind in "mM"))


def shown(value: Any, most: int = 60) -> str:
    """Return a value in one line of at most ``most`` characters."""
    try:
        text = " ".join(repr(value).split())
    except Exception as error:
        text = f"a {type(value).__name__} that cannot be shown ({type(error).__name__})"
    return text if len(text) <= most else f"{text[: most - 3]}..."

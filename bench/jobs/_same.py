"""Whether two results are equal, whatever they are made of."""

from __future__ import annotations

import cmath
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from fractions import Fraction
from numbers import Number
from operator import ne
from typing import Any

from bench.jobs._digest import fingerprint


def same(one: Any, other: Any, tolerance: float = 0.0) -> bool:
    """Say whether two results are equal: arrays element by element, NaN equal to NaN, numbers within the tolerance."""
    if "pandas" in {type(one).__module__.partition(".")[0], type(other).__module__.partition(".")[0]}:
        return type(one) is type(other) and _same_in_pandas(one, other, tolerance)
    if _is_array(one) or _is_array(other):
        return _same_arrays(one, other, tolerance)
    if isinstance(one, Number) and isinstance(other, Number):
        return _same_numbers(one, other, tolerance)
    return _same_parts(one, other, tolerance)


def _same_parts(one: Any, other: Any, tolerance: float) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key], tolerance) for key in one)
    if isinstance(one, list | tuple) and type(one) is type(other):
        return len(one) == len(other) and all(same(a, b, tolerance) for a, b in zip(one, other, strict=True))
    if isinstance(one, set | frozenset) and isinstance(other, set | frozenset):
        return one == other or (len(one) == len(other) and not unfound([*one], [*other]))
    if type(one) is type(other) and _is_compared_by_fields(one):
        names = [each.name for each in fields(one) if each.compare]
        return all(same(getattr(one, name), getattr(other, name), tolerance) for name in names)
    return bool(one == other)


def _is_compared_by_fields(value: Any) -> bool:
    """Say whether it is of a dataclass that does not say by itself what is equal."""
    written = getattr(type(value).__eq__, "__code__", None)
    return is_dataclass(value) and written is not None and written.co_filename == "<string>"  # made by `dataclass`


def _same_numbers(one: Any, other: Any, tolerance: float) -> bool:
    if one == other:
        return True
    if ne(one, one) or ne(other, other):  # only NaN is not itself
        return bool(ne(one, one) and ne(other, other))
    if not tolerance or isinstance(one, bool) or isinstance(other, bool):
        return False
    try:
        if isinstance(one, float | complex) or isinstance(other, float | complex):
            return cmath.isclose(one, other, rel_tol=tolerance)
        a, b = Fraction(one), Fraction(other)
    except (OverflowError, TypeError, ValueError):  # an int that no float is near to, or a number of another library's
        return False
    return abs(a - b) <= Fraction(tolerance) * max(abs(a), abs(b))


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


def _is_array(value: Any) -> bool:
    """Say whether it is an array of numpy's or an element of one, and not just something else from there."""
    numpy = sys.modules.get("numpy")  # which has made it, if it is one
    return numpy is not None and isinstance(value, numpy.ndarray | numpy.generic)


def _same_masked(one: Any, other: Any, tolerance: float) -> bool:
    """Say whether the same elements are masked and all others are equal; what lies under a mask is nobody's matter."""
    from numpy import ma

    a, b = ma.asarray(one), ma.asarray(other)
    if a.shape != b.shape or a.dtype.names != b.dtype.names:
        return False
    if a.dtype.names:
        return all(_same_masked(a[name], b[name], tolerance) for name in a.dtype.names)
    masked = bool((ma.getmaskarray(a) == ma.getmaskarray(b)).all())
    return masked and _same_arrays(a.compressed(), b.compressed(), tolerance)


def _same_arrays(one: Any, other: Any, tolerance: float) -> bool:
    import numpy as np

    if isinstance(one, np.ma.MaskedArray) or isinstance(other, np.ma.MaskedArray):
        return _same_masked(one, other, tolerance)
    a, b = np.asarray(one), np.asarray(other)
    if a.shape != b.shape or a.dtype.names != b.dtype.names:
        return False
    if a.dtype.names:
        return all(_same_arrays(a[name], b[name], tolerance) for name in a.dtype.names)
    return _same_elements(a, b, tolerance)


def _same_elements(a: Any, b: Any, tolerance: float) -> bool:
    import numpy as np

    if "O" in a.dtype.kind + b.dtype.kind:
        return all(same(*pair, tolerance) for pair in zip(a.ravel().tolist(), b.ravel().tolist(), strict=True))
    if any((a.dtype.kind in kinds) != (b.dtype.kind in kinds) for kinds in ("fc", "mM")):
        return False
    if a.dtype.kind in "fc" or (tolerance and a.dtype.kind in "iu" and b.dtype.kind in "iu"):
        return bool(np.allclose(a, b, rtol=tolerance, atol=0.0, equal_nan=True))
    return bool(np.array_equal(a, b, equal_nan=a.dtype.kind in "mM"))


def unfound(expected: Sequence[Any], results: Sequence[Any]) -> list[Any]:
    """Return the first one that is expected and has no equal of its own among the results; nothing if all have."""
    missing, spare = _unmatched(expected, results)
    spare.reverse()  # those that are left stand in about the same order, and a list is shortest cut at its end
    for right in missing:
        at = next((at for at in reversed(range(len(spare))) if same(right, spare[at])), None)
        if at is None:
            return [right]
        del spare[at]
    return []


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

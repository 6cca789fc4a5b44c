"""sympy as a kernel: what it says of itself."""

from __future__ import annotations

import pytest

from primes.kernels import sympy as kernel

if kernel.missing():
    pytest.skip(str(kernel.missing()), allow_module_level=True)


def test_ground_types_are_told():
    """What sympy computes with is named, because it changes the speed threefold."""
    assert kernel.variant() in {"python", "gmpy", "flint"}

"""How evenly something was shared."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum


def jain(shares: Sequence[float]) -> float:
    """Return Jain's index of fairness: 1 when all shares are equal, 1/n when one of n has got everything.

    It is (sum x)^2 / (n * sum x^2), and does not depend on the unit of the shares. Nothing shared is shared evenly.

    Args:
        shares: what each party got; none below zero.

    Raises:
        ValueError: there are no shares, or one is below zero.

    Source: R. Jain, D. Chiu, W. Hawe, "A quantitative measure of fairness and discrimination for resource allocation
    in shared computer systems", DEC Research Report TR-301, 1984, equation 2.
    """
    if not shares or min(shares) < 0:
        raise ValueError(f"shares {list(shares)} have no fairness; at least one is needed, and none below zero")
    largest = max(shares)
    if largest == 0:
        return 1.0
    parts = [share / largest for share in shares]  # squares of very large or small shares would leave the range
    return fsum(parts) ** 2 / (len(parts) * fsum(part * part for part in parts))

"""The two ways in which an analysis says no: the numbers cannot be right, or there are too few of them."""

from __future__ import annotations


class BadSample(ValueError):
    """The numbers cannot be a sample of this kind: empty, not finite, not positive, or of unlike shape."""


class TooFew(ValueError):
    """There are too few numbers for the answer that was asked for; the message says how many are needed."""

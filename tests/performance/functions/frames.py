"""A function of pandas' that calls a Python function per row."""

from __future__ import annotations

import random

import pandas as pd

_ROWS = 300
_COUNTRIES = ("de", "fr", "it", "jp")


def total(seed):
    """Return what the rows of a data frame give through `apply`."""
    rng = random.Random(seed)
    frame = pd.DataFrame({
        "country": rng.choices(_COUNTRIES, k=_ROWS),
        "price": [rng.randrange(10_000) for _ in range(_ROWS)],
        "count": [rng.randrange(9) for _ in range(_ROWS)],
    })  # fmt: skip
    return int(frame.apply(lambda row: row["price"] * row["count"] if row["country"] != "jp" else 0, axis=1).sum())

"""Datasets along the axis ``python``: what each Python of a dataset has measured, as a dataset of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bench.core.errors import UsageError
from bench.samples.dataset import PYTHON, Dataset


def apart(dataset: Dataset) -> list[Dataset]:
    """Return a dataset for each Python, in which a case has the id that it has in a record of one Python.

    A dataset that knows of no sides is its own only one. Why a case was not tried at all is told of a single Python;
    of several the text alone says whose reason it is.
    """
    pythons = dict.fromkeys(python for _, python in dataset.points.values() if python)
    return [_of(python, dataset, alone=len(pythons) == 1) for python in pythons] or [dataset]


def checked(parts: Sequence[Sequence[Dataset]]) -> list[Dataset]:
    """Return all parts of all datasets, in their order.

    Raises:
        UsageError: a Python stands in two datasets, one of which holds others as well: its times would be joined of
            rounds that other Pythons took part in and of a session where they did not.
    """
    several = {each[0].name for each in parts if len(each) > 1}
    seen: dict[str, str] = {}
    for part in (one for each in parts for one in each):
        python = str(part.identity[PYTHON])
        first = seen.setdefault(python, part.name)
        if first != part.name and (within := several & {first, part.name}):
            raise UsageError(
                f"{python} is in {first} and in {part.name}, and times of two sessions are no base for those of "
                "others within one of them. Name each Python once, or compare the Pythons of one file: "
                f"primebench compare {min(within)} --by python."
            )
    return [one for each in parts for one in each]


def _of(python: str, whole: Dataset, *, alone: bool) -> Dataset:
    own = {key: case for key, (case, measured_by) in whole.points.items() if measured_by == python}
    untried = {key: why for key, why in whole.absent.items() if alone and key not in whole.points}
    return replace(
        whole,
        identity={**whole.identity, PYTHON: python},
        cells={case: replace(whole.cells[key], id=case, side="") for key, case in own.items() if key in whole.cells},
        absent={case: whole.absent[key] for key, case in own.items() if key in whole.absent} | untried,
        failed=frozenset(case for key, case in own.items() if key in whole.failed),
        points={},
    )

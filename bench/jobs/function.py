"""A function of the user's as a job: one call per item, compared with the results of the plain loop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from math import ceil
from typing import Any

from bench.core import units
from bench.core.case import NONE, Case, Value
from bench.core.chunks import per_message
from bench.core.errors import UsageError
from bench.core.family import Axis
from bench.core.job import UNSENDABLE, Demand, Job, JobKind, Work
from bench.jobs import _compare, _items, _once
from bench.jobs._source import source
from bench.jobs._travel import FixedWidth, SetUp, travelling

# --- axes ---------------------------------------------------------------------------------------------------------


def _parse_function(text: str) -> tuple[Value, ...]:
    place, colon, name = text.rpartition(":")
    if not colon or not place or not all(part.isidentifier() for part in name.split(".")):
        raise UsageError(f"{text} names no function; write pkg.module:name, pkg.module:Class.method or file.py:name.")
    return (text,)


def _parse_items(text: str) -> tuple[Value, ...]:
    _items.check(text)
    return (text,)


def _parse_check(text: str) -> tuple[Value, ...]:
    _compare.check(text)
    return (text,)


def _parse_setup(text: str) -> tuple[Value, ...]:
    return (NONE,) if text == NONE else _parse_function(text)


def _parse_count(option: str, text: str) -> tuple[Value, ...]:
    if text == NONE:
        return (NONE,)
    number = units.whole_number(text)
    if not 1 <= number <= _items.MOST:
        raise UsageError(f"--{option} {text} is not possible; write a number from 1 to {_items.MOST}.")
    return (number,)


def _parse_take(text: str) -> tuple[Value, ...]:
    if text == NONE:
        return (NONE,)
    taken = _items.part(text)
    if text.count(":") > 2:
        raise UsageError(f"--take {text} is a part that only advice measures; write ::10 for every tenth, or :100:10.")
    return (taken if isinstance(taken, int) else text,)


AXES = (
    Axis(
        "function",
        "A function of your own, with --items; it is called with each item.",
        lambda: "",
        _parse_function,
        "PKG.MODULE:NAME|FILE.py:NAME",
    ),
    Axis(
        "items",
        "What it is called with: something importable, a range, or a file of lines, JSON lines, CSV or numpy.",
        lambda: "",
        _parse_items,
        "PKG.MODULE:NAME|range(N)|FILE",
    ),
    Axis(
        "take",
        "Only the first N items; ::K is every K-th one.",
        lambda: NONE,
        _parse_take,
        "none|N|::K",
    ),
    Axis("repeat", "Use the items N times.", lambda: 1, partial(_parse_count, "repeat"), "N"),
    Axis(
        "setup",
        "Called once in each worker before its first item.",
        lambda: NONE,
        _parse_setup,
        "none|PKG.MODULE:NAME",
    ),
    Axis(
        "check",
        "How results are compared with those of the plain loop.",
        lambda: "equal",
        _parse_check,
        "equal|approx|approx:1e-6|unordered|length|PKG.MODULE:NAME",
    ),
    Axis(
        "result_bytes",
        "Most bytes of one result, where results are bytes and go through shared memory.",
        lambda: NONE,
        partial(_parse_count, "result-bytes"),
        "none|N",
    ),
)


def _fit(params: dict[str, Value]) -> dict[str, Value]:
    if not params["function"]:
        raise UsageError("no function is named; write --function pkg.module:name.")
    if not params["items"]:
        raise UsageError(f"nothing says what {params['function']} is called with; write --items.")
    return params


def _check(params: dict[str, Value]) -> None:
    """Accept everything: what is wrong with a function is found when it is called, see `_prepare`."""


# --- from case to job ---------------------------------------------------------------------------------------------


def _make(case: Case, workers: int) -> Job:
    params = dict(case.params)
    reference = str(params["function"])
    setup = "" if params["setup"] == NONE else str(params["setup"])
    warm = SetUp(setup)
    if params["items"] == NONE:  # only workers are made
        return Job(travelling(reference, setup), (), None, lambda _results: None, warm)
    items = _once.read(params, _once.folder())
    form = _once.facts(params).get("form", "objects")
    width = {"int64": 8, "float64": 8}.get(form, 0 if params["result_bytes"] == NONE else int(params["result_bytes"]))
    fixed = form in ("int64", "float64") or (form == "bytes" and width)
    fixed = fixed and params["chunksize"] != NONE
    task = FixedWidth(reference, form, width, setup) if fixed else travelling(reference, setup)
    return Job(task, items, per_message(params["chunksize"], len(items), workers), _Truth(params, items).check, warm)


class _Truth:
    """The results of the plain loop; read, or computed where nobody has kept them, at the first check."""

    def __init__(self, params: Mapping[str, Value], items: Sequence[Any]) -> None:
        """Name the job."""
        self.params, self.items = params, items
        self.compare = _compare.comparison(str(params["check"]))
        self.expected: list[Any] | None = None

    def check(self, results: list[Any]) -> str | None:
        """Return what is wrong with the results."""
        if self.expected is None:
            self.expected = _once.expected(self.params, self.items)
        wrong = self.compare(self.items, self.expected, results)
        if wrong and _once.are_others(self.params, self.items):
            return (
                f"the items {self.params['items']} are other ones each time they are read; seed what is random, and "
                "sort what comes out of a set."
            )
        return wrong


def _work(params: Mapping[str, Value], workers: int, facts: Mapping[str, Value]) -> Work | None:
    if params.get("items") == NONE or "count" not in facts:
        return None
    count = int(facts["count"])
    size = per_message(params.get("chunksize", NONE), count, workers)
    name = f"{params['function']} {params['check']} {str(facts['items_sha256'])[:16]}"
    width = {"bool": 1, "int64": 8, "float64": 8}.get(str(facts["form"]), int(facts["longest"]))
    tasks = None if params.get("chunksize") == NONE else ceil(count / (size or 1))
    return Work(name, count, "item", tasks=tasks, result_bytes=count * width)


def _refuse(params: Mapping[str, Value], facts: Mapping[str, Value], demands: frozenset[Demand]) -> str | None:
    if Demand.PICKLE in demands:
        for what in ("items", "results"):
            if reason := facts.get(f"{UNSENDABLE}{what}"):
                return f"the {what} of {params['function']} cannot be pickled ({reason})."
    if Demand.FIXED_WIDTH in demands:
        form = facts.get("form")
        if form == "objects":
            return "shared memory takes results of one fixed width only: bool, int of 64 bits, float, or bytes."
        if form == "bytes" and params["result_bytes"] == NONE:
            return f"results have up to {facts['longest']} bytes; --result-bytes N makes room for N in shared memory."
    return None


JOB = JobKind(
    name="function",
    summary="a function of your own, called once per item",
    axes=AXES,
    fit=_fit,
    check=_check,
    make=_make,
    work=_work,
    prepare=_once.prepare,
    key=_once.key,
    refuse=_refuse,
    asked_by="function",
    private=True,
    of_workers=("function", "setup"),
    of_size=("items", "take", "repeat"),
    sample={},
    source=source,
    part=lambda params, parts: {**params, "take": _items.one_of(str(params["take"]), parts)},
)

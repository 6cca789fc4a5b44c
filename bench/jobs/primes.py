"""The prime search as a job: which numbers are searched, with which kernel, cut into which items."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from bench.core import catalog, kernels, units, workloads
from bench.core.axes import choice
from bench.core.case import NONE, Case, Value
from bench.core.chunks import per_message
from bench.core.errors import UsageError
from bench.core.family import Axis, Missing, Unfit
from bench.core.job import Cost, Job, JobKind, Patch, Shorthand, Source, Work
from primes import cost, flags, kernel, tasks, workload

MOST_FLAGS = 2**33  # numbers whose flags are kept in memory: 1 GiB
_CONTROL_KERNELS = ("wheel6", "trial-division")  # plain Python loops that every installation can run
_CHECK_S = 4e-9  # of each number in a sieve of one byte per number
_MORE_WORK = """
from {package} import _slowed

flags = _slowed.flags(is_prime, {percent})
count = _slowed.count(is_prime, {percent})
"""
_CONTROL_RANGE = "1000000:1020000"  # 20 ms and more, as other values of a gate


# --- axes ---------------------------------------------------------------------------------------------------------


def _parse_kernel(text: str) -> tuple[Value, ...]:
    if text == "all":
        return catalog.own_names(kernel.PACKAGE)
    if text == "everything":
        return kernels.names()
    if text not in catalog.own_names(kernel.PACKAGE):
        kernels.load(text)
    return (text,)


def _parse_workload(text: str) -> tuple[Value, ...]:
    if text == "all":
        return catalog.names(workload.PACKAGE)
    if ":" not in text:
        workloads.load(text)
        return (text,)
    lo_text, _, hi_text = text.partition(":")
    lo, hi = units.whole_number(lo_text), units.whole_number(hi_text)
    if lo < 0:
        raise UsageError(f"the range {text} begins below 0; write lo:hi with 0 <= lo <= hi, for example 1e6:1.1e6.")
    if hi < lo:
        raise UsageError(f"the range {text} is reversed; write lo:hi with lo <= hi, for example 1e6:1.1e6.")
    if hi - lo > units.MOST:
        raise UsageError(f"the range {text} holds more numbers than can be counted; at most 2**62 can.")
    return (f"{lo}:{hi}",)


def _parse_range(text: str) -> tuple[Value, ...]:
    if ":" not in text:
        raise UsageError(f"{text} is no range; write lo:hi, for example 1e6:1.1e6.")
    return _parse_workload(text)


AXES = (
    Axis(
        "kernel",
        "Which algorithm; it decides whether a number is prime.",
        lambda: "trial-division",
        _parse_kernel,
        "NAME|MODULE|FILE.py",
        kernels.names,
    ),
    Axis(
        "workload",
        "Numbers to search: a name, or lo:hi.",
        lambda: "default",
        _parse_workload,
        "NAME|LO:HI",
        partial(catalog.names, workload.PACKAGE),
    ),
    Axis(
        "task",
        "What one task is: one number giving one bool, or one chunk of the range giving its packed flags.",
        lambda: "chunk",
        choice("task", ("number", "chunk")),
        "number|chunk",
    ),
    Axis(
        "answer",
        "What comes back: which numbers are prime, or only how many.",
        lambda: "flags",
        choice("answer", ("flags", "count")),
        "flags|count",
    ),
)


# --- which combinations make sense --------------------------------------------------------------------------------


def _fit(params: dict[str, Value]) -> dict[str, Value]:
    if params["task"] == "number":
        return {**params, "answer": "flags"}
    if params["chunksize"] == "api":
        raise Unfit("only single numbers can be grouped by the interface; --chunksize api needs --task number.")
    return params


def _check(params: dict[str, Value]) -> None:
    name = str(params["kernel"])
    chosen = kernels.load(name)
    if chosen.missing:
        raise Missing(chosen.missing)
    if params["task"] == "number" and chosen.is_prime is None:
        raise Unfit(f"the kernel {name} has no single-number form; use --task chunk.")
    if params["workload"] == NONE:
        return
    searched = workload.load(str(params["workload"]), int(params["workers"]))
    if not chosen.reaches(searched.hi):
        raise UsageError(
            f"the range up to {searched.hi} is beyond the kernel {name}, which is proven up to {chosen.limit}; "
            'choose a smaller range or another kernel ("primebench list kernels" shows their limits).'
        )
    if params["answer"] == "flags" and len(searched) > MOST_FLAGS:
        raise UsageError(
            f"{len(searched)} numbers have too many flags to keep in memory; at most {MOST_FLAGS}. Use --answer count."
        )


# --- how much it is -----------------------------------------------------------------------------------------------


def _work(params: Mapping[str, Value], workers: int, _facts: Mapping[str, Value]) -> Work | None:
    name = str(params.get("workload", NONE))
    if name == NONE:
        return None
    try:
        searched = workload.load(name, workers)
    except (ImportError, TypeError):  # a record may name a workload that only another version has
        return None
    size = len(searched)
    single = params.get("task") == "number"
    length = per_message(params.get("chunksize", NONE), size, workers)
    tasks_ = None if params.get("task") == NONE else size if single else -(-size // (length or max(1, size)))
    return Work(
        name=name,
        size=size,
        unit="number",
        tasks=tasks_,
        times=workers if searched.grows else 1,
        result_bytes=size if single else size // 8 + 1,
    )


def _cost(params: Mapping[str, Value], workers: int) -> Cost | None:
    """Return about what a search takes; the costs are rough and of another processor."""
    name = str(params.get("workload", NONE))
    if name == NONE:
        return None
    from primes import truth

    searched = workload.load(name, workers)
    counted = params.get("answer") == "count" and truth.is_published(searched.lo, searched.hi)
    work_s = cost.about(str(params["kernel"]), searched.lo, searched.hi)
    return Cost(work_s, 0.0 if counted else len(searched) * _CHECK_S)


def _holds_gil(params: Mapping[str, Value]) -> bool:
    # Only our own kernels are loaded: whoever shows a record runs no code that the record names.
    name = str(params.get("kernel"))
    if name not in catalog.own_names(kernel.PACKAGE):
        return False
    return bool(getattr(importlib.import_module(f"{kernel.PACKAGE}.{_module(name)}"), "HOLDS_GIL", False))


def _slow(params: Mapping[str, Value], percent: float) -> Patch:
    """Return the further lines of a kernel with which it decides so many percent of the numbers once more."""
    name = str(params["kernel"])
    if params["task"] == "number":
        raise UsageError("only the search in chunks can be slowed by a known amount; take --task chunk.")
    found = kernels.load(name) if name in catalog.own_names(kernel.PACKAGE) else None
    if found is None or found.is_prime is None or found.flags or found.count:
        raise UsageError(
            f"the kernel {name} cannot be slowed by a known amount, because it does not decide number by number; "
            "take trial-division, wheel6 or miller-rabin."
        )
    path = f"{kernel.PACKAGE.replace('.', '/')}/{_module(name)}.py"
    return Patch(path, _MORE_WORK.format(package=kernel.PACKAGE, percent=percent))


def _module(name: str) -> str:
    return name.replace("-", "_")


# --- from case to job ---------------------------------------------------------------------------------------------


def _make(case: Case, workers: int) -> Job:
    name = str(case["kernel"])
    code = kernels.reference(name)
    warm = tasks.Warm(code)
    if case["workload"] == NONE:  # only workers are made
        return Job(tasks.ChunkCount(code), (), None, lambda _results: None, warm)
    numbers = workload.load(str(case["workload"]), workers)
    lo, hi = numbers.lo, numbers.hi
    length = per_message(case["chunksize"], len(numbers), workers)
    if case["task"] == "number":
        return Job(tasks.single(code), range(lo, hi), length, _Flags(name, lo, hi).check_single, warm)
    chunks = workload.Chunks(lo, hi, length or max(1, len(numbers)))
    if case["answer"] == "count":
        return Job(tasks.ChunkCount(code), chunks, 1, _Count(name, lo, hi).check, warm)
    return Job(tasks.ChunkFlags(code), chunks, 1, partial(_Flags(name, lo, hi).check_chunks, chunks), warm)


class _Flags:
    """The truth about each number of a range; computed at the first check, outside the clock."""

    def __init__(self, kernel_name: str, lo: int, hi: int) -> None:
        """Name the range, and the kernel that the truth must not come from."""
        self.kernel, self.lo, self.hi = kernel_name, lo, hi
        self.expected: bytes | None = None

    def check_single(self, results: list[Any]) -> str | None:
        """Compare one bool per number."""
        at = flags.first_strange(results)
        if at is not None:
            return f"is_prime({self.lo + at}) is {results[at]!r}, and neither True nor False."
        return self._compare(flags.pack(results))

    def check_chunks(self, chunks: Sequence[tuple[int, int]], results: list[Any]) -> str | None:
        """Compare packed flags, one piece per chunk."""
        return self._compare(flags.join((found, hi - lo) for found, (lo, hi) in zip(results, chunks, strict=True)))

    def _compare(self, found: bytes) -> str | None:
        if self.expected is None:
            from primes import truth

            self.expected = truth.expected_flags(self.lo, self.hi, self.kernel)
        return None if found == self.expected else _difference(found, self.expected, self.lo, self.hi - self.lo)


class _Count:
    """The truth about how many primes a range has; computed at the first check, outside the clock."""

    def __init__(self, kernel_name: str, lo: int, hi: int) -> None:
        """Name the range, and the kernel that the truth must not come from."""
        self.kernel, self.lo, self.hi = kernel_name, lo, hi
        self.expected: int | None = None

    def check(self, results: list[Any]) -> str | None:
        """Compare the sum of the counts."""
        if self.expected is None:
            from primes import truth

            self.expected = truth.expected_count(self.lo, self.hi, self.kernel)
        found = sum(results)
        if found == self.expected:
            return None
        return f"{found} primes were found in {self.lo}:{self.hi}; there are {self.expected}."


def _difference(found: bytes, expected: bytes, lo: int, size: int) -> str:
    pairs = zip(flags.unpack(found, size), flags.unpack(expected, size), strict=True)
    wrong = [(lo + offset, is_prime) for offset, (claim, is_prime) in enumerate(pairs) if claim != is_prime]
    number, is_prime = wrong[0]
    truth = "prime" if is_prime else "not prime"
    return f"{number} is {truth}, but the answer says otherwise ({len(wrong)} wrong of {size} numbers)."


def _controls(named: str | None) -> tuple[dict[str, Value], ...]:
    names = _parse_kernel(named) if named else _CONTROL_KERNELS
    return tuple({"kernel": name, "workload": _CONTROL_RANGE} for name in names)


def _source(params: Mapping[str, Value], workers: int, _facts: Mapping[str, Value]) -> Source:
    searched = workload.load(str(params["workload"]), workers)
    length = per_message(params["chunksize"], len(searched), workers)
    kernel_name = kernels.reference(str(params["kernel"]))
    if params["task"] == "number":
        items = (f"items = range({searched.lo}, {searched.hi})",)
        if kernel_name.endswith(".py"):
            found = f'kernel_module("{kernel_name}").is_prime'
            return Source(("from primes.tasks import kernel_module",), (), items, found, length, "?")
        own = kernel_name in catalog.own_names(kernel.PACKAGE)
        module = f"{kernel.PACKAGE}.{_module(kernel_name)}" if own else kernel_name
        return Source((f"from {module} import is_prime",), (), items, "is_prime", length, "?")
    task = "ChunkCount" if params["answer"] == "count" else "ChunkFlags"
    imports = (f"from primes.tasks import {task}", "from primes.workload import Chunks")
    length = length or max(1, len(searched))
    items = (f"items = Chunks({searched.lo}, {searched.hi}, {length})",)
    slot = "q" if params["answer"] == "count" else f"I{(length + 7) // 8}s"
    return Source(imports, (), items, f'{task}("{kernel_name}")', 1, slot)


def _part(params: Mapping[str, Value], parts: int) -> dict[str, Value]:
    """Take the numbers in the middle, which cost what all of them do on average."""
    searched = workload.load(str(params["workload"]), 1)
    length = max(1, len(searched) // parts)
    lo = searched.lo + (len(searched) - length) // 2
    return {**params, "workload": f"{lo}:{lo + length}"}


JOB = JobKind(
    name="primes",
    summary="the prime search",
    axes=AXES,
    fit=_fit,
    check=_check,
    make=_make,
    work=_work,
    of_workers=("kernel",),
    of_messages=("task",),
    of_size=("workload",),
    shorthands={"range": Shorthand("workload", "LO:HI", "Search this range.", _parse_range)},
    sample={"workload": "textbook"},
    bundling="--task chunk",
    cost=_cost,
    holds_gil=_holds_gil,
    slow=_slow,
    source=_source,
    part=_part,
    controls=_controls,
)

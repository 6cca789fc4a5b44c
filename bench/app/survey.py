"""What is found out before anything is measured: what items cost, and what each backend costs by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING, Any

from bench.analysis.cost_model import Host, Load, Price
from bench.app import ways
from bench.app.evidence import Basis
from bench.core.errors import BrokenPlugin, NothingMeasured, UsageError
from bench.core.places import one_of_each
from bench.core.units import DAY_S, format_seconds
from bench.engine.asking import Late, Unanswered
from bench.families.backends import _backend

if TYPE_CHECKING:
    from bench.app.events import Work
    from bench.app.question import Ask, Budget, Question
    from bench.app.ways import Field
    from bench.core.case import Case
    from bench.core.side import Side

_SAMPLE = 0.05  # share of the budget for the plain loop on a sample
_PRICES, _LAST_PRICE = 0.2, 0.3  # shares of it until which prices are asked for, and the last one may take
_BODY = 0.02  # what the plain loop may take, of the budget; of a longer job only a part is measured
_COMPUTES = 0.5  # share of CPU time above which a job does not wait for the most part
_WAITING = 0.05  # the same of a job that waits: a part has fewer items, and so no use for as many workers
_AT_ONCE_S, _BODIES = 4.0, 8  # what is spent in any case, and how often the plain loop is to fit in beside that
_LEAST_S = 5.0  # of a budget that is proposed
_SPARE = 1.1  # times as many items as are wanted, since the next sample may find that they cost a little more
_TINY_S = 1e-3  # of serial work, too little for any way to pay: it takes as long to make one worker


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found out.

    Attributes:
        field: the job that is measured, which may be a part of the one that was asked for.
        basis: what the model is made of.
        left_out: member -> why it cannot be advised.
        tiny: whether there is too little to distribute.
        hurried: whether some were left out for want of time alone.
    """

    field: Field
    basis: Basis
    left_out: Mapping[str, str]
    tiny: bool
    hurried: bool = False


def is_small(load: Load) -> bool:
    """Return whether there is too little to distribute."""
    return load.count == 1 or load.serial_s < _TINY_S


def survey(question: Question, side: Side, ask: Ask, budget: Budget) -> Work[Survey]:
    """Find out what items cost, which part of the job to measure, and what ways cost by themselves.

    Raises:
        UsageError: the job cannot be found, or the budget is too small.
        NothingMeasured: the plain loop fails.
    """
    whole, threads = _whole(question, side, ask)
    yield from budget.note(
        f"the plain loop: {whole.count} items of {whole.mean_s:.3g} s; {100 * whole.cpu:.0f} % is CPU time, "
        + _held(whole.lock, threads.fail)
    )
    part = _part(question, whole)
    load = whole if part == 1 else _shortened(whole, part)
    params = question.kind.part(question.field.params, part) if question.kind.part and part > 1 else None
    field = replace(question.field, params=params) if params else question.field
    found = Survey(
        field=field,
        basis=Basis(whole, load, part, Host(question.cpus), {}),
        left_out={},
        tiny=is_small(load),
    )
    return found if found.tiny else (yield from _with_prices(found, threads, question, side, ask, budget))


def _held(lock: float | None, threads_fail: str) -> str:
    if lock is None:
        return (
            f"and in threads it fails: {threads_fail}" if threads_fail else "and whether it holds the lock is unknown"
        )
    return f"and the lock is held for {100 * lock:.0f} % of it"


def _whole(question: Question, side: Side, ask: Ask) -> tuple[Load, ways.Threads]:
    """Return what the whole job costs, and what its function does in threads."""
    workers = max(2, int(question.cpus))
    name = ways.carrier(question.members, question.field)
    case = question.field.case(name, workers, 1)
    amount = question.kind.work(dict(case.params), workers, {})
    if amount:
        case = question.field.case(name, workers, max(1, amount.size // 1000))
    if amount and amount.times > 1:
        raise UsageError("this work grows with the workers, and advice is for one job; name a --range instead.")
    found = _sampled(question, case, side, ask)
    if "kind" in found:
        errors: dict[str, type[Exception]] = {"usage": UsageError, "broken": BrokenPlugin}
        raise errors.get(found["kind"], NothingMeasured)(found["message"])
    threads = ways.Threads(found.get("threads_fail", ""), found.get("lock_by", ""))
    return _load(found, amount.size if amount else found["count"]), threads


def _sampled(question: Question, case: Case, side: Side, ask: Ask) -> dict[str, Any]:
    """Return what the plain loop took on a sample; a function that ends the process in threads is done without them.

    Raises:
        UsageError: the budget is too small.
        NothingMeasured: the function ends the process by itself, too.
    """

    def sample(*, in_threads: bool) -> dict[str, Any]:
        words = (case.to_json(), str(_SAMPLE * question.budget_s), str(int(in_threads)))
        try:
            return ask(side, "bench.engine.worker.survey", *words, timeout_s=question.budget_s / 2)
        except Late as why:
            raise UsageError(
                f"the budget of {question.budget_s:g} s is too small: a sample of the plain loop gave {why}. "
                "How long an item takes is not known, so that the smallest that works is not either: "
                f"try --budget {max(_LEAST_S, 4 * question.budget_s):g}, or fewer items with --take."
            ) from None

    try:
        return sample(in_threads=True)
    except Unanswered as why:
        ended = f"it ends the process ({why})"
    try:
        return {**sample(in_threads=False), "threads_fail": ended}
    except Unanswered as why:
        raise NothingMeasured(
            f"there is nothing to advise: the plain loop ends its process before a sample is done ({why})."
        ) from None


def _part(question: Question, whole: Load) -> int:
    """Return one of how many items is measured; raises `UsageError` where the time is too short even for that."""
    if is_small(whole):
        return 1
    most = _most(whole, question.cpus, int(question.field.params.get("repeat", 1))) if question.kind.part else 1
    part = _fitting(whole, most, question.budget_s)
    if part is not None:
        return part
    enough = ceil(question.budget_s)
    while _fitting(whole, most, enough) is None:
        enough = ceil(1.02 * enough) + 1
    while _fitting(whole, most, enough - 1) is not None:
        enough -= 1
    raise UsageError(
        f"the budget of {question.budget_s:g} s is too small for a plain loop of {format_seconds(whole.serial_s)}, "
        f"which is done several times, in parts where it can be; the smallest that works is --budget {enough}."
    )


def _most(whole: Load, cpus: float, repeat: int = 1) -> int:
    """Return one of how many items a part has at the least; it is taken from what is repeated so many times."""
    return max(1, whole.count // repeat // (8 * max(2, int(cpus))))


def _fitting(whole: Load, most: int, budget_s: float) -> int | None:
    """Return one of how many items can be measured within a budget, or None where not even one of ``most``."""
    parts = whole.serial_s / budget_s / _share(whole)
    wanted = round(parts) if whole.cpu > _COMPUTES else ceil(parts)
    for part in (wanted, wanted + 1):  # the first may be too large a part by its rounding
        found = min(max(1, part), most)
        if _AT_ONCE_S + _BODIES * whole.serial_s / found <= budget_s:
            return found
    return None


def _share(whole: Load) -> float:
    return _BODY if whole.cpu > _COMPUTES else _WAITING


def budget_for(whole: Load, cpus: float, count: int) -> int | None:
    """Return the seconds within which so many items are measured, or None where that takes more than a day."""
    most, budget_s = _most(whole, cpus), ceil(whole.mean_s * count / _share(whole))
    while (part := _fitting(whole, most, budget_s)) is None or whole.count // part < _SPARE * count:
        budget_s = ceil(1.02 * budget_s) + 1
        if budget_s > DAY_S:
            return None
    return budget_s


def _with_prices(
    found: Survey, threads: ways.Threads, question: Question, side: Side, ask: Ask, budget: Budget
) -> Work[Survey]:
    workers = max(2, int(question.cpus))
    names, left_out = ways.members(question.members, found.field, found.basis.load, workers, threads)
    prices: dict[str, Price] = {}
    hurried = False
    for name in names:
        if prices and budget.left_s(_PRICES) <= 0:
            left_out[name], hurried = "there was no time for it within the budget.", True
            continue
        yield from budget.note(f"what {name} costs by itself")
        case = found.field.case(name, workers, 1)
        timeout_s = max(1.0, budget.left_s(_LAST_PRICE))
        try:
            told = ask(side, "bench.engine.worker.prices", case.to_json(), timeout_s=timeout_s)
        except Unanswered as why:
            left_out[name], hurried = f"{why}.", hurried or isinstance(why, Late)
            continue
        shared = _backend.load(name).parallelism == "threads"
        prices[name] = Price(**{**told, "workers": workers}, threads=shared)
    return replace(found, basis=replace(found.basis, prices=prices), left_out=left_out, hurried=hurried)


def _load(found: Mapping[str, Any], size: int) -> Load:
    each = size / found["count"]
    threads = found["threads"]
    lock = None if threads is None else min(1.0, max(0.0, (2 - threads) / threads))
    return Load(
        count=int(size),
        places=tuple(found["places"]),
        costs_s=tuple(max(1e-9, cost / each) for cost in found["costs_s"]),
        cpu=float(found["cpu"]),
        lock=lock,
        item_bytes=found["item_bytes"] / each,
        result_bytes=found["result_bytes"] / each,
        handed=each == 1,
    )


def _shortened(load: Load, part: int) -> Load:
    """Return what one of so many items costs."""
    count = max(1, load.count // part)
    if len(load.costs_s) < load.count:
        return replace(load, count=count)
    costs = tuple(load.costs_s[at] for at in one_of_each(len(load.costs_s), part))
    places = tuple((at + 0.5) / len(costs) for at in range(len(costs)))
    return replace(load, count=len(costs), places=places, costs_s=costs)

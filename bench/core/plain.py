"""A kind of job that is written with plain names, as `bench.contract.job` describes them, made into a `JobKind`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.core import catalog
from bench.core.chunks import per_message
from bench.core.errors import BrokenPlugin, PrimebenchError, UsageError, reason
from bench.core.family import Axis, Missing
from bench.core.job import Job, JobKind, Work
from primes.user_code import said

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from bench.core.case import Case, Value


def kind_of(name: str, module: ModuleType) -> JobKind:
    """Return the kind of job that a module describes; `BrokenPlugin` when a name is missing or of a wrong type."""
    lacking = [need for need in ("AXES", "make") if not hasattr(module, need)]
    if lacking:
        raise BrokenPlugin(f"{module.__file__}: does not define {' and '.join(lacking)}, which every job needs.")
    try:
        axes = tuple(_axis(axis, *row) for axis, row in module.AXES.items())
    except (AttributeError, TypeError) as error:
        why = f"{module.__file__}: AXES must be a dict of axis: (default, meaning) ({reason(error)})."
        raise BrokenPlugin(why) from error
    return JobKind(
        name=name,
        summary=(module.__doc__ or name).strip().splitlines()[0],
        axes=axes,
        # The name stands in each case, because two kinds of job may have the same axes.
        fit=lambda params: {**params, "job": name},
        check=lambda params: _check(module, params),
        make=lambda case, workers: _job(module, case, workers),
        work=lambda params, workers, _facts: _work(name, module, params, workers),
        sample=getattr(module, "SAMPLE", {}),
    )


def _axis(name: str, default: Value, meaning: str) -> Axis:
    kind = type(default)

    def parse(text: str) -> tuple[Value, ...]:
        try:
            return (kind(text),)
        except ValueError as error:
            raise UsageError(f"{text} is no value of --{name}; write {_article(kind)} such as {default}.") from error

    return Axis(name, meaning, lambda: default, parse, {int: "N", float: "NUMBER"}.get(kind, "TEXT"))


def _article(kind: type) -> str:
    return {int: "a whole number", float: "a number"}.get(kind, "a text")


def _check(module: ModuleType, params: dict[str, Value]) -> None:
    if params.get("phase") == "open":
        return
    why = catalog.missing(module, params)
    if why:
        raise Missing(why)


def _job(module: ModuleType, case: Case, workers: int) -> Job:
    if dict(case.params).get("phase") == "open":  # only workers are made
        return Job(bool, (), None, lambda _results: None, _nothing)
    made = _made(module, dict(case.params), workers)
    chunksize = getattr(made, "chunksize", per_message(case["chunksize"], len(made.items), workers))
    return Job(made.task, made.items, chunksize, made.check, getattr(made, "warm", _nothing))


def _made(module: ModuleType, params: dict[str, Value], workers: int) -> Any:
    try:
        made: Any = module.make(params, workers)
        _ = made.task, made.check, len(made.items)
    except (KeyboardInterrupt, PrimebenchError):
        raise
    except BaseException as error:
        raise BrokenPlugin(f"{module.__file__}: make() gives no job ({said(error)}).") from error
    return made


def _nothing() -> None:
    """Warm a job that has nothing to get ready."""


def _work(name: str, module: ModuleType, params: Mapping[str, Value], workers: int) -> Work | None:
    if params.get("phase") == "open":
        return None
    work = " ".join([name, *(f"{axis} {params[axis]}" for axis in module.AXES)])
    items = len(_made(module, dict(params), workers).items)
    return Work(work, items, "item", tasks=items)

"""What is done once per record with a user's function: the plain loop, whose results are what others must give."""

from __future__ import annotations

import hashlib
import inspect
import json
import os
import pickle
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.core.case import NONE, Value
from bench.core.errors import BrokenPlugin, JobFailed, NoSuchFunction, UsageError, reason
from bench.core.file_digest import file_digest
from bench.core.job import DIFFERS, FOLDER, ITEMS, KEEP_ITEMS, ONLY_FIND, OTHERS, RESULTS, SOURCES, UNNAMED, UNSENDABLE
from bench.jobs import _compare, _items, _loaded, _unchanged
from bench.jobs._by_name import goes_by_name
from bench.jobs._digest import digest
from bench.jobs._travel import SetUp, resolve
from primes import user_code
from primes.user_code import said

# What a call of a function returns before anything of it has been carried out.
_POSTPONES = (inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction)
_SAMPLE_S = 1.0  # for how long the function is called again to see whether its results are the same


def key(params: Mapping[str, Value]) -> str:
    """Return the name under which is kept what is known about a job; empty where nothing has to be known."""
    if params["items"] == NONE:  # only workers are made
        return ""
    parts = [str(params[axis]) for axis in ("function", "items", "take", "repeat", "setup", "check")]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def prepare(params: Mapping[str, Value], folder: Path) -> dict[str, Value]:
    """Call the function once with every item, keep the results, and return what is known then.

    Raises:
        NoSuchFunction: there is no such function.
        UsageError: items, set-up or check cannot be found.
        BrokenPlugin: the module of one of them fails on import.
        JobFailed: the function fails with an item, or does not give the same results again.
    """
    reference, check = str(params["function"]), str(params["check"])
    function = _function(reference)
    if (folder / ONLY_FIND).exists():
        return {"function": reference, **_origin(reference, function)}
    judge = _judge(check)
    items = read(params, folder)
    if (folder / KEEP_ITEMS).exists():
        if why := _unpicklable(items):
            raise UsageError(
                f"the items {params['items']} cannot be pickled ({why}), so that not both sides can have them."
            )
        _write(folder / f"{key(params)}{ITEMS}", pickle.dumps(items, pickle.HIGHEST_PROTOCOL))
    _SetUp(params)()
    before, kept = digest(items), _unchanged.copy(items)
    begin = time.perf_counter()
    results = []
    for at, item in enumerate(items):
        results.append(_called(function, at, item))
        if at == 0:
            _must_be_computed(reference, results[0])
    serial_s = time.perf_counter() - begin
    if digest(items) != before and (changed := _unchanged.first_difference(kept, items)):
        raise JobFailed("crashed", f"{reference} changes its items: {changed}; it would not meet the same ones again.")
    del kept
    if _compare.is_own(check) and (wrong := judge(items, results, results)):
        raise JobFailed("wrong-answer", f"already the plain loop is wrong: {wrong}")
    if check != "length":
        _check_again(function, judge, items, results)
    unsendable = {"items": _unpicklable(items), "results": _unpicklable(results)}
    if not unsendable["results"]:
        _write(folder / f"{key(params)}{RESULTS}", pickle.dumps(results, pickle.HIGHEST_PROTOCOL))
    facts: dict[str, Value] = {
        "function": reference,
        "count": len(items),
        "items_called": int(_items.is_called(str(params["items"]))),
        "serial_s": serial_s,
        "items_sha256": before,
        "form": _form(results),
        "longest": max((len(result) for result in results if isinstance(result, bytes)), default=0),
        **{f"{UNSENDABLE}{what}": reason for what, reason in unsendable.items() if reason},
        **_unnamed(params),
        **_origin(reference, function),
        **_difference(params, folder / f"{key(params)}{OTHERS}", items, results),
    }
    _write(folder / f"{key(params)}{SOURCES}", json.dumps(_loaded.sources()).encode())
    _write(folder / f"{key(params)}.json", json.dumps(facts).encode())
    return facts


def _function(reference: str) -> Any:
    try:
        function = resolve(reference)
    except user_code.UnknownCode as error:
        raise NoSuchFunction(f"the function {reference} cannot be found: {reason(error)}.") from error
    except user_code.BrokenCode as error:
        raise BrokenPlugin(f"{reason(error)}.") from error
    if not callable(function):
        raise UsageError(f"{reference} is {_compare.shown(function)}, and cannot be called.")
    if any(each(function) for each in _POSTPONES):
        raise UsageError(f"{reference} is a generator or async: a call computes nothing yet; name what does it all.")
    return function


def _must_be_computed(reference: str, result: Any) -> None:
    """Raise `UsageError` for a result that computes only once somebody asks it to."""
    iterates = isinstance(result, Iterator) and type(result).__module__ in ("builtins", "itertools")
    if not (iterates or inspect.isawaitable(result) or inspect.isasyncgen(result)):
        return
    if inspect.iscoroutine(result):
        result.close()  # else Python complains that nobody has awaited it
    raise UsageError(
        f"{reference} returns {_compare.shown(result)}: a call computes nothing yet; name what does it all."
    )


def read(params: Mapping[str, Value], folder: Path | None) -> Sequence[Any]:
    kept = folder / f"{key(params)}{ITEMS}" if folder else None
    if kept and kept.exists():  # of another side, which read them for both
        return _another_sides_items(str(params["items"]), kept)
    take = str(params["take"])
    taken = None if take == NONE else _items.part(take)
    return _items.read(str(params["items"]), taken, int(params["repeat"]), _items.parts(take))


def _another_sides_items(spec: str, kept: Path) -> Sequence[Any]:
    user_code.look_there()
    try:
        if ".py:" in spec:  # classes of a file are found only once it is loaded
            user_code.load(spec.rpartition(":")[0])
        items: Sequence[Any] = pickle.loads(kept.read_bytes())
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise UsageError(f"the items {spec} of head cannot be read here ({said(error)}).") from error
    return items


def _difference(params: Mapping[str, Value], kept: Path, items: Sequence[Any], results: list[Any]) -> dict[str, Value]:
    """Return the first item for which another side gives another result; nothing where none does, or none is known."""
    if not kept.exists():
        return {}
    try:
        found = _compare.comparison(str(params["check"]), "base")(items, results, pickle.loads(kept.read_bytes()))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        found = f"they cannot be compared ({said(error)})."
    return {DIFFERS: found} if found else {}


class _SetUp:
    """The set-up of a job, whose failure is told as one of the job."""

    def __init__(self, params: Mapping[str, Value]) -> None:
        """Take the reference from the params of a case."""
        self.reference = "" if params["setup"] == NONE else str(params["setup"])

    def __call__(self) -> None:
        """Call it."""
        try:
            SetUp(self.reference)()
        except user_code.UnknownCode as error:
            raise UsageError(f"the set-up {self.reference} cannot be found: {reason(error)}.") from error
        except user_code.BrokenCode as error:
            raise BrokenPlugin(f"{reason(error)}.") from error
        except RuntimeError as error:
            raise JobFailed("crashed", f"{reason(error)}.") from error


def _called(function: Any, at: int, item: Any) -> Any:
    try:
        return function(item)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise JobFailed("crashed", f"item {at} ({_compare.shown(item)}): {said(error)}.") from error


def _judge(check: str) -> _compare.Compare:
    """Return the comparison of one run of the plain loop with another, whose failure is told as one of the job."""
    try:
        compare = _compare.comparison(check, "its first run")
    except user_code.UnknownCode as error:
        raise UsageError(f"the check {check} cannot be found: {reason(error)}.") from error
    except user_code.BrokenCode as error:
        raise BrokenPlugin(f"{reason(error)}.") from error

    def judge(items: Sequence[Any], expected: Sequence[Any], results: list[Any]) -> str | None:
        try:
            return compare(items, expected, results)
        except KeyboardInterrupt:
            raise
        except _compare.CheckFailed as error:
            raise JobFailed("crashed", f"{reason(error)}.") from error
        except BaseException as error:
            told = f"results cannot be compared ({said(error)}); --check pkg.module:name says how."
            raise JobFailed("crashed", told) from error

    return judge


def _check_again(function: Any, judge: _compare.Compare, items: Sequence[Any], results: list[Any]) -> None:
    """Call the function with some items again; `JobFailed` where the check does not take both runs for the same."""
    again = []
    begin = time.perf_counter()
    for at, item in enumerate(items):
        again.append(_called(function, at, item))
        if time.perf_counter() - begin > _SAMPLE_S:
            break
    wrong = judge(items, results, [*again, *results[len(again) :]])  # a check of one's own may look at all of them
    if wrong:
        raise JobFailed(
            "wrong-answer",
            f"the plain loop does not give the same twice: {wrong.removesuffix('.')}; --check length allows that, and "
            "--check pkg.module:name says what counts as the same.",
        )


def _unpicklable(values: Sequence[Any]) -> str:
    try:
        pickle.dumps(values, pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        return said(error)
    return ""


def _unnamed(params: Mapping[str, Value]) -> dict[str, Value]:
    """Return of which callables pickle would take more than the name; where only names travel, that is no matter."""
    named = {what: str(params[what]) for what in ("function", "setup") if params[what] != NONE}
    return {f"{UNNAMED}{what}": 1 for what, reference in named.items() if not goes_by_name(resolve(reference))}


def _form(results: list[Any]) -> str:
    """Return what all results are: ``bool``, ``int64``, ``float64``, ``bytes``, or ``objects`` of no fixed width."""
    kinds = {type(result) for result in results}
    if kinds == {bool}:
        return "bool"
    if kinds == {int} and all(-(2**63) <= result < 2**63 for result in results):
        return "int64"
    if kinds == {float}:
        return "float64"
    return "bytes" if kinds == {bytes} else "objects"


def _origin(reference: str, function: Any) -> dict[str, Value]:
    path = _file_of(reference, inspect.unwrap(function))
    source = file_digest(path)
    place = os.path.relpath(path, user_code.folder() or ".") if source else ""
    return {"file": place, "source_sha256": source}


def _file_of(reference: str, whole: Any) -> str:
    """Return the path of the file in which a callable is written, or the object made that is called."""
    if not inspect.isroutine(whole) and not inspect.isclass(whole):  # its class is written by whoever made that
        module: Any = user_code.load(reference.rpartition(":")[0])
        return getattr(module, "__file__", None) or ""
    try:
        return inspect.getsourcefile(whole) or ""
    except TypeError:  # compiled: it lies in the file of its module, if that has one
        return getattr(sys.modules.get(getattr(whole, "__module__", None) or ""), "__file__", None) or ""


def _write(path: Path, data: bytes) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(data)
    part.replace(path)


# --- reading what was prepared ------------------------------------------------------------------------------------


def folder() -> Path | None:
    """Return the folder with what was prepared, or None where nothing was."""
    place = os.environ.get(FOLDER)
    return Path(place) if place else None


def facts(params: Mapping[str, Value]) -> dict[str, Any]:
    """Return what is known about a job; nothing where nobody has prepared it."""
    place = folder()
    path = place / f"{key(params)}.json" if place else None
    return json.loads(path.read_text(encoding="utf-8")) if path and path.exists() else {}


def are_others(params: Mapping[str, Value], items: Sequence[Any]) -> bool:
    """Say whether these are not the items that were read when the job was prepared."""
    before = facts(params).get("items_sha256")
    return before is not None and before != digest(items)


def expected(params: Mapping[str, Value], items: Sequence[Any]) -> list[Any]:
    """Return the results of the plain loop; computed anew where nobody has kept them."""
    place = folder()
    path = place / f"{key(params)}{RESULTS}" if place else None
    if path and path.exists():
        kept: list[Any] = pickle.loads(path.read_bytes())
        return kept
    return list(map(resolve(str(params["function"])), items))

"""Advice for programs and notebooks: a function and its items in, what to do and the evidence out."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.app.callers_folders import folders, here
from bench.app.events import result_of
from bench.app.function_name import moved, name_of
from bench.app.inquiry import inquire
from bench.app.ledger import check_place
from bench.app.question import Question
from bench.core import catalog, jobs
from bench.core.cpus import allowed_cpus
from bench.core.errors import UsageError
from bench.engine.asking import ask
from bench.engine.environment import check_names
from bench.engine.launch import launch
from bench.engine.probe import probe
from bench.families.backends import _backend
from bench.families.backends._family import AXES
from bench.jobs import _given
from primes import user_code
from primes.user_code import said

if TYPE_CHECKING:
    from bench.samples.advice import Advice


CALL = "bench.app.advise.advise(...)"  # in place of a command line, which is that of the notebook or program


def advise(
    function: Callable[[Any], Any] | str,
    items: Sequence[Any] | str,
    budget_s: float = 60.0,
    *,
    check: str = "equal",
    backends: Sequence[str] | str = ("everything",),
    output: str | os.PathLike[str] | None = None,
    force: bool = False,
    inherit_environ: Sequence[str] | str = (),
) -> Advice:
    """Find out which way to call a function with items is fastest here, and return what is advised.

    Args:
        function: what is called with each item: whatever has a name in a module, or a text as after ``--function``.
        items: what it is called with; each must be picklable. Or a text as after ``--items``.
        budget_s: how long that may take.
        check: how results are compared, as after ``--check``. Texts name what lies in the current folder, or is found
            by an import of this program.
        backends: what may be advised, as after ``--backend``; names, or a text with commas.
        output: the file for the record of what was measured; None keeps none.
        force: whether a file that is there is replaced.
        inherit_environ: variables of the environment that the function is to see as well; names, or a text with commas.

    Raises:
        UsageError: processes cannot import the function, or get the items, or the budget is too small, or the file is
            there.
        OutputFailed: the file cannot be written.
        NothingMeasured: the function fails in the plain loop.
    """
    if not 0 < budget_s < inf:
        raise UsageError(f"a budget of {budget_s:g} s is not possible; give seconds, such as 60.")
    kept = check_place(Path(output), force=force) if output is not None else None
    kind = jobs.load("function")
    names = _listed(backends)
    with tempfile.TemporaryDirectory(prefix="primebench-") as folder:
        module, name = ("", function) if isinstance(function, str) else name_of(function)
        environ = [(user_code.FOLDER, here()), (user_code.FOLDERS, "\n".join(folders(module)))]
        asked = {"function": f"{module}:{name}" if module else name, "check": check}
        if isinstance(items, str):
            asked["items"] = items
        else:
            environ.append(_keep(items, Path(folder, "items")))
            asked["items"] = _given.SPEC
        _check_found(asked)
        parsed = {axis.name: axis.parse(asked[axis.name])[0] for axis in kind.axes if axis.name in asked}
        cpus = allowed_cpus()
        start = next(axis.default() for axis in AXES if axis.name == "start")
        members = catalog.select(_backend.PACKAGE, names, "backend", "primebench list backends")
        question = Question(
            kind, parsed, members, probe(len(cpus)), cpus, start, budget_s,
            environ=tuple(environ), inherits=check_names(_listed(inherit_environ)), command=CALL,
        )  # fmt: skip
        advice = result_of(inquire(question, kept or Path(folder, "advice.json"), launch, ask))
        return advice if kept else replace(advice, record=None)


def _listed(given: Sequence[str] | str) -> Sequence[str]:
    return given.split(",") if isinstance(given, str) else given


def _check_found(asked: Mapping[str, str]) -> None:
    own = next((text for text in asked.values() if text.startswith(f"{_given.MAIN}:")), None)
    if own:
        raise UsageError(moved(own.partition(":")[2]))


def _keep(items: Sequence[Any], path: Path) -> tuple[str, str]:
    given = list(items)
    if not given:
        raise UsageError("there are no items, and so nothing to distribute; hand over some.")
    try:
        return _given.keep(given, path)
    except _given.OfProgram as error:
        raise UsageError(moved(str(error), "items that hold it")) from None
    except Exception as error:
        raise UsageError(f"the items cannot be pickled ({said(error)}), so that no process could get them.") from error

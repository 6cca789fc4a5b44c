"""Prepare a user's function on both sides of a gate: the same items, and base's results as the truth."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bench.app.events import Note, Warned
from bench.core import jobs
from bench.core.errors import BrokenPlugin, NoSuchFunction, UsageError, reason
from bench.core.job import DIFFERS, ITEMS, KEEP_ITEMS, ONLY_FIND, OTHERS, RESULTS, UNSENDABLE
from bench.core.record import Failure
from bench.core.side import BASE, HEAD
from bench.engine import edits, git, own_sides, preparation, tree_names
from bench.engine.preparation import Prepared

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bench.app.events import Work
    from bench.app.ledger import Ledger
    from bench.core.case import Case, Value
    from bench.core.job import Work as Amount
    from bench.core.plan import Plan
    from bench.core.record import Record
    from bench.core.side import Side


@dataclass(frozen=True, slots=True)
class Code:
    """Where the code of the user's lies in each side, and what is expected of it.

    Attributes:
        source: the folder of the code inside the tree, where it is found in no other way.
        install: build the tree and install it into an environment of its own.
        may_differ: compare the results of head with its own plain loop, and not with base's.
        inherits: the names of variables of the user's that it sees.
    """

    source: str | None = None
    install: bool = False
    may_differ: bool = False
    inherits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ready:
    """What is known once both sides have done the job once.

    Attributes:
        sides: base and head, each with what was prepared for it.
        cases: those that can be measured.
        failures: what came of a side that cannot do the job at all.
        facts: name -> what was found out about the function, one for each side.
        said: what has been told of the answers.
        work: case id -> how much it is.
        sources: side -> path -> SHA-256 of the files from which its code was loaded.
    """

    sides: Mapping[str, Side]
    cases: tuple[Case, ...]
    failures: tuple[Failure, ...] = ()
    facts: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    said: tuple[str, ...] = ()
    work: Mapping[str, Amount] = field(default_factory=dict)
    sources: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def added_to(self, record: Record) -> Record:
        """Return a record in which this is written down."""
        plan = replace(record.plan, work={**record.plan.work, **self.work})
        record = replace(record, plan=plan, jobs=self.facts)
        for failure in self.failures:
            record = record.with_outcome(failure)
        return record

    def edited(self, record: Record) -> tuple[Failure, ...]:
        """Return the failures of a side whose files have changed since: what was measured is no state of its code."""
        return tuple(
            failure
            for name, sources in self.sources.items()
            if (path := edits.edited(sources))
            for case in self.cases
            if (failure := _edited(case, self.sides[name], name, path)).key not in record.failures
        )


def is_asked(cases: Sequence[Case]) -> bool:
    """Say whether it is functions of the user's that these cases measure, and not primebench itself."""
    return any((kind := jobs.of(dict(case.params))) is not None and kind.private for case in cases)


def build(named: Mapping[str, str], code: Code, scratch: Path) -> dict[str, Side]:
    """Return the sides that these labels name, each with the folder of its code."""
    return {name: replace(_built(label, code, scratch), inherits=code.inherits) for name, label in named.items()}


def _built(label: str, code: Code, scratch: Path) -> Side:
    return own_sides.build(label, scratch, source=code.source, install=code.install)


def prepare(plan: Plan, ready: Ready, scratch: Path, code: Code) -> Work[Ready]:
    """Let head read the items and both sides do the job once, with those functions that both have.

    Args:
        plan: effort and deadline.
        ready: base and head, and the cases that are to be judged.
        scratch: a folder of `bench.engine.virtual_environment.scratch_folder`.
        code: what is expected of the sides.

    Raises:
        UsageError: a function of a side does not lie in its own tree, or no side has it; head's items cannot be read.
        BrokenPlugin: it cannot be imported.
    """
    every = _by_function(plan, ready.cases)
    lacking = {name: _lacking(every, side, scratch, code) for name, side in ready.sides.items()}
    if nowhere := lacking[HEAD].keys() & lacking[BASE].keys():
        raise lacking[HEAD][min(nowhere)]
    absent = _absent(every, lacking)
    parts = [part for at, part in enumerate(every) if not any(at in each for each in lacking.values())]
    if not parts:
        return replace(ready, failures=absent)
    folders = {name: scratch / f"prepared-{name}" for name in (HEAD, BASE)}
    for folder in folders.values():
        folder.mkdir()
    (folders[HEAD] / KEEP_ITEMS).touch()
    found: dict[str, list[Prepared]] = {}
    for name in (HEAD, BASE):  # head reads the items, and both get the same
        yield Note(f"{name}: {ready.sides[name].label} does the job once.")
        found[name] = [_prepared(part, ready.sides[name], folders[name], code) for part in parts]
        if name == HEAD:
            _hand_over(folders[HEAD], folders[BASE], may_differ=code.may_differ)
    skips = {skip.case.id: skip for one in found[HEAD] for skip in one.plan.skips}
    for skip in skips.values():
        yield Warned(f"{skip.case.member} is {skip.kind}: {skip.reason}")
    carried = {case.id for one in found[HEAD] for case in one.plan.cases}
    if not carried:
        raise UsageError("nothing of what was chosen can carry this job; the reasons are above.")
    left = carried | {failure.case.id for failure in absent}
    said = _of_answers(found[BASE], may_differ=code.may_differ)
    for text in said:
        yield Warned(text)
    failures = (replace(failure, side=name) for name, each in found.items() for one in each for failure in one.failures)
    truth = {HEAD: folders[HEAD if code.may_differ else BASE], BASE: folders[BASE]}
    return Ready(
        sides={name: preparation.finding(side, truth[name]) for name, side in ready.sides.items()},
        cases=tuple(case for case in ready.cases if case.id in left),
        failures=(*absent, *failures),
        facts=_facts(found),
        said=said,
        work={key: amount for one in found[HEAD] for key, amount in one.plan.work.items()},
        sources={name: edits.sources(folder) for name, folder in folders.items()},
    )


@contextmanager
def watched(ready: Ready, ledger: Ledger) -> Iterator[None]:
    """Write down, on leaving in whatever way, which side's code was edited while it was measured."""
    try:
        yield
    finally:
        for failure in ready.edited(ledger.record):
            ledger.add(failure)


def _by_function(plan: Plan, cases: Sequence[Case]) -> list[Plan]:
    """Return the plan of each function: a side that lacks one may have the others."""
    grouped: dict[tuple[Value, ...], list[Case]] = {}
    for case in cases:
        grouped.setdefault(_function(dict(case.params)), []).append(case)
    return [replace(plan, cases=tuple(own)) for own in grouped.values()]


def _function(params: dict[str, Value]) -> tuple[Value, ...]:
    """Return the code that a case runs, as its job names it."""
    kind = jobs.of(params)
    return tuple(params[axis] for axis in kind.of_workers) if kind else ()


def _lacking(parts: Sequence[Plan], side: Side, scratch: Path, code: Code) -> dict[int, NoSuchFunction]:
    """Return for which parts a side has no function, and why; `UsageError` for one that is not of its own tree."""
    folder = Path(tempfile.mkdtemp(prefix="found-", dir=scratch))
    (folder / ONLY_FIND).touch()
    lacking = {}
    for at, part in enumerate(parts):
        try:
            found = _prepared(part, side, folder, code)
        except NoSuchFunction as error:
            lacking[at] = error
            continue
        for facts in found.facts.values():
            if not own_sides.owns(side, str(facts.get("file", ""))):
                raise UsageError(
                    f"{side.label}: the function comes from {_shown(side, str(facts['file']))} and not from its own "
                    "tree; another copy is in front of it."
                )
    return lacking


def _absent(parts: Sequence[Plan], lacking: Mapping[str, Mapping[int, NoSuchFunction]]) -> tuple[Failure, ...]:
    return tuple(
        Failure(case, "absent", reason(why), "", name)
        for name, each in lacking.items()
        for at, why in each.items()
        for case in parts[at].cases
    )


def _facts(found: Mapping[str, Sequence[Prepared]]) -> dict[str, Mapping[str, Value]]:
    return {
        f"{name} {key}": {fact: value for fact, value in facts.items() if fact != DIFFERS}  # which shows items
        for name, each in found.items()
        for one in each
        for key, facts in one.facts.items()
    }


def _edited(case: Case, side: Side, name: str, path: str) -> Failure:
    shown = os.path.relpath(path, own_sides.folder_of(side))
    said = f"{shown} has changed while {side.label} was measured; gate again, and name a commit to edit meanwhile."
    return Failure(case, "edited", said, "", name)


def _hand_over(head: Path, base: Path, *, may_differ: bool) -> None:
    """Give base the items of head, and the results that it is to compare."""
    for items in head.glob(f"*{ITEMS}"):
        shutil.copy(items, base)
    for results in head.glob(f"*{RESULTS}") if may_differ else ():
        shutil.copy(results, base / f"{results.stem}{OTHERS}")


def _of_answers(base: Sequence[Prepared], *, may_differ: bool) -> tuple[str, ...]:
    """Return what is to be known of the answers of both sides."""
    facts = [facts for one in base for facts in one.facts.values()]
    differences = (each[DIFFERS] for each in facts if DIFFERS in each)
    results = f"{UNSENDABLE}results"
    unsendable = (each[results] for each in facts if results in each and not may_differ)
    return (
        *(f"head's answers are not base's, as is allowed: {text}" for text in differences),
        *(
            f"base's results cannot be pickled ({why}): head's are compared with its own plain loop."
            for why in unsendable
        ),
    )


def _prepared(plan: Plan, side: Side, folder: Path, code: Code) -> Prepared:
    """Let a side do the job once, or only find it if ``folder`` asks for that; messages name its files as it does."""
    try:
        found = preparation.prepare(plan, folder, side)
    except (UsageError, BrokenPlugin) as error:
        raise type(error)(f"{side.label}: {tree_names.named(side, str(error))}{_hint(side, code, error)}") from error
    return replace(found, failures=tuple(tree_names.as_named(side, failure) for failure in found.failures))


def _hint(side: Side, code: Code, error: Exception) -> str:
    """Return a sentence on what else to try where the code of a side is not found, or not all of it."""
    broken = isinstance(error, BrokenPlugin)
    if broken and own_sides.is_python(side):
        lacks = any(word in str(error) for word in ("ImportError", "ModuleNotFoundError"))
        return " What is installed there is found from another folder." if lacks else ""
    if broken:
        return "" if code.install else " Code that has to be built or installed is with --install."
    uncommitted = side.commit is not None and git.holds_uncommitted()
    return f" What is not committed is not in {side.label}; the folder . has it." if uncommitted else ""


def _shown(side: Side, file: str) -> str:
    return os.path.normpath(own_sides.folder_of(side) / file) if file else "no file"

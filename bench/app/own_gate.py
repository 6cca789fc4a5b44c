"""Getting a user's function ready on both sides of a gate: the same items, and base's results as the truth."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bench.app.events import Note, Warned
from bench.core.errors import BrokenPlugin, UsageError, reason
from bench.core.job import DIFFERS, ITEMS, KEEP_ITEMS, OTHERS, RESULTS
from bench.core.record import Failure
from bench.core.side import BASE, HEAD
from bench.engine import own_sides, preparation, tree_names
from bench.engine.preparation import Prepared

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.app.events import Work
    from bench.core.case import Case, Value
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
    """

    source: str | None = None
    install: bool = False
    may_differ: bool = False


@dataclass(frozen=True, slots=True)
class Ready:
    """What is known once both sides have done the job once.

    Attributes:
        sides: base and head, each with what was prepared for it.
        cases: those that can be measured.
        failures: what came of a side that cannot do the job at all.
        facts: name -> what was found out about the function, one for each side.
        said: what has been told of the answers.
    """

    sides: Mapping[str, Side]
    cases: tuple[Case, ...]
    failures: tuple[Failure, ...] = ()
    facts: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    said: tuple[str, ...] = ()

    def added_to(self, record: Record) -> Record:
        """Return a record in which this is written down."""
        record = replace(record, jobs=self.facts)
        for failure in self.failures:
            record = record.with_outcome(failure)
        return record


def is_asked(cases: Sequence[Case]) -> bool:
    """Say whether it is functions of the user's that these cases measure, and not primebench itself."""
    return any(dict(case.params).get("function") for case in cases)


def build(named: Mapping[str, str], code: Code, shop: Path) -> dict[str, Side]:
    """Return the sides that these labels name, each with the folder of its code."""
    return {
        name: own_sides.build(label, shop, source=code.source, install=code.install) for name, label in named.items()
    }


def prepare(plan: Plan, ready: Ready, shop: Path, code: Code) -> Work[Ready]:
    """Let head read the items and both sides do the job once.

    Args:
        plan: effort and deadline.
        ready: base and head, and the cases that are to be judged.
        shop: a folder of `bench.engine.virtual_environment.workshop`.
        code: what is expected of the sides.

    Raises:
        UsageError: the function of a side does not lie in its own tree, or head has none.
        BrokenPlugin: it cannot be imported.
    """
    plan = replace(plan, cases=ready.cases)
    folders = {name: shop / f"prepared-{name}" for name in (HEAD, BASE)}
    for folder in folders.values():
        folder.mkdir()
    (folders[HEAD] / KEEP_ITEMS).touch()
    found: dict[str, Prepared] = {}
    failures: list[Failure] = []
    for name in (HEAD, BASE):  # head reads the items, and both get the same
        side = ready.sides[name]
        yield Note(f"{name}: {side.label} does the job once.")
        try:
            found[name] = _prepared(plan, side, folders[name], code)
        except UsageError as error:  # the function may be new in head
            if name == HEAD:
                raise
            failures += [Failure(case, "crashed", reason(error), "", BASE) for case in plan.cases]
            continue
        failures += [replace(failure, side=name) for failure in found[name].failures]
        if name == HEAD:
            _hand_over(folders[HEAD], folders[BASE], may_differ=code.may_differ)
    kept = found[HEAD].plan
    for skip in kept.skips:
        yield Warned(f"{skip.case.member} is {skip.kind}: {skip.reason}")
    if not kept.cases:
        raise UsageError("nothing of what was chosen can carry this job; the reasons are above.")
    said = _of_answers(found, may_differ=code.may_differ)
    for text in said:
        yield Warned(text)
    truth = {HEAD: folders[HEAD if code.may_differ or BASE not in found else BASE], BASE: folders[BASE]}
    return Ready(
        sides={name: preparation.finding(side, truth[name]) for name, side in ready.sides.items()},
        cases=kept.cases,
        failures=tuple(failures),
        facts={
            f"{name} {key}": {fact: value for fact, value in facts.items() if fact != DIFFERS}  # which shows items
            for name, one in found.items()
            for key, facts in one.facts.items()
        },
        said=said,
    )


def _hand_over(head: Path, base: Path, *, may_differ: bool) -> None:
    """Give base the items of head, and the results that it is to compare."""
    for items in head.glob(f"*{ITEMS}"):
        shutil.copy(items, base)
    for results in head.glob(f"*{RESULTS}") if may_differ else ():
        shutil.copy(results, base / f"{results.stem}{OTHERS}")


def _of_answers(found: Mapping[str, Prepared], *, may_differ: bool) -> tuple[str, ...]:
    """Return what is to be known of the answers of both sides."""
    if BASE not in found:
        return ()
    facts = found[BASE].facts.values()
    differences = (
        str(each[DIFFERS]).replace("; the plain loop gives ", "; base gives ") for each in facts if DIFFERS in each
    )
    unsendable = (each["unsendable_results"] for each in facts if "unsendable_results" in each and not may_differ)
    return (
        *(f"head's answers are not base's, as is allowed: {text}" for text in differences),
        *(
            f"base's results cannot be pickled ({why}): head's are compared with its own plain loop."
            for why in unsendable
        ),
    )


def _prepared(plan: Plan, side: Side, folder: Path, code: Code) -> Prepared:
    """Let a side do the job once; `UsageError` where its function does not lie in its own tree."""
    try:
        found = preparation.prepare(plan, folder, side)
    except (UsageError, BrokenPlugin) as error:
        unbuilt = isinstance(error, BrokenPlugin) and not code.install
        hint = " Code that has to be built or installed is with --install." if unbuilt else ""
        raise type(error)(f"{side.label}: {tree_names.named(side, str(error))}{hint}") from error
    for facts in found.facts.values():
        if not own_sides.inside(side, str(facts.get("file", ""))):
            raise UsageError(
                f"{side.label}: the function comes from {_shown(side, str(facts['file']))} and not from its own tree; "
                "another copy is in front of it."
            )
    return replace(found, failures=tuple(tree_names.as_named(side, failure) for failure in found.failures))


def _shown(side: Side, file: str) -> str:
    return os.path.normpath(own_sides.folder_of(side) / file) if file else "no file"

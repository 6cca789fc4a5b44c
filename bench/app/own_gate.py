"""Getting a user's function ready on both sides of a gate: the same items, and base's results as the truth."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bench.app.events import Note, Warned
from bench.core.errors import UsageError, reason
from bench.core.job import ITEMS, KEEP_ITEMS
from bench.core.record import Failure
from bench.core.side import BASE, HEAD
from bench.engine import own_sides, preparation
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
        modules: those that hold what is measured; none where primebench itself is.
        source: the folder of the code inside the tree, where it is neither the top nor ``src``.
        install: build the tree and install it into a folder of its own.
        may_differ: compare the results of head with its own plain loop, and not with base's.
    """

    modules: tuple[str, ...]
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
    """

    sides: Mapping[str, Side]
    cases: tuple[Case, ...]
    failures: tuple[Failure, ...] = ()
    facts: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)

    def added_to(self, record: Record) -> Record:
        """Return a record in which this is written down."""
        record = replace(record, jobs=self.facts)
        for failure in self.failures:
            record = record.with_outcome(failure)
        return record


def modules_of(cases: Sequence[Case]) -> tuple[str, ...]:
    """Return the modules and files in which the functions of these cases lie."""
    named = {str(dict(case.params).get("function", "")) for case in cases}
    return tuple(sorted({reference.rpartition(":")[0] for reference in named if reference}))


def build(named: Mapping[str, str], code: Code, shop: Path) -> dict[str, Side]:
    """Return the sides that these labels name, each with the folder of its code."""
    return {
        name: own_sides.build(label, code.modules, shop, source=code.source, install=code.install)
        for name, label in named.items()
    }


def prepare(plan: Plan, ready: Ready, shop: Path, *, may_differ: bool) -> Work[Ready]:
    """Let head read the items and both sides do the job once.

    Args:
        plan: effort and deadline.
        ready: base and head, and the cases that are to be judged.
        shop: a folder of `bench.engine.sides.workshop`.
        may_differ: compare the results of head with its own plain loop, and not with base's.

    Raises:
        UsageError: the function of a side does not lie in its own tree, or head has none.
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
            found[name] = _prepared(plan, side, folders[name])
        except UsageError as error:  # the function may be new in head
            if name == HEAD:
                raise
            failures += [Failure(case, "crashed", reason(error), "", BASE) for case in plan.cases]
            continue
        failures += [replace(failure, side=name) for failure in found[name].failures]
        if name == HEAD:
            for items in folders[HEAD].glob(f"*{ITEMS}"):
                shutil.copy(items, folders[BASE])
    kept = found[HEAD].plan
    for skip in kept.skips:
        yield Warned(f"{skip.case.member} is {skip.kind}: {skip.reason}")
    if not kept.cases:
        raise UsageError("nothing of what was chosen can carry this job; the reasons are above.")
    truth = {HEAD: folders[HEAD if may_differ or BASE not in found else BASE], BASE: folders[BASE]}
    return Ready(
        sides={name: preparation.finding(side, truth[name]) for name, side in ready.sides.items()},
        cases=kept.cases,
        failures=tuple(failures),
        facts={f"{name} {key}": facts for name, one in found.items() for key, facts in one.facts.items()},
    )


def _prepared(plan: Plan, side: Side, folder: Path) -> Prepared:
    """Let a side do the job once; `UsageError` where its function does not lie in its own tree."""
    found = preparation.prepare(plan, folder, side)
    for facts in found.facts.values():
        if not own_sides.inside(side, str(facts.get("file", ""))):
            raise UsageError(
                f"{side.label}: the function comes from {facts['file'] or 'no file'} and not from its own tree "
                f"{own_sides.folder_of(side)}; another copy is in front of it."
            )
    return found

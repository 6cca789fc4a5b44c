"""Under which conditions a record was measured, as options of the command that measures more under the same ones."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from bench.core.case import NONE
from bench.core.job import SEEN
from bench.engine.environment import handed_on
from bench.engine.worker.moment import ranges
from bench.families.backends._family import FAMILY

if TYPE_CHECKING:
    from bench.core.case import Value
    from bench.core.record import Record


def conditions(record: Record, start: Value) -> str:
    """Return the options, each behind a space; none for what is so by default.

    Args:
        record: what was measured.
        start: how workers were started.
    """
    plan, found = record.plan, []
    if start not in (NONE, next(axis.default() for axis in FAMILY.axes if axis.name == "start")):
        found.append(("start", str(start)))
    if 0 < len(plan.affinity) < record.machine.logical_cpus:
        found.append(("affinity", ranges(plan.affinity)))
    seen = {str(facts.get(SEEN, "")) for facts in record.jobs.values()}
    if names := sorted({name for one in seen for name in handed_on(one)}):
        found.append(("inherit-environ", ",".join(names)))
    return "".join(f" --{name} {shlex.quote(text)}" for name, text in found)

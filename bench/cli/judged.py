"""Which cases a gate or a selftest judges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.cli import options, voice
from bench.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.core.case import Case


def cases_of(given: Mapping[str, Any]) -> tuple[Case, ...]:
    """Return the cases that are to be judged: those of the members that were chosen, without their references.

    Raises:
        UsageError: nothing is chosen, or nothing of it can run here.
    """
    drawing = options.drawing_of(given)
    kinds = [kind for kind in options.families() if given.get(kind.noun)]
    chosen = {(kind.name, member) for kind in kinds for member in options.members_of(kind, given)}
    for skip in drawing.skips:
        if (skip.case.family, skip.case.member) in chosen:
            voice.warn(f"{skip.case.member} is {skip.kind}: {skip.reason}")
    cases = tuple(case for case in drawing.cases if (case.family, case.member) in chosen)
    if not cases:
        raise UsageError("nothing of what was chosen can be measured here; the reasons are above.")
    return cases

"""Which cases a gate or a selftest judges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.cli import options, voice
from bench.core import families, jobs
from bench.core.errors import UsageError
from bench.core.reference import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.core.case import Case
    from bench.core.family import Family

_PARALLEL = "pool"  # what carries a job that is asked for alone, beside the code by itself


def cases_of(given: Mapping[str, Any]) -> tuple[Case, ...]:
    """Return the cases that are to be judged: those of the members that were chosen, without their references.

    A job that is not the default one says by itself what is to be judged, so it needs no members to be chosen.

    Raises:
        UsageError: nothing is chosen, or nothing of it can run here.
    """
    if not _chosen(given) and options.job_of(given).name != jobs.DEFAULT:
        family = families.distributing()
        given = {**given, family.noun: (family.references[Role.BASELINE], _PARALLEL)}
    drawing = options.drawing_of(given)
    chosen = {(kind.name, member) for kind in _chosen(given) for member in options.members_of(kind, given)}
    for skip in drawing.skips:
        if (skip.case.family, skip.case.member) in chosen:
            voice.warn(f"{skip.case.member} is {skip.kind}: {skip.reason}")
    cases = tuple(case for case in drawing.cases if (case.family, case.member) in chosen)
    if not cases:
        raise UsageError("nothing of what was chosen can be measured here; the reasons are above.")
    return cases


def _chosen(given: Mapping[str, Any]) -> list[Family]:
    return [kind for kind in options.families() if given.get(kind.noun)]

"""Search in every way one backend has, with one start method; arguments: backend, start method, ``few`` or ``all``.

A program of its own, because a backend runs in no process that has something else to lose. Exits with an error as
soon as an answer is wrong; prints how many searches were right.

Making workers takes most of the time. So in the phase ``map`` the same ones do all jobs, and in the phase ``whole``,
which makes them for each, a few do without those that differ from others only by what travels to workers.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from functools import cache
from typing import TYPE_CHECKING

from bench.core import catalog
from bench.core.case import Case
from bench.core.errors import WrongAnswer
from bench.core.family import Unfit
from bench.engine.worker.observing import observed
from bench.engine.worker.semaphores import session_names
from bench.families.backends import _backend
from bench.families.backends._family import FAMILY
from bench.jobs import _searches
from bench.jobs.primes import JOB

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from bench.core.family import Trial
    from bench.jobs._searches import Search

USUAL = {axis.name: axis.default() for axis in (*FAMILY.axes, *JOB.axes) if axis.name not in ("workers", "start")}


def main(backend: str, start: str, amount: str) -> None:
    """Do every search that makes sense, or a few."""
    session_names()
    right = _search(_cases(backend, start, "whole", _searches.WHOLE[amount]))
    right += _search(_cases(backend, start, "open", ({},)))
    in_map = _cases(backend, start, "map", _searches.MAP)
    for pin in sorted({str(case["pin"]) for case in in_map}):
        with _standing(catalog.load(_backend.PACKAGE, backend)):
            right += _search(case for case in in_map if case["pin"] == pin)
    print(right)


def _cases(backend: str, start: str, phase: str, searches: Iterable[Search]) -> list[Case]:
    usual = {**USUAL, **_searches.SMALL, "workers": 2, "start": start, "phase": phase}
    cases = []
    for search in searches:
        with suppress(Unfit):
            cases.append(Case.of("backends", backend, FAMILY.fit(backend, {**usual, **search}, JOB)))
    return cases


def _search(cases: Iterable[Case]) -> int:
    """Do these searches, with standing workers twice; return how many were right."""
    right = 0
    for case in cases:
        with FAMILY.prepare(case, JOB.make) as trial:
            for _ in range(2 if case["phase"] == "map" else 1):  # the second one meets what the first one left
                trial.check(trial.body())
            if not right and trial.observed:
                _observe(case, trial)
        right += 1
    return right


def _observe(case: Case, trial: Trial) -> None:
    """Observe one more search; `WrongAnswer` unless every item was noted within the call."""
    seen = observed(case, trial, 1.0)
    noted = sum(total.items for total in seen.totals)
    inside = all(seen.called <= span.begin <= span.end <= seen.answered for span in seen.spans)  # type: ignore[operator]
    if seen.why("all") or seen.lost or not noted == seen.items == len(seen.spans) or not inside:
        raise WrongAnswer(f"{case.id}: {noted} of {seen.items} items were noted ({seen.missing}).")


@contextmanager
def _standing(module: Any) -> Iterator[None]:
    """Let a backend make its workers once, and find them again for each search."""
    real = module.open_mapper
    with ExitStack() as stack:
        made = cache(lambda crew: stack.enter_context(real(crew)))
        module.open_mapper = lambda crew: nullcontext(made(crew))
        try:
            yield
        finally:
            module.open_mapper = real


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Preparing jobs: how long that may take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.core.plan import Drawing, Effort, Plan
from bench.core.side import here
from bench.engine import preparation
from bench.engine.preparation import Deadline
from tests.support.cases import usual

if TYPE_CHECKING:
    from pathlib import Path


def test_deadline_says_what_gives_more_time(tmp_path: Path) -> None:
    """An item that sleeps for an hour is given up after half a second, and not after ten times that of a visit."""
    case = usual("pool", "function", workers=2, function="time:sleep", items="range(3600, 3601)")
    effort = Effort(rounds=1, values=1, warmups=1, min_time_s=0.1, timeout_s=60.0)
    plan = Plan.of(Drawing((case,), (), {}, {}), effort, (0,))
    found = preparation.prepare(plan, tmp_path, here(), deadline=Deadline(0.5, "name a larger --budget"))
    (failure,) = found.failures
    assert failure.kind == "timed-out"
    assert failure.message == ("one pass over all items takes more than 0.5 s; name a larger --budget, or --take fewer")

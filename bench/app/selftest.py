"""Test the gate on this machine: measure blocks of pairs until the time is used up, and count its verdicts."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bench.analysis import trials
from bench.analysis.design import pairs_to_reach
from bench.analysis.errors import TooFew
from bench.analysis.paired import PILOT, Rule
from bench.app.paired import PairedRun, Terms, planned
from bench.core.errors import NothingMeasured, UsageError
from bench.core.reason import Kind, Reason
from bench.core.side import BASE, CONTROL, SAME, slowed_by
from bench.engine.pairs import Cell
from bench.samples.pairs import failed_cells, pairs_of
from bench.samples.proof import Proof

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.app.events import Work
    from bench.core.record import Record

DRAWS = 1000  # resampled verdicts of each kind: a second or two, and a part in a hundred is told from none

_BLOCKS = 2.2  # what must fit into the time: two blocks, of which a verdict over the slowed side is made, and a spare

DEFAULTS = {"backend": ("pool",), "phase": ("map",), "range_": ("1e6:1.0192e6",)}
"""What is measured unless something is chosen: all CPUs at work, 20 ms or more, and hardly anything but the kernel, so
that five percent more work is five percent more time. On two CPUs each of the 8 chunks has 2,400 numbers, 120 of which
are decided again: with one chunk more burdened than the next, a worker's last one would decide how long all take."""


def hold(run: PairedRun, clock: Callable[[], float] = time.monotonic) -> Work[None]:
    """Measure blocks until no further one fits into the budget; go on where the record ends.

    Raises:
        NothingMeasured: every case has failed.
    """
    start = clock()
    yield from run.calibrate()
    _need_cases(run)
    size = run.ledger.record.plan.effort.pairs or PILOT
    if size == PILOT:  # not planned yet: no plan has so few pairs
        size = yield from _pilot(run, lambda: run.terms.budget_s - (clock() - start), clock)
    done = pairs_of(run.ledger.record)
    block = max((batch for batch, _ in done), default=0)
    first = sum(batch == block for batch, _ in done)
    took_s = 0.0
    while not took_s or clock() - start + took_s <= run.terms.budget_s:
        begun = clock()
        yield from run.measure(block, range(first, size))
        _need_cases(run)
        took_s = max(1e-9, (clock() - begun) * size / max(1, size - first))
        block, first = block + 1, 0


def _pilot(run: PairedRun, left_s: Callable[[], float], clock: Callable[[], float]) -> Work[int]:
    """Measure the pilot and return the number of pairs that it leads to; two blocks have to fit into what is left."""
    begun = clock()
    yield from run.measure(0, range(PILOT))
    _need_cases(run)
    each_s = max(1e-9, (clock() - begun) / PILOT)
    # However slow the machine is, one block that can raise an alarm is worth waiting for.
    least = pairs_to_reach(run.terms.rule.alpha / len(run.gated))
    cap = max(least, int((left_s() / each_s + PILOT) / _BLOCKS))
    size = yield from planned(run, cap, BASE, SAME)
    run.ledger.plan_pairs(size)
    return size


def _need_cases(run: PairedRun) -> None:
    if not run.gated:
        failures = run.ledger.record.failures.values()
        told = dict.fromkeys((failure.side, failure.kind, failure.message) for failure in failures)
        raise NothingMeasured(
            f"every case failed: {'; '.join(f'{side} {kind}: {message}' for side, kind, message in told)}"
        )


def prove(record: Record, rule: Rule) -> Proof:
    """Return what the blocks of a record say of the gate.

    Raises:
        NothingMeasured: there is no whole block.
    """
    size = record.plan.effort.pairs or PILOT
    pairs = pairs_of(record)
    blocks = trials.blocks_of(pairs, size)
    if not blocks:
        raise NothingMeasured(
            "not a single block of pairs is complete; give it more time (--budget), or go on with --resume."
        )
    slow, percent = slow_side(record)
    cpus = record.machine.logical_cpus
    every = list(pairs.values())
    try:
        resampled = trials.resampled(every, size, rule, cpus, SAME, slow, DRAWS, record.plan.effort.seed)
    except TooFew:
        resampled = None
    cases = {case.id: case for case in record.plan.cases}
    spreads = trials.spreads(every, rule, SAME, slow)
    return Proof(
        machine=str(record.machine),
        percent=percent,
        size=size,
        blocks=len(blocks),
        rule=rule,
        cases={name: cases[name] for name in spreads},
        live=trials.live(blocks, rule, cpus, SAME, slow),
        resampled=resampled,
        spreads=spreads,
        warnings=tuple(Reason.of(Kind.OF_CASE, name, why=why) for name, why in failed_cells(record).items()),
    )


def slow_side(record: Record) -> tuple[str, float]:
    """Return the name of the slowed side, and by how many per cent; `UsageError` when the record is of no selftest."""
    for _, side in record.points:
        percent = slowed_by(side)
        if percent is not None:
            return side, percent
    raise UsageError("the record is of no selftest; there is no slowed side in it.")


def terms_of(record: Record, rule: Rule, budget_s: float) -> Terms:
    """Return the terms with which an interrupted selftest goes on."""
    slow, _ = slow_side(record)
    judged = [case for case, side in record.points if side == slow]
    control = next((case for case, side in record.points if side == CONTROL), None)
    return Terms(
        cells=tuple(Cell(case, (BASE, SAME, slow)) for case in judged),
        control=control,
        effort=record.plan.effort,
        affinity=record.plan.affinity,
        rule=rule,
        pairs=None,
        budget_s=budget_s,
    )

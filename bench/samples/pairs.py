"""From the record of a paired run to its pairs: what two sides measured of one case at the same time.

Every visit of a paired run is stamped: with its side, with the number of its pair and with its batch. Whatever is
concluded is a pure function of the record, so it can be had again from the file. Batch 0 is judged; batch 1 confirms it
if it is red, and each batch is paired with itself only.

The control is one case that the *same* installation measures in both places. Whatever moves it is no change of code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.analysis.paired import Batch, log_ratio, tail_of
from bench.analysis.trials import Pair
from bench.core.reason import Kind, Reason
from bench.core.side import AGAIN, BASE, CONTROL, HEAD
from bench.core.stamps import BATCH, PAIR
from bench.samples.readings import measured, readings

if TYPE_CHECKING:
    from bench.analysis.paired import Measured
    from bench.core.record import Process, Record


def failed_cells(record: Record, *sides: str) -> dict[str, Reason]:
    """Return the cells of which a side (any, unless some are named) has failed: id -> which side, how and why."""
    return {
        failure.case.id: Reason.of(Kind.SIDE_FAILED, side=failure.side, how=failure.kind, message=failure.message)
        for failure in record.failures.values()
        if not sides or failure.side in sides
    }


def absent_cells(record: Record) -> dict[str, Reason]:
    """Return the cells that a side has no code for, which are not judged: id -> which side, and what it lacks."""
    return {
        failure.case.id: Reason.of(Kind.SIDE_LACKS, side=failure.side, message=failure.message)
        for failure in record.failures.values()
        if failure.kind == "absent"
    }


def batch_of(record: Record, number: int, base: str = BASE, head: str = HEAD) -> Batch:
    """Return a batch as the pairs of two sides; cells that failed, or have no whole pair in it, are left out."""
    pairs, controls = _pairs(record, number, base, head), _pairs(record, number, CONTROL, AGAIN)
    return Batch(
        cells={cell: [log_ratio(*pair) for pair in found] for cell, found in pairs.items()},
        controls={cell: [log_ratio(*pair) for pair in found] for cell, found in controls.items()},
        readings=readings(_processes(record, number), record.machine.logical_cpus),
        tails={cell: tail_of(found) for cell, found in pairs.items()},
    )


def _pairs(record: Record, number: int, base: str, head: str) -> dict[str, list[tuple[Measured, Measured]]]:
    failed = failed_cells(record)
    rows: dict[str, dict[str, dict[int, Measured]]] = {}
    for result in record.results.values():
        cell, side = result.case.id, result.side
        if side in (base, head) and cell not in failed:
            rows.setdefault(cell, {})[side] = {
                process.metadata[PAIR]: measured(process) for process in result.processes if _belongs(process, number)
            }
    found = {}
    for cell, sides in rows.items():
        left, right = sides.get(base, {}), sides.get(head, {})
        whole = sorted(left.keys() & right.keys())
        if whole:
            found[cell] = [(left[pair], right[pair]) for pair in whole]
    return found


def _belongs(process: Process, number: int) -> bool:
    return bool(process.values) and process.metadata.get(BATCH) == number


def _processes(record: Record, number: int) -> list[Process]:
    return [process for result in record.results.values() for process in result.processes if _belongs(process, number)]


def pairs_of(record: Record) -> dict[tuple[int, int], Pair]:
    """Return (batch, pair) -> what was measured, in the order of measuring; half pairs are left out."""
    found: dict[tuple[int, int], dict[tuple[str, str], Measured]] = {}
    failed = failed_cells(record)
    for result in record.results.values():
        place = (result.case.id, result.side)
        for process in result.processes:
            if process.values and place[0] not in failed:
                number = (process.metadata[BATCH], process.metadata[PAIR])
                found.setdefault(number, {})[place] = measured(process)
    whole = max(map(len, found.values()), default=0)
    return {number: Pair(found[number]) for number in sorted(found) if len(found[number]) == whole}

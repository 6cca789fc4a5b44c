"""What costs most in an observed body, in a sentence with the figure behind it, and what helps against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.analysis.bottleneck import LITTLE
from bench.core.case import NONE
from bench.core.units import format_seconds, format_value
from bench.samples.parallelism import are_threads, may_stand, waits

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.samples.explained import Explained

NAMES = {
    "startup": "making workers",
    "useful": "CPU time inside items",
    "stolen": "stolen inside items",
    "blocked": "blocked inside items",
    "between": "between items",
    "waiting": "waiting at the end",
    "teardown": "ending workers",
    "unexplained": "unexplained",
}
"""Part -> what people read; see `bench.analysis.decomposition`."""

_LITTLE = f"{100 * LITTLE:.0f} %"
_ONE_CPU, _MORE_THAN_ONE = 0.5, 1.1
"""Shares of one CPU between which threads wait for their interpreter: with less they wait for something else, and with
more they do not take turns."""

_MOSTLY = 0.5
"""Share of what handing over costs in the largest chunks from which it is ascribed to the items and not to messages."""

_STAYS = "pool"
"""A backend whose workers stay, and which does whatever those do whose workers do not."""

_SMALLER = "Use smaller chunks (--chunksize), so that those who are done take what is left."

_AT_ONCE = (
    "Neither larger nor smaller chunks change that: use a backend that hands out work to all at once, such as pool, "
    "pool-apply-async or executor."
)

_UNEVEN = 0.5
"""Share of a worker's even share from which a single item decides when the last worker ends."""


def claim(found: Explained) -> str:
    """Return a sentence that names the part with the largest loss, and the figure behind it."""
    said = _waiting if _takes_turns(found) else _SAID[found.worst.part]
    return f"{100 * found.worst.share:.0f} % of the workers' time {said(found)}."


def remedy(found: Explained) -> str:
    """Return a sentence that says what helps, or that nothing needs to."""
    if not found.worst.matters:
        return f"Nothing costs more than {_LITTLE}."
    return _AT_ONCE if _takes_turns(found) else _HELP[found.worst.part](found)


def _takes_turns(found: Explained) -> bool:
    """Return whether what costs most is that the caller waits for each message, and the other workers with it."""
    return found.worst.part in ("between", "waiting") and found.made.workers > 1 and waits(found.case.member)


def _waiting(found: Explained) -> str:
    where = "between items" if found.worst.part == "between" else "at the end"
    return f"passes {where}: {found.case.member} waits for each call, so that only one worker ever has work"


def _time(found: Explained, name: str) -> str:
    return format_seconds(found.worst.figures[name])


def _making(found: Explained) -> str:
    doing = "making" if found.worst.part == "startup" else "ending"
    return f"goes into {doing} workers: making and ending one takes {_time(found, 'each_s')}"


def _keep(found: Explained) -> str:
    params = dict(found.case.params)
    if len(found.seen.totals) > found.made.workers and params.get("tasks_per_child", NONE) != NONE:
        return "Replace workers less often (--tasks-per-child)."
    start = params.get("start")
    other = f", or start them otherwise than by {start}" if start in ("spawn", "forkserver") else ""
    keep, what = "Keep the workers for several jobs", "--phase map"
    if not may_stand(found.case.member):  # whose --phase map is refused
        keep, what = "Use a backend whose workers stay for several jobs", f"--backend {_STAYS} --phase map"
    little_from = _time(found, "little_from_s")
    return f"{keep} ({what} shows what is then left){other}; it is below {_LITTLE} of a job that takes {little_from}."


def _handover(found: Explained) -> str:
    figures = found.worst.figures
    message = "one over" if figures["chunk"] <= 1 else f"{figures['chunk']:,.0f} of them over"
    item, handing = _time(found, "item_s"), _time(found, "handover_s")
    what = "an item" if found.chunk is None else f"a chunk of {found.chunk:,}"
    return f"passes between items: {what} takes {item} and handing {message} {handing}"


def _chunks(found: Explained) -> str:
    figures = found.worst.figures
    held = found.chunk or 1  # --chunksize counts what is in an item that is a chunk itself
    enough, largest = figures.get("little_from"), int(figures["largest"])
    if enough is not None and enough <= largest:
        return f"From chunks of {_rounded(int(enough) * held):,} on it is below {_LITTLE} (--chunksize)."
    if figures["travel_share"] > _MOSTLY:
        why = f"sending one takes {_time(found, 'travel_s')} and {format_value(round(figures['item_bytes']), 'byte')}"
        return f"Larger chunks do not help, because each item travels: {why}. Send less, or use shared memory."
    left = f"{100 * figures['least']:.0f} %"
    return f"A single chunk of {largest * held:,} for each worker leaves {left}; for less, give more work at once."


def _rounded(number: int) -> int:
    """Return the number rounded up to two digits, since more of them say nothing."""
    step: int = 10 ** max(0, len(str(number)) - 2)
    return -(-number // step) * step


def _late(found: Explained) -> str:
    figures = found.worst.figures
    if figures["idle"]:
        what = "the only item" if figures["items"] == 1 else f"any of the {figures['items']:,.0f} items"
        return f"is waiting at the end: {figures['idle']:.0f} of {found.made.workers} workers did not get {what}"
    return (
        f"is waiting at the end: the longest item takes {_time(found, 'longest_s')}, and a worker's even share of all "
        f"work is {_time(found, 'even_s')}"
    )


def _even(found: Explained) -> str:
    figures = found.worst.figures
    if figures["items"] < found.made.workers:
        few = f"{figures['items']:.0f} worker{'s' if figures['items'] > 1 else ''}"
        more = "more items" if found.chunk is None else "smaller chunks (--chunksize)"
        return f"Use {few}, or cut the work into {more}."
    if found.chunk is not None:  # the longest item is no more than a chunk that is too large
        return _SMALLER
    if figures["longest_s"] > figures["even_s"]:
        return "No way of handing out balances that: cut the longest item into several."
    if figures["longest_s"] > _UNEVEN * figures["even_s"]:
        return "Cut long items into several, or hand them out first."
    return _SMALLER


def _stolen(found: Explained) -> str:
    item, stolen = _time(found, "item_s"), _time(found, "stolen_s")
    return f"is stolen: an item takes {item}, of which it waits {stolen} for a CPU"


def _calm(found: Explained) -> str:
    if found.made.workers > found.usable_cpus:
        return f"Use fewer workers: {found.made.workers} of them share {found.usable_cpus:g} usable CPUs."
    return "Other programs have the CPUs: end them, or wait until they are done."


def _blocked(found: Explained) -> str:
    return f"is blocked inside items: an item takes {_time(found, 'item_s')}, of which {_time(found, 'cpu_s')} CPU time"


def _unblock(found: Explained) -> str:
    together = len({one.process for one in found.seen.totals}) < len(found.seen.totals)
    share = found.made.parts.useful / found.made.wall_s
    if together and are_threads(found.case) and _ONE_CPU < share < _MORE_THAN_ONE:
        return "Workers that share an interpreter run one at a time: use processes, or a free-threaded Python."
    if any(one.delay is None for one in found.seen.totals):
        return "This system does not tell sleep, I/O and locks from waiting for a CPU: look at what else runs."
    return "Items sleep, read, write or wait for locks: more workers than CPUs use that time, or threads, or asyncio."


def _grown(found: Explained) -> str:
    return (
        f"is CPU time that the serial loop does not need: {_time(found, 'cpu_s')} for an item in place of "
        f"{_time(found, 'alone_s')}"
    )


def _share(_found: Explained) -> str:
    return "Workers share caches, memory and clock rate: the ceiling shows what these CPUs can give together."


def _unexplained(found: Explained) -> str:
    lost = f", and {found.seen.lost} items of ended workers are lost" if found.seen.lost else ""
    return f"is unexplained: no stamp tells what it was{lost}"


def _again(_found: Explained) -> str:
    return "Measure it again, on a machine that does nothing else."


_SAID: dict[str, Callable[[Explained], str]] = {
    "startup": _making,
    "useful": _grown,
    "stolen": _stolen,
    "blocked": _blocked,
    "between": _handover,
    "waiting": _late,
    "teardown": _making,
    "unexplained": _unexplained,
}
_HELP: dict[str, Callable[[Explained], str]] = {
    "startup": _keep,
    "useful": _share,
    "stolen": _calm,
    "blocked": _unblock,
    "between": _chunks,
    "waiting": _even,
    "teardown": _keep,
    "unexplained": _again,
}

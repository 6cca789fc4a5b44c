"""Which part of an observed body costs most, and the figures behind what helps against it."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil
from typing import TYPE_CHECKING

from bench.analysis.decomposition import PARTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.analysis.decomposition import Decomposition
    from bench.core.observation import Observation

LITTLE = 0.05
"""Share of the workers' time below which a loss is not worth a change. Larger hides what could be won; smaller asks for
chunks so large that workers end apart."""


PIPE_BYTES = 2**16
"""What a pipe of Linux holds (pipe(7)): a message above it is written in parts, each of which waits for the reader."""


FEW, SMALL_BYTES = 8, 128
"""Items in a message, and bytes of one, from which pickling takes as much per item in larger messages. A message by
itself costs some microseconds, as much as some dozens of numbers; smaller limits ascribe that to each item."""


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """What costs most.

    Attributes:
        part: one of `PARTS`; ``useful`` where the items themselves take more CPU time than in the serial loop.
        share: of the workers' time that is lost in it.
        figures: name -> number, as said at the function that makes them.
    """

    part: str
    share: float
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def matters(self) -> bool:
        """Whether the loss is worth a change."""
        return self.share >= LITTLE


def bottleneck(found: Observation, made: Decomposition, messages: int, alone_s: float | None = None) -> Bottleneck:
    """Return the part in which most is lost.

    Args:
        found: the observed body.
        made: its decomposition.
        messages: how many were handed out.
        alone_s: CPU seconds inside the same items in the serial loop, where they are known.
    """
    whole = made.wall_s * made.workers
    losses = {part: abs(getattr(made.parts, part)) / whole for part in PARTS if part != "useful"}
    losses["between"] = unnoted(found, made) / whole
    if alone_s is not None:
        losses["useful"] = (made.parts.useful - alone_s) / whole
    part = max(losses, key=losses.__getitem__)
    figures: dict[str, float] = {}
    if part in ("startup", "teardown"):
        figures = _making(found, made)
    elif part == "between":
        figures = _handover(found, made, messages)
    elif part == "waiting":
        figures = _imbalance(found, made)
    elif part in ("blocked", "stolen", "useful"):
        figures = _inside(found, made, alone_s)
    return Bottleneck(part, losses[part], figures)


def noting(found: Observation, made: Decomposition) -> float:
    """Return the worker seconds between items that observing it takes, an estimate: they are no loss."""
    return min(made.parts.between, (found.noting_s or 0.0) * sum(one.items for one in found.totals))


def unnoted(found: Observation, made: Decomposition) -> float:
    """Return the worker seconds between items that pass whether or not somebody observes."""
    return made.parts.between - noting(found, made)


def _making(found: Observation, made: Decomposition) -> dict[str, float]:
    """Return what making and ending take per worker that was made, and the wall time from which that is little."""
    lives = max(made.workers, len(found.totals))
    count = lives if found.whole else max(1, lives - made.workers)  # the others stood
    spent_s = made.parts.startup + made.parts.teardown
    return {"each_s": spent_s / count, "little_from_s": spent_s / made.workers / LITTLE}


def _handover(found: Observation, made: Decomposition, messages: int) -> dict[str, float]:
    """Return what an item takes, what handing a message over takes, and the chunk from which that is little.

    Handing over takes a share per message, which larger chunks thin out, and one per item, its pickling, which they do
    not; of messages that do not fit into a pipe all of it goes with the size. Of chunks of c items the share is
    (m + c t) / (m + c t + c i); ``little_from`` is missing where no c makes it little, ``chunk`` is c now, and
    ``largest`` the one that leaves every worker a chunk; ``least`` is the share that is left then, and
    ``travel_share`` how much of that goes with the items.
    """
    items = _items(found)
    item_s = made.parts.inside / items
    between = unnoted(found, made)
    size = (found.bytes_out or 0) + (found.bytes_back or 0)
    travel_s = _travel(found, between, items / messages, size / items) / items
    message_s = (between - travel_s * items) / messages
    gain = LITTLE * item_s - (1 - LITTLE) * travel_s
    largest = items // made.workers or 1
    over = message_s / largest + travel_s
    figures = {
        "item_s": item_s,
        "handover_s": between / messages,
        "travel_s": travel_s,
        "travel_share": travel_s / over if over else 0.0,
        "chunk": items / messages,
        "largest": largest,
        "least": over / (over + item_s) if over else 0.0,
        "item_bytes": size / items,
    }
    return figures | ({"little_from": ceil((1 - LITTLE) * message_s / gain)} if gain > 0 else {})


def _travel(found: Observation, between: float, chunk: float, item_bytes: float) -> float:
    """Return the worker seconds between items that larger chunks would not thin out."""
    if chunk * item_bytes > PIPE_BYTES:
        return between
    # Of messages with few small items most of the pickling is the message's.
    return min(found.pickling_s or 0.0, between) if max(chunk, item_bytes / SMALL_BYTES) >= FEW else 0.0


def _imbalance(found: Observation, made: Decomposition) -> dict[str, float]:
    """Return how many workers had no item, the longest item, and what would be each worker's even share."""
    return {
        "idle": sum(not lane.inside for lane in made.lanes),
        "items": _items(found),
        "longest_s": max((span.end - span.begin for span in found.spans), default=0.0),
        "even_s": made.parts.inside / made.workers,
    }


def _inside(found: Observation, made: Decomposition, alone_s: float | None) -> dict[str, float]:
    """Return what an item takes, how much of it is CPU time or stolen, and the CPU time it takes in the serial loop."""
    items = _items(found)
    parts = {"item_s": made.parts.inside, "cpu_s": made.parts.useful, "stolen_s": made.parts.stolen}
    figures = {name: seconds / items for name, seconds in parts.items()}
    return figures if alone_s is None else figures | {"alone_s": alone_s / items}


def _items(found: Observation) -> int:
    return sum(one.items for one in found.totals) or 1

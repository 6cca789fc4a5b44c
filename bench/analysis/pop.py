"""The efficiency of an observed body as the product of the factors that the HPC field uses.

With U the wall time inside items of a worker, W the wall time of the body, A what is left of W for a worker without its
start-up and the tear-down, R the CPU seconds that the same items take in the serial loop, and P workers:

- start-up = avg A / W
- load balance = (sum U / sum A) / max (U / A)
- communication = max (U / A) = serialisation x transfer; with W0 the time that the busiest worker would have needed if
  messages were free, counted as its A is: serialisation = U / W0, transfer = W0 / A
- computation = R / sum U
- efficiency = their product = R / (P W)

Source: POP Centre of Excellence, "POP Standard Metrics for Parallel Performance Analysis" (co-design.pop-coe.eu), and
the guide of Cube: LB = avg U / max U, CommE = max U / W = SerE x TE, SerE = max U / W0, TE = W0 / W,
CompS = sum U_ref / sum U. POP's programs have all processes from the beginning to the end. Pools make theirs, which is
a factor of its own here, and one after the other, which is why a worker's own A stands in place of W; where all
workers start at once, these are POP's formulas.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.analysis.errors import BadSample

if TYPE_CHECKING:
    from bench.analysis.decomposition import Decomposition


@dataclass(frozen=True, slots=True)
class Factors:
    """The factors, each 1 where nothing is lost; see the module.

    Attributes:
        startup: making and ending workers.
        load_balance: workers without work, or with less than others.
        communication: messages.
        computation: inside items: preempted, blocked, or slower than alone.
        transfer: the part of ``communication`` that free messages would win back.
    """

    startup: float
    load_balance: float
    communication: float
    computation: float
    transfer: float

    @property
    def serialisation(self) -> float:
        """The part of ``communication`` that would stay if messages were free."""
        return self.communication / self.transfer

    @property
    def efficiency(self) -> float:
        """The product of the four factors."""
        return self.startup * self.load_balance * self.communication * self.computation


def factors(found: Decomposition, alone_s: float | None = None) -> Factors:
    """Return the factors of a decomposition.

    Args:
        found: of the observed body.
        alone_s: CPU seconds inside the same items in the serial loop; the body's own CPU seconds where it is not known,
            so that ``computation`` tells preempted and blocked from running, and not what became slower.

    Raises:
        BadSample: no worker spent any time inside an item.
    """
    inside = [lane.inside for lane in found.lanes]
    left = [found.wall_s - lane.startup - lane.teardown for lane in found.lanes]
    shares = [one / own if own > 0 else 0.0 for one, own in zip(inside, left, strict=True)]
    busiest = max(range(found.workers), key=shares.__getitem__)
    if not shares[busiest]:
        raise BadSample("no worker spent time inside an item")
    free = max(lane.startup + lane.inside for lane in found.lanes) - found.lanes[busiest].startup
    return Factors(
        startup=sum(left) / (found.workers * found.wall_s),
        load_balance=sum(inside) / sum(left) / shares[busiest],
        communication=shares[busiest],
        computation=(found.parts.useful if alone_s is None else alone_s) / sum(inside),
        transfer=min(1.0, free / left[busiest]),
    )

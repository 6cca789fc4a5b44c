"""How a case is to be measured, as the command line of the measuring program says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Options:
    """What the measuring program goes by.

    Attributes:
        values: how many values to take.
        warmups: how many values to take before, which are not counted.
        min_time_s: how long a value has to last at least, where the loops are to be found out.
        loops: how often the body runs for one value; None has that found out.
        affinity: the CPUs to run on; empty where they are not to be chosen.
        output: the file to write.
        describe: whether to tell of the machine and the interpreter as well, which takes longer than a short visit.
        observe: the file to write what is seen of one more body; empty where none is to be observed.
    """

    values: int
    warmups: int
    min_time_s: float
    loops: int | None
    affinity: tuple[int, ...]
    output: str
    describe: bool
    observe: str = ""

    @classmethod
    def read(cls, words: Iterable[str]) -> Self:
        """Read ``--name=value`` and ``--name``; what only older versions of this program knew means nothing."""
        said = {name: value for name, _, value in (word.removeprefix("--").partition("=") for word in words)}
        return cls(
            values=int(said["values"]),
            warmups=int(said["warmups"]),
            min_time_s=float(said["min-time"]),
            loops=int(said["loops"]) if "loops" in said else None,
            affinity=tuple(map(int, filter(None, said.get("affinity", "").split(",")))),
            output=said["output"],
            describe="metadata" in said,
            observe=said.get("observe", ""),
        )

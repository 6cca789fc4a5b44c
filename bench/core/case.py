"""One point to measure: a member of a family and a value on each axis."""

from __future__ import annotations

import json
from dataclasses import dataclass

Value = int | float | str
NONE = "none"  # the value on an axis that has no meaning for a member


@dataclass(frozen=True, slots=True)
class Case:
    """One point to measure.

    Attributes:
        family: the kind of experiment, for example ``backends``.
        member: the contestant, for example ``pool``.
        params: (axis, value) pairs, sorted by axis.
    """

    family: str
    member: str
    params: tuple[tuple[str, Value], ...]

    @classmethod
    def of(cls, family: str, member: str, params: dict[str, Value]) -> Case:
        """Make a case from a dict of params."""
        return cls(family, member, tuple(sorted(params.items())))

    @classmethod
    def from_json(cls, text: str) -> Case:
        """Read what `to_json` wrote."""
        data = json.loads(text)
        return cls.of(data["family"], data["member"], data["params"])

    def to_json(self) -> str:
        """Write the case as one line that fits on a command line."""
        return json.dumps({"family": self.family, "member": self.member, "params": dict(self.params)})

    def __getitem__(self, axis: str) -> Value:
        """Return the value on ``axis``; KeyError when the family has no such axis."""
        return dict(self.params)[axis]

    @property
    def workers(self) -> int | None:
        """The number of workers, or None where the axis means nothing."""
        workers = dict(self.params).get("workers")
        return workers if isinstance(workers, int) else None

    @property
    def id(self) -> str:
        """The readable name: stable, because the params are sorted."""
        return " ".join([f"{self.family}/{self.member}", *(f"{axis}={value}" for axis, value in self.params)])

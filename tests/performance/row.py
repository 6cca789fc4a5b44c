"""A line of the table: one figure beside its goal, with every single round that it comes from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One figure beside its goal.

    Attributes:
        what: what was measured.
        figure: in `unit`; None when there is none, and `note` says why.
        unit: what stands behind figure and goal.
        bound: how the figure is to stand to the goal: ``at least``, ``at most`` or ``below``.
        goal: in `unit`; None where a figure is only shown.
        rounds: every single round, times in seconds.
        note: what else has to be known about the figure.
        ran: False when something that the figure needs could not run.
        in_doubt: whether primebench itself doubts what the figure comes from, so that nothing is concluded.
    """

    what: str
    figure: float | None
    unit: str
    bound: str
    goal: float | None
    rounds: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    ran: bool = True
    in_doubt: bool = False

    @property
    def reached(self) -> bool | None:
        """Whether the goal is reached; None where there is no goal or no figure, or one in doubt."""
        if self.goal is None or self.figure is None or self.in_doubt:
            return None
        if self.bound == "at least":
            return self.figure >= self.goal
        return self.figure < self.goal or (self.bound == "at most" and self.figure == self.goal)

    def cells(self) -> tuple[str, str, str, str]:
        """Return what, figure, goal and reached as texts."""
        figure = "-" if self.figure is None else f"{self.figure:.3g} {self.unit}"
        goal = "-" if self.goal is None else f"{self.bound} {self.goal:g} {self.unit}"
        reached = "in doubt" if self.in_doubt else {True: "yes", False: "no", None: "-"}[self.reached]
        return self.what, figure, goal, reached

"""What a kind of experiment is made of: axes, and how a case becomes a trial."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from bench.contract.backend import Task
    from bench.core.case import Value
    from bench.core.job import Demand
    from bench.core.reference import Role


class Unfit(Exception):  # it is a reason, not a mistake
    """A combination of member and params that makes no sense; the message is the reason shown to the user."""


class Missing(Unfit):
    """A member, or something that it needs, that cannot run on this machine; the message says why."""


@dataclass(frozen=True, slots=True)
class Axis:
    """A named parameter.

    Attributes:
        name: the name in params, tables and metadata; the option is ``--name`` with hyphens.
        meaning: one line for ``--help``.
        default: gives the value when the user names none; called late, because it may depend on the machine.
        parse: turns what the user wrote (one value of a comma-separated list) into values; raises `UsageError`.
        metavar: what ``--help`` shows in place of the value; words in small letters are values.
        sweep: gives the values that a comparison takes when the user names none; None for the default alone.
        rare: whether only ``--help-all`` tells of it.
        names: gives the names that NAME in the metavar stands for, for completion by the shell.
    """

    name: str
    meaning: str
    default: Callable[[], Value]
    parse: Callable[[str], tuple[Value, ...]]
    metavar: str
    names: Callable[[], tuple[str, ...]] = tuple
    sweep: Callable[[], tuple[Value, ...]] | None = None
    rare: bool = False


class Watch(Protocol):
    """What observes a body, and is told by the trial what happens when."""

    @property
    def warm(self) -> Callable[[], None]:
        """What each standing worker is to do before it is called."""

    def task(self, task: Task, items: int) -> Task:
        """Return the task that notes what workers do with so many items."""

    def note(self, moment: str) -> None:
        """Note that the workers are ``begun``, ``ready``, ``called``, have ``answered`` or are ``gone``."""

    def moved(self, items: Sequence[Any], results: Sequence[Any], together: int) -> None:
        """Tell what was pickled, so many items together."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What the worker times.

    Attributes:
        body: does the work once and returns an answer; the only thing inside the clock.
        check: takes an answer, outside the clock; raises `WrongAnswer` when it is not the truth.
        operations: how many operations one body does; times are given per operation.
        facts: called once, after the last body, for scalars that belong beside the times, such as a percentile that
            only the body can see.
        caution: why the body may never end, where that is known; shown if it meets its deadline.
        runs: does the work so many times and returns the seconds that count, and an answer for each time; for workers
            that each keep a clock of their own. None has the body timed.
        observed: does the work once more, untimed, tells a watch what happens when, and returns an answer; only where
            items are handed out.
    """

    body: Callable[[], Any]
    check: Callable[[Any], None]
    operations: int = 1
    facts: Callable[[], dict[str, Value]] = field(default=dict)
    caution: str = ""
    runs: Callable[[int], tuple[float, list[Any]]] | None = None
    observed: Callable[[Watch], Any] | None = None


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of experiment.

    Attributes:
        name: the folder's name, a plural: ``backends``.
        noun: the singular, which is also the option that chooses members: ``backend``.
        summary: one line.
        axes: the parameters of its cases.
        fit: (member, params) -> the params that this member really has (an axis that means nothing to it becomes
            ``none``); raises `Unfit` or `Missing` with the reason when the combination makes no sense here.
        prepare: case -> context manager of a `Trial`; entered in the measuring process only.
        missing: member -> why it cannot run here, or None.
        references: role -> the member that plays it; it belongs to every plan, because others are measured against it.
        limited_by: member -> in which params the limit of this member differs from that of others; it belongs to every
            plan with such a member.
        shared_by: only in a family that distributes jobs: (member, params) -> how many workers share the work. There
            ``fit`` takes the `bench.core.job.JobKind` as a third argument and ``prepare``, as a second one, what makes
            the `bench.core.job.Job` of (case, workers that share it).
        demands: only there: member -> what it asks of a job.
        on_one_cpu: (member, params) -> whether a case never keeps more than one CPU busy.
    """

    name: str
    noun: str
    summary: str
    axes: tuple[Axis, ...]
    fit: Callable[..., dict[str, Value]]
    prepare: Callable[..., AbstractContextManager[Trial]]
    missing: Callable[[str], str | None]
    references: Mapping[Role, str] = field(default_factory=dict)
    limited_by: Callable[[str], Mapping[str, Value]] = lambda _member: {}
    shared_by: Callable[[str, Mapping[str, Value]], int] | None = None
    demands: Callable[[str], frozenset[Demand]] = lambda _member: frozenset()
    on_one_cpu: Callable[[str, Mapping[str, Value]], bool] = lambda _member, _params: False

    def role_of(self, member: str) -> Role | None:
        """Return what a member is to others, or None."""
        return next((role for role, name in self.references.items() if name == member), None)

    @property
    def package(self) -> str:
        """The package that holds the members."""
        return f"bench.families.{self.name}"

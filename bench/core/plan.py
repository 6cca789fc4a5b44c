"""What shall be measured and with how much effort; drawing the cases of a plan from members and axis values."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from bench.core import catalog
from bench.core.case import Case, Value
from bench.core.errors import BrokenPlugin, UsageError
from bench.core.family import Missing, Unfit
from bench.core.record import Skip
from bench.core.reference import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from bench.core.family import Axis, Family
    from bench.core.job import JobKind, Work


MOST_PAIRS = 10_000  # of a batch
MOST_COMBINATIONS = 10_000  # of members and values in a plan; one visit of so many cases takes hours


@dataclass(frozen=True, slots=True)
class Effort:
    """How much time a measurement is given.

    Attributes:
        rounds: how often every case is visited; each visit is a fresh process, so this is the number of samples
            that are independent of each other.
        values: timed values in each process.
        warmups: values that are thrown away before them.
        min_time_s: what one value lasts at least; short bodies are looped until they do.
        timeout_s: the deadline of one visit, after which it is ended and recorded as timed-out.
        seed: of the order in which cases are visited.
        observe: whether one more body of every case is observed in its last visit, after the times.
        pairs: where sides are measured in pairs, how many a batch has; rounds then mean nothing.
    """

    rounds: int
    values: int
    warmups: int
    min_time_s: float
    timeout_s: float
    seed: int = 1
    pairs: int | None = None
    observe: bool = False


# Found with trial-division on 100,000 numbers (0.25 s of serial work) on two CPUs: fast ends `run --backend pool`
# in about ten seconds, normal in about forty. More rounds narrow the interval, more values steady the minimum.
EFFORTS = {
    "fast": Effort(rounds=2, values=2, warmups=1, min_time_s=0.05, timeout_s=30.0, observe=True),
    "normal": Effort(rounds=7, values=3, warmups=1, min_time_s=0.1, timeout_s=60.0, observe=True),
    "rigorous": Effort(rounds=20, values=6, warmups=1, min_time_s=0.1, timeout_s=120.0, observe=True),
}


@dataclass(frozen=True, slots=True)
class Ladder:
    """Single cases put below each other: a stacked cost, or what a cure is worth.

    Attributes:
        title: what the ladder answers.
        steps: (label, case id), from the bottom up.
    """

    title: str
    steps: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What shall be measured.

    Attributes:
        cases: the points to measure, in the order in which tables show them.
        skips: the points that make no sense here, each with its reason.
        effort: the effort to spend on every case.
        affinity: the CPUs that the measured processes may use, as the operating system numbers them.
        references: case id -> {role: id of the case that plays it}; what plays a role, plays it for itself.
        work: case id -> how much work it is, where a job is distributed.
        ladders: tables that the plan's file asks for.
        measured_by: case id -> the sides that measure it, where several do.
    """

    cases: tuple[Case, ...]
    skips: tuple[Skip, ...]
    effort: Effort
    affinity: tuple[int, ...]
    references: Mapping[str, Mapping[Role, str]]
    ladders: tuple[Ladder, ...] = ()
    work: Mapping[str, Work] = field(default_factory=dict)
    measured_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def times(self, case_id: str) -> int:
        """Return how many times the work of one worker a case does: above 1 where the work grows with the workers."""
        return self.work[case_id].times if case_id in self.work else 1

    @property
    def roles(self) -> dict[str, Role]:
        """Case id -> the role that the case plays, of those that play one."""
        return {key: role for found in self.references.values() for role, key in found.items()}

    @property
    def has_pairs(self) -> bool:
        """Whether sides are measured in pairs, as a gate does, and not in rounds."""
        return self.effort.pairs is not None

    def reference(self, case_id: str, role: Role) -> str:
        """Return the id of the case that plays a role for this one; empty where none does."""
        return self.references.get(case_id, {}).get(role, "")

    @classmethod
    def of(cls, drawing: Drawing, effort: Effort, affinity: tuple[int, ...], ladders: tuple[Ladder, ...] = ()) -> Plan:
        """Return the plan that spends this effort on what was drawn."""
        return cls(drawing.cases, drawing.skips, effort, affinity, drawing.references, ladders, drawing.work)


@dataclass(frozen=True, slots=True)
class Drawing:
    """The cases that members and axis values lead to: a plan without its effort.

    ``missing`` holds the points, as they were chosen, for which something lacks here that another Python may have.
    ``broken`` says by member of others how it breaks its contract.
    """

    cases: tuple[Case, ...]
    skips: tuple[Skip, ...]
    references: Mapping[str, Mapping[Role, str]]
    work: Mapping[str, Work] = field(default_factory=dict)
    missing: tuple[Case, ...] = ()
    broken: Mapping[str, BrokenPlugin] = field(default_factory=dict)


def combinations(
    family: Family, members: Sequence[str], chosen: Mapping[str, Sequence[Value]], job: JobKind | None = None
) -> int:
    """Return how many combinations `draw` would look at, without looking at any.

    Raises:
        UsageError: more than `MOST_COMBINATIONS`.
    """
    values = prod(len(chosen.get(axis.name) or (None,)) for axis in _axes(family, job))
    return check_size(len({*family.references.values(), *members}) * values)


def _axes(family: Family, job: JobKind | None) -> tuple[Axis, ...]:
    return (*family.axes, *(job.axes if job else ()))


def check_size(count: int) -> int:
    """Return the number of combinations; `UsageError` when a plan cannot have so many."""
    if count > MOST_COMBINATIONS:
        raise UsageError(
            f"the plan combines members and values in {count:,} ways; at most {MOST_COMBINATIONS:,} can be measured. "
            "Name fewer values."
        )
    return count


def draw(
    family: Family, members: Sequence[str], chosen: Mapping[str, Sequence[Value]], job: JobKind | None = None
) -> Drawing:
    """Combine every member with every value on every axis.

    The family's reference members join in front, the limit once for each kind of limit that the others have. Axes
    that are not in ``chosen`` have their default. A combination that the family calls unfit becomes a `Skip`;
    combinations that mean the same become one case.

    Args:
        family: the kind of experiment.
        members: its members.
        chosen: axis -> values, of the family and of the job.
        job: what is distributed, in a family that distributes jobs.

    Raises:
        UsageError: more than `MOST_COMBINATIONS`, or a value that is wrong for every member.
    """
    combinations(family, members, chosen, job)
    referred = tuple(family.references.values())
    others = [member for member in members if member not in referred]
    everyone = [*_referred(family, others), *((member, {}) for member in others)]
    axes = _axes(family, job)
    fit = partial(family.fit, job=job) if job else family.fit
    values = [tuple(chosen.get(axis.name) or (axis.default(),)) for axis in axes]
    work: dict[str, Work] = {}
    cases: dict[str, Case] = {}
    broken: dict[str, BrokenPlugin] = {}
    skips: dict[tuple[str, str], Skip] = {}
    missing: dict[Case, None] = {}
    references: dict[str, dict[Role, str]] = {}
    for member, apart in everyone:
        limit = apart or family.limited_by(member)
        for combination in product(*values):
            params = dict(zip((axis.name for axis in axes), combination, strict=True))
            try:
                case = Case.of(family.name, member, fit(member, {**params, **apart}))
            except Unfit as reason:
                if isinstance(reason, Missing):
                    missing[Case.of(family.name, member, {**params, **apart})] = None
                if member not in members:
                    continue  # a reference that joined by itself: where it makes no sense, nobody misses it
                kind = "missing" if isinstance(reason, Missing) else "skipped"
                skips.setdefault((member, str(reason)), Skip(Case.of(family.name, member, params), kind, str(reason)))
                continue
            except BrokenPlugin as error:
                if member in catalog.own_names(family.package):
                    raise
                why = f"broken: {error}"  # what others bring hurts only itself
                skips.setdefault((member, why), Skip(Case.of(family.name, member, params), "missing", why))
                broken[member] = error
                continue
            cases.setdefault(case.id, case)
            references.setdefault(case.id, _references_of(family, fit, params, limit))
            if job and (amount := work_of(family, case, job)):
                work[case.id] = amount
    there = {key: {role: told for role, told in found.items() if told in cases} for key, found in references.items()}
    return Drawing(tuple(cases.values()), tuple(skips.values()), there, work, tuple(missing), broken)


def work_of(family: Family, case: Case, job: JobKind, facts: Mapping[str, Value] | None = None) -> Work | None:
    """Return how much work a case is, or None where it does none."""
    params = dict(case.params)
    return job.work(params, family.shared_by(case.member, params), facts or {}) if family.shared_by else None


def _referred(family: Family, others: Sequence[str]) -> Iterator[tuple[str, Mapping[str, Value]]]:
    """Yield each reference that is measured with these members, and its params that are not those of the plan."""
    limits = {tuple(family.limited_by(member).items()): None for member in others} or {(): None}
    for role, member in family.references.items():
        yield from ((member, dict(apart)) for apart in (limits if role is Role.LIMIT else [()]))


def _references_of(
    family: Family,
    fit: Callable[[str, dict[str, Value]], dict[str, Value]],
    params: dict[str, Value],
    limit: Mapping[str, Value],
) -> dict[Role, str]:
    found: dict[Role, str] = {}
    for role, member in family.references.items():
        apart = limit if role is Role.LIMIT else {}
        try:
            found[role] = Case.of(family.name, member, fit(member, {**params, **apart})).id
        except Unfit:
            continue
    return found


def merge(drawings: Iterable[Drawing]) -> Drawing:
    """Put drawings behind each other; cases that occur twice are kept once."""
    cases: dict[str, Case] = {}
    skips: dict[Skip, None] = {}
    references: dict[str, Mapping[Role, str]] = {}
    work: dict[str, Work] = {}
    missing: dict[Case, None] = {}
    broken: dict[str, BrokenPlugin] = {}
    for drawing in drawings:
        for case in drawing.cases:
            cases.setdefault(case.id, case)
        skips |= dict.fromkeys(drawing.skips)
        references |= drawing.references
        work |= drawing.work
        missing |= dict.fromkeys(drawing.missing)
        broken |= drawing.broken
    return Drawing(tuple(cases.values()), tuple(skips), references, work, tuple(missing), broken)

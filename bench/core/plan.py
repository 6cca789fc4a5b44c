"""What shall be measured and with how much effort; drawing the cases of a plan from members and axis values."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from bench.core.case import Case, Value
from bench.core.family import Missing, Unfit
from bench.core.record import Skip

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bench.core.family import Family


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
    """

    rounds: int
    values: int
    warmups: int
    min_time_s: float
    timeout_s: float
    seed: int = 1


# Found with trial-division on 100,000 numbers (0.25 s of serial work) on two CPUs: fast ends `run --backend pool`
# in about ten seconds, normal in about forty. More rounds narrow the interval, more values steady the minimum.
EFFORTS = {
    "fast": Effort(rounds=2, values=2, warmups=1, min_time_s=0.05, timeout_s=30.0),
    "normal": Effort(rounds=7, values=3, warmups=1, min_time_s=0.1, timeout_s=60.0),
    "rigorous": Effort(rounds=20, values=6, warmups=1, min_time_s=0.1, timeout_s=120.0),
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
        references: case id -> {reference member: id of the case it is measured against}.
        ladders: tables that the plan's file asks for.
    """

    cases: tuple[Case, ...]
    skips: tuple[Skip, ...]
    effort: Effort
    affinity: tuple[int, ...]
    references: Mapping[str, Mapping[str, str]]
    ladders: tuple[Ladder, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawing:
    """The cases that members and axis values lead to: a plan without its effort."""

    cases: tuple[Case, ...]
    skips: tuple[Skip, ...]
    references: Mapping[str, Mapping[str, str]]


def draw(family: Family, members: Sequence[str], chosen: Mapping[str, Sequence[Value]]) -> Drawing:
    """Combine every member with every value on every axis.

    The family's reference members join in front. Axes that are not in ``chosen`` have their default. A combination
    that the family calls unfit becomes a `Skip`; combinations that mean the same become one case.
    """
    everyone = [*family.references, *(member for member in members if member not in family.references)]
    values = [tuple(chosen.get(axis.name) or (axis.default(),)) for axis in family.axes]
    cases: dict[str, Case] = {}
    skips: dict[tuple[str, str], Skip] = {}
    references: dict[str, dict[str, str]] = {}
    for member in everyone:
        for combination in product(*values):
            params = dict(zip((axis.name for axis in family.axes), combination, strict=True))
            try:
                case = Case.of(family.name, member, family.fit(member, params))
            except Unfit as reason:
                if member not in members:
                    continue  # a reference that joined by itself: where it makes no sense, nobody misses it
                kind = "missing" if isinstance(reason, Missing) else "skipped"
                skips.setdefault((member, str(reason)), Skip(Case.of(family.name, member, params), kind, str(reason)))
                continue
            cases.setdefault(case.id, case)
            references.setdefault(case.id, _references_of(family, params))
    return Drawing(tuple(cases.values()), tuple(skips.values()), references)


def _references_of(family: Family, params: dict[str, Value]) -> dict[str, str]:
    found = {}
    for reference in family.references:
        try:
            found[reference] = Case.of(family.name, reference, family.fit(reference, params)).id
        except Unfit:
            continue
    return found


def merge(drawings: Iterable[Drawing]) -> Drawing:
    """Put drawings behind each other; cases that occur twice are kept once."""
    cases: dict[str, Case] = {}
    skips: dict[Skip, None] = {}
    references: dict[str, Mapping[str, str]] = {}
    for drawing in drawings:
        for case in drawing.cases:
            cases.setdefault(case.id, case)
        skips |= dict.fromkeys(drawing.skips)
        references |= drawing.references
    return Drawing(tuple(cases.values()), tuple(skips), references)

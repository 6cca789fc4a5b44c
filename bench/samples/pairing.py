"""Pair cells along one axis: hold all other axes, divide by the base value of this one.

Along the axis ``file`` that is a regression, along ``machine`` a comparison of hardware, along ``member`` a ranking,
along ``workers`` a speed-up curve. What finds no partner is listed, never dropped.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from bench.core.case import NONE, Value
from bench.core.errors import UsageError
from bench.core.reason import Kind, Reason
from bench.core.reference import Role
from bench.samples import levels
from bench.samples.dataset import CPU_MODEL, PYTHON, USABLE_CPUS, Cell, Dataset
from bench.samples.likeness import work_of

FILE, MACHINE, PYTHON_AXIS = "file", "machine", "python"

BETWEEN: Mapping[str, tuple[str, ...]] = {FILE: (), MACHINE: (CPU_MODEL, USABLE_CPUS), PYTHON_AXIS: (PYTHON,)}
"""Axes that lie between datasets, and the fields that differ because they are what is compared."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two cells that differ in one axis.

    Attributes:
        base: what is divided by.
        other: what is judged.
        base_value: the base's value on the axis.
        other_value: the other's value.
        paired: whether process i of both sides was measured in the same round.
    """

    base: Cell
    other: Cell
    base_value: Value
    other_value: Value
    paired: bool


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A case that has times in one place and none in another: its id, where it lacks, and why.

    `failed` tells that it was tried there and failed.
    """

    id: str
    where: str
    reason: Reason
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Pairing:
    """All pairs along an axis, and everything that found no partner.

    Attributes:
        axis: along which they lie.
        pairs: what has a partner.
        unmatched: what has none.
        across: whether both sides of a pair are of different datasets, and so of different sessions.
        disturbed: what disturbed the machine while one of these datasets was measured.
    """

    axis: str
    pairs: tuple[Pair, ...]
    unmatched: tuple[Unmatched, ...]
    across: bool = False
    disturbed: tuple[Reason, ...] = ()


def has_pythons(datasets: Sequence[Dataset]) -> bool:
    """Return whether there is one dataset, with times of several Pythons, so that they are compared within it."""
    return len(datasets) == 1 and len({cell.python for cell in datasets[0].cells.values()}) > 1


def between(axis: str, datasets: Sequence[Dataset]) -> Pairing:
    """Pair equal cases of datasets; the first dataset is the base, with all that have its value on the axis.

    Args:
        axis: a key of `BETWEEN`. Along ``machine`` and ``python`` the datasets of one machine or Python are joined;
            along ``python`` each Python of a dataset counts as a dataset.
        datasets: at least one.

    Raises:
        UsageError: all datasets have the same value on the axis, or a Python is in two of which one holds several.
    """
    groups: dict[str, list[Dataset]] = {}
    for dataset in levels.checked([levels.apart(one) for one in datasets]) if axis == PYTHON_AXIS else datasets:
        groups.setdefault(_value(axis, dataset), []).append(dataset)
    if len(groups) < 2:
        only = next(iter(groups))
        raise UsageError(f"there is only one {axis}, {only}; give files of at least two, or compare by another axis.")
    (base_value, base), *others = [(value, joined(group)) for value, group in groups.items()]
    pairs: list[Pair] = []
    unmatched: list[Unmatched] = []
    for value, other in others:
        for key in dict.fromkeys((*base.cells, *other.cells, *base.absent, *other.absent)):
            if key in base.cells and key in other.cells:
                left, right = base.cells[key], other.cells[key]
                if unlike := _other_work(left, right):
                    unmatched.append(Unmatched(key, value, unlike))
                else:
                    pairs.append(Pair(left, right, base_value, value, paired=False))
            elif _tried(key, base) or _tried(key, other):
                unmatched += [*_lacks(key, base, base_value), *_lacks(key, other, value)]
    disturbed = tuple(why for dataset in datasets for why in dataset.disturbed)
    return Pairing(axis, tuple(pairs), tuple(dict.fromkeys(unmatched)), across=True, disturbed=disturbed)


def controls(pairs: Sequence[Pair], wanted: str | None, axes: Collection[str]) -> set[str]:
    """Return the ids of what is taken for the same code on both sides, so that only the machine can have moved it.

    Args:
        pairs: cells of the same id on both sides.
        wanted: the code of a serial loop, or the id of a case or benchmark; ``none`` for no control; None for every
            serial loop, unless nothing else was measured and they are what is judged.
        axes: those that name the code.

    Raises:
        UsageError: there is no such control.
    """
    baselines = {pair.other.id for pair in pairs if pair.other.role is Role.BASELINE}
    if wanted is None:
        return baselines if len(baselines) < len({pair.other.id for pair in pairs}) else set()
    if wanted == NONE:
        return set()
    running = {pair.other.id for pair in pairs if wanted in map(pair.other.coordinate, axes)}
    found = (baselines & running) | {pair.other.id for pair in pairs if pair.other.id == wanted}
    if not found:
        raise UsageError(f"the files share no serial loop of {wanted}, and no case of that name; leave out --control.")
    return found


def _tried(key: str, dataset: Dataset) -> bool:
    """Return whether the case was measured, or failed, however little can be made of it now."""
    absent = dataset.absent.get(key)
    useless = absent is not None and absent.kind in (Kind.NO_BASELINE, Kind.OTHER_WORK)
    return key in dataset.cells or key in dataset.failed or useless


def _other_work(known: Cell, cell: Cell) -> Reason | None:
    """Return why two times of one case say nothing of each other: what is searched, or the items, are other ones."""
    told, work = work_of(known.work), work_of(cell.work)
    return Reason.of(Kind.OTHER_WORK, work=work, known=told) if told and work and told != work else None


def _value(axis: str, dataset: Dataset) -> str:
    if axis == FILE:
        return dataset.name
    fields = BETWEEN[axis]
    values = [dataset.identity[name] or "unknown" for name in fields]
    return f"{values[0]}, {values[1]} CPU{'' if values[1] == '1' else 's'}" if axis == MACHINE else values[0]


def joined(datasets: Sequence[Dataset], name: str | None = None) -> Dataset:
    """Put the processes of equal cases behind each other, each session by itself; of unlike work they become absent.

    Args:
        datasets: at least one.
        name: what the whole is called, and its cells with it; None to keep the names of the parts.
    """
    first, *rest = datasets
    cells = dict(first.cells)
    absent = dict(first.absent)
    failed = set(first.failed)
    for dataset in rest:
        for key, cell in dataset.cells.items():
            own = cells.get(key)
            cells[key] = cell if own is None else _behind(own, cell)
        absent |= dataset.absent
        failed |= dataset.failed
    unlike = {key: why for one in rest for key, cell in one.cells.items() if (why := _other_work(cells[key], cell))}
    absent = {key: reason for key, reason in absent.items() if key not in cells}
    failed &= absent.keys()
    absent |= unlike
    cells = {key: cell for key, cell in cells.items() if key not in unlike}
    if name is not None:
        cells = {key: replace(cell, dataset=name) for key, cell in cells.items()}
    disturbed = tuple(why for dataset in datasets for why in dataset.disturbed)
    return replace(
        first,
        name=name or first.name,
        cells=cells,
        absent=absent,
        failed=frozenset(failed),
        disturbed=disturbed,
    )


def _behind(first: Cell, second: Cell) -> Cell:
    return replace(
        first,
        samples=(*first.samples, *second.samples),
        sizes=(*first.sessions, *second.sessions),
        undivided=(*first.undivided, *second.undivided),
        baseline=(*first.baseline, *second.baseline),
        doubts=tuple(dict.fromkeys((*first.doubts, *second.doubts))),
    )


def _lacks(key: str, dataset: Dataset, name: str) -> list[Unmatched]:
    if key in dataset.cells:
        return []
    return [Unmatched(key, name, dataset.absent.get(key, Reason(Kind.NOT_MEASURED)), key in dataset.failed)]


def within(axis: str, dataset: Dataset, base: str | None = None) -> Pairing:
    """Pair cells of one dataset along an axis of its cases, or along ``member``.

    Two cells are partners if they agree on every other axis; a value that means nothing to one of them (``none``)
    agrees with all. What plays a role for others is ranked only when it is named as the base; it is then the one that
    the plan names for each case. Pythons are compared by everything that they measured, and equal cases alone.

    Args:
        axis: an axis of the cases, or ``member``.
        dataset: the cells.
        base: the base value as text; else the smallest number, or the first word in the order of the plan, for each
            family by itself.

    Raises:
        UsageError: fewer than two values on the axis, or none that is ``base``.
    """
    cells = [cell for cell in dataset.cells.values() if cell.coordinate(axis) != NONE]
    role = _role_of(cells, base) if axis == "member" else None
    if role is None and axis != PYTHON_AXIS:
        cells = [cell for cell in cells if cell.role is None]
    values = list(dict.fromkeys(cell.coordinate(axis) for cell in cells))
    if base is not None and base not in map(str, values):
        known = ", ".join(map(str, values)) or "none"
        raise UsageError(f"{dataset.name} has no {axis} {base}; its values are {known}.")
    pairs: list[Pair] = []
    unmatched: list[Unmatched] = []
    families = dict.fromkeys(cell.coordinate("family") for cell in cells)
    for family in families:
        found = _within_family(axis, [cell for cell in cells if cell.coordinate("family") == family], base, role)
        pairs += found.pairs
        unmatched += found.unmatched
    if not pairs and not unmatched:
        seen = f"only {values[0]}" if values else "no value"
        raise UsageError(f"{dataset.name} has {seen} on the axis {axis}; at least two values are needed to compare.")
    unmatched += [Unmatched(key, dataset.name, dataset.absent[key], failed=True) for key in sorted(dataset.failed)]
    return Pairing(axis, tuple(pairs), tuple(unmatched))


def _role_of(cells: Sequence[Cell], member: str | None) -> Role | None:
    """Return what the cases of a member are to others, or None."""
    return next((cell.role for cell in cells if cell.coordinate("member") == member), None)


def _within_family(axis: str, cells: Sequence[Cell], base: str | None, role: Role | None) -> Pairing:
    """Pair the cells of one family; no pair and nothing unmatched if there is nothing to pair."""
    values = list(dict.fromkeys(cell.coordinate(axis) for cell in cells))
    if len(values) < 2 or (base is not None and base not in map(str, values)):
        return Pairing(axis, (), ())
    base_value = _base_of(values, base)
    bases = [cell for cell in cells if cell.coordinate(axis) == base_value]
    pairs, unmatched, used = [], [], set()
    for cell in cells:
        value = cell.coordinate(axis)
        if value == base_value or (cell.role is not None and axis != PYTHON_AXIS):
            continue
        partners = _partners(axis, cell, bases, role)
        if not partners:
            unmatched.append(Unmatched(cell.id, f"{axis} {base_value}", Reason(Kind.NO_PARTNER)))
        for partner in partners:
            used.add(partner.id)
            pairs.append(Pair(partner, cell, base_value, value, paired=len(partner.samples) == len(cell.samples)))
    if role is None:
        unmatched += [
            Unmatched(cell.id, f"other {axis} values", Reason(Kind.NO_PARTNER)) for cell in bases if cell.id not in used
        ]
    return Pairing(axis, tuple(pairs), tuple(unmatched))


def _base_of(values: Sequence[Value], base: str | None) -> Value:
    if base is not None:
        return next(value for value in values if str(value) == base)
    numbers = [value for value in values if isinstance(value, int | float)]
    return min(numbers) if len(numbers) == len(values) else values[0]


def _partners(axis: str, cell: Cell, bases: Sequence[Cell], role: Role | None) -> list[Cell]:
    if role is not None:
        return [other for other in bases if other.id == cell.references.get(role)]
    if axis == PYTHON_AXIS:  # the very same case: with `none` in it, it would agree with that of another job as well
        return [other for other in bases if other.case == cell.case]
    return [other for other in bases if _agree(axis, cell, other)]


def _agree(axis: str, cell: Cell, other: Cell) -> bool:
    if cell.case is None or other.case is None:
        return False
    axes = {"family", "member", "side"} | {name for case in (cell.case, other.case) for name, _ in case.params}
    for name in axes - {axis} - ({"side"} if axis == PYTHON_AXIS else set()):  # a Python is one side of its record
        left, right = cell.coordinate(name), other.coordinate(name)
        if left != right and NONE not in (left, right):
            return False
    return True

"""What an answer rests on, as a record holds it: what the job costs, what ways cost, and the rounds of the race.

Whatever is advised follows from the record alone, so that it can be had again from the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.analysis import cost_model
from bench.analysis.cost_model import Host, Load, Price
from bench.app.ways import Field, Way
from bench.core import jobs
from bench.core.case import NONE
from bench.core.errors import UnreadableRecord, reason
from bench.core.reference import Role
from bench.families.backends._family import FAMILY

if TYPE_CHECKING:
    from bench.core.case import Case, Value
    from bench.core.record import Process, Record

ROUND = "primebench_round"  # which round of the race a process belongs to; 0 is before it
BASELINE, LIMIT = FAMILY.references[Role.BASELINE], FAMILY.references[Role.LIMIT]
LOAD, PRICE = "advice load", "advice price "  # keys among the jobs of a record
_PARAM = "whole "  # begins the name of what the whole job is, of which a part may have been measured
_INTERRUPTED, _HURRIED = "interrupted", "hurried"  # among what a record tells of the load
_LEAST = 0.1  # of a time that is left of it at least, where noise has it shorter than what is done once
_SECOND = 2  # a round of which there is a time, so that the one before is complete
WHOLE = ("whole", NONE)  # phases in which workers are made, used and ended, as the code that is advised does
_COSTS = 2000  # costs of items that a record holds: as many as a sample has

Times = Mapping[str, Mapping[int, float]]
"""Id of a case -> round -> seconds."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What the model is made of.

    Attributes:
        whole: what the whole job costs.
        load: what the part of it costs that is measured.
        part: one of so many items is measured; 1 for all.
        host: the machine.
        prices: member -> what it costs to distribute.
    """

    whole: Load
    load: Load
    part: int
    host: Host
    prices: Mapping[str, Price]

    def predict(self, way: Way) -> cost_model.Prediction:
        """Return how long a way takes for the part that is measured."""
        return cost_model.predict(self.load, way.price, self.host, way.workers, way.chunksize)

    def whole_of(self, way: Way) -> cost_model.Prediction:
        """Return how long a way takes for the whole job, with the chunk size that suits that."""
        return cost_model.best_chunk(self.whole, way.price, self.host, way.workers)[1]

    def judged(self, way: Way, times: Mapping[int, float]) -> Mapping[int, float]:
        """Return times of the part as far as they tell of the whole job: workers are made once, and not in each part.

        Only what a way usually takes beyond the modelled work is taken for the making of workers, whose price was
        measured once or twice; noise stays what it was.

        Args:
            way: whose times they are.
            times: round -> seconds.
        """
        if self.part == 1:
            return times
        beyond_s = max(0.0, median(times.values()) - (way.predicted.seconds - way.predicted.crew_s))
        once_s = min(way.predicted.crew_s, beyond_s) * (1 - self.load.serial_s / self.whole.serial_s)
        return {at: max(seconds - once_s, _LEAST * seconds) for at, seconds in times.items()}


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that an answer rests on.

    Attributes:
        record: what was measured.
        basis: what the model is made of; None where the record does not tell.
        field: the whole job, and how workers are started.
        baseline: the case of the plain loop.
        ways: id of a case -> the way that it is; none without a basis.
        times: of the plain loop and of the ways.
    """

    record: Record
    basis: Basis | None
    field: Field
    baseline: Case
    ways: Mapping[str, Way]
    times: Times

    @property
    def raced(self) -> Times:
        """The rounds of the race alone, or all times where none is complete; of the part, if one was measured."""
        if max((max(times) for times in self.times.values()), default=0) < _SECOND:
            return self.times
        later = {
            name: {number: seconds for number, seconds in times.items() if number} for name, times in self.times.items()
        }
        return {name: times for name, times in later.items() if times}

    @property
    def judged(self) -> Times:
        """The same, as far as they tell of the whole job: see `Basis.judged`."""
        basis, ways = self.basis, self.ways
        return {
            name: basis.judged(ways[name], times) if basis and name in ways else times
            for name, times in self.raced.items()
        }

    @property
    def interrupted(self) -> bool:
        """Whether measuring was ended before its time."""
        return self._is(_INTERRUPTED)

    @property
    def hurried(self) -> bool:
        """Whether members were left out for want of time alone; so it is said of records that do not tell."""
        return self._is(_HURRIED, unknown=True)

    def _is(self, name: str, *, unknown: bool = False) -> bool:
        return bool(self.record.jobs.get(LOAD, {}).get(name, unknown))

    @property
    def finalists(self) -> tuple[str, ...]:
        """Those that were in the last round, or in the one before it where the last one may not be complete."""
        raced = {name: times for name, times in self.raced.items() if name != self.baseline.id}
        last = max(map(max, raced.values()), default=0)
        complete = self.basis is not None and not self.interrupted
        return tuple(name for name, times in raced.items() if max(times) >= (last if complete else last - 1))


def told(
    basis: Basis, field: Field, elapsed_s: float, *, interrupted: bool = False, hurried: bool = False
) -> dict[str, dict[str, Value]]:
    """Return a basis, the whole job, whether it was interrupted and members were left out for want of time."""
    load, whole = basis.load, basis.whole
    facts: dict[str, Value] = {"part": basis.part, "cpus": basis.host.cpus, "slower": basis.host.slower}
    facts |= {"count": load.count, "whole_count": whole.count, "handed": int(load.handed), "elapsed_s": elapsed_s}
    facts |= {"cpu": load.cpu, "item_bytes": load.item_bytes, "result_bytes": load.result_bytes}
    facts |= {} if load.lock is None else {"lock": load.lock}
    facts |= {_INTERRUPTED: int(interrupted), _HURRIED: int(hurried)}
    facts |= {f"{_PARAM}{name}": value for name, value in field.params.items()}
    facts |= _costs("whole_", whole)
    if load.costs_s != whole.costs_s:
        facts |= _costs("", load)
    prices: dict[str, dict[str, Value]] = {
        PRICE + name: {slot.name: float(getattr(price, slot.name)) for slot in fields(price)}
        for name, price in basis.prices.items()
    }
    return {LOAD: facts, **prices}


def _costs(prefix: str, load: Load) -> dict[str, Value]:
    return {f"{prefix}costs": " ".join(f"{cost:.3g}" for cost in picked(load.costs_s, _COSTS))}


def picked(values: Sequence[float], most: int) -> list[float]:
    """Return at most so many of the values, evenly over all places. Means would hide how they are spread."""
    if len(values) <= most:
        return list(values)
    return [values[int((at + 0.5) * len(values) / most)] for at in range(most)]


def basis_of(record: Record) -> Basis | None:
    """Return the basis that a record keeps, or None.

    Raises:
        UnreadableRecord: it was damaged.
    """
    facts = record.jobs.get(LOAD)
    if facts is None:
        return None
    try:
        return Basis(
            whole=_load(facts, "whole_"),
            load=_load(facts, ""),
            part=int(facts["part"]),
            host=Host(float(facts["cpus"]), float(facts["slower"])),
            prices={
                key.removeprefix(PRICE): _price(kept) for key, kept in record.jobs.items() if key.startswith(PRICE)
            },
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UnreadableRecord(
            f"what this record says of the costs of items and backends is damaged ({reason(error)}); "
            "ask for advice anew."
        ) from error


def _price(kept: Mapping[str, Any]) -> Price:
    each_s = kept.get("byte_s")  # in older records, of items and results alike
    known = {"item_byte_s": each_s, "result_byte_s": each_s, **kept}
    seconds = {slot.name: float(known[slot.name]) for slot in fields(Price) if slot.name.endswith("_s")}
    return Price(workers=int(kept["workers"]), threads=bool(kept["threads"]), **seconds)


def _load(facts: Mapping[str, Any], prefix: str) -> Load:
    costs = _costs_of(facts, prefix)
    return Load(
        count=int(facts[f"{prefix}count"]),
        places=tuple((at + 0.5) / len(costs) for at in range(len(costs))),
        costs_s=costs,
        cpu=float(facts["cpu"]),
        lock=float(facts["lock"]) if "lock" in facts else None,
        item_bytes=float(facts.get("item_bytes", facts.get("bytes_each"))),
        result_bytes=float(facts.get("result_bytes", 0.0)),
        handed=bool(facts["handed"]),
    )


def _costs_of(facts: Mapping[str, Any], prefix: str) -> tuple[float, ...]:
    """Return the costs that a record holds; those of a part only where they are others, and one by one in old ones."""
    old = sorted(key for key in facts if key.startswith(f"{prefix}cost_"))
    texts = [facts[key] for key in old] or facts.get(f"{prefix}costs", facts.get("whole_costs", "")).split()
    if not texts:
        raise ValueError("no item has a cost")
    return tuple(map(float, texts))


def evidence_of(record: Record, field: Field) -> Evidence | None:
    """Return what a record tells about a job; None where it has no time of the plain loop.

    Where advice was asked for, a member that failed once has no other ways either: what fails now and then cannot be
    advised. Of other records a case that fails speaks for itself alone; it may be the one with too many workers.

    Args:
        record: what was measured, in one round or several.
        field: the whole job.
    """
    basis = basis_of(record)
    cases = {case.id: case for case in record.plan.cases if case.family == FAMILY.name and case.id in record.results}
    baseline = next((case for case in cases.values() if case.member == BASELINE), None)
    if baseline is None:
        return None
    failed = {failure.case.member for failure in record.failures.values()} if basis else set()
    measured = {
        name: case for name, case in cases.items() if case.member not in failed | {LIMIT} and case["phase"] in WHOLE
    }
    ways = {}
    for case in measured.values() if basis else ():
        price = basis.prices.get(case.member) if basis else None
        if basis and price:
            workers, size = int(case["workers"]), int(case["chunksize"])
            predicted = cost_model.predict(basis.load, price, basis.host, workers, size)
            ways[case.id] = Way(case, price, workers, size, predicted)
    return Evidence(
        record=record,
        basis=basis,
        field=field,
        baseline=baseline,
        ways=ways,
        times={name: found for name in measured if (found := times_of(record.results[name].processes))},
    )


def times_of(processes: Sequence[Process]) -> dict[int, float]:
    """Return round -> the least time; processes that tell no round count up from 1."""
    taken = [process for process in processes if process.values]
    return {int(process.metadata.get(ROUND, at)): min(process.values) for at, process in enumerate(taken, start=1)}


def field_of(record: Record) -> Field | None:
    """Return the job that a record is about, or None where it holds none or several."""
    cases = [case for case in record.plan.cases if case.family == FAMILY.name and case["phase"] in WHOLE]
    kinds = {kind.name: kind for case in cases if (kind := jobs.of(dict(case.params)))}
    if len(kinds) != 1:
        return None
    (kind,) = kinds.values()
    found: dict[str, dict[str, Value]] = {}
    for case in cases:
        params: dict[str, Value] = {axis.name: case[axis.name] for axis in kind.axes}
        told = {name: value for name, value in params.items() if name not in kind.of_messages}
        whole = found.setdefault(str(sorted(told.items())), params)
        if NONE in [whole[name] for name in kind.of_messages]:  # of the plain loop, which cuts nothing
            whole |= {name: params[name] for name in kind.of_messages}
    if len(found) != 1:
        return None
    (params,) = found.values()
    facts = record.jobs.get(LOAD, {})
    params |= {name: facts[_PARAM + name] for name in params if _PARAM + name in facts}
    start = next((case["start"] for case in cases if case["start"] != NONE), NONE)
    return Field(kind, params, start)

"""One record is one file: a plain pyperf suite with one more top-level key, ``primebench``, which pyperf ignores.

See results/README.md for every field with its unit.
"""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bench.core import jobs
from bench.core.case import Case
from bench.core.commit import Commit
from bench.core.errors import UnreadableRecord
from bench.core.job import UNSENDABLE, Work
from bench.core.machine import Machine
from bench.core.observation import Observation
from bench.core.plan import Effort, Ladder, Plan
from bench.core.python import Python
from bench.core.record import SCHEMA, Failure, Process, Record, Result, Skip, key_of
from bench.core.reference import Role
from bench.core.side import Side
from bench.store import pyperf_file, schema_1, schema_2, whole_file
from bench.store.anonymity import anonymous as without_host
from bench.store.anonymity import nameless, replaced, scrubbed, scrubbed_value
from bench.store.fields import Anything, Misfit, Object
from bench.store.identity import PREFIX
from bench.store.suite import benchmarks_of, read, to_suite

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY = "primebench"
_PYPERF_FORMAT = "1.0"
_HEADS = {1: schema_1.HEAD, 2: schema_2.HEAD}
"""Schema -> what may stand in the key ``primebench``."""
READABLE = frozenset(_HEADS)
_UNTOLD = "left out of an anonymous record, for it may show items"
_RESTORE = "The file is damaged or was edited; restore it, or measure again."


def save(record: Record, path: Path, *, anonymous: bool = False) -> None:
    """Write the record to ``path`` in one step: whoever reads it meets the old file or the new one, never a part.

    A file whose name ends in ``.gz`` is packed.

    Args:
        record: what to write.
        path: where; an existing file is replaced.
        anonymous: leave out host name, user, absolute paths, the system's build and what programs wrote to stderr.

    Raises:
        OutputFailed: the file cannot be written; whatever was at ``path`` is still there.
        NotComparable: the processes of a case were not measured on one machine with one Python.
    """
    whole_file.write(path, to_json(record, anonymous=anonymous))


def to_json(record: Record, *, anonymous: bool = False) -> str:
    """Return the text of the record's file."""
    suite = to_suite(record.results.values(), anonymous=anonymous)
    if suite is None:
        data: dict[str, Any] = {"version": _PYPERF_FORMAT, "benchmarks": []}
    else:
        buffer = io.StringIO()
        suite.dump(buffer)
        data = json.loads(buffer.getvalue())
    data[KEY] = head(record, anonymous=anonymous)
    text = json.dumps(data, indent=1, sort_keys=True) + "\n"
    return replaced(text, nameless(record.plan.cases)) if anonymous else text


def head(record: Record, *, anonymous: bool) -> dict[str, Any]:
    """Return the key ``primebench`` of the record's file."""
    shown = _shown(record) if anonymous else ()
    machines = [without_host(each) if anonymous else each for each in (record.machine, *record.others)]
    return {
        "schema": SCHEMA,
        "command": _told(record.command, anonymous),
        "started_at": record.started_at,
        "hosts": [asdict(machine) for machine in machines],
        "sides": {name: _side(side, anonymous) for name, side in record.sides.items()},
        "jobs": {key: _facts(facts, anonymous) for key, facts in record.jobs.items()},
        "observations": {key: seen.to_json() for key, seen in record.observations.items()},
        **({"commit": asdict(record.commit)} if record.commit else {}),
        **({"cluster": {**record.cluster, **({"scheduler": None} if anonymous else {})}} if record.cluster else {}),
        "plan": {
            "cases": [case_entry(case) for case in record.plan.cases],
            "skips": [
                {**case_entry(skip.case), "kind": skip.kind, "reason": _told(_hidden(skip.reason, shown), anonymous)}
                for skip in record.plan.skips
            ],
            "effort": _effort(record.plan),
            "affinity": list(record.plan.affinity),
            "references": {
                key: {role.value: other for role, other in found.items()}
                for key, found in record.plan.references.items()
            },
            "ladders": [asdict(ladder) for ladder in record.plan.ladders],
            "work": {key: asdict(work) for key, work in record.plan.work.items()},
            "measured_by": {key: list(sides) for key, sides in record.plan.measured_by.items()},
        },
        "failures": [
            {
                **case_entry(failure.case),
                **failure_words(failure, anonymous=anonymous),
                "side": failure.side,
            }
            for failure in record.failures.values()
        ],
    }


def _effort(plan: Plan) -> dict[str, Any]:
    unused = "rounds" if plan.has_pairs else "pairs"
    return {name: value for name, value in asdict(plan.effort).items() if name != unused}


def _side(side: Side, anonymous: bool) -> dict[str, Any]:
    return {
        "label": _told(side.label, anonymous),
        "version": side.version,
        "python_version": side.python_version,
        "commit": side.commit,
        **({"python": asdict(side.facts)} if side.facts else {}),
    }


def _facts(facts: Mapping[str, Any], anonymous: bool) -> dict[str, Any]:
    return {name: _fact(name, value) if anonymous else value for name, value in facts.items()}


def _fact(name: str, value: Any) -> Any:
    """Return what an anonymous record tells of a fact."""
    if not isinstance(value, str):
        return value
    return _UNTOLD if name.startswith(UNSENDABLE) else scrubbed_value(value)


def _shown(record: Record) -> tuple[str, ...]:
    """Return what may show items of the user's, the longest first."""
    facts = (fact for facts in record.jobs.values() for fact in facts.items())
    found = {str(value) for name, value in facts if name.startswith(UNSENDABLE)}
    return tuple(sorted(found, key=len, reverse=True))


def _hidden(text: str, shown: tuple[str, ...]) -> str:
    for each in shown:
        text = text.replace(each, _UNTOLD)
    return text


def _told(text: str, anonymous: bool) -> str:
    return scrubbed(text) if anonymous else text


def failure_words(failure: Failure, *, anonymous: bool) -> dict[str, str]:
    """Return what a file says of a failure, besides whose it is."""
    if not anonymous:
        return {"kind": failure.kind, "message": failure.message, "stderr": failure.stderr}
    job = jobs.of(dict(failure.case.params))
    message = _UNTOLD if job and job.private else scrubbed(failure.message)
    return {"kind": failure.kind, "message": message, "stderr": ""}


def case_entry(case: Case) -> dict[str, Any]:
    """Return a case as files hold it."""
    return {"family": case.family, "member": case.member, "params": dict(case.params)}


def load(path: Path) -> Record:
    """Read a record.

    Raises:
        UnreadableRecord: there is no such file, it is truncated, not pyperf's, a pyperf file without our key,
            or from a newer schema, or a field holds what it may not; the message gives file, place and what is allowed.
    """
    data = read(path)
    head = data.get(KEY)
    if head is None:
        raise UnreadableRecord(f"{path}: a pyperf file, but not one of primebench (it has no key {KEY!r}).")
    schema = _schema(path, head)
    if schema not in _HEADS:
        raise UnreadableRecord(
            f"{path}: has schema {schema}, and this primebench reads schema {SCHEMA}; "
            "use the primebench that wrote it, or a newer one."
        )
    try:
        Object({KEY: _HEADS[schema]}, others=Anything()).check(data)
        names: dict[str, str] = {}
        if schema == 1:
            try:
                head, names = schema_1.upgrade(head)
            except Misfit as error:
                raise error.inside(f".{KEY}") from None
        return from_head(head, _results(data, head, names))
    except Misfit as error:
        raise _damaged(path, error) from error


def schema_of(path: Path) -> int | None:
    """Return the schema number of a record, or None for a plain pyperf file.

    Raises:
        UnreadableRecord: the file is not pyperf's, or a record whose schema is no number.
    """
    head = read(path).get(KEY)
    return None if head is None else _schema(path, head)


def _schema(path: Path, head: Any) -> int:
    schema = head.get("schema") if isinstance(head, dict) else None
    if type(schema) is not int:
        raise UnreadableRecord(f"{path}: {KEY}.schema is no whole number; expected {SCHEMA}. {_RESTORE}")
    return schema


def _damaged(path: Path, error: Misfit) -> UnreadableRecord:
    return UnreadableRecord(f"{path}: {error}. {_RESTORE}")


def _results(data: Mapping[str, Any], head: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Result]:
    """Return key -> result; ``names`` are those of benchmarks in older files -> keys."""
    points: dict[str, tuple[Case, str]] = {}
    for index, case in enumerate(map(_to_case, head["plan"]["cases"])):
        for side in head["plan"]["measured_by"].get(case.id, [""]):
            key = key_of(case, side)
            if key in points:
                place = f".{KEY}.plan.cases[{index}]"
                raise Misfit("every case once", "is a case that stands above already").inside(place)
            points[key] = case, side
    results = {}
    for index, (stored, processes) in enumerate(benchmarks_of(data).items()):
        name = names.get(stored, stored)
        if name not in points:
            raise Misfit(f"the id of a case of {KEY}.plan", "has another name").inside(f".benchmarks[{index}]")
        if any(map(_half_stamped, processes)):
            raise Misfit("both or neither", "names only a pair or only a batch").inside(f".benchmarks[{index}]")
        case, side = points[name]
        results[name] = Result(case, processes, side)
    return results


def _half_stamped(process: Process) -> bool:
    return (PREFIX + "pair" in process.metadata) != (PREFIX + "batch" in process.metadata)


def from_head(head: Mapping[str, Any], results: Mapping[str, Result] = MappingProxyType({})) -> Record:
    """Return the record of a key ``primebench`` that has been checked, with these results."""
    plan = head["plan"]
    failures = [
        Failure(_to_case(entry), entry["kind"], entry["message"], entry["stderr"], entry["side"])
        for entry in head["failures"]
    ]
    return Record(
        plan=Plan(
            cases=tuple(map(_to_case, plan["cases"])),
            skips=tuple(Skip(_to_case(entry), entry["kind"], entry["reason"]) for entry in plan["skips"]),
            effort=Effort(**{"rounds": 1, **plan["effort"]}),
            affinity=tuple(plan["affinity"]),
            references={
                key: {Role(role): other for role, other in found.items()} for key, found in plan["references"].items()
            },
            ladders=tuple(_to_ladder(entry) for entry in plan["ladders"]),
            work={key: Work(**entry) for key, entry in plan["work"].items()},
            measured_by={key: tuple(sides) for key, sides in plan["measured_by"].items()},
        ),
        machine=Machine(**head["hosts"][0]),
        command=head["command"],
        started_at=head["started_at"],
        results=results,
        failures={failure.key: failure for failure in failures},
        sides={name: _to_side(entry) for name, entry in head["sides"].items()},
        jobs=head["jobs"],
        observations={key: Observation.from_json(seen) for key, seen in head.get("observations", {}).items()},
        others=tuple(Machine(**each) for each in head["hosts"][1:]),
        cluster=head.get("cluster", {}),
        commit=Commit(**head["commit"]) if "commit" in head else None,
    )


def _to_side(entry: Mapping[str, Any]) -> Side:
    facts = entry.get("python")
    plain = {name: value for name, value in entry.items() if name != "python"}
    return Side(**plain, facts=Python(**facts) if facts else None)


def _to_case(entry: Mapping[str, Any]) -> Case:
    return Case.of(entry["family"], entry["member"], entry["params"])


def _to_ladder(entry: Mapping[str, Any]) -> Ladder:
    return Ladder(entry["title"], tuple((label, key) for label, key in entry["steps"]))


def load_plain(path: Path) -> dict[str, tuple[Process, ...]]:
    """Read any pyperf file: benchmark name -> its processes.

    Raises:
        UnreadableRecord: the file is not pyperf's, or a field of it holds what it may not.
    """
    try:
        return benchmarks_of(read(path), pyperf_file.PLAIN)
    except Misfit as error:
        raise _damaged(path, error) from error

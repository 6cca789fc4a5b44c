"""A record while it is being taken: one line per visit, appended and synced, so that saving costs the same each time.

The journal of ``r.json`` is ``r.json.journal``. Its first line is the record's head, each further line an outcome or a
changed plan. Whoever kills the process with a SIGKILL loses the visit in progress and no other; a last line that was
not written to its end is left out when the journal is read.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.core.case import Case
from bench.core.errors import OutputFailed, UnreadableRecord
from bench.core.observation import Observation
from bench.core.plan import MOST_PAIRS
from bench.core.record import Failure, Process, Result, key_of
from bench.store import pyperf_file, record_file, schema_2, whole_file
from bench.store.anonymity import nameless, replaced
from bench.store.fields import Line, ListOf, Misfit, Object, OneOf, Text, Whole
from bench.store.suite import kept_metadata

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bench.core.record import Record

ENDING = ".journal"
_VERSION = 1  # of the lines; 1 = first release
_SIDE = {"side": Text()}
_HEAD = Object({"journal": OneOf((_VERSION,)), "primebench": schema_2.HEAD})
_RESULT = Object(
    {**schema_2.CASE, **_SIDE, "processes": ListOf(pyperf_file.RUN)}, optional={"observation": schema_2.SEEN}
)
_FAILURE = Object({**schema_2.CASE, **_SIDE, "kind": Line(), "message": Text(), "stderr": Text()})
_PAIRS = Object({"pairs": Whole(1, MOST_PAIRS)})


def place(path: Path) -> Path:
    """Return where the journal of a record lies."""
    return Path(f"{path}{ENDING}")


class Journal:
    """The open journal of a record."""

    def __init__(self, record: Record, path: Path, *, anonymous: bool = False) -> None:
        """Begin the journal of the record at ``path`` with what the record holds already.

        It is there whole or not at all: one that is in its place is replaced, and until then the newest there is.

        Raises:
            OutputFailed: it cannot be written.
        """
        self.path, self._anonymous = place(path), anonymous
        self._names = nameless(record.plan.cases) if anonymous else {}
        begun = record_file.head(replace(record, failures={}), anonymous=anonymous)
        head = {"journal": _VERSION, record_file.KEY: begun}
        known = [*map(self._line, record.results.values()), *map(self._line, record.failures.values())]
        whole_file.write(self.path, self._text([head, *known]))
        try:
            self._file = os.open(self.path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_CLOEXEC", 0))
        except OSError as error:
            raise self._failed(error) from error

    def add(self, outcome: Result | Failure) -> None:
        """Append an outcome and wait until it is on disk; `OutputFailed` when it cannot be."""
        self._write(self._line(outcome))

    def plan_pairs(self, pairs: int) -> None:
        """Append how many pairs a batch has; `OutputFailed` when it cannot be."""
        self._write({"pairs": pairs})

    def close(self) -> None:
        """Close it, and leave it where it is."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def remove(self) -> None:
        """Close and remove it: the record holds all that it says."""
        self.close()
        with suppress(OSError):
            self.path.unlink()

    def _line(self, outcome: Result | Failure) -> dict[str, Any]:
        head = {**record_file.case_entry(outcome.case), "side": outcome.side}
        if isinstance(outcome, Failure):
            return head | record_file.failure_words(outcome, anonymous=self._anonymous)
        seen = {"observation": outcome.observation.to_json()} if outcome.observation else {}
        return head | seen | {"processes": [_run(process, self._anonymous) for process in outcome.processes]}

    def _text(self, lines: Iterable[dict[str, Any]]) -> str:
        return replaced("".join(f"{json.dumps(line, sort_keys=True)}\n" for line in lines), self._names)

    def _write(self, line: dict[str, Any]) -> None:
        data = memoryview(self._text([line]).encode())
        begin = os.fstat(self._file).st_size
        try:
            while data:
                data = data[os.write(self._file, data) :]
            os.fsync(self._file)
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(self._file, begin)  # half a line would hide those behind it
            raise self._failed(error) from error

    def _failed(self, error: OSError) -> OutputFailed:
        return OutputFailed(f"{self.path} cannot be written: {error.strerror or error}.")


def _run(process: Process, anonymous: bool) -> dict[str, Any]:
    return {
        "values": list(process.values),
        "warmups": [list(warmup) for warmup in process.warmups],
        "metadata": kept_metadata(process, anonymous=anonymous),
    }


def load(path: Path) -> Record:
    """Read a journal.

    Raises:
        UnreadableRecord: it is none, or a line that is not the last one is damaged; the message names the line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableRecord(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error}).") from error
    whole = text[: text.rfind("\n") + 1].splitlines()
    if not whole:
        raise UnreadableRecord(f"{path}: a journal without a whole line; nothing was measured.")
    gathered = _Gathered()
    for number, line in enumerate(whole, 1):
        try:
            gathered.add(json.loads(line))
        except (ValueError, RecursionError) as error:
            said = error if isinstance(error, Misfit) else "is no JSON"
            raise UnreadableRecord(f"{path}:{number}: {said}. The journal is damaged or was edited.") from error
    return gathered.record


class _Gathered:
    """The record that lines add up to."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._record: Record | None = None
        self._points: dict[str, tuple[Case, str]] = {}
        self._processes: dict[str, list[Process]] = {}
        self._failures: dict[str, Failure] = {}
        self._seen: dict[str, Observation] = {}

    @property
    def record(self) -> Record:
        """All that was added so far; there must have been a first line."""
        if self._record is None:
            raise ValueError("a journal begins with a head.")
        results = {
            key: Result(self._points[key][0], tuple(processes), self._points[key][1])
            for key, processes in self._processes.items()
        }
        return replace(self._record, results=results, failures=self._failures, observations=self._seen)

    def add(self, entry: Any) -> None:
        """Add a line; `Misfit` when it is none."""
        if self._record is None:
            _HEAD.check(entry)
            self._record = record_file.from_head(entry[record_file.KEY])
            self._seen = dict(self._record.observations)
            self._points = {key_of(*point): point for point in self._record.points}
            return
        if isinstance(entry, dict) and "pairs" in entry:
            _PAIRS.check(entry)
            plan = self._record.plan
            self._record = replace(self._record, plan=replace(plan, effort=replace(plan.effort, pairs=entry["pairs"])))
            return
        is_result = isinstance(entry, dict) and "processes" in entry
        (_RESULT if is_result else _FAILURE).check(entry)
        case = Case.of(entry["family"], entry["member"], entry["params"])
        key = key_of(case, entry["side"])
        if key not in self._points:
            raise Misfit("a case of the plan", f"is {key}")
        if not is_result:  # as in `Record.with_outcome`: it takes the place of the times so far
            self._processes.pop(key, None)
            self._seen.pop(key, None)
            self._failures[key] = Failure(case, entry["kind"], entry["message"], entry["stderr"], entry["side"])
        elif key not in self._failures:
            self._processes.setdefault(key, []).extend(map(_process, entry["processes"]))
            if "observation" in entry:
                self._seen[key] = Observation.from_json(entry["observation"])


def _process(run: dict[str, Any]) -> Process:
    warmups = tuple((loops, seconds) for loops, seconds in run.get("warmups", ()))
    return Process(tuple(run.get("values", ())), warmups, run.get("metadata", {}))

"""Plans that are written down: TOML files that name members and axes.

::

    summary = "What a new pool costs"       # one line, shown by ``primebench list plans``
    observe = "no"                          # optional: as the option ``--observe``, which is stronger

    [[part]]                                # as one call of ``primebench run``; as many parts as you like
    backend = ["pool", "executor"]          # or channel, primitive, lifecycle: names, globs or "all"
    workers = [1, 2]                        # any axis of that family; what is left out has its default
    job = "primes"                          # optional: what backends distribute, with the axes of that kind of job
    phase = "open"

    [[ladder]]                              # optional: a table that puts single cases below each other
    title = "From one pool to the next"
    step = [
        { label = "fork", backend = "pool", phase = "open", start = "fork" },
        { label = "spawn", backend = "pool", phase = "open", start = "spawn" },
    ]

Each part leads to the cases that the options of the same names lead to. Each step of a ladder leads to exactly one
case, which joins the plan.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.core import catalog, jobs
from bench.core.case import Value
from bench.core.errors import UnknownName, UsageError, reason
from bench.core.plan import Drawing, Ladder, check_size, combinations, draw, merge

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from bench.core.family import Axis, Family
    from bench.core.job import JobKind

_KEYS = ("summary", "observe", "part", "ladder")
_OBSERVE = {"yes": True, "no": False}
_LADDER_KEYS = ("title", "step")
_MOST_BYTES = 1 << 16  # of a plan's file, twenty times the longest that is shipped
_MOST_DOTS = 100  # on a line: the parser's time grows with the square of a key's depth, and a plan's keys are flat


@dataclass(frozen=True, slots=True)
class PlanFile:
    """What a plan's file leads to; ``observe`` is None where it does not say whether cases are observed."""

    summary: str
    drawing: Drawing
    ladders: tuple[Ladder, ...]
    observe: bool | None = None


OVERRIDDEN = ("workers", "start")
"""The axes whose values may be given with a plan: those that depend on the machine it was written on."""


def read(path: Path, families: Sequence[Family], given: Mapping[str, Sequence[str]] | None = None) -> PlanFile:
    """Read a plan.

    Args:
        path: its file.
        families: those whose members it may name.
        given: axis -> values as texts that stand in place of what the file says, in each part that has the axis. Of a
            ladder, whose steps are single cases, only if it is one value.

    Raises:
        UsageError: the file cannot be read, is no TOML, or holds a key, member or value that nothing knows; the
            message names file, line and, where there is one, the nearest known word.
    """
    try:
        text = _text(path)
        data = tomllib.loads(text)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}.") from error
    except RecursionError as error:
        raise UsageError(f"{path}: its values are nested too deep for a plan.") from error
    except ValueError as error:  # no TOML, no UTF-8, or a number of more digits than Python reads
        raise UsageError(f"{path}: no TOML ({reason(error)}).") from error
    return _Reader(path, text, families, given or {}).plan(data)


def _text(path: Path) -> str:
    with path.open("rb") as file:
        data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise UsageError(f"{path}: more than {_MOST_BYTES:,} bytes, which is no plan; cut it into several.")
    deep = next((number for number, line in enumerate(data.split(b"\n"), 1) if line.count(b".") > _MOST_DOTS), None)
    if deep is not None:
        raise UsageError(f"{path}:{deep}: nested too deep for a plan, with more than {_MOST_DOTS} dots on a line.")
    return data.decode().replace("\r\n", "\n")


class _Reader:
    """Turns one file's tables into drawings, and knows on which line a word stands."""

    def __init__(self, path: Path, text: str, families: Sequence[Family], given: Mapping[str, Sequence[str]]) -> None:
        self.path, self.lines, self.given = path, text.splitlines(), given
        self.taken: set[str] = set()  # of what was given
        self.families = {family.noun: family for family in families}
        self.line = 0  # where the table that is being read begins
        self.combinations = 0  # of members and values so far

    def plan(self, data: Mapping[str, Any]) -> PlanFile:
        self._check_keys(data, _KEYS)
        observe = data.get("observe", "yes")
        if not isinstance(observe, str) or observe not in _OBSERVE:
            raise self._error("observe", f'observe is {observe!r}; write "yes" or "no".')
        drawings = []
        for line, part in self._tables(data, "part"):
            self.line = line
            family, members = self._chosen(part, ())
            drawings.append(self._draw(part, family, members, one=False))
        ladders = []
        for line, table in self._tables(data, "ladder"):
            self.line = line
            ladder, steps = self._ladder(table)
            ladders.append(ladder)
            drawings += steps
        if not drawings:
            raise UsageError(f"{self.path}: names nothing to run; write at least one [[part]] or [[ladder]].")
        for name in self.given.keys() - self.taken:
            raise UsageError(f"nothing in {self.path} has what --{name} says; leave it out.")
        said = _OBSERVE[observe] if "observe" in data else None
        return PlanFile(str(data.get("summary", "")), merge(drawings), tuple(ladders), said)

    def _tables(self, data: Mapping[str, Any], name: str) -> list[tuple[int, Mapping[str, Any]]]:
        """Return the tables of a list, each with the line where it begins."""
        tables = data.get(name, [])
        if not _are_tables(tables):
            raise UsageError(f"{self.path}: part and ladder are lists of tables; write [[part]] and [[ladder]].")
        lines = [number for number, line in enumerate(self.lines, 1) if line.replace(" ", "").startswith(f"[[{name}]]")]
        if len(lines) != len(tables):  # written in another way, as TOML allows
            lines = [1] * len(tables)
        return list(zip(lines, tables, strict=True))

    def _ladder(self, table: Mapping[str, Any]) -> tuple[Ladder, list[Drawing]]:
        self._check_keys(table, _LADDER_KEYS)
        own_steps = table.get("step", [])
        if not own_steps or not _are_tables(own_steps):
            raise self._error("step", 'the steps of a ladder are a list of tables; write step = [{ label = "..." }].')
        steps, drawings = [], []
        for step in own_steps:
            label = str(step.get("label", ""))
            family, members = self._chosen(step, ("label",))
            drawing = self._draw(step, family, members, one=True)
            own = [case for case in drawing.cases if case.member in members]
            if len(own) == 1:
                steps.append((label, own[0].id))
            elif own or not drawing.skips:
                raise self._error(label, f"the step {label!r} leads to {len(own)} cases; it must lead to one.")
            drawings.append(drawing)
        return Ladder(str(table.get("title", "")), tuple(steps)), drawings

    def _draw(self, table: Mapping[str, Any], family: Family, members: Sequence[str], *, one: bool) -> Drawing:
        """Return the cases of a table; ``one`` for the step of a ladder, which leads to a single one."""
        values: dict[str, dict[Value, None]] = {}
        job = self._job(table) if family.shared_by else None
        for axis in (*family.axes, *(job.axes if job else ())):
            given = [value for text in self.given.get(axis.name, ()) for value in axis.parse(text)]
            if given:
                self.taken.add(axis.name)
            if given and not (one and len(given) > 1):
                values[axis.name] = dict.fromkeys(given)
                continue
            for text in _texts(table.get(axis.name, ())):
                try:
                    values.setdefault(axis.name, {}).update(dict.fromkeys(axis.parse(text)))
                except UsageError as error:
                    raise self._error(text, str(error)) from error
        chosen = {name: tuple(several) for name, several in values.items()}
        try:
            self.combinations = check_size(self.combinations + combinations(family, members, chosen, job))
            return draw(family, members, chosen, job)
        except UsageError as error:
            # What a combination breaks stands on no single line; the table's first one is named.
            raise self._error("", str(error)) from error

    def _job(self, table: Mapping[str, Any]) -> JobKind:
        try:
            return jobs.asked_for(table.get("job"), table)
        except UsageError as error:
            raise self._error(str(table["job"]), str(error)) from error

    def _chosen(self, table: Mapping[str, Any], extra: Sequence[str]) -> tuple[Family, tuple[str, ...]]:
        """Return the family that a table is about, and which of its members."""
        nouns = [noun for noun in self.families if noun in table]
        if not nouns:  # perhaps only misspelt
            axes = (axis.name for family in self.families.values() for axis in _axes(family))
            self._check_keys(table, dict.fromkeys((*self.families, *axes, *extra)))
        if len(nouns) != 1:
            known = ", ".join(self.families)
            raise self._error(
                "", f"a table names members of exactly one family ({known}); this one names {len(nouns)}."
            )
        family = self.families[nouns[0]]
        self._check_keys(table, (family.noun, "job", *(axis.name for axis in _axes(family)), *extra))
        chosen: dict[str, None] = {}
        for text in _texts(table[family.noun]):
            try:
                names = catalog.select(family.package, [text], family.noun, f"primebench list {family.name}")
            except UsageError as error:
                raise self._error(text, str(error)) from error
            chosen |= dict.fromkeys(names)
        if not chosen:
            raise self._error(family.noun, f'no {family.noun} is named; "primebench list {family.name}" shows all.')
        return family, tuple(chosen)

    def _check_keys(self, table: Mapping[str, Any], known: Iterable[str]) -> None:
        known = tuple(known)
        for key in table:
            if key not in known:
                raise self._error(
                    key, str(UnknownName("key of this table", key, known, f"Known are {', '.join(known)}."))
                )

    def _error(self, word: str, message: str) -> UsageError:
        whole = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])")
        for number, line in enumerate(self.lines[max(self.line - 1, 0) :], max(self.line, 1)):
            if word and whole.search(line.partition("#")[0]):
                return UsageError(f"{self.path}:{number}: {message}")
        return UsageError(f"{self.path}:{max(self.line, 1)}: {message}")


def _axes(family: Family) -> tuple[Axis, ...]:
    return (*family.axes, *(axis for kind in jobs.kinds() for axis in kind.axes if family.shared_by))


def _are_tables(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list | tuple) else [value]
    return [{True: "yes", False: "no"}.get(item, str(item)) if isinstance(item, bool) else str(item) for item in values]

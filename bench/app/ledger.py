"""Save a record while it is measured: outcomes go to the journal before they are told, the file is written last."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from bench.app import output
from bench.app.events import Warned
from bench.core.errors import OutputFailed, UsageError
from bench.core.record import Result
from bench.core.signals import held_back
from bench.store import journal, record_file, suite
from bench.store.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bench.core.record import Failure, Record


def check_place(path: Path, *, force: bool) -> Path:
    """Refuse a path for a record, as `output.check` does, and one whose journal holds what a killed run has measured.

    Raises:
        UsageError, OutputFailed: as there.
    """
    found = output.check(path, force=force)
    left = journal.place(found)
    if os.path.exists(left) and not force:
        raise UsageError(
            f"{left} holds what a run has measured that was killed; if run or selftest began it, complete it with "
            f"--resume {path}; else name another file, or add --force."
        )
    return found


class Ledger:
    """A record and the place where it is kept.

    Attributes:
        record: all that is known.
        path: where it will be; another place than asked for if that one failed.
        saved: whether its file has been written.
    """

    def __init__(self, record: Record, path: Path, *, anonymous: bool = False, needs_times: bool = False) -> None:
        """Take a record that is to be kept at ``path``; `open` begins.

        With ``needs_times`` nothing is written without a time: such a record tells nobody anything, and is not gone on
        with.
        """
        self.record, self.path, self.anonymous, self.needs_times = record, path, anonymous, needs_times
        self.saved = False
        self._journal: Journal | None = None
        self._refuges = output.refuges()  # each is tried once
        self._warned: list[Warned] = []

    @contextmanager
    def open(self) -> Iterator[None]:
        """Keep the journal meanwhile; on leaving, in whatever way, the record is written and the journal removed.

        Raises:
            OutputFailed: neither the place that was asked for nor any other can be written.
        """
        with held_back():
            self._begin()
        try:
            yield
        finally:
            with held_back():
                self._write()

    def warnings(self) -> Iterator[Warned]:
        """Yield what has gone wrong since this was asked last."""
        while self._warned:
            yield self._warned.pop(0)

    def add(self, outcome: Result | Failure) -> None:
        """Add an outcome; it is on disk when this returns.

        Raises:
            NotComparable: it was measured elsewhere, or with another Python, than what its side has measured so far.
        """
        self._check(outcome)
        with held_back():
            self.record = self.record.with_outcome(outcome)
            try:
                if self._journal:
                    self._journal.add(outcome)
            except OutputFailed as failure:
                self._move(failure)

    def plan_pairs(self, pairs: int) -> None:
        """Write down how many pairs a batch has."""
        with held_back():
            plan = self.record.plan
            self.record = replace(self.record, plan=replace(plan, effort=replace(plan.effort, pairs=pairs)))
            try:
                if self._journal:
                    self._journal.plan_pairs(pairs)
            except OutputFailed as failure:
                self._move(failure)

    def _check(self, outcome: Result | Failure) -> None:
        """Refuse what could not be written: a run that was resumed elsewhere would lose all that it measures."""
        if isinstance(outcome, Result):
            known = next((each for each in self.record.results.values() if each.side == outcome.side), None)
            if known:
                suite.check_alike(known, outcome, anonymous=self.anonymous)

    def _begin(self) -> None:
        try:
            self._journal = Journal(self.record, self.path, anonymous=self.anonymous)
        except OutputFailed as failure:
            self._move(failure)

    def _move(self, failure: OutputFailed) -> None:
        """Go on in another place, whose journal then is the only one."""
        before = self._journal
        output.give_back(self.path)
        for path in self._refuges:
            try:
                self._journal = Journal(self.record, path, anonymous=self.anonymous)
            except OutputFailed:
                output.give_back(path)
                continue
            if before:
                before.remove()
            self._warned.append(Warned(f"{failure} What is measured is saved in {path}"))
            self.path = path
            return
        raise failure

    def _write(self) -> None:
        if self.record.results or not self.needs_times:
            self._save()
        else:
            output.give_back(self.path)
        if self._journal:
            self._journal.remove()
            self._journal = None

    def _save(self) -> None:
        try:
            record_file.save(self.record, self.path, anonymous=self.anonymous)
        except OutputFailed as failure:
            self._move(failure)
            record_file.save(self.record, self.path, anonymous=self.anonymous)
        self.saved = True

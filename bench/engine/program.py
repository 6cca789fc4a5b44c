"""Run a program to its end, or to a deadline, so that nothing of it outlives us, in whatever way this process ends."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.core.errors import reason
from bench.engine import session
from bench.engine.supervisor import Ended, Supervisor, note_session, temp_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ENDING_S = 10  # what may pass from the deadline until all of it has been ended


class CannotRun(Exception):
    """A program could not be started, or did not end in time; the message says which, as a part of a sentence."""


@dataclass(frozen=True, slots=True)
class Done:
    """How a program ended, and what it wrote."""

    code: int
    out: str
    err: str


def run(
    command: Sequence[str], timeout_s: float, cwd: Path | None = None, environ: Mapping[str, str] | None = None
) -> Done:
    """Run a command; whatever it has started is ended with it, and its temp files are removed.

    Args:
        command: the program and its arguments.
        timeout_s: the deadline.
        cwd: where it is started.
        environ: what it has in its environment besides.

    Raises:
        CannotRun: there is no answer.
    """
    try:
        with (
            temp_folder("primebench-") as folder,
            Supervisor(partial(_attended, command, timeout_s, cwd, environ or {}, folder), folder) as supervisor,
        ):
            done: Done | str = supervisor.answer(timeout_s + _ENDING_S)
    except (Ended, OSError) as error:
        done = str(error)
    if isinstance(done, str):
        raise CannotRun(done or f"no answer within {timeout_s:g} s")
    return done


def _attended(
    command: Sequence[str], timeout_s: float, cwd: Path | None, environ: Mapping[str, str], folder: Path
) -> Done | str:
    """Return how the command ended, or why it did not run to its end."""
    out, err = folder / "out", folder / "err"
    try:
        ending = session.run(
            [*command],
            env={**os.environ, **environ, "TMPDIR": str(folder)},
            stdout=out,
            stderr=err,
            timeout_s=timeout_s,
            on_start=partial(note_session, folder),
            cwd=cwd,
        )
    except OSError as error:
        return reason(error)
    if ending.code is None:
        return f"no answer within {timeout_s:g} s"
    return Done(ending.code, out.read_text(errors="replace"), err.read_text(errors="replace"))

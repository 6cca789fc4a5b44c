"""Asking a program of our own for facts: it runs in a session that is ended with all it has started."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from bench.core import start
from bench.engine import session
from bench.engine.environment import environment, standing, with_remedy
from bench.engine.supervisor import Ended, Supervisor, note_session, temp_folder

if TYPE_CHECKING:
    from pathlib import Path

    from bench.core.side import Side

_ENDING_S = 10.0  # what may pass from the deadline until a session has been ended and its output read


class Unanswered(Exception):
    """There are no facts; the message says why, without a full stop."""


class Late(Unanswered):
    """There are none yet, after all the time that was given."""


def ask(side: Side, module: str, *words: str, timeout_s: float) -> dict[str, Any]:
    """Return what a program has written, as JSON, into the file that is its last argument.

    Args:
        side: its interpreter, source, current folder and environment.
        module: the program.
        words: its other arguments.
        timeout_s: its deadline.

    Raises:
        Late: it took longer.
        Unanswered: it ended without an answer.
    """
    try:
        with (
            temp_folder("primebench-") as folder,
            Supervisor(partial(_run, side, module, words, folder, timeout_s), folder) as supervisor,
        ):
            said: dict[str, Any] | Unanswered = supervisor.answer(timeout_s + _ENDING_S)
    except TimeoutError:
        said = _late(timeout_s)
    except (Ended, OSError) as error:
        said = Unanswered(str(error))
    if isinstance(said, Unanswered):
        raise said
    return said


def _late(timeout_s: float) -> Late:
    return Late(f"no answer within {timeout_s:g} s")


def _run(
    side: Side, module: str, words: tuple[str, ...], folder: Path, timeout_s: float
) -> dict[str, Any] | Unanswered:
    answer, environ = folder / "answer.json", environment(folder, side)
    ending = session.run(
        start.command(side.python, module, *words, str(answer), source=side.source),
        env=environ,
        cwd=side.folder or standing(folder),
        stdout=folder / "stdout",
        stderr=folder / "stderr",
        timeout_s=timeout_s,
        on_start=partial(note_session, folder),
    )
    if ending.code is None:
        return _late(timeout_s)
    try:
        found: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        lines = (folder / "stderr").read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return Unanswered(lines[-1] if lines else f"exit code {ending.code}")
    return {**found, "message": with_remedy(found["message"], environ)} if "message" in found else found

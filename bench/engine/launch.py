"""Make one visit: measure a case in a session of its own, and turn whatever happens into an outcome."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.core import jobs, start
from bench.core.errors import UnreadableRecord, reason
from bench.core.job import FOLDER
from bench.core.record import Failure, Result
from bench.core.source import digest
from bench.engine import background_load, description, facts_line, last_words, quiet, session, sighting, tree_names
from bench.engine.environment import environment, standing, threads, with_remedy
from bench.engine.supervisor import Ended, Supervisor, note_session, temp_folder
from bench.engine.turns import ENVIRON
from bench.engine.verdict_line import parse, parse_caution
from bench.store.identity import GIL_MODULE, PREFIX, SOURCE_DIGEST, SOURCE_FOLDER
from bench.store.suite import read_measurement
from primes import user_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.core.case import Case, Value
    from bench.core.visit import Visit

_TAIL = 2000  # characters of stderr that a failure keeps: the end of a traceback, not the whole of a flood
_ENDING_S = 10.0  # what may pass from the deadline until a session has been ended and its output read


def launch(visit: Visit) -> Result | Failure:
    """Make a visit; return a result with one measuring process (and the calibration before it), or the failure."""
    try:
        with begun(visit) as supervisor:
            outcome: Result | Failure = supervisor.answer(visit.effort.timeout_s + _ENDING_S)
    except TimeoutError:
        why = f"no answer within {visit.effort.timeout_s:g} s; it could not even be started"
        return Failure(visit.case, "timed-out", why)
    except Ended as error:
        return Failure(visit.case, "crashed", str(error))
    except OSError as error:  # no process or file descriptor left, a full disk
        return _not_started(visit.case, error)
    if isinstance(outcome, Result):
        description.remember(visit.side.python, visit.cpus, outcome.processes)
    return outcome


@contextmanager
def begun(visit: Visit) -> Iterator[Supervisor]:
    """Begin a visit, and yield who looks after it, and answers with a result or a failure."""
    digest(visit.side.source)  # here, where it is remembered
    with temp_folder("primebench-") as folder, Supervisor(partial(attend, visit, folder), folder) as supervisor:
        yield supervisor


def attend(visit: Visit, folder: Path, *, in_turns: bool = False) -> Result | Failure:
    """Make a visit from its supervisor.

    Args:
        visit: what to measure.
        folder: a temp folder of this visit alone, by which its processes are known.
        in_turns: whether each value waits in that folder for its turn; see `bench.engine.turns`.
    """
    try:
        outcome = _measured(visit, folder, in_turns=in_turns)
    except OSError as error:  # no such interpreter
        return _not_started(visit.case, error)
    if isinstance(outcome, Failure):
        return tree_names.as_named(visit.side, outcome)
    if not visit.side.known_as:
        return outcome
    return outcome.with_metadata({"python_executable": visit.side.known_as})


def _not_started(case: Case, error: OSError) -> Failure:
    return Failure(case, "crashed", f"the measuring process cannot be started: {reason(error)}")


def _measured(visit: Visit, folder: Path, *, in_turns: bool) -> Result | Failure:
    case, side = visit.case, visit.side
    output, sight = folder / "pyperf.json", folder / "observation.json"
    stderr = folder / "stderr"
    environ = environment(folder, side, in_turns=in_turns)
    before, seen = quiet.read(), background_load.look(visit.cpus)
    ending = session.run(
        command(visit, output, sight),
        env=environ,
        stdout=folder / "stdout",
        stderr=stderr,
        timeout_s=visit.effort.timeout_s,
        on_start=partial(note_session, folder),
        cwd=side.folder or standing(folder),
    )
    noise: dict[str, Value] = {PREFIX + key: value for key, value in quiet.disturbance(before, quiet.read()).items()}
    noise[f"{PREFIX}others_cpus"] = background_load.others_cpus(seen, background_load.look(visit.cpus))
    talk = stderr.read_text(encoding="utf-8", errors="replace")
    failure = _failure(visit, ending, talk)
    sighted = sighting.read(sight, visit.case, late=ending.code is None) if visit.observe and output.exists() else None
    if failure and not (sighted and sighting.failed(sighted)):  # times that were on disk before it began stay
        job = jobs.of(dict(case.params))
        return replace(failure, message=with_remedy(failure.message, environ)) if job and job.private else failure
    try:
        result = read_measurement(output, case)
    except UnreadableRecord as error:
        return Failure(
            case, "crashed", f"the measuring process left no readable result ({reason(error)})", talk[-_TAIL:]
        )
    told = str(result.processes[-1].metadata.get(SOURCE_FOLDER, side.source))  # older ones do not tell
    if not Path(told).samefile(side.source):
        return Failure(case, "crashed", f"the source in {told} was measured, and not the one in {side.source}")
    noise |= {SOURCE_DIGEST: digest(side.source)}
    known = description.known(side.python, visit.cpus)
    facts = {PREFIX + key: value for key, value in facts_line.parse(talk).items()}
    facts |= sighting.facts(sighted) if sighted else {}
    facts |= {GIL_MODULE: module} if (module := facts_line.gil_module(talk)) else {}
    return replace(
        result,
        observation=sighted,
        processes=tuple(
            replace(process, metadata={**known, **process.metadata, **noise, **(facts if process.values else {})})
            for process in result.processes
        ),
    )


def command(visit: Visit, output: Path, sight: Path | None = None) -> list[str]:
    """Return the command that measures a case: it can be pasted into a shell."""
    effort, side = visit.effort, visit.side
    parts = start.command(side.python, "bench.engine.worker", visit.case.to_json(), source=side.source)
    parts += [f"--values={effort.values}", f"--warmups={effort.warmups}", f"--min-time={effort.min_time_s}"]
    if hasattr(os, "sched_setaffinity"):  # macOS has no affinity
        parts.append(f"--affinity={','.join(map(str, visit.cpus))}")
    if visit.loops is not None:
        parts.append(f"--loops={visit.loops}")
    if not description.known(side.python, visit.cpus):
        parts.append("--metadata")
    if visit.observe and sight:
        parts.append(f"--observe={sight}")
    # For older versions alone, which measure under pyperf's manager: its time-out must not come before ours, and it
    # hides the environment from its worker.
    ours = ("TMPDIR", "XDG_CACHE_HOME", user_code.FOLDER, user_code.FOLDERS, ENVIRON, FOLDER)
    names = (*ours, *threads(), *side.inherits)
    parts += ["--processes=1", f"--timeout={effort.timeout_s + 5:.0f}", f"--inherit-environ={','.join(names)}"]
    return [*parts, "--quiet", f"--output={output}"]


def _failure(visit: Visit, ending: session.Ending, talk: str) -> Failure | None:
    case, tail = visit.case, talk[-_TAIL:]
    if ending.code is None:
        known = parse_caution(talk)
        why = f"; {known}" if known else ""
        return Failure(case, "timed-out", f"no answer within {visit.effort.timeout_s:g} s{why}", tail)
    left = (*ending.survivors, *ending.segments)
    if ending.code != 0:
        kind, message = parse(talk) or ("crashed", last_words.of(ending.code, talk))
        if message.startswith("WorkerLost") and (said := last_words.of_worker(talk)):
            message = f"{message}: {said}"
        return Failure(case, kind, message, tail, left=left)
    if left:
        return Failure(case, "leaked", f"left behind: {', '.join(left)}", tail, left=left)
    return None

"""Say which backend, how many workers and which chunk size suit a job, with code to paste and the evidence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bench.cli import voice
from bench.cli.grouped import EFFORT, OUTPUT, Command, option
from bench.cli.numbers import NumberRange
from bench.cli.options import (
    affinity_of,
    destination,
    forbid,
    format_option,
    inherit_option,
    inherited,
    job_selection,
    question_of,
)
from bench.core.units import DAY_S

if TYPE_CHECKING:
    from bench.core.record import Record
    from bench.samples.advice import Advice


@click.command(
    "advise",
    cls=Command,
    epilog="Example: primebench advise --function mypkg.text:parse --items data.jsonl --budget 60",
)
@click.argument("record", type=click.Path(path_type=Path), metavar="[FILE]", required=False)
@job_selection
@inherit_option
@option(
    "--budget",
    "budget_s",
    type=NumberRange(0, DAY_S, min_open=True),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="How long it may take.",
    group=EFFORT,
)
@option("--affinity", metavar="CPUS", help="CPUs to use: for example 0,2-3.", default_is="all", group=EFFORT)
@option("--verbose", is_flag=True, help="Say why it is measured: on stderr.", group=OUTPUT)
@destination
@format_option()
def command(
    record: Path | None,
    file: Path | None,
    form: str,
    budget_s: float,
    affinity: str | None,
    *,
    force: bool,
    anonymous: bool,
    verbose: bool,
    **options: Any,
) -> int:
    """Say which backend, how many workers and which chunk size suit a job, with code to paste and the evidence.

    The job is a function of yours (--function, --items), or the prime search of --workload or --range. What the answer
    rests on is measured within the budget, saved as a record, and compared with what was predicted.

    With a record FILE nothing is measured: the answer is what that record tells, and names what it lacks.
    """
    if record is not None:
        others = {"budget_s", "affinity", "verbose", "file", "force", "anonymous"}
        forbid(options.keys() | others, "advice on a record measures nothing")
        return _tell(_recorded(record), form)
    from bench.app import inquiry, output
    from bench.app.ledger import check_place
    from bench.cli.following import follow
    from bench.core.errors import OutputFailed
    from bench.engine.asking import ask
    from bench.engine.launch import launch
    from bench.engine.probe import probe

    cpus = affinity_of(affinity)
    machine = probe(len(cpus))
    inherits = inherited(options)
    question = question_of(options, machine, cpus, budget_s, inherits, verbose=verbose)
    asked = check_place(file, force=force) if file else None
    with output.reserved(asked, machine, None, anonymous=anonymous) as path:
        advice = follow(inquiry.inquire(question, path, launch, ask, anonymous=anonymous))
    code = _tell(advice, form)
    if advice.record is None:  # of a single item nothing was measured beyond a sample
        return code
    voice.note(f"Saved as {advice.record}")
    if advice.record != path:
        raise OutputFailed(f"{path} does not hold this record; {advice.record} does.")
    return code


def _tell(advice: Advice, form: str) -> int:
    """Print it, and return the exit code."""
    from bench.reports.views.advise import advise as view

    voice.show(view(advice), form)
    if advice.interrupted:
        return 130
    return 0 if advice.answered else 4


def _recorded(file: Path) -> Advice:
    """Return what a record tells.

    Raises:
        UsageError: it holds several jobs, or none, or times of several sides.
        NothingMeasured: it has no time of the plain loop.
    """
    from bench.app.answer import answer
    from bench.app.evidence import evidence_of, field_of
    from bench.core.errors import NothingMeasured, UsageError
    from bench.store import record_file

    record = _of_one_side(record_file.load(file), file)
    if any(record.plan.times(case.id) > 1 for case in record.plan.cases):
        raise UsageError(f"{file} holds work that grows with the workers, and advice is for one job.")
    field = field_of(record)
    if field is None:
        raise UsageError(f"{file} holds several jobs, or none that is distributed; advice is for one.")
    found = evidence_of(record, field)
    if found is None:
        raise NothingMeasured(
            f"{file} holds no time of the plain loop, against which others are compared; primebench run measures it "
            "with every backend."
        )
    return answer(found, file)


def _of_one_side(record: Record, file: Path) -> Record:
    """Return a record of which all times belong to one side; raises `UsageError` where they belong to several."""
    from bench.core.errors import UsageError

    if record.sides and record.plan.has_pairs:
        raise UsageError(
            f"{file} holds pairs of {' and '.join(record.sides)}, and advice is for one of them; primebench run "
            "measures one alone."
        )
    if len(record.apart) > 1:
        names = ", ".join(record.sides)
        raise UsageError(
            f"{file} holds several Pythons ({names}), and advice is for one; primebench advise measures with the one "
            "that it runs under."
        )
    ((_, own),) = record.apart
    return own

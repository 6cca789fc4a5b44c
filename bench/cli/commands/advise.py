"""Say which backend, how many workers and which chunk size suit a job, with code to paste and the evidence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from bench.cli import voice
from bench.cli.numbers import NumberRange
from bench.cli.options import (
    affinity_of,
    destination,
    format_option,
    job_selection,
    question_of,
)


@click.command("advise", epilog="Example: primebench advise --function mypkg.text:parse --items data.jsonl --budget 60")
@job_selection
@click.option(
    "--budget",
    "budget_s",
    type=NumberRange(0, 86_400, min_open=True),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="How long it may take.",
)
@click.option("--affinity", metavar="CPUS", help="CPUs to use, for example 0,2-3; default: all allowed.")
@click.option("--verbose", is_flag=True, help="Say on stderr why what is measured is measured.")
@destination
@format_option
def command(
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
    """
    from bench.app import inquiry, output
    from bench.cli.following import follow
    from bench.core.errors import OutputFailed
    from bench.engine.asking import ask
    from bench.engine.launch import launch
    from bench.engine.probe import probe
    from bench.reports.views.advise import advise as view

    cpus = affinity_of(affinity)
    machine = probe(len(cpus))
    question = question_of(options, machine, cpus, budget_s, verbose=verbose)
    path = output.check(file, force=force) if file else output.default_path(machine, None, anonymous=anonymous)
    try:
        advice = follow(inquiry.inquire(question, path, launch, ask, anonymous=anonymous))
    finally:
        output.give_back(path)
    voice.show(view(advice), form)
    voice.note(f"Saved as {advice.record}")
    if advice.record != path:
        raise OutputFailed(f"{path} does not hold this record; {advice.record} does.")
    if advice.interrupted:
        return 130
    return 0 if advice.answered else 4

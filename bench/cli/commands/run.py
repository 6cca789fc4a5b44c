"""Measure: run the chosen cases, check every answer, save a record and print its table."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bench.cli import voice
from bench.cli.cluster import cluster_options, hand_on
from bench.cli.completion import completer
from bench.cli.grouped import MEMBERS, OUTPUT, VALUES, Command, option
from bench.cli.options import (
    PROCESSES,
    TIMES,
    VERDICTS,
    affinity_of,
    comparing_selection,
    destination,
    drawing_of,
    effort,
    effort_of,
    forbid,
    format_option,
    inherit_option,
    inherited,
    named,
    plan_file_of,
    plan_names,
    selection_names,
    split,
)
from bench.core.errors import NothingMeasured, OutputFailed, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.core.plan import Drawing, Ladder
    from bench.core.record import Record
    from bench.core.side import Side
    from bench.reports.report import Report


@click.command("run", cls=Command, epilog="Example: primebench run --backend 'pool*' --workers 1-4 --effort fast")
@comparing_selection
@inherit_option
@effort
@option(
    "--plan",
    "plan_name",
    metavar="NAME|FILE",
    help="Run a written plan: a shipped one, or a TOML file; --workers and --start say otherwise than it does.",
    shell_complete=completer(plan_names),
    group=MEMBERS,
)
@cluster_options
@destination
@option("--label", help="Name in the default file name, in place of the machine's.", group=OUTPUT, rare=True)
@option(
    "--python",
    "pythons",
    multiple=True,
    metavar="PROGRAM|ENVIRONMENT",
    help="Measure with these Pythons: in turns; python3.13, a path, or the folder of an environment.",
    group=VALUES,
)
@option(
    "--resume",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Complete a record that was interrupted.",
    group=OUTPUT,
)
@option("--explain", is_flag=True, help="Say, too, where the time of each case went; see explain.", group=OUTPUT)
@option("--dry-run", is_flag=True, help="Print the cases and the expected time; measure nothing.", group=OUTPUT)
@format_option(*VERDICTS, *TIMES, *PROCESSES)
def command(
    file: Path | None,
    form: str,
    plan_name: str | None,
    label: str | None,
    resume: Path | None,
    pythons: tuple[str, ...],
    *,
    force: bool,
    anonymous: bool,
    dry_run: bool,
    explain: bool,
    **options: Any,
) -> int:
    """Measure the chosen cases, check every answer, save a record and print its table.

    Beside each backend stand the serial loop, and the ceiling: as many pinned copies of it as there are workers, which
    is what this machine can give.
    """
    from bench.app import measure, output
    from bench.app.ledger import Ledger, check_place
    from bench.cli.following import follow
    from bench.engine.launch import launch
    from bench.reports.views.show import show

    hand_on(options)
    inherits = inherited(options, elsewhere=bool(plan_name or resume))
    literal: set[str] = set()
    destination: Path | None
    labels = split("python", pythons)
    if resume is not None:
        others = {"file", "force", "label", "plan_name", "dry_run"}
        forbid(options.keys() | others, "--resume goes on with the plan in the file, and measures what it lacks")
        record, destination, sides = _resumed(resume, labels)
        anonymous = anonymous or record.machine.host_name is None
    else:
        record, literal, sides = _begun(plan_name, labels, options)
        if explain and not record.plan.effort.observe:
            raise UsageError("nothing is observed that could be explained; leave out --explain, or observe = no.")
        if dry_run:
            return _dry_run(record, form)
        destination = check_place(file, force=force) if file else None
    with output.reserved(destination, record.machine, label, anonymous=anonymous) as asked:
        _warn(record)
        ledger = Ledger(record, asked, anonymous=anonymous)
        try:
            record = follow(measure.measure(ledger, launch, sides, inherits))
        except KeyboardInterrupt:
            if ledger.saved or resume is not None:
                voice.note(f"Interrupted; go on with: primebench run --resume {shlex.quote(str(ledger.path))}")
            raise
    path = ledger.path
    voice.show(_explained(record) if explain else show(record, file=str(path)), form)
    voice.note(f"Saved as {path}")
    if not record.results:
        raise NothingMeasured("no case led to a time; the reasons are in the table.")
    if path != asked:
        raise OutputFailed(f"{asked} does not hold this record; {path} does.")
    return _exit_code(record, literal)


def _explained(record: Record) -> Report:
    from bench.reports.views.explain import shown_and_explained
    from bench.samples.explained import explained

    return shown_and_explained(record, *explained(record))


def _warn(record: Record) -> None:
    """Tell which limits of this machine the cases will meet that run on it."""
    from bench.engine import cluster, preflight

    here = tuple(case for case in record.plan.cases if not cluster.uses_cluster([case]))
    for warning in preflight.warnings(replace(record.plan, cases=here), record.machine.usable_cpus):
        voice.warn(warning)


def _resumed(file: Path, labels: Sequence[str]) -> tuple[Record, Path, dict[str, Side]]:
    """Return an interrupted record, the file in which it goes on, and who measures if several Pythons do."""
    from bench.app import measure, output
    from bench.engine import pythons
    from bench.store.unfinished import load

    record, path = load(output.followed(file))
    if record.plan.has_pairs:
        raise UsageError(f"{file} holds the sides of a gate or a selftest; go on with the command that made it.")
    if labels and not record.sides:
        raise UsageError(f"{file} was begun with one Python; leave out --python.")
    measure.check_source(record, file)
    return record, path, pythons.again(record.sides, record.plan, labels)


def _begun(
    plan_name: str | None, labels: Sequence[str], options: dict[str, Any]
) -> tuple[Record, set[str], dict[str, Side]]:
    """Return a record of what is to be measured, the members that were named letter by letter, and who measures."""
    from bench.app import measure
    from bench.core import jobs, start
    from bench.core.plan import EFFORTS, Plan
    from bench.engine import git, pythons
    from bench.engine.probe import probe

    drawing, ladders, observe = _chosen(plan_name, options)
    affinity = affinity_of(options["affinity"])
    preset = EFFORTS[options["effort"]]
    preset = preset if observe is None else replace(preset, observe=observe)
    plan = Plan.of(drawing, effort_of(options, preset), affinity, ladders)
    plan, sides = pythons.sides(labels, plan, drawing.missing) if labels else (plan, {})
    if not plan_name and not options["start"] and (unlike := pythons.unlike_starts(plan, sides)):
        voice.warn(unlike)  # a plan says itself which method it wants
    # The code of a user's function lies in the current folder; any other job is primebench's own.
    asked = any(job and job.private for job in (jobs.of(dict(case.params)) for case in plan.cases))
    commit = git.checked_out(".") if asked else git.checked_out(start.SOURCE)
    return measure.begin(plan, probe(len(affinity)), sides, commit=commit), named(drawing, options), sides


def _dry_run(record: Record, form: str) -> int:
    from bench.reports.views.dry_run import dry_run as view

    voice.show(view(record.plan, record.machine.usable_workers), form)
    if not record.plan.cases:
        raise NothingMeasured("no case of this plan can be measured here; the reasons are in the table.")
    return 0


def _exit_code(record: Record, named: set[str]) -> int:
    """Return 1 when a case failed, or a member that was named is missing here; else 0."""
    missed = any(skip.kind == "missing" and skip.case.member in named for skip in record.plan.skips)
    return 1 if record.failures or missed else 0


def _chosen(plan_name: str | None, options: dict[str, Any]) -> tuple[Drawing, tuple[Ladder, ...], bool | None]:
    if plan_name is None:
        return drawing_of(options, sweep=True), (), None
    from bench.core.plan_file import OVERRIDDEN

    forbid(selection_names() - set(OVERRIDDEN), "a plan names its own members and values")
    given = {name: split(name, options[name]) for name in OVERRIDDEN if options[name]}
    plan = plan_file_of(plan_name, options["affinity"], given)
    return plan.drawing, plan.ladders, plan.observe

"""Measure: run the chosen cases, check every answer, save a record and print its table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bench.cli import voice
from bench.cli.options import (
    affinity_of,
    completer,
    destination,
    drawing_of,
    effort,
    effort_of,
    forbid,
    format_option,
    named,
    plan_file_of,
    plan_names,
    selection,
    selection_names,
)
from bench.core.errors import NothingMeasured, OutputFailed, UsageError

if TYPE_CHECKING:
    from bench.core.plan import Drawing, Ladder


@click.command("run", epilog="Example: primebench run --backend 'pool*' --workers 1-4 --effort fast -o pools.json")
@selection
@effort
@click.option(
    "--plan",
    "plan_name",
    metavar="NAME|FILE",
    help="Run a written plan: a shipped one, or a TOML file.",
    shell_complete=completer(plan_names),
)
@destination
@click.option("--label", help="Name in the default file name, in place of the machine's.")
@click.option(
    "--resume", type=click.Path(path_type=Path), metavar="FILE", help="Complete a record that was interrupted."
)
@click.option("--dry-run", is_flag=True, help="Print the cases and the expected time; measure nothing.")
@format_option
def command(
    file: Path | None,
    form: str,
    plan_name: str | None,
    label: str | None,
    resume: Path | None,
    *,
    force: bool,
    anonymous: bool,
    dry_run: bool,
    **options: Any,
) -> int:
    """Measure the chosen cases, check every answer, save a record and print its table."""
    from bench.cli import measuring, output
    from bench.core.plan import EFFORTS, Plan
    from bench.engine import preflight
    from bench.engine.launch import launch
    from bench.engine.probe import probe
    from bench.reports.views.show import show
    from bench.store.record_file import load

    literal: set[str] = set()
    if resume is not None:
        others = {"file", "force", "label", "plan_name", "dry_run"}
        forbid(options.keys() | others, "--resume goes on with the plan in the file, and measures what it lacks")
        record, path = load(resume), output.followed(resume)
        if record.plan.measured_by:
            raise UsageError(f"{resume} holds the sides of a gate or a selftest; go on with the command that made it.")
        measuring.check_source(record, resume)
        anonymous = anonymous or record.machine.host_name is None
    else:
        drawing, ladders = _chosen(plan_name, options)
        literal = named(drawing, options)
        affinity = affinity_of(options["affinity"])
        machine = probe(len(affinity))
        preset = EFFORTS[options["effort"]]
        plan = Plan.of(drawing, effort_of(options, preset), affinity, ladders)
        record = measuring.begin(plan, machine)
        if dry_run:
            from bench.reports.views.dry_run import dry_run as view

            voice.show(view(plan, machine.usable_workers), form)
            if not plan.cases:
                raise NothingMeasured("no case of this plan can be measured here; the reasons are in the table.")
            return 0
        path = output.check(file, force=force) if file else output.default_path(machine, label, anonymous=anonymous)
    for warning in preflight.warnings(record.plan.cases, record.machine.usable_cpus):
        voice.warn(warning)
    asked = path
    try:
        record, path = measuring.measure(record, path, launch, anonymous=anonymous)
    except KeyboardInterrupt:
        voice.note(f"Interrupted; go on with: primebench run --resume {path}")
        raise
    voice.show(show(record), form)
    voice.note(f"Saved as {path}")
    if not record.results:
        raise NothingMeasured("no case led to a time; the reasons are in the table.")
    if path != asked:
        raise OutputFailed(f"{asked} does not hold this record; {path} does.")
    return measuring.exit_code(record, literal)


def _chosen(plan_name: str | None, options: dict[str, Any]) -> tuple[Drawing, tuple[Ladder, ...]]:
    if plan_name is None:
        return drawing_of(options), ()
    forbid(selection_names(), "a plan names its own members and values")
    plan = plan_file_of(plan_name, options["affinity"])
    return plan.drawing, plan.ladders

"""Run every case once, untimed, and verify its answer."""

from __future__ import annotations

from typing import Any

import click

from bench.cli import voice
from bench.cli.cluster import NAMES, cluster_options, hand_on
from bench.cli.grouped import EFFORT, Command, option
from bench.cli.numbers import NumberRange
from bench.cli.options import (
    VERDICTS,
    affinity_of,
    drawing_of,
    families,
    forbid,
    format_option,
    inherit_option,
    inherited,
    job_of,
    selection,
    small_sample,
)
from bench.core import jobs


@click.command("check", cls=Command, epilog="Example: primebench check --backend 'pool*' --start fork,spawn")
@selection
@inherit_option
@option(
    "--timeout",
    type=NumberRange(0, 3600, min_open=True),
    default=20.0,
    show_default=True,
    help="Deadline of one case; with --faults of one fault, in seconds.",
    group=EFFORT,
)
@cluster_options
@option(
    "--faults",
    is_flag=True,
    help="Let workers die, hang and lie; see what backends make of it.",
    group=EFFORT,
)
@format_option(*VERDICTS)
def command(form: str, timeout: float, *, faults: bool, **options: Any) -> int:
    """Run every case once, untimed, and verify its answer; all members of all families when none is chosen."""
    if faults:
        forbid(NAMES, "--faults ends workers, which it does in a cluster of this machine alone")
    hand_on(options)
    if faults:
        from bench.cli import faults as trying

        return trying.check(options, form, timeout)
    inherits = inherited(options)
    from bench.app import measure
    from bench.cli.following import follow
    from bench.core.plan import Effort, Plan
    from bench.engine.launch import launch
    from bench.engine.probe import probe
    from bench.reports.views.checked import checked

    kinds = families()
    if not any(options.get(kind.noun) for kind in kinds):
        asked = job_of(options).name != jobs.DEFAULT  # for the members that can do it
        options |= {kind.noun: ("all",) for kind in kinds if kind.shared_by or not asked}
    drawing = drawing_of(small_sample(options))
    affinity = affinity_of(None)
    once = Effort(rounds=1, values=1, warmups=0, min_time_s=1e-6, timeout_s=timeout)
    record = measure.begin(Plan.of(drawing, once, affinity), probe())
    record = follow(measure.check(record, launch, inherits))
    voice.show(checked(record), form)
    return 1 if record.failures else 0

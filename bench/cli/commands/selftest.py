"""Prove the gate on this machine: how often it alarms over equal sides, how often it finds a known slowdown."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bench.cli import voice
from bench.cli.completion import of_package
from bench.cli.grouped import EFFORT, OUTPUT, RULE, Command, option
from bench.cli.numbers import NumberRange
from bench.cli.options import (
    affinity_of,
    destination,
    effort_of,
    forbid,
    format_option,
    paired_effort,
    pairs_option,
    selection,
)

if TYPE_CHECKING:
    from bench.app.paired import Terms
    from bench.core.record import Record

BUDGETS_S = {"fast": 100.0, "normal": 600.0, "rigorous": 1700.0}


@click.command("selftest", cls=Command, epilog="Example: primebench selftest --effort fast")
@selection
@option(
    "--slowdown",
    type=NumberRange(0, 100, min_open=True),
    default=5.0,
    show_default=True,
    metavar="PERCENT",
    help="Work added to the kernel of the slowed side.",
    group=RULE,
)
@option(
    "--effort",
    type=click.Choice(list(BUDGETS_S)),
    default="normal",
    show_default=True,
    help="Time to spend: 100, 600 or 1700 seconds.",
    group=EFFORT,
)
@option(
    "--budget",
    type=NumberRange(0),
    metavar="SECONDS",
    help="Time to spend, in place of the preset; 0 with --resume only reports.",
    group=EFFORT,
    default_is="by --effort",
)
@pairs_option
@option(
    "--control",
    metavar="KERNEL|none",
    shell_complete=of_package("primes.kernels", "none"),
    help="Kernel of the serial loop that nobody slows.",
    group=RULE,
)
@paired_effort
@destination
@option(
    "--resume", type=click.Path(path_type=Path), metavar="FILE", help="Go on with a record of a selftest.", group=OUTPUT
)
@format_option()
def command(form: str, resume: Path | None, **given: Any) -> int:
    """Measure equal and slowed copies of this primebench, and count how often the gate is right about them.

    Two copies are equal, the third does some percent more of the same work in its kernel. Blocks of pairs are measured
    until the time is used up, and judged as the gate would judge them. Whatever is not chosen is a warm pool with one
    worker per CPU.
    """
    from bench.analysis.paired import Rule
    from bench.app import measure, output
    from bench.app import selftest as selftesting
    from bench.app.ledger import check_place
    from bench.app.paired import plan_of
    from bench.core.errors import UsageError
    from bench.engine.probe import probe
    from bench.reports.views.selftest import selftest
    from bench.reports.wording import word
    from bench.store.unfinished import load

    budget_s = BUDGETS_S[given["effort"]] if given["budget"] is None else given["budget"]
    path: Path | None
    if resume:
        forbid(given.keys() - {"effort", "budget", "anonymous"}, "--resume goes on with the plan in the file")
        record, path = load(output.followed(resume))
        terms = selftesting.terms_of(record, Rule(), budget_s)
        if budget_s:
            measure.check_source(record, resume)
        anonymous = given["anonymous"] or record.machine.host_name is None
    else:
        terms, anonymous = _terms(given, budget_s), given["anonymous"]
        machine = probe(len(terms.affinity))
        record = measure.begin(plan_of(terms), machine)
        if not budget_s:
            raise UsageError("--budget 0 leaves nothing to report; it needs --resume.")
        path = check_place(given["file"], force=given["force"]) if given["file"] else None
    if budget_s:
        record, saved = _held(record, path, terms, anonymous=anonymous)
        voice.note(f"Saved as {saved}; for more, go on with: primebench selftest --resume {shlex.quote(str(saved))}")
    proof = selftesting.prove(record, terms.rule)
    for warning in proof.warnings:
        voice.warn(word(warning))
    voice.show(selftest(proof), form)
    return 1 if proof.warnings else 0


def _terms(given: dict[str, Any], budget_s: float) -> Terms:
    from bench.analysis.paired import Rule
    from bench.app import gate as gating
    from bench.app import paired
    from bench.app import selftest as selftesting
    from bench.cli import judged
    from bench.cli.options import families
    from bench.core.side import BASE, SAME, slow_name
    from bench.engine import slowed

    if not any(given.get(kind.noun) for kind in families()):
        given |= {name: value for name, value in selftesting.DEFAULTS.items() if not given.get(name)}
    cases = judged.cases_of(given)
    slowed.patches(cases, given["slowdown"])
    terms = paired.Terms(
        cells=gating.cells_of(cases, (BASE, SAME, slow_name(given["slowdown"]))),
        control=gating.control_of(given["control"], cases),
        effort=effort_of(given, gating.PRESETS[given["effort"]].effort),
        affinity=affinity_of(given["affinity"]),
        rule=Rule(),
        pairs=gating.pairs_of(given["pairs"]),
        budget_s=budget_s,
    )
    paired.check_design(terms)
    return terms


def _held(record: Record, path: Path | None, terms: Terms, *, anonymous: bool) -> tuple[Record, Path]:
    from bench.app import output, paired
    from bench.app import selftest as selftesting
    from bench.app.ledger import Ledger
    from bench.cli.following import follow
    from bench.core.side import AGAIN, CONTROL
    from bench.engine import sides, slowed, virtual_environment

    with virtual_environment.scratch_folder() as scratch:
        _, percent = selftesting.slow_side(record)
        found = slowed.build(scratch, [cell.case for cell in terms.cells], percent)
        ours = sides.running(scratch)
        everybody = {**found, CONTROL: ours, AGAIN: ours}
        with output.reserved(path, record.machine, "selftest", anonymous=anonymous) as asked:
            ledger = Ledger(record, asked, anonymous=anonymous)
            run = paired.PairedRun(ledger, terms, everybody)
            try:
                with ledger.open():
                    follow(selftesting.hold(run))
            except KeyboardInterrupt:
                voice.note(f"Interrupted; go on with: primebench selftest --resume {shlex.quote(str(ledger.path))}")
                raise
    return ledger.record, ledger.path

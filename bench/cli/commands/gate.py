"""Judge whether head is slower than base: both measured together, in pairs, with known error rates."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bench.cli import voice
from bench.cli.completion import of_package
from bench.cli.grouped import EFFORT, RULE, SIDES, option
from bench.cli.numbers import NumberRange
from bench.cli.options import (
    TIMES,
    VERDICTS,
    affinity_of,
    destination,
    drift_option,
    effort_of,
    forbid,
    format_option,
    inherit_option,
    inherited,
    paired_effort,
    pairs_option,
    selection,
)
from bench.cli.words import Command, Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.analysis.paired import Rule
    from bench.analysis.stored import Allowance
    from bench.reports.report import Report
    from bench.samples.finding import Finding


@click.command(
    "gate",
    cls=Command,
    epilog="Example: primebench gate --function mypkg.text:parse --items data.jsonl --base origin/main --head HEAD",
)
@option(
    "--base", metavar="SIDE", help="Side to compare with: a git ref, a source folder, or a Python program.", group=SIDES
)
@option(
    "--head",
    metavar="SIDE",
    help="Side to judge; . is the source in this folder as it lies there.",
    group=SIDES,
)
@option(
    "--records",
    cls=Words,
    type=click.Path(path_type=Path),
    metavar="BASE HEAD",
    help="Judge stored records; with --against, all of these are the base.",
    group=SIDES,
)
@option(
    "--against",
    cls=Words,
    type=click.Path(path_type=Path),
    metavar="HEAD...",
    help="The records of head; those of --records are the base.",
    group=SIDES,
)
@option(
    "--again",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Judge the record of a gate once more.",
    group=SIDES,
)
@selection
@inherit_option
@pairs_option
@option(
    "--alpha",
    type=NumberRange(0, 1, min_open=True, max_open=True),
    default=0.01,
    show_default=True,
    help="False alarms allowed: in all cases together.",
    group=RULE,
)
@option(
    "--margin",
    type=NumberRange(0, 10),
    default=0.02,
    show_default=True,
    help="Slowdown that is never regressed.",
    group=RULE,
)
@option(
    "--threshold",
    type=NumberRange(0, 10, min_open=True),
    default_is="0.05",
    help="Slowdown that ok rules out.",
    group=RULE,
)
@drift_option
@option(
    "--control",
    metavar="KERNEL|none",
    shell_complete=of_package("primes.kernels", "none"),
    help="Kernel of the control: a serial loop that this primebench measures twice, or that both records hold.",
    group=RULE,
)
@option(
    "--source",
    metavar="DIR",
    help="Where the code of --function lies in each side; the top or src else.",
    group=SIDES,
    owners={"function": None},
)
@option(
    "--install",
    is_flag=True,
    help="Build each side of --function and install it; for compiled packages.",
    group=SIDES,
    owners={"function": None},
)
@option(
    "--answers-may-differ",
    is_flag=True,
    help="Let results of --function differ.",
    group=SIDES,
    owners={"function": None},
)
@option(
    "--effort",
    type=click.Choice(["fast", "normal", "rigorous"]),
    default="normal",
    show_default=True,
    help="Preset for these numbers.",
    group=EFFORT,
)
@option(
    "--budget",
    type=NumberRange(0, min_open=True),
    metavar="SECONDS",
    help="Time for all pairs; the confirmation is included.",
    group=EFFORT,
    default_is="by --effort",
)
@paired_effort
@destination
@format_option(*VERDICTS, *TIMES)
def command(
    base: str | None,
    head: str | None,
    records: tuple[Path, ...],
    against: tuple[Path, ...],
    again: Path | None,
    alpha: float,
    margin: float,
    threshold: float | None,
    drift: float,
    form: str,
    **given: Any,
) -> int:
    """Measure base and head together, in balanced pairs that take turns, and judge whether head is slower.

    A pair is one visit of each side, whose values are taken in turns. A control is the same code on both sides: it
    shows whether the machine was the same for both. A --function for which nothing else is chosen is measured by itself
    (serial) and in a pool; one that one side lacks is listed and not judged.

    A case is regressed only if it is significantly slower, by more than the margin, and an independent second batch
    confirms it; ok only if a slowdown of the threshold is ruled out, and one of twice the threshold of the mean. A
    control that moved, stolen CPU time, throttling and other programs at work make the verdict void, which is
    inconclusive; load does not excuse a slowdown above the threshold and beyond whatever a measured control shows.

    Records of two sessions are judged with an allowance for --drift, and only where the serial loop that both hold
    shows that the machine was the same. From five records a side on, sessions are compared and nothing is allowed for.

    \b
    Exit codes: 0 ok, or nothing to judge, 1 a case failed or nothing was measured, 2 wrong usage,
    3 regressed, 4 inconclusive, 5 not comparable (--records only), 130 interrupted.
    """
    from bench.analysis import stored
    from bench.analysis.gate import THRESHOLD
    from bench.app import gate as gating
    from bench.core.errors import UsageError
    from bench.reports.report import Report
    from bench.reports.views.gate import gate
    from bench.reports.wording import word

    if sum(map(bool, (records, again, base or head))) != 1 or bool(base) != bool(head):
        raise UsageError("name both sides, --base and --head; or judge what is stored, with --records or --again.")
    if not records:
        forbid(("against", "drift"), "only --records has several sessions")
    if records:
        found: Finding | Report = _stored(records, against, stored.Allowance(alpha, margin, drift, threshold), given)
    elif again:
        forbid(given.keys(), "--again judges a stored file as it is")
        found = _again(again, gating.rule_of(alpha, margin, threshold or THRESHOLD))
    else:
        found = _measured(str(base), str(head), gating.rule_of(alpha, margin, threshold or THRESHOLD), given)
    if isinstance(found, Report):
        voice.show(found, form)
        return gating.EXIT_CODES["not comparable"]
    for warning in found.warnings:
        voice.warn(word(warning))
    voice.show(gate(found), form)
    return gating.EXIT_CODES[found.overall]


def _stored(
    records: Sequence[Path], against: Sequence[Path], allowance: Allowance, given: dict[str, Any]
) -> Finding | Report:
    from bench.app import gate as gating
    from bench.cli.stored import judge, sides_of

    forbid(given.keys() - {"control"}, "--records judges stored files as they are")
    gating.rule_of(allowance.alpha, allowance.margin, allowance.limit(allowance.drift))
    return judge(*sides_of(records, against), allowance, given["control"])


def _again(file: Path, rule: Rule) -> Finding:
    from bench.app import gate as gating
    from bench.store.record_file import load

    record = load(file)
    told = "as in the record"
    return gating.finding_of(record, gating.terms_of(record, rule), {"base": told, "head": told})


def _measured(base: str, head: str, rule: Rule, given: dict[str, Any]) -> Finding:
    """Return what was found; its doubts were told before anything was measured."""
    from bench.app import gate as gating
    from bench.app import measure, output, own_gate, paired
    from bench.app.ledger import Ledger, check_place
    from bench.cli import judged
    from bench.cli.following import follow
    from bench.core.side import AGAIN, BASE, CONTROL, HEAD
    from bench.engine import preflight, sides, virtual_environment
    from bench.engine.probe import probe

    preset = gating.PRESETS[given["effort"]]
    cases = judged.cases_of(given)
    terms = paired.Terms(
        cells=gating.cells_of(cases),
        control=gating.control_of(given["control"], cases),
        effort=effort_of(given, preset.effort),
        affinity=affinity_of(given["affinity"]),
        rule=rule,
        pairs=gating.pairs_of(given["pairs"]),
        budget_s=given["budget"] or preset.budget_s,
    )
    paired.check_design(terms)
    short = paired.too_short(terms)
    if short:
        return gating.unmeasured(terms, short)
    machine = probe(len(terms.affinity))
    path = check_place(given["file"], force=given["force"]) if given["file"] else None
    for warning in preflight.warnings(paired.plan_of(terms), machine.usable_cpus):
        voice.warn(warning)
    own = own_gate.Code(given["source"], given["install"], given["answers_may_differ"], inherited(given))
    if not (theirs := own_gate.is_asked(cases)):
        names = ("source", "install", "answers_may_differ", "inherit_environ")
        forbid(names, "only the sides of --function are told so")
    with virtual_environment.scratch_folder() as scratch:
        named = {BASE: base, HEAD: head}
        found = own_gate.build(named, own, scratch) if theirs else gating.build(named, scratch)
        doubts = tuple(gating.doubts(found[BASE], found[HEAD], ours=not theirs))
        for doubt in doubts:
            voice.warn(doubt)
        ready = own_gate.Ready(found, cases)
        if theirs:
            ready = follow(own_gate.prepare(paired.plan_of(terms), ready, scratch, own))
            doubts += ready.said
            terms = replace(terms, cells=gating.cells_of(ready.cases))
        ours = sides.running(scratch)
        everybody = {**ready.sides, CONTROL: ours, AGAIN: ours}
        record = ready.added_to(measure.begin(paired.plan_of(terms), machine, everybody))
        with output.reserved(path, machine, "gate", anonymous=given["anonymous"]) as asked:
            ledger = Ledger(record, asked, anonymous=given["anonymous"])
            run = paired.PairedRun(ledger, terms, everybody, lambda side: virtual_environment.again(side, scratch))
            try:
                with ledger.open(), own_gate.watched(ready, ledger):
                    short = follow(paired.hold(run))
            except KeyboardInterrupt:
                voice.note(f"Interrupted; what was measured is kept in {ledger.path}")
                raise
    voice.note(f"Saved as {ledger.path}")
    told = {name: str(side) for name, side in found.items()}
    return gating.finding_of(ledger.record, terms, told, doubts, short)

"""Compare records: across files, machines and Pythons, or along any axis of one record."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli import voice
from bench.cli.baseline import Baseline
from bench.cli.completion import completer, of_package, offered, records_of
from bench.cli.grouped import option
from bench.cli.options import TIMES, VERDICTS, axis_names, drift_option, families, forbid, format_option
from bench.cli.words import Command, Words

if TYPE_CHECKING:
    from collections.abc import Sequence

EXIT_CODES = {"ok": 0, "regressed": 3, "inconclusive": 4, "not comparable": 5}


def _values(context: click.Context, _parameter: click.Parameter, typed: str) -> list[str]:
    """Return the values that the named records have on the axis."""
    from bench.core.case import NONE
    from bench.samples.dataset import from_record

    axis = _axis(context.params.get("by") or "")
    found = (cell.coordinate(axis) for one in records_of(context) for cell in from_record(one, "").cells.values())
    return offered((str(value) for value in found if value != NONE), typed)


def _axis(name: str) -> str:
    """Return the axis; members may be called by what each family calls its own."""
    return "member" if name in {kind.noun for kind in families()} else name


@click.command("compare", cls=Command, epilog="Example: primebench compare before.json after.json")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="BASE OTHER...")
@option(
    "--against",
    cls=Words,
    type=click.Path(path_type=Path),
    metavar="OTHER...",
    help="Compare these, as one side, with all files named before, as the other side.",
)
@option(
    "--by",
    default="file",
    show_default=True,
    metavar="AXIS",
    shell_complete=completer(lambda: ("file", "machine", "python", *axis_names())),
    help="Along what to pair: file, machine, python, member (backend, channel ...), workers, start or any other axis.",
)
@option(
    "--base",
    metavar="VALUE",
    shell_complete=_values,
    help="The value on the axis to divide by, for example --by member --base serial.",
)
@option(
    "--normalise",
    type=Baseline(),
    metavar="MEMBER",
    help="Divide by the times of the serial loop (--normalise serial), to compare what travels between machines: "
    "speed-up, efficiency and share of the ceiling.",
)
@option(
    "--control",
    metavar="KERNEL|NAME|none",
    shell_complete=of_package("primes.kernels", "none"),
    help="What is the same code in both files: a serial loop, by its kernel, or a benchmark; else every serial loop.",
)
@drift_option
@format_option(*VERDICTS, *TIMES)
def command(
    files: tuple[Path, ...],
    against: tuple[Path, ...],
    by: str,
    base: str | None,
    normalise: str | None,
    control: str | None,
    drift: float,
    form: str,
) -> int:
    """Compare OTHER records, or any pyperf files, with BASE: for each case the ratio, its interval and a verdict.

    The ratio is the Hodges-Lehmann estimate over the minima of processes, with its exact 95 % interval. Files whose
    usable CPUs, CPU model, Python patch version or work differ are not comparable, unless that is what --by compares
    or --normalise divides out. One file can be compared with itself along an axis of its cases.

    Files are regressed only beyond what --drift allows, ok only if a slowdown of 10 % is ruled out with it, and neither
    unless a control that both hold shows that the machine was the same. From five files a side on, sessions are
    compared and nothing is allowed for.

    \b
    Exit codes, along file: 0 every case is ok, 3 regressed, 4 inconclusive (also if disturbed), 5 not comparable.
    Along any other axis nobody is at fault: 0.
    Always: 1 a file cannot be read or leaves nothing to compare, 2 wrong usage.
    """
    from bench.analysis.stored import Allowance
    from bench.cli import comparing
    from bench.core.errors import NothingMeasured
    from bench.reports.contrasts import DRIFT, contrast
    from bench.reports.views import compare as view
    from bench.reports.wording import word
    from bench.samples import dataset

    by = _axis(by)
    every = (*files, *against)
    comparing.check_once(every)
    _check(by, every, against=bool(against), normalise=bool(normalise), control=bool(control))
    unlike, datasets = comparing.loaded(every, by, normalised=bool(normalise))
    if unlike:
        voice.show(view.not_comparable(unlike), form)
        voice.note(comparing.advice(unlike, datasets))
        return EXIT_CODES["not comparable"]
    between = not comparing.within(by, datasets)
    if not between:
        forbid(("drift",), f"by {by} both sides are of one session")
    warnings = [*comparing.warnings(datasets), *([DRIFT] if between else [])]
    if normalise:
        datasets = [dataset.relative_to_baseline(one) for one in datasets]
    if against:
        datasets = list(comparing.sides(datasets[: len(files)], datasets[len(files) :]))
    rule = Allowance(drift=drift)
    found = contrast(comparing.pair(by, base, datasets), normalised=normalise or "", rule=rule, control=control)
    for warning in warnings:
        voice.warn(warning)
    if not found.contrasts:
        names = ", ".join(map(str, every))
        why = "; ".join(f"{entry.id}: {word(entry.reason)} ({entry.where})" for entry in found.unmatched[:3])
        raise NothingMeasured(f"nothing to compare in {names}: no case has times on both sides. {why}")
    voice.show(view.compare(found, {one.name: one for one in datasets}, warnings), form)
    return EXIT_CODES[found.verdict]


def _check(by: str, every: Sequence[Path], *, against: bool, normalise: bool, control: bool) -> None:
    """Raise `UsageError` for options that contradict each other."""
    from bench.core.errors import UsageError
    from bench.samples.pairing import BETWEEN, PYTHON_AXIS

    if against and by != "file":
        raise UsageError(f"--against names the other side of --by file; by {by} the files themselves tell the sides.")
    if by in BETWEEN and by != PYTHON_AXIS and len(every) < 2:
        raise UsageError(f"one file cannot be compared by {by}; name a second, or an axis of its cases: --by member.")
    if normalise and by not in BETWEEN:
        raise UsageError(
            f"--normalise is for files of unlike machines; by {by} both sides are of one machine. Leave it out."
        )
    if control and (normalise or by != "file"):
        raise UsageError("--control is for times that are compared by file as they are. Leave it out.")

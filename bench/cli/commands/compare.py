"""Compare records: across files, machines and Pythons, or along any axis of one record."""

from __future__ import annotations

from pathlib import Path

import click

from bench.cli import voice
from bench.cli.options import format_option

EXIT_CODES = {"ok": 0, "regressed": 3, "inconclusive": 4, "not comparable": 5}


@click.command("compare", epilog="Example: primebench compare before.json after.json")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="BASE OTHER...")
@click.option(
    "--by",
    default="file",
    show_default=True,
    metavar="AXIS",
    help="Along what to pair: file, machine, python, member, workers, start or any other axis.",
)
@click.option(
    "--base", metavar="VALUE", help="The value on the axis to divide by, for example --by member --base serial."
)
@click.option(
    "--normalise",
    type=click.Choice(["serial"]),
    help="Compare what travels between machines: speed-up, efficiency and share of the ceiling.",
)
@format_option
def command(files: tuple[Path, ...], by: str, base: str | None, normalise: str | None, form: str) -> int:
    """Compare OTHER records, or any pyperf files, with BASE: for each case the ratio, its interval and a verdict.

    The ratio is the Hodges-Lehmann estimate over the minima of processes, with its exact 95 % interval. Files whose
    usable CPUs, CPU model, Python patch version, workload or schema differ are not comparable, unless that is what
    --by compares or --normalise divides out. One file can be compared with itself along an axis of its cases.

    \b
    Exit codes, along file: 0 every case is ok, 3 regressed, 4 inconclusive, 5 not comparable.
    Along any other axis nobody is at fault: 0.
    Always: 1 a file cannot be read or leaves nothing to compare, 2 wrong usage.
    """
    from bench.analysis import pairing, sitting
    from bench.cli import comparing
    from bench.core.errors import NothingMeasured, UsageError
    from bench.reports.contrasts import DRIFT, contrast
    from bench.reports.views import compare as view

    comparing.check_once(files)
    between = by in pairing.BETWEEN
    if between and len(files) < 2:
        raise UsageError(f"one file cannot be compared by {by}; name a second, or an axis of its cases: --by member.")
    if normalise and not between:
        raise UsageError(
            f"--normalise is for files of unlike machines; by {by} both sides are of one machine. Leave it out."
        )
    unlike = comparing.schemas(files)
    if not unlike:
        sittings = [comparing.load(file) for file in files]
        allowed = sitting.FIELDS[:3] if normalise else pairing.BETWEEN.get(by, sitting.FIELDS)
        unlike = comparing.differences(sittings, allowed)
    if unlike:
        voice.show(view.not_comparable(unlike), form)
        voice.note(comparing.advice(unlike))
        return EXIT_CODES["not comparable"]
    warnings = comparing.warnings(sittings)
    if between:
        warnings.append(DRIFT)
    if normalise:
        sittings = [sitting.relative_to_serial(one) for one in sittings]
    found = contrast(comparing.pair(by, base, sittings), normalised=bool(normalise))
    for warning in warnings:
        voice.warn(warning)
    if not found.contrasts:
        why = "; ".join(f"{entry.id}: {entry.reason} ({entry.where})" for entry in found.lonely[:3])
        raise NothingMeasured(
            f"nothing to compare in {', '.join(map(str, files))}: no case has times on both sides. {why}"
        )
    voice.show(view.compare(found, {one.name: one for one in sittings}, warnings), form)
    return EXIT_CODES[found.verdict]

"""Show how far a record scales: speed-up, efficiency, laws with intervals, and METG."""

from __future__ import annotations

from pathlib import Path

import click

from bench.cli import voice
from bench.cli.completion import of_records
from bench.cli.grouped import Command, option
from bench.cli.options import format_option


@click.command(
    "scale",
    cls=Command,
    epilog="Example: primebench run --backend pool --workers 1-8 -o sweep.json; primebench scale sweep.json",
)
@click.argument("file", type=click.Path(path_type=Path))
@option(
    "--member",
    multiple=True,
    metavar="NAME",
    help="Only these members; all if not given.",
    shell_complete=of_records,
)
@option("--metg", is_flag=True, help="Show the smallest effective task instead (measured with run --plan metg).")
@format_option()
def command(file: Path, member: tuple[str, ...], form: str, *, metg: bool) -> None:
    """Show how far the record FILE scales: speed-up, efficiency, laws with intervals, and METG.

    Speed-up is the serial loop's time divided by the time with P workers; "of ceiling" is the share of what P pinned
    copies reach on this machine. Laws are fitted to worker counts within the usable CPUs only (Amdahl to fixed work,
    Gustafson to --workload weak, the Universal Scalability Law to 6 counts or more); one that the measured intervals
    exclude predicts nothing. Up to twice the largest measured count, "possible" is what any law of contention and
    coherency allows that passes through these intervals. No interval comes from fewer than 4 processes.

    METG, the minimum effective task granularity, is the smallest task that a backend still runs at half of the possible
    speed: smaller ones cost more to hand out than they are worth.
    """
    from bench.core.errors import NothingMeasured, UnknownName
    from bench.reports.doubts import doubted
    from bench.reports.views.metg import metg as metg_view
    from bench.reports.views.scale import scale
    from bench.samples import curves
    from bench.store.record_file import load

    record = load(file)
    known = list(dict.fromkeys(case.member for case in record.plan.cases))
    for name in member:
        if name not in known:
            raise UnknownName("member of this record", name, known, f"It holds {', '.join(known)}.")
    usable, rows = record.machine.usable_cpus, doubted(record)
    if metg:
        sweeps = [sweep for sweep in curves.task_sweeps(record, rows) if not member or sweep.case.member in member]
        if not sweeps:
            raise NothingMeasured(
                f"{file} holds no sweep over task sizes: chunks of several sizes, equally many of each. "
                "Measure one with: primebench run --plan metg"
            )
        voice.show(metg_view(sweeps, usable), form)
        return
    found = [curve for curve in curves.curves(record, rows) if not member or curve.case.member in member]
    if not found:
        raise NothingMeasured(
            f"{file} holds no times of both a backend and the serial loop; measure a sweep with: "
            "primebench run --backend pool --workers 1-8"
        )
    voice.show(scale(found, usable), form)

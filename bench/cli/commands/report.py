"""Make a page of records: tables and charts of all that can be said of them, in one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli import voice
from bench.cli.grouped import Command, option
from bench.cli.several import read_each

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.reports.report import Report


_FORMAT = "html"


@click.command("report", cls=Command, epilog="Example: primebench report results/textbook-2cpu.json -o textbook.html")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@option("-o", "--output", "file", type=click.Path(path_type=Path), help="The page; stdout if not given.")
@option("--force", is_flag=True, help="Overwrite the page.")
def command(files: tuple[Path, ...], file: Path | None, *, force: bool) -> int:
    """Make a page of the records FILE...: times, where they go, speed-up, METG and verdicts, with charts.

    The page is one HTML file that asks nobody for anything: it can be opened, sent, printed and put on any server. A
    file that cannot be read is named and left out. Other pyperf files have a row for each of their benchmarks.

    \b
    Exit codes: 0 every file is in the page, 1 one is not.
    """
    from bench.app import output
    from bench.core import catalog
    from bench.core.errors import NothingMeasured
    from bench.reports.views.gathered import gathered
    from bench.store import whole_file

    path = output.check(file, force=force) if file else None
    found, failed = read_each(dict(zip(_names(files), files, strict=True)), _parts)
    if not found:
        raise NothingMeasured("none of these files can be read as a record; there is no page to make.")
    report = gathered(found)
    if path is None:
        voice.show(report, _FORMAT)
    else:
        page = catalog.load(voice.FORMATS, _FORMAT, needs=("render",)).render(report)
        whole_file.write(path, f"{page}\n")
        voice.note(f"Saved as {path}")
    return int(failed > 0)


def _names(files: Sequence[Path]) -> list[str]:
    """Name files without their folders, where that is enough to tell them apart."""
    names = [file.name for file in files]
    return names if len(set(names)) == len(names) else [str(file) for file in files]


def _parts(file: Path) -> dict[str, Report]:
    """Return all that can be said of a file, by what it is about."""
    from bench.analysis.paired import Rule
    from bench.app import gate as gating
    from bench.core.side import BASE, HEAD
    from bench.reports.views.gate import gate
    from bench.reports.views.gathered import parts_of
    from bench.store import record_file

    if record_file.schema_of(file) is None:
        from bench.reports.views.plain import plain
        from bench.samples.dataset import from_plain

        return {"Times": plain(from_plain(record_file.load_plain(file), file.name))}
    record = record_file.load(file)
    found = parts_of(record)
    if {BASE, HEAD} <= record.sides.keys():
        told = {name: str(record.sides[name]) for name in (BASE, HEAD)}
        found = {"Verdict": gate(gating.finding_of(record, gating.terms_of(record, Rule()), told)), **found}
    return found

"""Explain where the time of a record's cases went, what costs most, and what helps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from bench.cli import voice
from bench.cli.grouped import Command, option
from bench.cli.options import cases_options, format_option, wanted_of


@click.command(
    "explain", cls=Command, epilog="Example: primebench run --backend pool -o pool.json; primebench explain pool.json"
)
@click.argument("file", type=click.Path(path_type=Path))
@cases_options
@option(
    "--trace",
    type=click.Path(path_type=Path),
    metavar="OUT.json",
    help="Write who did what when, for ui.perfetto.dev and chrome://tracing.",
)
@option("--force", is_flag=True, help="Overwrite the trace.")
@format_option()
def command(file: Path, trace: Path | None, form: str, *, force: bool, **options: Any) -> None:
    """Explain where the time of the cases in the record FILE went, what costs most, and what helps.

    Wall time x workers is divided: making workers, CPU time inside items, stolen (ready to run without a CPU), blocked
    (sleep, I/O, locks), between items (messages), waiting at the end, ending workers, and what is left unexplained.
    Below it, the efficiency is a product of factors. Both come from one more body of each case, which was observed
    after its values had been taken; run --observe no leaves it out.
    """
    from bench.app import output
    from bench.core.errors import NothingMeasured
    from bench.core.reason import Kind
    from bench.reports.views.explain import explain
    from bench.reports.wording import words
    from bench.samples.explained import explained
    from bench.store import record_file, trace_file

    record = record_file.load(file)
    path = output.check(trace, force=force) if trace else None
    found, why = explained(record)
    if wanted := wanted_of(options):
        kept = wanted.among([*(one.key for one in found), *why])
        found = tuple(one for one in found if one.key in kept)
        why = {key: said for key, said in why.items() if key in kept}
    if not found:
        every = dict.fromkeys(one for each in why.values() for one in each)
        left_out = any(one.kind is Kind.NOT_OBSERVED for one in every)
        again = " Measure again with primebench run, without --observe no." if left_out else ""
        raise NothingMeasured(f"{file} holds nothing to explain: {words(every) or 'it holds no case'}.{again}")
    if path:
        trace_file.write(path, {one.key: one.seen for one in found})
    voice.show(explain(record, found, why), form)
    if path:
        voice.note(f"Trace saved as {path}; open it in ui.perfetto.dev or chrome://tracing.")

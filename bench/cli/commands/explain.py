"""Explain where the time of a record's cases went, what costs most, and what helps."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli import voice
from bench.cli.completion import of_records
from bench.cli.grouped import Command, option
from bench.cli.options import format_option

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.core.reason import Reason
    from bench.samples.explained import Explained


@click.command(
    "explain", cls=Command, epilog="Example: primebench run --backend pool -o pool.json; primebench explain pool.json"
)
@click.argument("file", type=click.Path(path_type=Path))
@option(
    "--case",
    "patterns",
    multiple=True,
    metavar="GLOB",
    shell_complete=of_records,
    help="Only these cases: a member, or a pattern such as '*workers=4*'; all if not given.",
)
@option(
    "--trace",
    type=click.Path(path_type=Path),
    metavar="OUT.json",
    help="Write who did what when, for ui.perfetto.dev and chrome://tracing.",
)
@option("--force", is_flag=True, help="Overwrite the trace.")
@format_option
def command(file: Path, patterns: tuple[str, ...], trace: Path | None, form: str, *, force: bool) -> None:
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
    if patterns:
        found, why = _chosen(patterns, found, why)
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


def _chosen(
    patterns: Sequence[str], found: Sequence[Explained], why: Mapping[str, tuple[Reason, ...]]
) -> tuple[tuple[Explained, ...], dict[str, tuple[Reason, ...]]]:
    """Return the cases whose member or whole name fits a pattern.

    Raises:
        UnknownName: nothing fits a pattern.
    """
    from bench.core.errors import UnknownName

    names = {one.key: one.case.member for one in found} | {key: key.split(" ")[0].partition("/")[2] for key in why}
    for pattern in patterns:
        if not any(_fits(pattern, key, member) for key, member in names.items()):
            members = list(dict.fromkeys(names.values()))
            raise UnknownName("case of this record", pattern, members, f"It holds {', '.join(members)}.")
    kept = {key for key, member in names.items() if any(_fits(pattern, key, member) for pattern in patterns)}
    return tuple(one for one in found if one.key in kept), {key: said for key, said in why.items() if key in kept}


def _fits(pattern: str, key: str, member: str) -> bool:
    return fnmatchcase(member, pattern) or fnmatchcase(key, pattern)

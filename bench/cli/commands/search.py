"""Search a range for primes with every CPU: count them, write them in order, or find the k-th."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from bench.cli.cluster import cluster_options
from bench.cli.completion import of_package
from bench.cli.grouped import EFFORT, JOB, OUTPUT, VALUES, Command, option
from bench.cli.numbers import WholeRange
from bench.core.errors import UsageError


class _Numbers(Command):
    """A command that takes a negative number for what it is, and not for an option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        for before, arg in zip(["", *args], args, strict=False):
            if re.match(r"-[0-9.]", arg) and not before.startswith("-"):
                raise UsageError(f"{arg} is negative, and primes begin at 2; write numbers from 0 to 2**64.")
        return super().parse_args(ctx, args)


@click.command("search", cls=_Numbers, epilog="Example: primebench search 1e9 1.1e10 --output primes.txt")
@click.argument("words", nargs=-1, metavar="LO [HI] | --join FILE...")
@option(
    "--backend",
    default="shared-memory",
    show_default=True,
    metavar="NAME",
    help="Who shares the work out.",
    shell_complete=of_package("bench.families.backends"),
    group=VALUES,
)
@option(
    "--kernel",
    default="auto",
    show_default=True,
    metavar="NAME|MODULE|FILE.py",
    help="Which algorithm decides.",
    shell_complete=of_package("primes.kernels", "auto"),
    group=VALUES,
)
@option(
    "--workers",
    metavar="N",
    help="How many search at once.",
    default_is="usable CPUs or workers",
    group=VALUES,
)
@cluster_options
@option(
    "-o",
    "--output",
    metavar="FILE|-",
    help="Write the primes, in order: .txt, .csv, .npy, or - for stdout.",
    group=OUTPUT,
)
@option("--force", is_flag=True, help="Overwrite the output file.", group=OUTPUT)
@option("--resume", is_flag=True, help="Go on with the output of the same search where it ended.", group=OUTPUT)
@option("--nth", metavar="K", help="Print the K-th prime from LO on; HI may be left out.", group=JOB)
@option("--shard", metavar="I/N", help="Search the I-th of N parts of equal cost, for as many hosts.", group=JOB)
@option("--join", is_flag=True, help="Put together what the shards in these files have found.", group=JOB)
@option("--twins", is_flag=True, help="Count the pairs of primes with a distance of 2.", group=JOB)
@option("--gaps", is_flag=True, help="Count how often each distance between neighbouring primes occurs.", group=JOB)
@option(
    "--verify",
    is_flag=True,
    help="Search random stretches and what is resumed with another kernel, too.",
    group=EFFORT,
)
@option("--seed", type=WholeRange(), default=1, show_default=True, help="Of the random stretches.", group=EFFORT)
@option(
    "--format",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="How to print the answer.",
    group=OUTPUT,
)
def command(**options: Any) -> None:
    """Count the primes from LO to below HI, or write them all; with every CPU.

    Numbers may be written 1000000, 1_000_000, 1e6 or 2**20, up to 2**64. The count is held against published tables
    where the range begins at 0 or 2 or a power of ten and ends at one.

    --resume reads all of the file, and goes on if it holds ascending numbers without small divisors, as many as
    published tables and the file itself say. That notices 99.9 % of random bytes in place of others, and 99 % of
    random digits; with --verify all is searched again, which notices every one.

    --shard writes beside its output what it is (FILE.shard.json); --join wants that file, too. Of shards that only
    count it joins what they print with --format json.
    """
    from bench.cli import search_request, searching

    words = options.pop("words")
    if options["output"] is not None:
        from bench.search.output import place_of

        options["output"] = place_of(Path(options["output"]))
    if options["join"]:
        from bench.cli import joining

        joining.run([Path(word) for word in words], options)
        return
    if not words:
        raise UsageError("the range is missing; write LO HI, for example 1e9 1.1e10.")
    if words[2:]:
        raise UsageError(f"a range has two ends, and {words[2]} is a third; write LO HI.")
    options["lo"], options["hi"] = words[0], words[1] if words[1:] else None
    with searching.without_threads(options):
        searching.run(search_request.request_of(options))

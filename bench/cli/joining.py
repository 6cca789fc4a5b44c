"""Carry out ``primebench search --join``: what contradicts it, the shards put together, and what is said of that."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from bench.cli import search_answer, voice
from bench.cli.search_request import check_output
from bench.core.errors import UsageError
from bench.search import choice, joining, known
from bench.search.errors import SearchFailed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from bench.search.joining import Found

_TAKEN = ("words", "join", "output", "force", "verify", "seed", "form")


def run(paths: Sequence[Path], options: Mapping[str, Any]) -> None:
    """Join the shards in these files, and print the answer of the whole search.

    A reader of standard output that has had enough ends it silently.

    Raises:
        OutputFailed, SearchFailed, UsageError: nothing is joined.
    """
    _check_options(options)
    output = options["output"]
    check_output(output, force=options["force"])
    if not paths:
        raise UsageError("no shards are named; write --join and the outputs of all of them.")
    found = joining.load(paths)
    _check_files(found, output, verify=options["verify"])
    answer = _answer(found, output)
    _check_published(answer)
    verified = _verify(found, options["seed"]) if options["verify"] else 0
    try:
        if found[0][1].contents and (output or not verified):  # which has read them all
            joining.copy(found, output)
    except BrokenPipeError:
        return
    _show(answer | {"verified": verified}, output, options["form"])


def _check_options(options: Mapping[str, Any]) -> None:
    context = click.get_current_context()
    for name in options:
        if name not in _TAKEN and context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            option = f"--{name.replace('_', '-')}"
            raise UsageError(f"--join searches nothing, so that {option} says nothing to it; leave it out.")
    if options["form"] == "json" and str(options["output"]) == "-":
        raise UsageError("standard output cannot take both the primes and JSON; name a file with --output.")


def _check_files(found: Found, output: Path | None, *, verify: bool) -> None:
    path, shard = found[0]
    if shard.contents is None:
        if output is not None:
            raise UsageError(f"{path} holds a count and no primes; leave out --output.")
        if verify:
            raise UsageError(f"{path} holds a count and no primes; give --verify to each shard instead.")
        return
    if output is None:
        return
    from bench.search.output import form_of

    if form_of(str(output)) is not form_of(str(path)):
        raise UsageError(f"{output} is of another format than {path}; end its name in .{shard.contents.format}.")
    for path, _ in found:
        if os.path.exists(output) and os.path.exists(path) and output.samefile(path):
            raise UsageError(f"{output} is itself one of the shards; name another file.")


def _answer(found: Found, output: Path | None) -> dict[str, Any]:
    shard = found[0][1]
    name = "standard output" if str(output) == "-" else output
    return {
        "lo": shard.lo,
        "hi": shard.hi,
        **joining.total(found),
        "published": known.published(shard.lo, shard.hi) is not None,
        "output": None if name is None else str(name),
        "kernel": shard.kernel,
        "shards": len(found),
    }


def _check_published(answer: Mapping[str, Any]) -> None:
    published = known.published(answer["lo"], answer["hi"])
    if published not in (None, answer["primes"]):
        raise SearchFailed(
            f"wrong answer: the shards hold {answer['primes']} primes from {answer['lo']} to below {answer['hi']}, and "
            f"published tables say {published}; do them again with --verify."
        )


def _verify(found: Found, seed: int) -> int:
    """Search random stretches again and compare; return how many."""
    from bench.search.stretches import verify

    joining.copy(found, None)  # what is damaged is called so
    shard = found[0][1]
    samples = known.draw(shard.lo, shard.hi, choice.judge(shard.kernel, shard.hi), seed)
    verify(found, samples)
    if samples:
        judge = samples[0].judge.name
        voice.note(f"{len(samples)} random stretches searched again with {judge}: no difference.")
    return len(samples)


def _show(answer: Mapping[str, Any], output: Path | None, form: str) -> None:
    lines = search_answer.lines_of(answer)
    if form == "json":
        search_answer.as_json(answer)
    elif str(output) == "-":  # the primes are there
        for line in (f"{lines[0]} primes", *lines[1:]):
            voice.note(line)
    else:
        click.echo("\n".join(lines))
        if output is not None:
            voice.note(f"Saved as {output}")

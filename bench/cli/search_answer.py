"""What ``primebench search`` says: its answer (`show`), or how far it came before it ended (`how_far`)."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING, Any

import click

from bench.cli import voice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.cli.search_request import Request
    from bench.search.output import Output
    from bench.search.search import Tally


_NOT_GONE_ON_WITH = ("--force", "--resume", "--twins", "--gaps")


def show(request: Request, answer: Mapping[str, Any]) -> None:
    """Print the answer, with what confirms it and where the primes went."""
    if request.judge:
        times = f"{answer['verified']} of {len(request.samples)}"
        voice.note(f"{times} random stretches searched again with {request.judge.name}: no difference.")
    if request.form == "json":
        as_json(answer)
        return
    lines = lines_of(answer)
    if request.stdout:  # the primes are there
        for line in (f"{lines[0]} primes", *lines[1:]):
            voice.note(line)
        return
    click.echo("\n".join(lines))
    if request.path is not None:
        voice.note(f"Saved as {request.path}")
    if request.place and request.path is not None:
        from bench.search.shard import beside

        part = f"from {request.lo} to below {request.hi}"
        voice.note(f"Shard {request.place} is {part}; --join needs {beside(request.path)}, too.")


def as_json(answer: Mapping[str, Any]) -> None:
    """Print an answer as JSON."""
    import json

    click.echo(json.dumps(answer, indent=2))


def lines_of(answer: Mapping[str, Any]) -> list[str]:
    """Return the answer in words: the number that is wanted, alone on its line, then what else is counted."""
    lines = [str(answer["prime"] if "prime" in answer else answer["primes"])]
    if "twins" in answer:
        lines.append(f"twins {answer['twins']}")
    if "gaps" in answer:
        lines += [f"gap {gap} {times}" for gap, times in answer["gaps"].items()]
    if answer.get("longest_gap"):  # there is none without two primes
        lines.append(f"longest gap {answer['longest_gap']} after {answer['longest_gap_after']}")
    return lines


def lacks_its_description(request: Request) -> None:
    """Say on stderr that a shard is complete but for the file beside it, and the command that writes that."""
    # The primes that are there do not count distances.
    again = _anew(request) if request.twins or request.gaps else _again("--resume")
    voice.note(f"{request.path} is complete, and lacks only what --join needs beside it; make room, and then: {again}")


def _anew(request: Request) -> str:
    return _again("--force", *(["--twins"] if request.twins else []), *(["--gaps"] if request.gaps else []))


def _again(*more: str) -> str:
    """Return this command with other words on what becomes of its output."""
    return shlex.join(["primebench", *(word for word in sys.argv[1:] if word not in _NOT_GONE_ON_WITH), *more])


def how_far(request: Request, tally: Tally, output: Output | None) -> None:
    """Say on stderr what a search that ended early leaves, and the command that goes on with it."""
    if output is not None:
        voice.note(f"{output.name} holds the {output.count} primes from {request.lo} to below {output.complete_to}.")
        if output.regular and request.place and (request.twins or request.gaps):
            voice.note(f"Distances are counted in one search; begin this shard anew with: {_anew(request)}")
        elif output.regular:
            voice.note(f"Go on with: {_again('--resume')}")
            if request.twins or request.gaps:
                voice.note("Distances are counted by a search of the whole range alone.")
        return
    found = f"{tally.count} primes from {request.lo} to below {tally.complete_to}"
    if request.place:  # the rest would be no shard
        voice.note(f"{found}; a shard without --output begins anew.")
        return
    if request.twins or request.gaps:  # the distance across that border would be in neither part
        voice.note(f"{found}.")
        return
    end = [] if request.open_end else [str(request.hi)]
    nth = [] if request.nth is None else ["--nth", str(request.nth - tally.count)]
    rest = ["primebench", "search", str(tally.complete_to), *end, *nth, *request.how]
    voice.note(f"{found}; for the rest: {shlex.join(rest)}")

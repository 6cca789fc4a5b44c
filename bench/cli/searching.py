"""Carrying out ``primebench search``: what is asked for, the search itself, and what is said about it."""

from __future__ import annotations

import shlex
import sys
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from bench.cli import voice
from bench.cli.search_bar import SearchBar
from bench.core import cpus, units
from bench.core.errors import OutputFailed, PrimebenchError, UsageError
from bench.search import choice, crew, known, shortage
from bench.search.errors import SearchFailed
from bench.search.search import Search, Tally, count, expected_width, nth, write
from primes import tasks

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bench.families.backends._backend import Backend
    from bench.search.known import Sample
    from bench.search.numbers import Gaps
    from bench.search.output import Output
    from primes.kernel import Kernel


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asks for, every part of it found possible."""

    lo: int
    hi: int
    kernel: Kernel
    backend: Backend
    crew: crew.Crew
    path: Path | None
    resume: bool
    nth: int | None
    twins: bool
    gaps: bool
    samples: list[Sample]
    form: str
    how: tuple[str, ...]

    @property
    def stdout(self) -> bool:
        """Whether the primes go to standard output."""
        return self.path is not None and str(self.path) == "-"


def request_of(options: Mapping[str, Any]) -> Request:
    """Return the request; nothing is opened, made or overwritten yet.

    Raises:
        UsageError: a part of it is wrong or contradicts another.
        OutputFailed: the output cannot be written.
        SearchFailed: the backend or the kernel cannot run here.
    """
    k = None if options["nth"] is None else _number("--nth", options["nth"], 1, choice.MOST)
    lo, hi = _range(options["lo"], options["hi"], k)
    _check_together(options)
    kernel = choice.choose(options["kernel"], lo, hi)
    workers = options["workers"]
    usable = cpus.usable_workers() if workers is None else _number("--workers", workers, 1, cpus.MOST_WORKERS)
    backend, staff = crew.choose(options["backend"], usable)
    end = _expected_end(lo, hi, k)  # no stretch is confirmed behind the K-th prime
    samples = known.draw(lo, end, choice.judge(kernel, hi), options["seed"]) if options["verify"] else []
    _check_output(options["output"], force=options["force"] or options["resume"])
    return Request(
        lo, hi, kernel, backend, staff, options["output"], options["resume"], k, options["twins"], options["gaps"],
        samples, options["form"], _how(options),
    )  # fmt: skip


def _how(options: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the words that say who searches and how, for the command that goes on with the rest."""
    source = click.get_current_context().get_parameter_source
    words = ["--verify"] if options["verify"] else []
    for name in ("backend", "kernel", "workers", "seed"):
        if source(name) is ParameterSource.COMMANDLINE:
            words += [f"--{name}", str(options[name])]
    return tuple(words)


def _range(lo_text: str, hi_text: str | None, k: int | None) -> tuple[int, int]:
    if hi_text is None and k is None:
        raise UsageError("where the range ends is missing; write LO HI, for example 1e9 1.1e10.")
    lo = units.whole_number(lo_text)
    # Every distance between primes below 2**64 is known not to exceed the longest, so that k primes are within reach.
    hi = (
        units.whole_number(hi_text)
        if hi_text is not None
        else min(lo + known.LONGEST_GAP * ((k or 0) + 1), choice.MOST)
    )
    for number, text in ((lo, lo_text), (hi, hi_text)):
        if number < 0:
            raise UsageError(f"{text} is negative, and primes begin at 2; write numbers from 0 to 2**64.")
        if number > choice.MOST:
            raise UsageError(f"{text} is beyond 2**64, up to where a search can go; write a smaller number.")
    if hi < lo:
        raise UsageError(f"the range from {lo_text} to {hi_text} is reversed; write the smaller number first.")
    return lo, hi


def _expected_end(lo: int, hi: int, k: int | None) -> int:
    return hi if k is None else min(hi, lo + expected_width(k, lo))


def _number(option: str, text: str, least: int, most: int) -> int:
    value = units.whole_number(text)
    if not least <= value <= most:
        raise UsageError(f"{option} {text} is not possible; write a number from {least} to {most}.")
    return value


def _check_together(options: Mapping[str, Any]) -> None:
    path = options["output"]
    file = path is not None and str(path) != "-"
    if options["nth"] is not None and (path is not None or options["twins"] or options["gaps"]):
        raise UsageError("--nth prints one prime; leave out --output, --twins and --gaps.")
    if options["resume"] and not file:
        raise UsageError("--resume goes on with a file; name it with --output.")
    if options["resume"] and options["force"]:
        raise UsageError("--resume keeps what is in the file and --force overwrites it; leave out one of them.")
    if options["resume"] and (options["twins"] or options["gaps"]):
        raise UsageError("--twins and --gaps need the whole range in one search; leave them out with --resume.")
    if options["form"] == "json" and path is not None and not file:
        raise UsageError("standard output cannot take both the primes and JSON; name a file with --output.")


def _check_output(path: Path | None, *, force: bool) -> None:
    if path is None:
        return
    from bench.search.output import form_of, is_stream

    try:
        form_of(str(path))
        if str(path) != "-" and not is_stream(path):
            from bench.cli import output

            output.check(path, force=force)
    except OSError as error:
        raise OutputFailed(f"{path} cannot be opened: {error.strerror or error}.") from error


# --- carrying it out ----------------------------------------------------------------------------------------------


def run(request: Request) -> None:
    """Search, and print the answer.

    A reader of standard output that has had enough, such as ``head``, ends the search silently.

    Raises:
        KeyboardInterrupt, OutputFailed, SearchFailed: the search ended early; how far it came and how to go on is said
            before.
    """
    started = time.monotonic()
    output, gaps = _open(request), _gaps(request)
    tally = Tally(output.complete_to, output.count) if output else Tally(request.lo)
    begun = tally.complete_to
    try:
        answer = _search(request, tally, output, gaps)
    except BrokenPipeError:
        return
    except (KeyboardInterrupt, Exception) as error:
        if isinstance(error, KeyboardInterrupt) or tally.complete_to > begun:
            _say_how_far(request, tally, output)
        elif output:
            output.withdraw()
        lacking = None if isinstance(error, PrimebenchError) else shortage.named(error)
        if lacking:
            raise SearchFailed(f"the search cannot go on: {lacking}") from error
        raise
    finally:
        if output:
            output.close()
    _check(request, answer, tally)
    answer["total_s"] = time.monotonic() - started
    _print(request, answer)


def _open(request: Request) -> Output | None:
    if request.path is None:
        return None
    from bench.search.output import open_file, open_stdout

    if request.stdout:
        return open_stdout(request.lo)
    return open_file(request.path, request.lo, request.hi, resume=request.resume)


def _gaps(request: Request) -> Gaps | None:
    if not request.twins and not request.gaps:
        return None
    from bench.search.numbers import Gaps

    return Gaps()


def _search(request: Request, tally: Tally, output: Output | None, gaps: Gaps | None) -> dict[str, Any]:
    """Return the answer by the names under which JSON shows it."""
    kernels = {request.kernel.code, *(sample.judge.name for sample in request.samples)}
    with SearchBar(_expected_end(request.lo, request.hi, request.nth) - request.lo) as bar:
        for name in kernels:
            _warm(name)  # here first: what has to be compiled is compiled once, and found by the workers
        with crew.open_crew(request.backend, request.crew, request.kernel.code) as mapper:
            bar.start()
            search = Search(
                request.lo, request.hi, request.kernel, request.crew.workers, mapper,
                lambda now: bar.update(now.complete_to - request.lo), request.samples,
                blocks=not request.backend.standing,
            )  # fmt: skip
            if output is not None and output.count:
                _check_prefix(request, search, output)
                output.go_on()
            started = time.monotonic()
            found: dict[str, Any] = {}
            if request.nth is not None:
                found["nth"], found["prime"] = request.nth, nth(search, tally, request.nth)
            else:
                if output is not None or gaps is not None:
                    write(search, tally, output, gaps)
                else:
                    count(search, tally)
                found["primes"] = tally.count
            search_s = time.monotonic() - started
    return {
        "lo": request.lo,
        "hi": request.hi,
        **found,
        "published": request.nth is None and known.published(request.lo, request.hi) is not None,
        **_distances(request, gaps),
        "verified": tally.verified,
        "output": None if output is None else output.name,
        "backend": request.backend.name,
        "kernel": request.kernel.name,
        "workers": request.crew.workers,
        "search_s": search_s,
    }


def _check_prefix(request: Request, search: Search, output: Output) -> None:
    """With ``--verify`` search all that the file holds again, with the other kernel; UsageError when it differs."""
    if not request.samples:
        return
    from bench.search.output import Comparison

    judge = request.samples[0].judge
    again = replace(search, hi=output.complete_to, kernel=judge, samples=())
    write(again, Tally(request.lo), Comparison(output), None)
    voice.note(f"{output.name}: its {output.count} primes searched again with {judge.name}: no difference.")


def _warm(name: str) -> None:
    try:
        tasks.Warm(name)()
    except Exception as error:
        raise SearchFailed(f"the kernel {name} cannot be loaded: {shortage.describe(error)}") from error


def _check(request: Request, answer: Mapping[str, Any], tally: Tally) -> None:
    """Raise `SearchFailed` when published tables contradict the count, or there is no K-th prime."""
    found, span = tally.count, f"from {request.lo} to below {request.hi}"
    if request.nth is not None:
        if answer["prime"] is None:
            raise SearchFailed(f"there are only {found} primes {span}; raise HI or leave it out.")
        return
    published = known.published(request.lo, request.hi)
    if published not in (None, found):
        raise SearchFailed(
            f"wrong answer: {request.kernel.name} finds {found} primes {span}, and published tables say {published}. "
            "Please report this."
        )


def _distances(request: Request, gaps: Gaps | None) -> dict[str, Any]:
    if gaps is None:
        return {}
    counts = gaps.counts
    found: dict[str, Any] = {"twins": counts.get(2, 0)} if request.twins else {}
    if request.gaps:
        found |= {"gaps": counts, "longest_gap": gaps.longest, "longest_gap_after": gaps.longest_after}
    return found


# --- saying it ----------------------------------------------------------------------------------------------------


def _print(request: Request, answer: dict[str, Any]) -> None:
    if request.samples:
        times, judge = f"{answer['verified']} of {len(request.samples)}", request.samples[0].judge.name
        voice.note(f"{times} random stretches searched again with {judge}: no difference.")
    if request.form == "json":
        import json

        click.echo(json.dumps(answer, indent=2))
        return
    lines = [str(answer["prime"] if request.nth is not None else answer["primes"])]
    if request.twins:
        lines.append(f"twins {answer['twins']}")
    if request.gaps:
        lines += [f"gap {gap} {times}" for gap, times in answer["gaps"].items()]
        lines.append(f"longest gap {answer['longest_gap']} after {answer['longest_gap_after']}")
    if request.stdout:  # the primes are there
        for line in (f"{lines[0]} primes", *lines[1:]):
            voice.note(line)
        return
    click.echo("\n".join(lines))
    if request.path is not None:
        voice.note(f"Saved as {request.path}")


def _say_how_far(request: Request, tally: Tally, output: Output | None) -> None:
    """Say on stderr what an interrupted search leaves, and the command that goes on with it."""
    if output is None:
        if request.twins or request.gaps:
            voice.note(f"{tally.count} primes from {request.lo} to below {tally.complete_to}.")
            return  # the distance across that border would be in neither part
        rest = ["primebench", "search", str(tally.complete_to)]
        if request.nth is None:
            rest.append(str(request.hi))
        else:
            rest += ["--nth", str(request.nth - tally.count)]
        rest += request.how
        voice.note(
            f"{tally.count} primes from {request.lo} to below {tally.complete_to}; for the rest: {shlex.join(rest)}"
        )
        return
    voice.note(f"{output.name} holds the {output.count} primes from {request.lo} to below {output.complete_to}.")
    if output.regular:
        words = [word for word in sys.argv[1:] if word not in ("--force", "--resume")]
        voice.note(f"Go on with: {shlex.join(['primebench', *words, '--resume'])}")

"""What ``primebench search`` is asked for: the options as one record, every part of it found possible.

From the options to the record (`request_of`); the range and the numbers; what contradicts what; where the output goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from bench.cli.cluster import NAMES, access_of
from bench.core import cpus, units
from bench.core.errors import OutputFailed, UsageError
from bench.search import choice, crew, known
from bench.search.search import expected_end

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bench.cluster.access import Access
    from bench.families.backends._backend import Backend
    from bench.search.known import Sample
    from bench.search.shard import Place
    from primes.kernel import Kernel


@dataclass(frozen=True, slots=True)
class Hosts:
    """What is asked of a cluster.

    Attributes:
        access: how its scheduler is reached; None makes a cluster of this machine.
        workers: how many of its workers search; None for all.
        alternatives: kernels that may search, the one that is best where all can run, first.
    """

    access: Access | None
    workers: int | None
    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """A kernel that may search, what the search costs with it in proportion, and what it takes to verify it."""

    kernel: Kernel
    seconds: float
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the command line asks for.

    Attributes:
        lo, hi: the half-open range; of a shard, that of its part.
        place: which part of ``whole`` is searched; None for all of it.
        nth: which prime of the range is wanted, counting from 1; None for all.
        open_end: whether ``hi`` was not given, and is only where that prime must have come.
        twins, gaps: whether distances are counted.
        kernel: decides.
        backend, crew: share the work out, and do it.
        hosts: what a cluster does it with; None where ``crew`` does it.
        samples: stretches to be searched again by another kernel; none without ``--verify``.
        path: where the primes go; None where only their number is wanted.
        resume: whether the file there is to be gone on with.
        form: how the answer is printed.
        how: the words that say who searches and how, for the command that goes on with the rest.
    """

    lo: int
    hi: int
    whole: tuple[int, int]
    place: Place | None
    nth: int | None
    open_end: bool
    twins: bool
    gaps: bool
    kernel: Kernel
    backend: Backend
    crew: crew.Crew
    hosts: Hosts | None
    samples: tuple[Sample, ...]
    path: Path | None
    resume: bool
    form: str
    how: tuple[str, ...]

    @property
    def stdout(self) -> bool:
        """Whether the primes go to standard output."""
        return self.path is not None and str(self.path) == "-"

    @property
    def judge(self) -> Kernel | None:
        """The kernel that searches again; None without ``--verify``."""
        return self.samples[0].judge if self.samples else None


def request_of(options: Mapping[str, Any]) -> Request:
    """Return the request; nothing is opened, made or overwritten yet.

    Raises:
        UsageError: a part of it is wrong or contradicts another.
        OutputFailed: the output cannot be written.
        SearchFailed: the backend or the kernel cannot run here.
    """
    k = None if options["nth"] is None else _number("--nth", options["nth"], 1, choice.MOST)
    lo, hi = _range(options["lo"], options["hi"], k, options["kernel"])
    place = _place(options["shard"])
    _check_together(options)
    kernel = choice.choose(options["kernel"], lo, hi, expected_end(lo, hi, k))
    _check_tells(kernel, options)
    whole = lo, hi
    if place:
        lo, hi = place.range(lo, hi, kernel.name)
    workers = options["workers"]
    wanted = None if workers is None else _number("--workers", workers, 1, cpus.MOST_WORKERS)
    backend, chosen = crew.choose(options["backend"], wanted or cpus.usable_workers())
    end = expected_end(lo, hi, k)  # no stretch is confirmed behind the K-th prime
    if options["kernel"] == "auto" and not place and backend.parallelism != "hosts":
        kernel = choice.without_compiling(kernel, lo, hi, end)

    def samples(name: str) -> tuple[Sample, ...]:
        return tuple(known.draw(lo, end, choice.judge(name, end), options["seed"])) if options["verify"] else ()

    hosts = None
    if backend.parallelism == "hosts":
        # A shard's ends were reckoned for its kernel.
        open_to = {kernel.name: 1.0} if place else choice.alternatives(options["kernel"], lo, hi, end)
        kinds = [(choice.choose(name, lo, hi), seconds) for name, seconds in open_to.items()]
        access = access_of(options)
        hosts = Hosts(
            access,
            wanted if access else chosen.workers,
            tuple(Alternative(each, seconds, samples(each.name)) for each, seconds in kinds),
        )
    else:
        _check_no_cluster(options)
    check_output(options["output"], force=options["force"] or options["resume"], shard=place is not None)
    return Request(
        lo=lo,
        hi=hi,
        whole=whole,
        place=place,
        nth=k,
        open_end=options["hi"] is None,
        twins=options["twins"],
        gaps=options["gaps"],
        kernel=kernel,
        backend=backend,
        crew=chosen,
        hosts=hosts,
        samples=samples(kernel.name),
        path=options["output"],
        resume=options["resume"],
        form=options["form"],
        how=_how(options),
    )


def _check_tells(kernel: Kernel, options: Mapping[str, Any]) -> None:
    """Refuse a kernel that only counts where it has to tell which numbers are prime."""
    if kernel.is_prime is not None or kernel.flags is not None:
        return
    for name in ("output", "twins", "gaps"):
        if options[name]:
            raise UsageError(
                f"the kernel {kernel.name} only counts, and --{name} needs it to tell which numbers are prime; have it "
                "define flags(lo, hi) or is_prime(number) as well, or choose another kernel."
            )


def _check_no_cluster(options: Mapping[str, Any]) -> None:
    given = [f"--{name.replace('_', '-')}" for name in NAMES if options[name]]
    if given:
        raise UsageError(f"{given[0]} names a cluster, which {options['backend']} does not use; add --backend dask.")


def _place(text: str | None) -> Place | None:
    if text is None:
        return None
    from bench.search.shard import Place

    return Place.parse(text)


def _how(options: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the words that say who searches and how, for the command that goes on with the rest."""
    source = click.get_current_context().get_parameter_source
    words = ["--verify"] if options["verify"] else []
    for name in ("backend", "kernel", "workers", "seed", *NAMES):
        if source(name) is ParameterSource.COMMANDLINE:
            words += [f"--{name.replace('_', '-')}", str(options[name])]
    return tuple(words)


def _range(lo_text: str, hi_text: str | None, k: int | None, kernel: str) -> tuple[int, int]:
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
    return lo, hi if hi_text is not None else choice.farthest(kernel, lo, hi)


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
    if options["nth"] is not None and options["shard"] is not None:
        raise UsageError("--nth looks for one prime in the whole range, and --shard into a part of it; leave out one.")
    if options["shard"] is not None and path is not None:
        _check_shard_output(path)
    if options["resume"] and not file:
        raise UsageError("--resume goes on with a file; name it with --output.")
    if options["resume"] and options["force"]:
        raise UsageError("--resume keeps what is in the file and --force overwrites it; leave out one of them.")
    if options["resume"] and (options["twins"] or options["gaps"]):
        raise UsageError("--twins and --gaps need the whole range in one search; leave them out with --resume.")
    if options["form"] == "json" and path is not None and not file:
        raise UsageError("standard output cannot take both the primes and JSON; name a file with --output.")


def _check_shard_output(path: Path) -> None:
    from bench.search.output import is_stream

    if str(path) == "-" or is_stream(path):
        raise UsageError(f"a shard writes beside its output what --join needs, and {path} is no file; name one.")


def check_output(path: Path | None, *, force: bool, shard: bool = False) -> None:
    """Refuse a file that cannot be written, has no known ending, or is there already and not to be overwritten.

    With ``shard`` the same holds for the file beside it.
    """
    if path is None:
        return
    from bench.search.output import form_of, is_stream

    try:
        form_of(str(path))
        if str(path) != "-" and not is_stream(path):
            from bench.app import output

            output.check(path, force=force)
            if shard:
                from bench.search.shard import beside

                output.check(beside(path), force=force)
    except OSError as error:
        raise OutputFailed(f"{path} cannot be opened: {error.strerror or error}.") from error

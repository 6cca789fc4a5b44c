"""Carry out ``primebench search``: `run` opens the output, has workers search, checks the answer and prints it.

What is asked for is in `search_request`, what is said in `search_answer`.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bench.cli import search_answer, voice
from bench.cli.search_bar import SearchBar
from bench.core.errors import OutputFailed, PrimebenchError
from bench.search import choice, crew, known, shortage
from bench.search.blame import advice
from bench.search.errors import SearchFailed
from bench.search.search import Search, Tally, count, expected_end, nth, write
from bench.search.signals import termination
from primes import tasks
from primes.user_code import is_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bench.cli.search_request import Hosts, Request
    from bench.contract.backend import Mapper
    from bench.search.known import Sample
    from bench.search.numbers import Gaps
    from bench.search.output import Output
    from bench.search.search import Stream
    from bench.search.shard import Place, Shard
    from primes.kernel import Kernel

_BLAS = "OPENBLAS_NUM_THREADS"


@contextmanager
def without_threads(options: Mapping[str, Any]) -> Iterator[None]:
    """Keep numpy's BLAS from making threads, which take memory and end the process where there is little of it.

    A kernel of the user's may want them; no other one does.
    """
    wanted = _BLAS in os.environ or is_file(options["kernel"]) or "." in options["kernel"]
    try:
        if not wanted:
            os.environ[_BLAS] = "1"
        yield
    finally:
        if not wanted:
            del os.environ[_BLAS]


def run(request: Request) -> None:
    """Search, and print the answer.

    A reader of standard output that has had enough, such as ``head``, ends the search silently.

    Raises:
        KeyboardInterrupt, OutputFailed, SearchFailed: the search ended early; how far it came and how to go on is said
            before.
    """
    with termination():  # to the last word, of which a second signal must not take away anything
        _run(request)


def _run(request: Request) -> None:
    started = time.monotonic()
    gaps, output = _gaps(request), _open(request)
    tally = Tally(output.complete_to, output.count) if output else Tally(request.lo)
    begun = tally.complete_to
    try:
        answer = _search(request, tally, output, gaps)
    except BrokenPipeError:
        return
    except (KeyboardInterrupt, Exception) as error:
        if output and not output.count and (output.made or not output.begun):
            output.withdraw()
        elif isinstance(error, KeyboardInterrupt) or tally.complete_to > begun:
            search_answer.how_far(request, tally, output)
        raise _in_words(error) from error.__cause__
    finally:
        if output:
            output.close()
    _check(request, answer, tally)
    if request.place:
        try:
            answer |= _shard(request, request.place, answer, gaps).as_json()
        except OutputFailed:
            search_answer.lacks_its_description(request)
            raise
    search_answer.show(request, answer | {"total_s": time.monotonic() - started})


def _in_words(error: BaseException) -> BaseException:
    """Return the error, or one that names the limit of the system that it has met."""
    lacking = None if isinstance(error, PrimebenchError) else shortage.named(error)
    return SearchFailed(f"the search cannot go on: {lacking}") if lacking else error


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
    """Search with several workers; return the answer by the names under which JSON shows it."""
    total = expected_end(request.lo, request.hi, request.nth) - request.lo
    with SearchBar(total) as bar, _workers(request, bar) as those:
        request = replace(request, kernel=those.kernel, samples=those.samples)
        search = Search(
            request.lo,
            request.hi,
            request.kernel,
            those.count,
            those.mapper,
            lambda now: bar.update(now.complete_to - request.lo),
            request.samples,
            blocks=not request.backend.standing,
            stream=those.stream,
        )
        if output is not None:
            bar.start()
            _begin(request, search, output)
        bar.start(tally.complete_to - request.lo)
        started = time.monotonic()
        found = _find(request, search, tally, output, gaps)
        search_s = time.monotonic() - started
    told = {"kernel": those.kernel.name, "workers": those.count, "search_s": search_s}
    return _answer(request, tally, output, found, _distances(request, gaps)) | told


@dataclass(frozen=True, slots=True)
class _Workers:
    """Who searches, with what: ready, as long as the context is not left that has made them."""

    count: int
    mapper: Mapper
    kernel: Kernel
    samples: tuple[Sample, ...]
    stream: Stream | None = None


@contextmanager
def _workers(request: Request, bar: SearchBar) -> Iterator[_Workers]:
    """Make the workers of this machine ready, or those of a cluster."""
    if request.hosts:
        with _cluster(request.hosts, bar) as found:
            yield found
        return
    for name in {request.kernel.code, *(sample.judge.name for sample in request.samples)}:
        _warm(name, bar)  # here first: what has to be compiled is compiled once, and found by the workers
    with crew.open_crew(request.backend, request.crew, request.kernel.code) as mapper:
        yield _Workers(request.crew.workers, mapper, request.kernel, request.samples)


@contextmanager
def _cluster(hosts: Hosts, bar: SearchBar) -> Iterator[_Workers]:
    from bench.search import cluster

    choices = {}
    for each in hosts.alternatives:
        names = dict.fromkeys([each.kernel.code, *(sample.judge.name for sample in each.samples)])
        choices[cluster.Choice(tuple(names), each.seconds)] = each
    if hosts.access is None:
        for name in next(iter(choices)).kernels:
            _warm(name, bar)
    with cluster.open_workers(hosts.access, hosts.workers, [*choices], bar.warn, bar.note) as workers:
        chosen = choices[workers.choice]
        yield _Workers(workers.count, workers, chosen.kernel, chosen.samples, workers.stream)


def _find(request: Request, search: Search, tally: Tally, output: Output | None, gaps: Gaps | None) -> dict[str, Any]:
    """Find the K-th prime, write the primes, or count them."""
    if request.nth is not None:
        return {"nth": request.nth, "prime": nth(search, tally, request.nth)}
    if output is not None or gaps is not None:
        write(search, tally, output, gaps)
    else:
        count(search, tally)
    return {"primes": tally.count}


def _answer(
    request: Request, tally: Tally, output: Output | None, found: Mapping[str, Any], distances: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "lo": request.lo,
        "hi": request.hi,
        **found,
        "published": request.nth is None and known.published(request.lo, request.hi) is not None,
        **distances,
        "verified": tally.verified,
        "output": None if output is None else output.name,
        "backend": request.backend.name,
    }


def _begin(request: Request, search: Search, output: Output) -> None:
    """Get the output ready; not before there are workers, so that what it holds outlives a search that never began."""
    if output.count:
        _check_prefix(request, search, output)
    if request.place and request.path:
        from bench.search import shard

        shard.forget(request.path)  # what it says is no longer so
    output.begin()


def _check_prefix(request: Request, search: Search, output: Output) -> None:
    """With ``--verify`` search all that the file holds again, with the other kernel; UsageError when it differs."""
    judge = request.judge
    if judge is None:
        return
    from bench.search.output import Comparison

    again = replace(search, hi=output.complete_to, kernel=judge, samples=())
    write(again, Tally(request.lo), Comparison(output), None)
    voice.note(f"{output.name}: its {output.count} primes searched again with {judge.name}: no difference.")


def _warm(name: str, bar: SearchBar) -> None:
    warm = tasks.Warm(name)
    try:
        what = f"loading {name}"
        if warm.compiles():
            what = f"compiling {name}"
            bar.note(f"{what} for this processor, once for all searches: some ten seconds of CPU time ...")
        bar.wait(what, warm)
    except Exception as error:
        raise SearchFailed(f"the kernel {name} cannot be loaded: {shortage.describe(error)}") from error


def _check(request: Request, answer: Mapping[str, Any], tally: Tally) -> None:
    """Raise `SearchFailed` when published tables contradict the count, or there is no K-th prime."""
    found, span = tally.count, f"from {request.lo} to below {request.hi}"
    if request.nth is not None:
        if answer["prime"] is None:
            if request.hi == choice.MOST:
                more = "no search goes further"
            elif request.open_end:
                more = f"the kernel {request.kernel.name} is exact no further, so choose another one"
            else:
                more = "raise HI or leave it out"
            raise SearchFailed(f"there are only {found} primes {span}; {more}.")
        return
    published = known.published(request.lo, request.hi)
    if published not in (None, found):
        raise SearchFailed(
            f"wrong answer: {request.kernel.name} finds {found} primes {span}, and published tables say {published}. "
            f"{advice(request.kernel)}"
        )


def _shard(request: Request, place: Place, answer: Mapping[str, Any], gaps: Gaps | None) -> Shard:
    """Return what the shard is, written down beside its output."""
    from bench.search import shard

    distances = {"first": gaps.first, "last": gaps.last} if gaps else {}
    found = shard.Shard(
        lo=request.whole[0],
        hi=request.whole[1],
        place=place,
        begin=request.lo,
        end=request.hi,
        kernel=request.kernel.name,
        count=answer["primes"],
        distances=distances | _distances(request, gaps),
        contents=shard.contents_of(request.path) if request.path else None,
    )
    if request.path:
        shard.save(found, request.path)
    return found


def _distances(request: Request, gaps: Gaps | None) -> dict[str, Any]:
    if gaps is None:
        return {}
    counts = gaps.counts
    found: dict[str, Any] = {"twins": counts.get(2, 0)} if request.twins else {}
    if request.gaps:
        found |= {"gaps": counts, "longest_gap": gaps.longest, "longest_gap_after": gaps.longest_after}
    return found

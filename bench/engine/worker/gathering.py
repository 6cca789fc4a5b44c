"""From the notes of workers, and from those of their parent, to one observation."""

from __future__ import annotations

import os
from array import array
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bench.core.observation import Observation, Span, Unseen, WorkerTotal
from bench.engine.worker import notes
from bench.engine.worker.noting import noting_s

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bench.engine.worker.watch import Watch

MOST_SPANS = 2000  # of a case in a record; each takes some 45 bytes there


def gathered(watch: Watch, workers: int, *, has_job: bool) -> Observation:
    """Return what was seen of a body that ended well.

    Args:
        watch: what its parent noted.
        workers: how many share the work.
        has_job: whether it hands out items.
    """
    read = sorted(_read(Path(watch.folder)), key=lambda one: one.head[notes.FIRST] or 2**63)
    whole = "begun" in watch.moments
    step = _step(read)
    spans = sorted(_spans(read, step, watch), key=lambda span: span.begin)
    totals = _totals(read, watch, whole=whole)
    answered = watch.at("answered")
    out, back = watch.sizes()
    switches = watch.switches
    samples = watch.samples
    seen = Observation(
        workers=workers,
        whole=whole,
        ready=watch.at("ready"),
        called=watch.at("called"),
        answered=answered,
        gone=watch.at("gone") if whole else answered,
        totals=totals,
        spans=tuple(spans),
        rate=1 / step,
        lost=max(0, watch.items - sum(total.items for total in totals)) if has_job else None,
        items=watch.items,
        bytes_out=out.size_bytes if out else None,
        bytes_back=back.size_bytes if back else None,
        pickling_s=out.seconds + back.seconds if out and back else None,
        noting_s=noting_s(watch.items // workers) if has_job else None,
        cpu_s=samples[-1].cpu_s if samples else None,
        memory_bytes=max((sample.memory_bytes for sample in samples if sample.memory_bytes), default=None),
        voluntary=switches[0] if switches else None,
        involuntary=switches[1] if switches else None,
        processes=len(watch.processes.union(one.head[notes.PROCESS] for one in read)),
        samples=samples,
    )
    return _with_reasons(seen, has_job=has_job)


@dataclass(frozen=True, slots=True)
class _Notes:
    """The notes of one worker: the head, and the columns behind it."""

    head: Sequence[int]
    columns: tuple[Sequence[int], ...]

    @property
    def kept(self) -> int:
        """How many rows are evenly chosen."""
        return -(-self.head[notes.COUNT] // self.head[notes.STRIDE])

    def row(self, at: int) -> tuple[int, ...]:
        return tuple(column[at] for column in self.columns)


def _read(folder: Path) -> Iterable[_Notes]:
    for path in folder.iterdir():
        numbers = array("q")
        data = path.read_bytes()
        if len(data) != 8 * notes.SIZE:  # there was no room for it
            continue
        numbers.frombytes(data)
        if not numbers[notes.STRIDE]:
            continue
        length = notes.ROWS + notes.LONGEST
        places = (notes.HEAD + column * length for column in notes.COLUMNS)
        yield _Notes(numbers[: notes.HEAD], tuple(numbers[place : place + length] for place in places))


def _step(read: Sequence[_Notes]) -> int:
    """Return of how many spans one is kept, the same for all workers: a power of two."""
    step = least = _stride(read)
    most = MOST_SPANS - notes.LONGEST * min(len(read), MOST_SPANS // (2 * notes.LONGEST))
    rows = sum(-(-one.head[notes.COUNT] // least) for one in read)
    while rows > most * (step // least):
        step *= 2
    return step


def _stride(read: Iterable[_Notes]) -> int:
    """Return of how many spans every worker has kept one, at least."""
    return max((one.head[notes.STRIDE] for one in read), default=1)


def _spans(read: Sequence[_Notes], step: int, watch: Watch) -> Iterable[Span]:
    least, before = _stride(read), 0
    for worker, one in enumerate(read):
        stride = one.head[notes.STRIDE]
        first = -before % (step // least) * (least // stride)  # counted on from worker to worker: some may have few
        rows = [one.row(at) for at in range(first, one.kept, step // stride)]
        before += -(-one.head[notes.COUNT] // least)
        if step > 1 and worker < MOST_SPANS // (2 * notes.LONGEST):
            begins = {row[notes.BEGIN] for row in rows}
            longest = (one.row(notes.ROWS + at) for at in range(notes.LONGEST))
            rows += [row for row in longest if row[notes.BEGIN] and row[notes.BEGIN] not in begins]
        for begin, end, cpu, delay, received in rows:
            yield Span(
                worker,
                watch.seconds(begin),
                watch.seconds(end),
                cpu / 1e9,
                None if delay < 0 else delay / 1e9,
                1,
                watch.seconds(received) if received else None,
            )


def _totals(read: Sequence[_Notes], watch: Watch, *, whole: bool) -> tuple[WorkerTotal, ...]:
    others = dict.fromkeys(one.head[notes.PROCESS] for one in read if one.head[notes.PROCESS] != os.getpid())
    numbers = {process: at for at, process in enumerate(others)}
    return tuple(_total(worker, one, numbers, watch, whole=whole) for worker, one in enumerate(read))


def _total(worker: int, one: _Notes, numbers: dict[int, int], watch: Watch, *, whole: bool) -> WorkerTotal:
    head = one.head
    count, inside = head[notes.COUNT], head[notes.INSIDE]
    guessed = inside - head[notes.MEASURED]  # inside short items of which only the duration was read
    short = head[notes.SHORT_CPU] / head[notes.SHORT_INSIDE] if head[notes.SHORT_INSIDE] else 1.0
    return WorkerTotal(
        worker=worker,
        ready=_ready(one, watch, whole=whole),
        first=watch.seconds(head[notes.FIRST]) if count else None,
        last=watch.seconds(head[notes.LAST]) if count else None,
        inside=inside / 1e9,
        cpu=(head[notes.CPU] + guessed * short) / 1e9,
        delay=None if head[notes.DELAY] < 0 else head[notes.DELAY] / 1e9,
        items=count,
        spans=count,
        messages=head[notes.MESSAGES],
        process=numbers.get(head[notes.PROCESS], -1),
    )


def _ready(one: _Notes, watch: Watch, *, whole: bool) -> float | None:
    """Return when a worker could take items: a forked one at once, another when it had loaded what it needs.

    Both only when it had been set up, where the job has a set-up. One that stood when it was called could at once.
    """
    if not whole and one.head[notes.ALIVE] <= watch.zero:
        return 0.0
    if one.head[notes.FORKED] == notes.SET_UP:
        return watch.seconds(one.head[notes.ALIVE])
    if one.head[notes.PROCESS] == os.getpid() and not one.head[notes.RECEIVED]:
        return None  # a thread of ours, which was not asked
    moment = one.head[notes.ALIVE] if one.head[notes.FORKED] else one.head[notes.RECEIVED] or one.head[notes.FIRST]
    return watch.seconds(moment) if moment else None


def _with_reasons(seen: Observation, *, has_job: bool) -> Observation:
    """Return the observation with a reason for whatever is missing."""
    threads = bool(seen.totals) and all(total.process == -1 for total in seen.totals)
    reasons = [
        ("spans", "no-job" if not has_job else "hidden", not seen.spans),
        ("totals.ready", "same-process" if threads else "hidden", any(total.ready is None for total in seen.totals)),
        ("spans.received", "same-process" if threads else "hidden", not any(span.received for span in seen.spans)),
        ("spans.delay", "no-proc", any(total.delay is None for total in seen.totals)),
        ("bytes_out", "not-pickled", seen.bytes_out is None),
        ("bytes_back", "not-pickled", seen.bytes_back is None),
        ("pickling_s", "not-pickled", seen.pickling_s is None),
        ("cpu_s", "no-proc", seen.cpu_s is None),
        ("memory_bytes", "no-proc", seen.memory_bytes is None),
        ("voluntary", "ended-elsewhere", seen.voluntary is None),
        ("involuntary", "ended-elsewhere", seen.involuntary is None),
    ]
    return replace(seen, missing=tuple(Unseen(what, why) for what, why, there in reasons if there))

"""Observed bodies as a file for Perfetto (ui.perfetto.dev) and Chrome (chrome://tracing).

Each case is a process of the trace, each worker a thread of it, and the parent another one; memory and CPUs are
counters.

Source: "Trace Event Format", Google, 2016 (docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU):
JSON object format, complete events (``ph`` X), counters (C), instants (i) and metadata (M); times are microseconds.
"""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from bench.store import whole_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from bench.core.observation import Observation, Span

Event = dict[str, Any]

_US = 1e6
_PARENT = 0  # the thread that comes first; worker n is thread n + 1


def write(path: Path, bodies: Mapping[str, Observation]) -> None:
    """Write the trace of bodies, by the names of their cases; the file is there when all of it is.

    Raises:
        OutputFailed: it cannot be written.
    """
    whole_file.write(path, json.dumps(trace(bodies), separators=(",", ":")) + "\n")


def trace(bodies: Mapping[str, Observation]) -> dict[str, Any]:
    """Return the trace of bodies, each as it would be if it had begun at the same moment as the others."""
    events = [event for number, (name, body) in enumerate(bodies.items(), 1) for event in _body(number, name, body)]
    return {"traceEvents": events, "displayTimeUnit": "ms"}


def _body(pid: int, name: str, body: Observation) -> Iterator[Event]:
    yield _named("process_name", pid, _PARENT, name)
    yield _named("thread_name", pid, _PARENT, "parent")
    for worker in sorted({total.worker for total in body.totals}):
        yield _named("thread_name", pid, worker + 1, f"worker {worker}")
    for doing, begin, end in body.stages:
        yield _complete(pid, _PARENT, doing, begin, end, {})
    for total in body.totals:
        if total.ready is not None:
            yield {"ph": "i", "s": "t", "name": "ready", "pid": pid, "tid": total.worker + 1, "ts": _us(total.ready)}
    for span in body.spans:
        yield from _span(pid, span)
    for sample in body.samples:
        if sample.memory_bytes is not None:
            yield _counter(pid, "memory", sample.at, {"bytes": sample.memory_bytes})
    known = [(sample.at, sample.cpu_s) for sample in body.samples if sample.cpu_s is not None]
    for (begin, before), (end, after) in pairwise(known):
        if end > begin:
            yield _counter(pid, "CPUs in use", begin, {"CPUs": max(0.0, after - before) / (end - begin)})


def _span(pid: int, span: Span) -> Iterator[Event]:
    tid = span.worker + 1
    if span.received is not None:
        yield {"ph": "i", "s": "t", "name": "message received", "pid": pid, "tid": tid, "ts": _us(span.received)}
    told = {"items": span.items, "cpu_s": span.cpu, "run_delay_s": span.delay}
    yield _complete(pid, tid, "item" if span.items == 1 else "items", span.begin, span.end, told)


def _named(kind: str, pid: int, tid: int, name: str) -> Event:
    return {"ph": "M", "name": kind, "pid": pid, "tid": tid, "args": {"name": name}}


def _complete(pid: int, tid: int, name: str, begin: float, end: float, args: Event) -> Event:
    event = {"ph": "X", "name": name, "pid": pid, "tid": tid, "ts": _us(begin), "dur": _us(end - begin)}
    return event | ({"args": args} if args else {})


def _counter(pid: int, name: str, at: float, args: Event) -> Event:
    return {"ph": "C", "name": name, "pid": pid, "tid": _PARENT, "ts": _us(at), "args": args}


def _us(seconds: float) -> float:
    return max(0.0, round(seconds * _US, 3))  # a message may be unpickled just before its parent notes the call

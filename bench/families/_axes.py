"""Axes that several families share."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace

from bench.contract.backend import PRELOAD
from bench.core import cpus
from bench.core.axes import choice, numbers
from bench.core.case import NONE, Value
from bench.core.family import Axis, Unfit

STARTS = ("fork", "spawn", "forkserver")


def _parse_workers(text: str) -> tuple[Value, ...]:
    return cpus.worker_counts() if text == "auto" else _parse_number(text)


_parse_number = numbers("workers", 1, cpus.MOST_WORKERS)

WORKERS = Axis(
    "workers",
    "How many workers: processes, threads or interpreters; auto is 1, 2, 4 ... and the number of usable CPUs.",
    cpus.usable_workers,
    _parse_workers,
    "auto|N,N-M",
)

START = Axis(
    "start",
    "Start method.",
    lambda: multiprocessing.get_all_start_methods()[0],
    choice("start method", STARTS),
    "|".join(STARTS),
)


START_OR_PRELOAD = replace(
    START,
    meaning="Start method; with forkserver-preload the server first imports what the measuring process has imported.",
    parse=choice("start method", (*STARTS, PRELOAD)),
    metavar="|".join((*STARTS, PRELOAD)),
)


def check_start(start: Value) -> None:
    """Raise `Unfit` when this system has no such start method."""
    if start == PRELOAD:
        start = "forkserver"
    if start != NONE and start not in multiprocessing.get_all_start_methods():
        raise Unfit(f"this system has no start method {start}.")

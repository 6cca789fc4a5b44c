"""Axes that several families share, and how their values are read."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence

from bench.core import cpus, units
from bench.core.case import NONE, Value
from bench.core.errors import UnknownName, UsageError
from bench.core.family import Axis, Unfit

Parse = Callable[[str], tuple[Value, ...]]

STARTS = ("fork", "spawn", "forkserver")


def choice(noun: str, choices: Sequence[str]) -> Parse:
    """Return the parser of an axis whose values are these words; it raises `UsageError`."""

    def parse(text: str) -> tuple[Value, ...]:
        if text not in choices:
            raise UnknownName(noun, text, choices, f"Choose from {', '.join(choices)}.")
        return (text,)

    return parse


def numbers(noun: str, lo: int, hi: int) -> Parse:
    """Return the parser of whole numbers from ``lo`` to ``hi`` and spans of them (``2-8``); it raises `UsageError`."""

    def parse(text: str) -> tuple[Value, ...]:
        first_text, dash, last_text = text.partition("-") if not text.startswith("-") else (text, "", "")
        first = units.whole_number(first_text)
        last = units.whole_number(last_text) if dash else first
        if not lo <= first <= last <= hi:
            raise UsageError(f"{text} {noun} are not possible; write a number from {lo} to {hi}, or a span like 2-8.")
        return tuple(range(first, last + 1))

    return parse


WORKERS = Axis(
    "workers",
    "Worker processes, threads or interpreters.",
    cpus.usable_workers,
    numbers("workers", 1, cpus.MOST_WORKERS),
    "N,N-M",
)

START = Axis(
    "start",
    "Start method.",
    lambda: multiprocessing.get_all_start_methods()[0],
    choice("start method", STARTS),
    "|".join(STARTS),
)


def check_start(start: Value) -> None:
    """Raise `Unfit` when this system has no such start method."""
    if start != NONE and start not in multiprocessing.get_all_start_methods():
        raise Unfit(f"this system has no start method {start}.")

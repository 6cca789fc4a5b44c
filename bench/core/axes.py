"""How the values of an axis are read: words, and whole numbers with spans."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bench.core import units
from bench.core.case import Value
from bench.core.errors import UnknownName, UsageError

Parse = Callable[[str], tuple[Value, ...]]


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

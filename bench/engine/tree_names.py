"""What files of a side are called towards the user: ``mypkg/text.py at HEAD~1``, and never by a throw-away folder."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.core.record import Failure
    from bench.core.side import Side

_END = r"[\s,;:()'\"<>]"  # what may stand behind a path in a sentence; it may stand in a path as well


def named(side: Side, text: str) -> str:
    """Return the text with the files of the side's throw-away folders named by their place in its tree."""
    for folder in side.unpacked:
        pattern = rf"(?P<folder>{re.escape(folder)})(?![\w-]|\.\w)(?P<rest>[^\n]*)"
        text = re.sub(pattern, lambda found: _named(side, found["folder"], found["rest"]), text)
    return text


def as_named(side: Side, failure: Failure) -> Failure:
    """Return the failure with such a message."""
    return replace(failure, message=named(side, failure.message))


def _named(side: Side, folder: str, rest: str) -> str:
    """Name the path with which ``folder`` and ``rest`` begin, and what is named in the rest."""
    if not rest.startswith(os.sep):
        return side.label + named(side, rest)
    ends = [found.start() for found in re.finditer(rf"{_END}|\.?$", rest)]
    # Blanks may be part of a path: the longest one that is there is meant, and what is not there ends at the first.
    end = next((end for end in reversed(ends) if os.path.exists(folder + rest[:end])), ends[0])
    path = rest[:end].strip(os.sep)
    return (f"{path} at {side.label}" if path else side.label) + named(side, rest[end:])

"""How the measuring process tells what a trial knows besides its times: one line on stderr.

pyperf copies its metadata before the first value is taken, so what is known only after the last one has to travel
beside them.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.core.case import Value

FACTS = "primebench-facts:"
_GIL_MODULE = re.compile(r"\(GIL\) has been enabled to load module '([^']+)'")


def line(facts: Mapping[str, Value]) -> str:
    """Return the line that tells facts."""
    return f"{FACTS} {json.dumps(dict(facts))}"


def parse(stderr: str) -> dict[str, Value]:
    """Return the facts of the last such line, which the measuring process wrote; none when there is no line."""
    for text in reversed(stderr.splitlines()):
        if text.startswith(FACTS):
            try:
                found: dict[str, Value] = json.loads(text.removeprefix(FACTS))
            except ValueError:  # the output of children may have got into the line
                return {}
            return found
    return {}


def gil_module(stderr: str) -> str | None:
    """Return the module for which a CPython that can do without the interpreter lock says that it is on now, or None.

    Source: Python/import.c of CPython 3.13, ``_PyImport_EnableGILAndWarn``.
    """
    found = _GIL_MODULE.search(stderr)
    return found[1] if found else None

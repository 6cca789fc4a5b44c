"""What may stand in a file of pyperf, field by field; keys that are not named here belong to others and are not read.

Source: pyperf 2.10, documentation, "JSON format" and "Metadata"; pyperf/_bench.py, pyperf/_metadata.py.
"""

from __future__ import annotations

import sys

from bench.store.fields import Anything, Field, Line, ListOf, Number, Object, OneOf, Row, Scalar, Whole
from bench.store.schema_2 import FACTS

_LOOPS = Whole(1, 2**62)
_WARMUPS = _BYTES = Whole(0, 2**62)
_LINE = Line()
_VERSION = "1.0"  # of pyperf since 2017

_NAMED: dict[str, Field] = {
    "unit": OneOf(("second", "byte", "integer")),
    "name": _LINE,
    "date": _LINE,
    "boot_time": _LINE,
    **dict.fromkeys(("loops", "inner_loops", "calibrate_loops", "recalibrate_loops"), _LOOPS),
    **dict.fromkeys(("calibrate_warmups", "recalibrate_warmups"), _WARMUPS),
    **dict.fromkeys(("duration", "uptime", "load_avg_1min"), Number(0, 1e30)),
    **dict.fromkeys(("mem_max_rss", "mem_peak_pagefile_usage", "command_max_rss"), _BYTES),
    "tags": ListOf(_LINE),
}
METADATA = Object(optional={**FACTS, **_NAMED}, others=Scalar(1e30, flags=True, lines=True))

ALIKE = (
    "aslr",
    "cpu_count",
    "cpu_model_name",
    "hostname",
    "inner_loops",
    "name",
    "platform",
    "python_executable",
    "python_implementation",
    "python_unicode",
    "python_version",
    "unit",
)
"""Metadata in which the runs of one benchmark may not differ."""

OF_CASE = frozenset({"inner_loops", "name", "unit"})
"""Those of them that say what was measured; all others are of the machine and the Python."""


def _run(values: Number) -> Object:
    return Object(
        optional={
            "values": ListOf(values),
            "warmups": ListOf(Row((_LOOPS, Number(0, values.high)))),
            "metadata": METADATA,
        },
        others=Anything(),
    )


def _file(values: Number) -> Object:
    benchmark = Object({"runs": ListOf(_run(values), least=1)}, optional={"metadata": METADATA}, others=Anything())
    return Object(
        {"version": OneOf((_VERSION,)), "benchmarks": ListOf(benchmark)},
        optional={"metadata": METADATA},
        others=Anything(),
    )


PLAIN = _file(Number(5e-324, sys.float_info.max))
"""Any file of pyperf, whatever its unit."""

_SECONDS = Number(1e-18, 1e18)  # between these ends no ratio, square or sum overflows

RUN = _run(_SECONDS)
"""One measuring process of a record."""

RECORDED = _file(_SECONDS)
"""A record."""

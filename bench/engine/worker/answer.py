"""Writing what was measured as a file of pyperf, with what identifies case and source, and the machine when asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from bench.core import catalog
from bench.store.identity import LIBRARY, case_metadata, source_metadata

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.core.case import Case, Value
    from bench.engine.worker.options import Options
    from bench.engine.worker.protocol import Run


def write(case: Case, options: Options, runs: Sequence[Run]) -> None:
    """Write the file that `bench.store.suite.read_measurement` reads."""
    library = catalog.version(f"bench.families.{case.family}", case.member)
    identity = {**case_metadata(case), **source_metadata(), **({LIBRARY: library} if library else {})}
    shared = {**(_described() if options.describe else {}), "name": case.id, **identity}
    told = [{**run, "metadata": {**shared, **run["metadata"]}} for run in runs]
    with Path(options.output).open("x", encoding="utf-8") as file:
        json.dump({"version": "1.0", "benchmarks": [{"runs": told}]}, file)


def _described() -> dict[str, Value]:
    """Return all that pyperf finds out; it reads several files for each CPU, and asks another program."""
    import pyperf

    found: dict[str, Value] = pyperf.Run([1.0]).get_metadata()
    return found

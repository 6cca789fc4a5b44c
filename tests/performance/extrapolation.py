"""How far the laws of scaling err beyond what was measured: 16 workers from up to 8, on committed records.

    python tests/performance/extrapolation.py                   # every record in results/ with enough worker counts
    python tests/performance/extrapolation.py results/FILE ...  # these

For each curve the laws are fitted to the counts up to half of the largest one, and asked for the largest. Advice does
not say how a job would scale on more CPUs than there are as long as the errors are larger than what it would be for.
"""

from __future__ import annotations

import statistics
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tabulate import tabulate

from bench.analysis import estimator
from bench.analysis.errors import TooFew
from bench.analysis.law_fit import fit
from bench.analysis.laws import AMDAHL, USL
from bench.reports.views.scale import label
from bench.samples.curves import curves
from bench.samples.rows import rows_of
from bench.store import record_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.analysis.laws import Law
    from bench.samples.curves import Curve

RESULTS = Path(__file__).parents[2] / "results"
LEAST_COUNTS = 3  # below the largest: two tell nothing of how a curve bends
WORTH = 1.1  # a speed-up below which nobody would be advised to use it, and so nobody asks what more workers would give
GOAL = 0.10  # median error up to which it would be worth saying


def main() -> int:
    """Print a line per curve and law, and the errors over all; return 1 if there is none to judge."""
    files = [Path(name) for name in sys.argv[1:]] or sorted(RESULTS.glob("*.json*"))
    found = [line for file in files if record_file.schema_of(file) is not None for line in back_tests(file)]
    if not found:
        print("no record has three worker counts up to half of its largest one.")
        return 1
    head = ["record", "curve", "fixed by", "workers", "law", "predicted", "measured", "error"]
    print(tabulate([[*line[:-1], f"{100 * line[-1]:+.0f} %"] for line in found], head, floatfmt=".2f"))
    for law in dict.fromkeys(line[4] for line in found):
        errors = [abs(line[-1]) for line in found if line[4] == law]
        middle, worst = statistics.median(errors), max(errors)
        said = "would be worth saying" if middle <= GOAL else "is not said"
        print(f"{law}: {len(errors)} curves, median error {middle:.0%}, worst {worst:.0%} (goal {GOAL:.0%}): {said}")
    return 0


def back_tests(file: Path) -> Iterator[list]:
    """Yield what each law says of the largest worker count of each curve of a record, and what was measured."""
    record = record_file.load(file)
    sweeps = curves(record, rows_of(record))
    for curve in sweeps:
        within = [workers for workers in sorted(curve.parallel_s) if workers <= record.machine.usable_cpus]
        known = [workers for workers in within if 2 * workers <= within[-1]]
        if curve.weak or len(known) < LEAST_COUNTS:
            continue
        reached = {
            count: estimator.time(curve.baseline_s) / estimator.time(curve.parallel_s[count]) for count in within
        }
        if max(reached[count] for count in known) < WORTH:
            continue
        measured = reached[within[-1]]
        name = label(curve.case, [one.case for one in sweeps], {"workers"}, curve.side)
        for law in (AMDAHL, USL):
            predicted = _extrapolated(law, curve, known, within[-1])
            if predicted is not None:
                counts = ", ".join(map(str, known))
                yield [file.name, name, counts, within[-1], law.name, predicted, measured, predicted / measured - 1]


def _extrapolated(law: Law, curve: Curve, known: Sequence[int], workers: int) -> float | None:
    times = {count: curve.parallel_s[count] for count in known}
    try:
        found = fit(law, curve.baseline_s, times, max(known))
    except TooFew:
        return None
    values = [[one.value for one in found.parameters]]
    return float(law.value(np.array(values), np.array([float(workers)]))[0, 0])


if __name__ == "__main__":
    sys.exit(main())

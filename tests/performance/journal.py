"""What it costs to save a visit, early in a record and late: ``python tests/performance/journal.py [--visits 5000]``.

Appends made-up visits of 40 cases to the journal of a record, and prints the median CPU time of the first and the last
thousand (what a disk takes to sync differs from moment to moment), with the time to load the journal and to write the
file at the end.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from bench.app.ledger import Ledger
from bench.core.case import Case
from bench.core.plan import Effort, Plan
from bench.core.record import Process, Record, Result
from bench.engine.probe import probe
from bench.store import journal

CASES = tuple(Case.of("backends", f"b{number}", {"workers": 2, "workload": "default"}) for number in range(40))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--visits", type=int, default=5000)
    visits = parser.parse_args().visits
    effort = Effort(visits // len(CASES) + 1, 3, 1, 0.1, 60.0)
    record = Record(Plan(CASES, (), effort, (0,), {}), probe(), "primebench", "2026-01-01T00:00:00+00:00", {}, {})
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(record, Path(folder) / "r.json")
        took = []
        with ledger.open():
            for number in range(visits):
                case = CASES[number % len(CASES)]
                metadata = {"name": case.id, "loops": 1, "unit": "second", "primebench_family": case.family}
                outcome = Result(case, (Process((0.1, 0.2, 0.3), ((1, 0.1),), metadata),))
                begin = time.process_time()
                ledger.add(outcome)
                took.append(time.process_time() - begin)
            begin = time.perf_counter()
            journal.load(journal.place(ledger.path))
            load_s = time.perf_counter() - begin
            begin = time.perf_counter()
        write_s = time.perf_counter() - begin
    part = max(1, min(1000, visits // 5))
    first, last = statistics.median(took[:part]), statistics.median(took[-part:])
    print(f"{visits} visits: {1e3 * first:.2f} ms of CPU time each at first, {1e3 * last:.2f} ms at last")
    print(f"the journal loads in {load_s:.2f} s, the file is written in {write_s:.2f} s")


if __name__ == "__main__":
    main()

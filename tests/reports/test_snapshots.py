"""What people see of a few reports at several widths, as somebody has looked at it and found it legible.

``python -m tests.reports.test_snapshots`` writes all of them anew, to be looked at before they are committed.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.analysis.evidence import from_pairs
from bench.analysis.gate import judge_pairs
from bench.analysis.paired import Rule
from bench.core.reason import said
from bench.core.record import Skip
from bench.reports.doubts import doubted
from bench.reports.formats import text
from bench.reports.views.gate import gate
from bench.reports.views.scale import scale
from bench.reports.views.show import show
from bench.samples.curves import curves
from bench.samples.finding import Finding
from bench.store import record_file
from tests.support.records import backend, record

HERE = Path(__file__).parent / "snapshots"
RESULTS = Path(__file__).parents[2] / "results"
SERIAL, POOL = backend("serial"), backend("pool", 2)


def made_up():
    """A record in which one case is in doubt, one has failed and one was skipped."""
    times = {SERIAL: [1.0] * 6, backend("pool", 1): [1.02] * 6, POOL: [0.4, 0.5, 0.6, 0.7, 0.8, 0.9]}
    failures = {backend("executor", 2): ("crashed", "BrokenProcessPool: a process in the process pool was terminated")}
    return show(record(times, failures=failures, skips=[Skip(backend("threads", 2), "missing", "not here")]))


def judged():
    """A gate over two cases, one of which is slower."""
    pairs = {SERIAL.id: [0.001, -0.001] * 10, POOL.id: [0.1, 0.102] * 10}
    control = {"backends/serial kernel=wheel6": [0.0005, -0.0005] * 10}
    cases = {SERIAL.id: SERIAL, POOL.id: POOL, "backends/new": backend("new", 2)}
    controls = {name: from_pairs(values) for name, values in control.items()}
    sides = {"base": "HEAD~1 (abc1234), version 0.1.0", "head": "the working tree, version 0.2.0"}
    lacking = {"backends/new": said("base does not know it")}
    return gate(Finding(sides, Rule(), judge_pairs(pairs, controls=control), cases, {}, lacking, controls, power=0.97))


def committed(name):
    """Return a committed record."""
    return record_file.load(RESULTS / name)


def scaled():
    """The curves of a committed record."""
    found = committed("two-cpus.json")
    return scale(curves(found, doubted(found)), 2)


REPORTS = {
    "show-made-up": made_up,
    "gate-made-up": judged,
    "show-shared-memory": lambda: show(committed("shared-memory-2cpu.json")),
    "scale-two-cpus": scaled,
}
CASES = [(name, width) for name in REPORTS for width in (60, 80, None)]


def drawn(name, width):
    """Return the text of a report, and the file that holds what was looked at."""
    return text.fit(REPORTS[name](), width) + "\n", HERE / f"{name}-{width or 'pipe'}.txt"


@pytest.mark.parametrize(("name", "width"), CASES)
def test_it_looks_as_it_did(name, width):
    """Each line is the one that was looked at, and none is longer than the width."""
    found, file = drawn(name, width)
    assert file.read_text(encoding="utf-8") == found
    assert width is None or max(map(len, found.splitlines())) <= width


if __name__ == "__main__":
    for case in CASES:
        written, path = drawn(*case)
        path.write_text(written, encoding="utf-8")

"""What people see of each command at several widths, as somebody has looked at it and found it legible.

``python -m tests.support.documents`` writes all of them anew, to be looked at before they are committed.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from bench.analysis.evidence import from_pairs
from bench.analysis.gate import judge_pairs
from bench.analysis.paired import Rule
from bench.core.reason import said
from bench.core.record import Skip
from bench.reports.formats import text
from bench.reports.views.gate import gate
from bench.reports.views.show import show
from bench.samples.finding import Finding
from bench.store import record_file
from tests.support.documents import ROOT, run
from tests.support.records import backend, record

HERE, RESULTS = Path(__file__).parent / "screens", ROOT / "results"
WIDTHS = (60, 80, 100, 200)
SERIAL, POOL = backend("serial"), backend("pool", 2)


def in_doubt():
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


COMMANDS = {
    "show": "show results/textbook-2cpu.json --family backends",
    "compare": "compare results/two-cpus.json --by backend --base serial",
    "scale": "scale results/two-cpus.json",
    "metg": "scale results/metg-2cpu.json --metg --member pool",
    "explain": "explain results/explain-2cpu.json",
    "advise": "advise results/all-backends-2cpu.json",
    "history": "history results/textbook-2cpu.json results/all-backends-2cpu.json results/two-cpus.json "
    "--backend pool,executor",
}
MADE_UP = {"in-doubt": in_doubt, "gate": judged}
ON_TERMINAL = {"bars": RESULTS / "textbook-2cpu.json"}


def screen(name, width):
    """Return what a command prints in a terminal of so many columns."""
    if name in ON_TERMINAL:
        return text.on_terminal(show(record_file.load(ON_TERMINAL[name])), width, "▏▎▍▌▋▊▉█", coloured=False) + "\n"
    if name in MADE_UP:
        return text.fit(MADE_UP[name](), width) + "\n"
    with contextlib.chdir(ROOT):
        code, out, err = run(*COMMANDS[name].split(), "--width", str(width))
    assert 0 == code, err
    return out


def screens(name):
    """Return all widths of a screen below each other, and the file that holds what was looked at."""
    parts = [f"=== {width} columns ===\n\n{screen(name, width)}" for width in WIDTHS]
    return "\n".join(parts), HERE / f"{name}.txt"


@pytest.mark.parametrize("name", [*COMMANDS, *MADE_UP, *ON_TERMINAL])
def test_it_looks_as_it_did(name):
    """Each line is the one that was looked at."""
    found, file = screens(name)
    assert file.read_text(encoding="utf-8") == found


@pytest.mark.parametrize("width", [20, *WIDTHS])
@pytest.mark.parametrize("name", [*COMMANDS, *MADE_UP, *ON_TERMINAL])
def test_no_line_is_longer_than_the_terminal(name, width):
    """Down to 20 columns; only code, which is there to be pasted, is never broken."""
    lines = [line for line in screen(name, width).splitlines() if not line.startswith("    ")]
    assert max(map(len, lines)) <= width


def renew():
    """Write all of them."""
    HERE.mkdir(exist_ok=True)
    for name in (*COMMANDS, *MADE_UP, *ON_TERMINAL):
        found, file = screens(name)
        file.write_text(found, encoding="utf-8")
